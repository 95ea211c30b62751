"""Back-ups, and moving house: what an admin does with the database as a whole.

commands: the command line. files: a SQLite database as a file. alone: a database that nobody else uses meanwhile.
backing, restoring, moving: the three things to do. aftermath: what a step back in time means for messages. rows: every
table in bites, and its checksum. progress: how far a move has come, kept where it goes. ids: where numbers go on.
"""
