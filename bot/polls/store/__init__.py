"""Tables and queries of polls.

tables: what is kept. asking: polls themselves. voting: ballots with names. secrecy: ballots without. hiding: what a
confidential poll shows while it runs. listing: polls in a list. suggesting: options that wait.
posting: where a poll stands.
"""
