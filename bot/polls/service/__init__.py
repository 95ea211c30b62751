"""What happens in polls.

reading, asking, drafts, extras: a poll is typed, kept and asked. voting, secrecy: votes. life, outreach, series: what
time brings. managing, editing, spreading, suggesting, handing: what becomes of an asked poll. rights, finding: who may
do that, and see it. standing, drawing, listing: what may be seen. home: the home page, what is stored of a person.
"""
