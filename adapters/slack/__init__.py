"""Slack: events, commands and clicks come in over HTTP or Socket Mode, messages, forms and home pages go out.

app: the adapter as a whole. door: HTTP. hearing: Bolt. payloads: what Slack sends, as interactions. answers: what goes
back at once. platform: the `Platform` port. clients: calls and their errors. tokens, installations, oauth: which token
opens which workspace, and how an install leaves one. mrkdwn, render, forms: how things look. manifest: what the app
asks Slack for. doctor: what is missing.
"""
