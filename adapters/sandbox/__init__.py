"""A chat in the browser: the third platform, for the demo, the tests and a newcomer's first hour.

chat: the world in memory. platform: the port over it. render: cards and forms as data for the page. app: the routes.
speech: typed text as spans and tokens. company: the sample people. colleagues: what they do by themselves.
strip: what just happened, in plain words.
"""
