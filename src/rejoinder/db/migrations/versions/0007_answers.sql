-- What makes an answer worth sending: settings of bots, personas, templates, knowledge bases with vectors, actions,
-- drafts, explanations, profiles of contacts, prices of calls.

-- The JSON of bots/policies.py: only what differs from the defaults.
ALTER TABLE bots ADD settings jsonb NOT NULL DEFAULT '{}';

ALTER TABLE workspaces
    ADD usd_a_day   numeric CHECK (usd_a_day >= 0),    -- what its models may cost a day and a month (UTC); NULL: no bound
    ADD usd_a_month numeric CHECK (usd_a_month >= 0);

-- A voice. The channel's own goes before the bot's (channel_id NULL); of several active ones the default speaks.
CREATE TABLE personas (
    workspace_id uuid NOT NULL,
    persona_id   uuid NOT NULL,
    bot_id       uuid NOT NULL,
    channel_id   uuid,
    name         text NOT NULL CHECK (name <> ''),
    tone         text NOT NULL DEFAULT '',
    formality    text NOT NULL DEFAULT '',
    style        text NOT NULL DEFAULT '',
    languages    text[] NOT NULL DEFAULT '{}',
    dos          text[] NOT NULL DEFAULT '{}',
    donts        text[] NOT NULL DEFAULT '{}',
    greeting     text NOT NULL DEFAULT '',
    signature    text NOT NULL DEFAULT '',
    active       boolean NOT NULL DEFAULT true,
    is_default   boolean NOT NULL DEFAULT false,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, persona_id),
    FOREIGN KEY (workspace_id, bot_id) REFERENCES bots ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels ON DELETE CASCADE
);
CREATE UNIQUE INDEX personas_default ON personas (bot_id, channel_id, workspace_id) NULLS NOT DISTINCT
    WHERE is_default;
CREATE INDEX personas_of_channel ON personas (channel_id) WHERE channel_id IS NOT NULL;

-- Answers that need no model: sent when the local reading of the messages is sure of one of the intents and `condition`
-- holds. `text` and `condition` are Jinja2's.
CREATE TABLE response_templates (
    workspace_id uuid NOT NULL,
    template_id  uuid NOT NULL,
    bot_id       uuid NOT NULL,
    name         text NOT NULL CHECK (name <> ''),
    intents      text[] NOT NULL DEFAULT '{}',
    languages    text[] NOT NULL DEFAULT '{}',
    condition    text NOT NULL DEFAULT '',
    text         text NOT NULL CHECK (text <> ''),
    active       boolean NOT NULL DEFAULT true,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, template_id),
    UNIQUE (workspace_id, bot_id, name),
    FOREIGN KEY (workspace_id, bot_id) REFERENCES bots ON DELETE CASCADE
);

-- What operators insert with a few letters.
CREATE TABLE canned_replies (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    canned_id    uuid NOT NULL,
    shortcut     text NOT NULL CHECK (shortcut <> ''),
    title        text NOT NULL DEFAULT '',
    text         text NOT NULL CHECK (text <> ''),
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, canned_id),
    UNIQUE (workspace_id, shortcut)
);

-- Documents stand in a base, bots read bases. A bot without any reads all of its workspace's.
CREATE TABLE knowledge_bases (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    base_id      uuid NOT NULL,
    name         text NOT NULL CHECK (name <> ''),
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, base_id),
    UNIQUE (workspace_id, name)
);
CREATE TABLE bot_knowledge (
    workspace_id uuid NOT NULL,
    bot_id       uuid NOT NULL,
    base_id      uuid NOT NULL,
    PRIMARY KEY (workspace_id, bot_id, base_id),
    FOREIGN KEY (workspace_id, bot_id) REFERENCES bots ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, base_id) REFERENCES knowledge_bases ON DELETE CASCADE
);
CREATE INDEX bot_knowledge_of_base ON bot_knowledge (base_id);

-- Where documents come from and come from again: a website, a sitemap. `job` is the state of the newest import.
CREATE TABLE knowledge_sources (
    workspace_id uuid NOT NULL,
    source_id    uuid NOT NULL,
    base_id      uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('website', 'sitemap')),
    url          text NOT NULL CHECK (url <> ''),
    options      jsonb NOT NULL DEFAULT '{}',
    every        interval,                     -- fetched again that often; NULL: when asked
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    error        text,
    pages        integer NOT NULL DEFAULT 0,
    due_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    begun_at     timestamptz,
    done_at      timestamptz,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, source_id),
    UNIQUE (workspace_id, base_id, url),
    FOREIGN KEY (workspace_id, base_id) REFERENCES knowledge_bases ON DELETE CASCADE
);
CREATE INDEX knowledge_sources_due ON knowledge_sources (due_at);

ALTER TABLE knowledge_documents
    ADD base_id   uuid,    -- NULL: the workspace's own, which every bot reads that has no base
    ADD source_id uuid,    -- the import it came with, and goes with
    ADD format    text NOT NULL DEFAULT 'markdown',
    ADD fetched   jsonb,   -- of a web page: its ETag, its date, its links
    ADD digest    bytea,   -- SHA-256 of what was imported: the same again changes nothing
    ADD tags      text[] NOT NULL DEFAULT '{}',
    DROP CONSTRAINT knowledge_documents_workspace_id_source_key,
    ADD FOREIGN KEY (workspace_id, base_id) REFERENCES knowledge_bases ON DELETE CASCADE,
    ADD FOREIGN KEY (workspace_id, source_id) REFERENCES knowledge_sources ON DELETE CASCADE;
ALTER TABLE knowledge_documents
    ADD embedded     text,  -- the model whose vectors all its chunks have; NULL: none yet
    ADD embed_tries  integer NOT NULL DEFAULT 0 CHECK (embed_tries >= 0),  -- in vain, why, and when it is tried again
    ADD embed_error  text,
    ADD embed_due_at timestamptz NOT NULL DEFAULT clock_timestamp();      -- 'infinity': given up
ALTER TABLE knowledge_chunks ADD page integer CHECK (page > 0);  -- of a PDF, from 1
CREATE UNIQUE INDEX knowledge_documents_source ON knowledge_documents (source, base_id, workspace_id)
    NULLS NOT DISTINCT;
CREATE INDEX knowledge_documents_of_base ON knowledge_documents (base_id) WHERE base_id IS NOT NULL;
CREATE INDEX knowledge_documents_of_source ON knowledge_documents (source_id) WHERE source_id IS NOT NULL;

-- A conversation may be held to drafts or to analysis; `summary` tells what was said up to `summary_seq`; `collecting`
-- is what the customer was asked for (actions/collect).
ALTER TABLE conversations
    ADD summary     text,
    ADD summary_seq bigint NOT NULL DEFAULT 0 CHECK (summary_seq >= 0),
    ADD collecting  jsonb;

-- What is known of a customer: `attributes` are what they told when asked, or what an operator wrote down.
ALTER TABLE contacts
    ADD attributes jsonb NOT NULL DEFAULT '{}',
    ADD tags       text[] NOT NULL DEFAULT '{}',
    ADD language   text,
    ADD time_zone  text;

-- Each turn looks at the newest conversations of its contact.
DROP INDEX conversations_of_contact;
CREATE INDEX conversations_of_contact ON conversations (contact_id, created_at DESC);

-- An answer that waits for a person to send it, or to throw it away.
CREATE TABLE drafts (
    workspace_id    uuid NOT NULL,
    draft_id        uuid NOT NULL,
    conversation_id uuid NOT NULL,
    turn_id         uuid NOT NULL,
    text            text NOT NULL,
    content         jsonb NOT NULL DEFAULT '[]',
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'sent', 'discarded', 'outdated')),
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at      timestamptz,
    settled_by      text,
    message_id      uuid,  -- what it was sent as
    PRIMARY KEY (workspace_id, draft_id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations ON DELETE CASCADE,
    CHECK ((state = 'open') = (settled_at IS NULL))
);
CREATE INDEX drafts_of_conversation ON drafts (conversation_id, created_at);

-- The steps of an answer beside its plain text. What is sent has its delivery's state and retries: `message_id` is it.
CREATE TABLE actions (
    workspace_id    uuid NOT NULL,
    action_id       uuid NOT NULL,
    conversation_id uuid NOT NULL,
    turn_id         uuid NOT NULL,
    position        integer NOT NULL CHECK (position >= 0),
    action_type     text NOT NULL CHECK (action_type ~ '^[a-z][a-z0-9_]{0,31}$'),
    message_id      uuid,
    data            jsonb NOT NULL DEFAULT '{}',
    status          text NOT NULL CHECK (status IN ('queued', 'waiting', 'done', 'failed', 'cancelled')),
    retry_count     integer NOT NULL DEFAULT 0 CHECK (retry_count >= 0),
    result          jsonb,
    error           text,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    done_at         timestamptz,
    PRIMARY KEY (workspace_id, action_id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations ON DELETE CASCADE
);
CREATE INDEX actions_of_conversation ON actions (conversation_id, created_at);
CREATE INDEX actions_of_message ON actions (message_id) WHERE message_id IS NOT NULL;

DROP VIEW message_actions;
-- A delivery without an action of its own is plain text sent: `send_message`. It is found by its message: messages have
-- an index by conversation, deliveries need none.
CREATE VIEW message_actions AS
SELECT a.workspace_id, a.action_id, a.conversation_id, a.turn_id, a.message_id, a.action_type,
    coalesce(d.status, a.status) AS status,
    CASE WHEN d.message_id IS NULL THEN a.retry_count ELSE greatest(d.attempts - 1, 0) END AS retry_count,
    coalesce(d.error, a.error) AS error, a.data, a.result, a.created_at
FROM actions a
LEFT JOIN deliveries d ON d.workspace_id = a.workspace_id AND d.message_id = a.message_id
UNION ALL
SELECT m.workspace_id, d.delivery_id, m.conversation_id, d.turn_id, m.message_id, 'send_message', d.status,
    greatest(d.attempts - 1, 0), d.error, '{}'::jsonb, NULL, d.created_at
FROM messages m JOIN deliveries d ON d.workspace_id = m.workspace_id AND d.message_id = m.message_id
WHERE d.turn_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM actions a WHERE a.message_id = d.message_id AND a.workspace_id = d.workspace_id)
UNION ALL
SELECT t.workspace_id, t.turn_id, t.conversation_id, t.turn_id, NULL, 'transfer_to_agent', 'done', 0, NULL,
    jsonb_build_object('reason', t.reason), NULL, t.ended_at
FROM turns t WHERE t.state IN ('handed_off', 'failed') AND t.decision = 'hand_off'
    AND NOT EXISTS (SELECT FROM actions a WHERE a.turn_id = t.turn_id AND a.conversation_id = t.conversation_id
        AND a.action_type = 'transfer_to_agent');

-- Why a turn ended as it did (turns/answering/judging): one row a turn, as long as its prompts are kept.
CREATE TABLE explanations (
    workspace_id    uuid NOT NULL,
    turn_id         uuid NOT NULL,
    conversation_id uuid NOT NULL,
    told            jsonb NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, turn_id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations ON DELETE CASCADE
);
CREATE INDEX explanations_of_conversation ON explanations (conversation_id);

-- How a price was found (exact from the provider's count, estimated, unknown), what it was reckoned with, what for.
ALTER TABLE ai_response_logs
    ADD bot_id        uuid,
    ADD purpose       text NOT NULL DEFAULT 'answer',
    ADD cached_tokens bigint NOT NULL DEFAULT 0,
    ADD priced        text NOT NULL DEFAULT 'unknown' CHECK (priced IN ('exact', 'estimated', 'unknown')),
    ADD prices        jsonb;  -- US dollars for a million tokens, as they were
-- A budget is reckoned from the ledger.
CREATE INDEX ai_response_logs_spent ON ai_response_logs (workspace_id, created_at) INCLUDE (bot_id, contact_id, cost, purpose);

-- What an embedding model makes of a text. Plain arrays: pgvector, where there is one, reads them as its own, and without
-- it nothing else changes.
CREATE TABLE knowledge_vectors (
    workspace_id uuid NOT NULL,
    document_id  uuid NOT NULL,
    position     integer NOT NULL,
    model        text NOT NULL,
    vector       real[] STORAGE MAIN NOT NULL,
    PRIMARY KEY (workspace_id, document_id, position, model),
    FOREIGN KEY (workspace_id, document_id, position) REFERENCES knowledge_chunks ON DELETE CASCADE
) WITH (toast_tuple_target = 8160);  -- a vector out of line would be fetched for each chunk that a search compares
CREATE TABLE message_vectors (
    workspace_id uuid NOT NULL,
    message_id   uuid NOT NULL,
    model        text NOT NULL,
    vector       real[] STORAGE MAIN NOT NULL,
    PRIMARY KEY (workspace_id, message_id, model),
    FOREIGN KEY (workspace_id, message_id) REFERENCES messages ON DELETE CASCADE
) WITH (toast_tuple_target = 8160);

-- A message that was changed or taken back is not found by what it said before.
CREATE FUNCTION message_vectors_outdated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM message_vectors v WHERE v.workspace_id = NEW.workspace_id AND v.message_id = NEW.message_id;
    RETURN NULL;
END $$;
CREATE TRIGGER message_vectors_outdated AFTER UPDATE OF text ON messages
    FOR EACH ROW WHEN (OLD.text IS DISTINCT FROM NEW.text) EXECUTE FUNCTION message_vectors_outdated();

-- Who waits for a person: few at a time, sorted when they are listed.
CREATE INDEX conversations_waiting ON conversations (workspace_id, conversation_id) WHERE state = 'waiting';
