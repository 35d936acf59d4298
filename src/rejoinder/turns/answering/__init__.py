"""From the unanswered messages to the verdict of their turn; nothing is written here.

read        the window, and what is known of who writes
understand  what the messages say, by rules, and what the guard sees in them
settle      what needs no model: a person is called, a template answers, nothing is to be said
make        prompt, model, the guard's look at the answer, a second try
judging/    how sure the answer is, whether a person is called, and the explanation of it
"""
