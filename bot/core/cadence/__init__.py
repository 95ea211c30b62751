"""What happens again and again at somebody's local time.

slots: the rules (weekday and minute, time zones, quiet hours). recurrence: what people repeat, by rules of RFC 5545.
rule_words: the words they say it in. store: the table of what is due next.
"""
