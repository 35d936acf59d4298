"""Wake-ups: PgQueuer, and nothing of it outside this room."""
