"""`rejoinder serve` and `rejoinder worker`: the database, the server and its workers, one here or a fleet."""
