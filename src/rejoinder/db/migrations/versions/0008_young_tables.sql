-- Indexes that a plan made before a table's first ANALYZE can't misuse. Until then PostgreSQL takes each column for
-- equally selective, so a lookup by (workspace, turn) ANDs an index of the turn with all that the workspace has, and
-- among indexes that look equally cheap the newest wins, even one that only shares its first column: a new
-- installation read 7,000 index entries a turn. Hence both columns in one index, and first the one with most values.
-- Reads go on while they are built, writes wait; the old ones go when all are there.

SET LOCAL lock_timeout = '5s';

CREATE INDEX messages_of_turn_ ON messages (turn_id, workspace_id) WHERE turn_id IS NOT NULL;
CREATE INDEX conversations_of_contact_ ON conversations (contact_id, workspace_id, created_at DESC);
CREATE INDEX conversations_by_thread_ ON conversations (thread_key, channel_id, workspace_id, created_at DESC);

DROP INDEX messages_of_turn, conversations_of_contact, conversations_by_thread;
ALTER INDEX messages_of_turn_ RENAME TO messages_of_turn;
ALTER INDEX conversations_of_contact_ RENAME TO conversations_of_contact;
ALTER INDEX conversations_by_thread_ RENAME TO conversations_by_thread;

SET LOCAL lock_timeout = DEFAULT;
