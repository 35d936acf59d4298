"""The heart: all messages not answered yet become one turn, and a turn becomes one answer.

schedule   a message opens or extends the waiting turn, or interrupts the running one
work       a wake-up arrives: claim the turn if it is due, answer it
answer     read, retrieve, generate, commit
rescue     turns of dead or stalled workers go back to waiting; overdue ones are woken again
decide     every decision of the above, pure
"""
