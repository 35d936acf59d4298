"""The heart: all messages not answered yet become one turn, and a turn becomes one answer.

opening/   a thread gets a conversation
schedule   a message opens or extends the waiting turn, or interrupts the running one
attempt/   a wake-up arrives: claim the turn if it is due, answer it, commit; or hand it back
answering/ from the unanswered messages to the verdict, by way of prompt/
drafts/    answers that wait for a person
summary/   what was said before the window, in a few lines
hands/     people take over, release, close, cancel, and have tried again what gave up
upkeep/    turns of dead or stalled workers go back to waiting; overdue ones are woken again; what is old goes
outcome/   what became of a message
decide     every decision of the above, pure
"""
