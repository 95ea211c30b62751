"""What happens in polls.

reading, asking: a poll is typed and asked. voting, secrecy: votes. life, outreach, series: what time brings. managing:
what authors do. standing, drawing: what may be seen. home: the home page, what is stored of a person.
"""
