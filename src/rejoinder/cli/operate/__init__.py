"""Commands of who runs the installation: what waits, what gave up, what may go; keys and backups."""
