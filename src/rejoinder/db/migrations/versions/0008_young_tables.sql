-- Indexes that a plan made before a table's first ANALYZE can't misuse. Until then PostgreSQL takes each column for
-- equally selective, so a lookup by (workspace, turn) ANDs an index of the turn with all that the workspace has, and
-- among indexes that look equally cheap the newest wins, even one that only shares its first column: a new
-- installation read 7,000 index entries a turn. Hence both columns in one index, and first the one with most values.

DROP INDEX messages_of_turn;
CREATE INDEX messages_of_turn ON messages (turn_id, workspace_id) WHERE turn_id IS NOT NULL;

DROP INDEX conversations_of_contact;
CREATE INDEX conversations_of_contact ON conversations (contact_id, workspace_id, created_at DESC);

DROP INDEX conversations_by_thread;
CREATE INDEX conversations_by_thread ON conversations (thread_key, channel_id, workspace_id, created_at DESC);
