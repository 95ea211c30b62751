"""The rules of polls.

definition: questions, promises. draft: a poll as typed. poll: its life. ballots: answers. counting, ranking, wording:
what they come to. tally, privacy, breakdown, standing: what may be seen of them.
"""
