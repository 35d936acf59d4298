"""`rejoinder serve`: the database, the server and its workers."""
