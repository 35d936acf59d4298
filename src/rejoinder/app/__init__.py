"""The composition root of the server: everything is put together here, and only here."""
