"""A chat in the browser: the third platform, for the demo, the tests and a newcomer's first hour.

chat: the world in memory. platform: the port over it. render: cards and forms as data for the page. app: the routes.
guard: the door. asked, doings: what the page asks. page, live: what it is told. words: what it says, to be translated.
acts: what people do. speech: typed text as spans and tokens. hours: the clock moved by hand. company: the sample
people. colleagues: what they do by themselves. strip: what just happened; happenings: in plain words.
"""
