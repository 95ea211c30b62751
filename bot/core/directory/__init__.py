"""Who and where: organisations, workspaces, people with their accounts, places, and what the communicator has chosen.

tables: how it is kept. workspaces, people, places: queries by what they are about. profiles: what platforms tell of
accounts. joining: two organisations, or two people, become one. references: what points at a row. store: all of these
by one name, for everybody else. sync: learns everybody anew from time to time.
"""
