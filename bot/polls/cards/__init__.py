"""What people see of a poll.

ballot: its own message. results: bars and figures. voting: what voters fill in and are told. managing, suggesting,
handing: what those who run it are asked and told. listing: polls in a list. labels: what answers are called.
"""
