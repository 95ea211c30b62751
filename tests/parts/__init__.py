"""The real peers of the tests: programs other people wrote, started here and talked to as in life."""
