"""Who and where: organisations, workspaces, people with their accounts, places, and what the communicator has chosen.

store: tables and queries.
"""
