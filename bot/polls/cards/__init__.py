"""What people see of a poll.

ballot: its own message. results: bars and figures. voting: what voters fill in and are told. labels: what answers are
called.
"""
