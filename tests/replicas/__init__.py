"""Several `drumbeat serve` on one PostgreSQL: roles, signals between them, restarts one by one, versions side by side.

slack: a Slack in a process of its own that keeps a ledger. fleet: the replicas.
"""
