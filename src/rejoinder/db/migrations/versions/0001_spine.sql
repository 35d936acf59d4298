-- The spine: workspaces, bots, channels, contacts, conversations, messages, turns, deliveries, events.
-- Every tenant table leads its primary key with workspace_id and refers to others by composite keys. Other indexes lead
-- with the narrower id: before a new table's first ANALYZE all indexes that share a first column look equally cheap, and
-- a plan cached then would read a whole workspace through the wrong one (measured: 40 % of PostgreSQL's CPU).

CREATE TABLE workspaces (
    workspace_id uuid PRIMARY KEY,
    slug         text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name         text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE api_tokens (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    token_id     uuid NOT NULL,
    name         text NOT NULL,
    scope        text NOT NULL CHECK (scope IN ('ingest', 'operate', 'admin')),
    token_hash   bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    revoked_at   timestamptz,
    PRIMARY KEY (workspace_id, token_id)
);

CREATE TABLE bots (
    workspace_id      uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    bot_id            uuid NOT NULL,
    name              text NOT NULL,
    persona           text NOT NULL,
    fallback_text     text NOT NULL,
    quiet_seconds     double precision NOT NULL DEFAULT 1.5 CHECK (quiet_seconds BETWEEN 0 AND 600),
    max_wait_seconds  double precision NOT NULL DEFAULT 10 CHECK (max_wait_seconds BETWEEN 0 AND 3600),
    overlap_policy    text NOT NULL DEFAULT 'interrupt' CHECK (overlap_policy IN ('interrupt', 'enqueue')),
    max_interrupts    integer NOT NULL DEFAULT 3 CHECK (max_interrupts >= 0),
    interrupt_seconds double precision NOT NULL DEFAULT 30 CHECK (interrupt_seconds >= 0),
    max_attempts      integer NOT NULL DEFAULT 3 CHECK (max_attempts BETWEEN 1 AND 20),
    history_messages  integer NOT NULL DEFAULT 20 CHECK (history_messages BETWEEN 0 AND 200),
    created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, bot_id)
);

CREATE TABLE channels (
    workspace_id uuid NOT NULL,
    channel_id   uuid NOT NULL,
    bot_id       uuid NOT NULL,
    platform     text NOT NULL CHECK (platform IN ('rest', 'widget')),
    name         text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, channel_id),
    UNIQUE (workspace_id, name),
    FOREIGN KEY (workspace_id) REFERENCES workspaces ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, bot_id) REFERENCES bots ON DELETE CASCADE
);

CREATE TABLE contacts (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    contact_id   uuid NOT NULL,
    display_name text,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, contact_id)
);

CREATE TABLE contact_identities (
    workspace_id uuid NOT NULL,
    channel_id   uuid NOT NULL,
    identity     text NOT NULL CHECK (identity <> ''),
    contact_id   uuid NOT NULL,
    PRIMARY KEY (workspace_id, channel_id, identity),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts ON DELETE CASCADE
);

-- The row that guards a conversation: whoever changes its turns locks it first. seq orders everything inside it.
CREATE TABLE conversations (
    workspace_id           uuid NOT NULL,
    conversation_id        uuid NOT NULL,
    channel_id             uuid NOT NULL,
    thread_key             text NOT NULL CHECK (thread_key <> ''),
    contact_id             uuid NOT NULL,
    state                  text NOT NULL DEFAULT 'bot' CHECK (state IN ('bot', 'waiting', 'agent', 'closed')),
    seq                    bigint NOT NULL DEFAULT 0 CHECK (seq >= 0),
    fence                  bigint NOT NULL DEFAULT 0 CHECK (fence >= 0),
    total_messages         bigint NOT NULL DEFAULT 0,
    last_message_timestamp timestamptz,
    ai_enabled             boolean NOT NULL DEFAULT true,
    auto_response_enabled  boolean NOT NULL DEFAULT true,
    customer_satisfaction  double precision,
    metadata               jsonb NOT NULL DEFAULT '{}',
    created_at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at              timestamptz,
    PRIMARY KEY (workspace_id, conversation_id),
    UNIQUE (conversation_id, channel_id, workspace_id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts ON DELETE CASCADE,
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
) WITH (fillfactor = 80);  -- two updates a turn: leave room on the page so that they stay there (HOT)
CREATE UNIQUE INDEX conversations_one_open ON conversations (channel_id, thread_key, workspace_id)
    WHERE state <> 'closed';
CREATE INDEX conversations_by_thread ON conversations (channel_id, thread_key, created_at DESC);

CREATE TABLE turns (
    workspace_id        uuid NOT NULL,
    turn_id             uuid NOT NULL,
    conversation_id     uuid NOT NULL,
    state               text NOT NULL CHECK (state IN
        ('waiting', 'running', 'committed', 'superseded', 'cancelled', 'handed_off', 'failed')),
    opened_at           timestamptz NOT NULL,
    due_at              timestamptz NOT NULL,
    first_unanswered_at timestamptz NOT NULL,
    interrupts          integer NOT NULL DEFAULT 0 CHECK (interrupts >= 0),
    attempt             integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    fence               bigint NOT NULL DEFAULT 0,
    worker_no           integer,
    lease_until         timestamptz,
    woken_at            timestamptz NOT NULL,
    ended_at            timestamptz,
    merged_into         uuid,
    decision            text CHECK (decision IN ('answer', 'hand_off', 'silent')),
    reason              text,
    provider            text,
    model               text,
    error               text,
    PRIMARY KEY (workspace_id, turn_id),
    UNIQUE (turn_id, conversation_id, workspace_id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations ON DELETE CASCADE,
    CHECK ((state = 'superseded') = (merged_into IS NOT NULL)),
    CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CHECK ((state = 'running') = (worker_no IS NOT NULL)),
    CHECK ((state IN ('waiting', 'running')) = (ended_at IS NULL)),
    CHECK (state <> 'running' OR fence > 0)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX turns_one_waiting ON turns (conversation_id, workspace_id) WHERE state = 'waiting';
CREATE UNIQUE INDEX turns_one_running ON turns (conversation_id, workspace_id) WHERE state = 'running';
CREATE INDEX turns_due ON turns (due_at) WHERE state = 'waiting';
CREATE INDEX turns_by_worker ON turns (worker_no) WHERE state = 'running';
CREATE INDEX turns_live ON turns (conversation_id) WHERE state IN ('waiting', 'running');

CREATE TABLE turn_attempts (
    workspace_id uuid NOT NULL,
    turn_id      uuid NOT NULL,
    fence        bigint NOT NULL,
    attempt      integer NOT NULL,
    worker       text NOT NULL,
    outcome      text CHECK (outcome IN
        ('committed', 'superseded', 'cancelled', 'handed_off', 'failed', 'expired', 'returned')),
    tokens       bigint NOT NULL DEFAULT 0,
    cost         numeric NOT NULL DEFAULT 0,
    started_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    PRIMARY KEY (workspace_id, turn_id, fence),
    FOREIGN KEY (workspace_id, turn_id) REFERENCES turns ON DELETE CASCADE,
    CHECK ((outcome IS NULL) = (ended_at IS NULL))
) WITH (fillfactor = 70);  -- each ends once

-- Workers are the installation's, not a tenant's. A live one holds the advisory lock (class 20554, worker_no).
CREATE TABLE workers (
    worker_no  integer GENERATED ALWAYS AS IDENTITY (CYCLE) PRIMARY KEY,
    name       text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE messages (
    workspace_id          uuid NOT NULL,
    message_id            uuid NOT NULL,
    conversation_id       uuid NOT NULL,
    channel_id            uuid NOT NULL,
    seq                   bigint NOT NULL CHECK (seq > 0),
    turn_id               uuid,
    direction             text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    sender_type           text NOT NULL CHECK (sender_type IN ('customer', 'ai', 'agent', 'system')),
    sender_id             text,
    kind                  text NOT NULL DEFAULT 'text',
    text                  text NOT NULL DEFAULT '',
    content               jsonb NOT NULL DEFAULT '[]',
    external_id           text,
    fingerprint           bytea,
    waited_for            boolean NOT NULL DEFAULT false,
    platform_time         timestamptz NOT NULL,
    received_at           timestamptz NOT NULL,
    metadata              jsonb NOT NULL DEFAULT '{}',
    processing_status     text NOT NULL DEFAULT 'pending' CHECK (processing_status IN
        ('pending', 'processing', 'completed', 'failed', 'none')),
    processed_at          timestamptz,
    ai_confidence_score   double precision,
    intent_classification jsonb,
    error_count           integer NOT NULL DEFAULT 0,
    last_error_message    text,
    PRIMARY KEY (workspace_id, message_id),
    UNIQUE (conversation_id, seq, workspace_id),
    FOREIGN KEY (workspace_id, conversation_id, channel_id)
        REFERENCES conversations (workspace_id, conversation_id, channel_id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, conversation_id, turn_id)
        REFERENCES turns (workspace_id, conversation_id, turn_id) ON DELETE CASCADE,
    CHECK ((direction = 'inbound') = (sender_type = 'customer')),
    CHECK (external_id <> '' AND fingerprint IS NOT NULL OR external_id IS NULL)
) WITH (fillfactor = 85);  -- each is marked once, soon after
CREATE UNIQUE INDEX messages_external ON messages (channel_id, external_id, workspace_id)
    WHERE external_id IS NOT NULL;
CREATE INDEX messages_of_turn ON messages (turn_id) WHERE turn_id IS NOT NULL;

CREATE TABLE deliveries (
    workspace_id    uuid NOT NULL,
    delivery_id     uuid NOT NULL,
    conversation_id uuid NOT NULL,
    message_id      uuid NOT NULL,
    turn_id         uuid,
    position        integer NOT NULL DEFAULT 0,
    status          text NOT NULL CHECK (status IN
        ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown', 'withheld')),
    attempts        integer NOT NULL DEFAULT 0,
    error           text,
    created_at      timestamptz NOT NULL,
    sent_at         timestamptz,
    PRIMARY KEY (workspace_id, delivery_id),
    UNIQUE (message_id, workspace_id),
    CHECK (status NOT IN ('sent', 'delivered', 'read') OR sent_at IS NOT NULL),
    FOREIGN KEY (workspace_id, message_id) REFERENCES messages ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations ON DELETE CASCADE
);
CREATE UNIQUE INDEX deliveries_one_sending ON deliveries (conversation_id, workspace_id)
    WHERE status = 'sending';

CREATE TABLE events (
    workspace_id    uuid NOT NULL,
    conversation_id uuid NOT NULL,
    seq             bigint NOT NULL CHECK (seq > 0),
    event_type      text NOT NULL,
    data            jsonb NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, conversation_id, seq),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations ON DELETE CASCADE
);

CREATE TABLE ai_response_logs (
    workspace_id  uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    log_id        uuid NOT NULL,
    contact_id    uuid,
    message_id    uuid,
    turn_id       uuid,
    provider      text NOT NULL,
    model         text NOT NULL,
    prompt        text,
    response      text,
    input_tokens  bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    tokens_used   bigint NOT NULL DEFAULT 0,
    estimated     boolean NOT NULL DEFAULT false,
    cost          numeric,
    outcome       text NOT NULL CHECK (outcome IN ('ok', 'error', 'cancelled')),
    error         text,
    seconds       double precision NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, log_id)
);

-- What stands in a conversation once its row is locked: the clock, and its waiting and its running turn. VOLATILE, so it
-- takes a snapshot of its own at each call: that of the statement which waited for the lock is from before.
CREATE FUNCTION live_turns(of_workspace uuid, of_conversation uuid)
    RETURNS TABLE (now timestamptz, turn_id uuid, state text, opened_at timestamptz, due_at timestamptz,
        first_unanswered_at timestamptz, interrupts integer, attempt integer, fence bigint, worker_no integer,
        lease_until timestamptz)
    LANGUAGE sql VOLATILE AS $$
SELECT clock_timestamp(), t.turn_id, t.state, t.opened_at, t.due_at, t.first_unanswered_at, t.interrupts, t.attempt,
    t.fence, t.worker_no, t.lease_until
FROM (SELECT) AS one_row
LEFT JOIN turns t ON t.workspace_id = of_workspace AND t.conversation_id = of_conversation
    AND t.state IN ('waiting', 'running')
$$;

-- A turn ends once; a delivery only moves forward. Receipts come early, late and twice: the stores ask first, and
-- these triggers hold the line if one forgets.
CREATE FUNCTION turns_forward_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state NOT IN ('waiting', 'running') THEN
        RAISE EXCEPTION 'turn %: % can not become %', OLD.turn_id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER turns_forward_only BEFORE UPDATE OF state ON turns
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION turns_forward_only();

CREATE FUNCTION deliveries_forward_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (CASE OLD.status
        WHEN 'queued' THEN NEW.status IN ('sending', 'withheld', 'failed')
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
CREATE TRIGGER deliveries_forward_only BEFORE UPDATE OF status ON deliveries
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION deliveries_forward_only();
