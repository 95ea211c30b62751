"""Who and where: organisations, workspaces, people with their accounts, places, and what the communicator has chosen.

tables: how it is kept. workspaces, people, places: queries by what they are about. profiles: what platforms tell of
accounts. joining: two organisations, or two people, become one. references: what points at a row. invitations: codes
for joining. store: all of these by one name, for everybody else. members: who is in a place. sync, rosters: learn
everybody, and who is where, anew from time to time.
"""
