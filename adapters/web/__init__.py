"""The HTTP side: the one application, its health, its figures, its downloads.

app: puts the doors of every adapter into one application. health: `/healthz` and `/readyz`. metrics: `/metrics`.
files: private downloads. legal: `/privacy` and `/terms`. server: listens, and stops in order.
"""
