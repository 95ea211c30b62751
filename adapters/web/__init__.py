"""The HTTP side: the one application, its health, its figures.

app: puts the doors of every adapter into one application. health: `/healthz` and `/readyz`. metrics: `/metrics`.
"""
