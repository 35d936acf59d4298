-- All overlap policies, retries and urgency; who holds a conversation; deliveries of unknown fate; dead letters.

ALTER TABLE bots
    DROP CONSTRAINT bots_overlap_policy_check,
    ADD CONSTRAINT bots_overlap_policy_check
        CHECK (overlap_policy IN ('interrupt', 'enqueue', 'reject', 'rollback')),
    -- The pause after a failed attempt; it doubles with each further one.
    ADD retry_seconds double precision NOT NULL DEFAULT 1 CHECK (retry_seconds BETWEEN 0 AND 600),
    -- So many answers without a person on our side, or a pause of that length, are taken for a loop. 0 for never.
    ADD loop_turns   integer          NOT NULL DEFAULT 50 CHECK (loop_turns >= 0),
    ADD loop_seconds double precision NOT NULL DEFAULT 300 CHECK (loop_seconds > 0);

ALTER TABLE workspaces
    ADD plan text NOT NULL DEFAULT 'starter' CHECK (plan IN ('starter', 'pro', 'premium'));

ALTER TABLE channels
    DROP CONSTRAINT channels_platform_check,
    ADD CONSTRAINT channels_platform_check CHECK (platform IN ('rest', 'widget', 'pancake')),
    -- Nothing leaves through the channel before that time ('infinity': until the operator lets it go on).
    ADD paused_until  timestamptz,
    ADD paused_reason text,
    ADD CHECK (paused_reason IS NULL OR paused_until IS NOT NULL);

ALTER TABLE conversations
    ADD agent            text CHECK (agent <> ''),  -- who holds it, by the name they took it over with
    ADD loop_count       integer NOT NULL DEFAULT 0 CHECK (loop_count >= 0),
    ADD loop_last_at       timestamptz,
    ADD CHECK (agent IS NULL OR state = 'agent');

-- Urgency and plan as the queue's priority: higher goes first (docs/queues.md).
ALTER TABLE turns ADD priority smallint NOT NULL DEFAULT 50 CHECK (priority BETWEEN 0 AND 1000);

-- A turn that ended without an answer may find its messages answered by another later on: replayed, or released.
ALTER TABLE turns
    DROP CONSTRAINT turns_check,
    ADD CHECK (CASE WHEN state = 'superseded' THEN merged_into IS NOT NULL
        WHEN state IN ('waiting', 'running') THEN merged_into IS NULL ELSE true END);

ALTER TABLE turn_attempts ADD error text;

-- The same columns as before, the conversation first: it finds the turns of one, too.
ALTER TABLE messages DROP CONSTRAINT messages_workspace_id_conversation_id_turn_id_fkey;
ALTER TABLE turns
    DROP CONSTRAINT turns_turn_id_conversation_id_workspace_id_key,
    ADD UNIQUE (conversation_id, turn_id, workspace_id);
ALTER TABLE messages ADD FOREIGN KEY (workspace_id, conversation_id, turn_id)
    REFERENCES turns (workspace_id, conversation_id, turn_id) ON DELETE CASCADE;

-- A delivery lives and dies with its message; a check against the conversation as well would need an index of its own.
ALTER TABLE deliveries
    DROP CONSTRAINT deliveries_workspace_id_conversation_id_fkey,
    -- unknown: later messages of the bot wait until then.
    ADD held_until timestamptz,
    -- Tries that cost none: the channel was throttled, or a person had it sent again. `attempts` goes on counting: it
    -- is the fence of who sends.
    ADD uncounted integer NOT NULL DEFAULT 0 CHECK (uncounted >= 0),
    ADD CHECK (status <> 'unknown' OR held_until IS NOT NULL);
DROP INDEX deliveries_open;
CREATE INDEX deliveries_open ON deliveries (conversation_id, seq) WHERE status IN ('queued', 'sending', 'unknown');

-- A turn or a delivery that gave up and waits for a person. One that is open stands here once.
CREATE TABLE dead_letters (
    workspace_id    uuid NOT NULL,
    dead_letter_id  uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('turn', 'delivery')),
    subject_id      uuid NOT NULL,  -- of the turn or the delivery
    conversation_id uuid NOT NULL,
    error           text NOT NULL,
    attempts        integer NOT NULL CHECK (attempts >= 0),
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    resolution      text CHECK (resolution IN ('replayed', 'discarded', 'reconciled')),
    resolved_at     timestamptz,
    resolved_by     text,
    replayed_as     uuid,  -- the turn that took a replayed one's messages
    PRIMARY KEY (workspace_id, dead_letter_id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations ON DELETE CASCADE,
    CHECK ((resolution IS NULL) = (resolved_at IS NULL))
);
CREATE UNIQUE INDEX dead_letters_open ON dead_letters (subject_id, workspace_id) WHERE resolved_at IS NULL;
CREATE INDEX dead_letters_of_conversation ON dead_letters (conversation_id);

-- What the bot did, step by step. A reply's retries are its delivery's.
CREATE VIEW message_actions AS
SELECT d.workspace_id, d.delivery_id AS action_id, d.conversation_id, d.turn_id, d.message_id,
    'send_message' AS action_type, d.status, greatest(d.attempts - 1, 0) AS retry_count, d.error, d.created_at
FROM deliveries d WHERE d.turn_id IS NOT NULL
UNION ALL
SELECT t.workspace_id, t.turn_id, t.conversation_id, t.turn_id, NULL, 'transfer_to_agent', 'done', 0, t.reason, t.ended_at
FROM turns t WHERE t.state IN ('handed_off', 'failed') AND t.decision = 'hand_off';

-- For statistics: rows come nearly in the order of these times, so a block range index finds them, at no cost worth
-- naming when a row is written.
CREATE INDEX turns_ended ON turns USING brin (ended_at) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX deliveries_sent ON deliveries USING brin (sent_at) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX conversations_closed ON conversations (closed_at) WHERE state = 'closed';

DROP FUNCTION live_turns(uuid, uuid);
CREATE FUNCTION live_turns(of_workspace uuid, of_conversation uuid)
    RETURNS TABLE (now timestamptz, turn_id uuid, state text, opened_at timestamptz, due_at timestamptz,
        first_unanswered_at timestamptz, interrupts integer, attempt integer, fence bigint, worker_no integer,
        lease_until timestamptz, priority integer)
    LANGUAGE sql VOLATILE AS $$
SELECT clock_timestamp(), t.turn_id, t.state, t.opened_at, t.due_at, t.first_unanswered_at, t.interrupts, t.attempt,
    t.fence, t.worker_no, t.lease_until, t.priority
FROM (SELECT) AS one_row
LEFT JOIN turns t ON t.workspace_id = of_workspace AND t.conversation_id = of_conversation
    AND t.state IN ('waiting', 'running')
$$;

-- A receipt may come for a delivery whose answer got lost and which waits for its next try: it has been taken.
CREATE OR REPLACE FUNCTION deliveries_forward_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (CASE OLD.status
        WHEN 'queued' THEN NEW.status IN ('sending', 'withheld', 'failed', 'sent', 'delivered', 'read')
        WHEN 'sending' THEN NEW.status IN ('queued', 'sent', 'delivered', 'read', 'failed', 'unknown')
        WHEN 'unknown' THEN NEW.status IN ('queued', 'sent', 'delivered', 'read', 'failed')
        WHEN 'sent' THEN NEW.status IN ('delivered', 'read', 'failed')
        WHEN 'delivered' THEN NEW.status = 'read'
        WHEN 'failed' THEN NEW.status IN ('queued', 'delivered', 'read')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'delivery %: % can not become %', OLD.delivery_id, OLD.status, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
