"""How adapters reach what they know: addresses, references, sealed tokens.

store: the table and its queries.
"""
