"""Microsoft Teams: Bot Framework activities in, Adaptive Cards out.

app: the HTTP door and what is answered. auth: who may knock. activity: what Teams sends. translate: what it means.
routes: where people and channels are reached. connector: Teams' REST interface. platform: the Platform port.
text, render, forms: words, cards and forms as Adaptive Cards. manifest: the Teams app package.
"""
