"""What happens again and again at somebody's local time.

slots: the rules (weekday and minute, time zones, quiet hours). store: the table of what is due next.
"""
