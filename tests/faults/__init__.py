"""The fault campaign: everything that can go wrong while messages are sent, done on purpose, and counted.

`python -m tests.faults` (or `make faults`) runs it whole, pytest a short part of it. chat: a pretend Slack and Teams in
a process of its own, with a ledger (ledger) and bad weather (weather). worker: a replica in a process of its own, made
by the nursery; platforms, board and clock are what it is made of, sabotage what is broken in it on purpose. office:
what people do meanwhile. house, servers, disk: the databases. bout: one run of all these. invariant: what must hold
then. parts: the campaign, part by part.
"""
