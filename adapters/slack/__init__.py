"""Slack: events, commands and clicks come in over HTTP or Socket Mode, messages, forms and home pages go out.

app: the way in, Bolt. payloads: what Slack sends, as interactions. answers: what goes back at once. platform: the
`Platform` port. clients: tokens and calls. installations: OAuth installs. mrkdwn, render, forms: how things look.
manifest: what the app asks Slack for. doctor: what is missing.
"""
