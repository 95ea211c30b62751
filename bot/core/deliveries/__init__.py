"""What was handled already, so that a platform's second delivery changes nothing.

store: the table and its queries.
"""
