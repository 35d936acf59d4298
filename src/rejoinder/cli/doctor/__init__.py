"""`rejoinder doctor`: looks at all that Rejoinder needs, and says how to mend what is wrong."""
