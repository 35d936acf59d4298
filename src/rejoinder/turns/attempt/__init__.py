"""One attempt at a turn: claimed, answered, committed; or handed back, to be tried again."""
