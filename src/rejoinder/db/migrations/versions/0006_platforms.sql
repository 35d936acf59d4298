-- Chat platforms: accounts, identities, windows, intake, platform ids, media, the channel log.

-- The registry of channels knows which platforms there are, those of third parties among them.
ALTER TABLE channels
    DROP CONSTRAINT channels_platform_check,
    ADD CONSTRAINT channels_platform_check CHECK (platform ~ '^[a-z][a-z0-9_]{0,31}$'),
    ADD account text CHECK (account <> '');  -- the platform's own id of the account: a webhook names it
CREATE UNIQUE INDEX channels_account ON channels (platform, account, workspace_id) WHERE account IS NOT NULL;
CREATE INDEX channels_id ON channels (channel_id);  -- a webhook's address names no workspace

-- One person may have several identities, of one channel (scope: its id) or known in all (scope: all zeros).
ALTER TABLE contact_identities
    DROP CONSTRAINT contact_identities_pkey,
    DROP CONSTRAINT contact_identities_workspace_id_channel_id_fkey;
ALTER TABLE contact_identities RENAME channel_id TO scope;
ALTER TABLE contact_identities
    ADD kind text NOT NULL DEFAULT 'id' CHECK (kind ~ '^[a-z][a-z0-9_]{0,31}$'),
    ADD seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD unreachable_at timestamptz,  -- the customer blocked or unfollowed us there
    ADD PRIMARY KEY (workspace_id, scope, kind, identity);
CREATE INDEX contact_identities_of_contact ON contact_identities (contact_id);

ALTER TABLE contacts
    ADD merged_into  uuid,         -- found to be the same person as another, who has it all now
    ADD opted_out_at timestamptz;  -- nothing is sent unasked until the customer opts in again
ALTER TABLE contacts ADD FOREIGN KEY (workspace_id, merged_into) REFERENCES contacts ON DELETE CASCADE;
CREATE INDEX contacts_merged ON contacts (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX conversations_of_contact ON conversations (contact_id);

-- Who asked for no more messages, who for more, when, and in which words.
CREATE TABLE contact_consents (
    workspace_id uuid NOT NULL,
    consent_id   uuid NOT NULL,
    contact_id   uuid NOT NULL,
    channel_id   uuid NOT NULL,
    change       text NOT NULL CHECK (change IN ('opt_out', 'opt_in')),
    words        text NOT NULL,
    message_id   uuid,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, consent_id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts ON DELETE CASCADE
);
CREATE INDEX contact_consents_of_contact ON contact_consents (contact_id);

ALTER TABLE conversations
    ADD last_customer_at  timestamptz,  -- the platform's window for free text is reckoned from here
    ADD last_customer_id  text,         -- the platform's id of that message: typing and read marks name it
    ADD read_token        text,         -- what LINE wants instead
    ADD reply_token       text,         -- good for one answer, for a while
    ADD reply_token_until timestamptz;

ALTER TABLE deliveries
    ADD reply_token       text,  -- the conversation's, taken for this one
    ADD reply_token_until timestamptz,
    ADD as_template       boolean NOT NULL DEFAULT false;  -- the window has closed: sent as the channel's template

-- What a platform calls our messages, and what it told of them. Receipts and echoes may come before our own request was
-- answered, so either side may be first: one row, written by both.
CREATE TABLE platform_messages (
    workspace_id uuid NOT NULL,
    channel_id   uuid NOT NULL,
    platform_id  text NOT NULL CHECK (platform_id <> ''),
    delivery_id  uuid,
    reported     text CHECK (reported IN ('sent', 'delivered', 'read', 'failed')),
    error        text,
    error_class  text,
    echoed_at    timestamptz,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, channel_id, platform_id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, delivery_id) REFERENCES deliveries ON DELETE CASCADE
);
CREATE INDEX platform_messages_of_delivery ON platform_messages (delivery_id) WHERE delivery_id IS NOT NULL;
CREATE INDEX platform_messages_stray ON platform_messages (created_at) WHERE delivery_id IS NULL;

-- A webhook's body that could not be applied whole: a conversation was locked, what it speaks of is not there yet, or
-- nobody understands it. Applying one again does no harm: what it holds is known by its platform's ids.
CREATE TABLE intake (
    workspace_id uuid NOT NULL,
    intake_id    uuid NOT NULL,
    channel_id   uuid NOT NULL,
    body         bytea NOT NULL,
    state        text NOT NULL CHECK (state IN ('waiting', 'quarantined', 'applied', 'discarded')),
    reason       text NOT NULL,
    threads      text[] NOT NULL DEFAULT '{}',  -- of the messages in it: later ones of these threads queue behind
    attempts     integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    received_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_try_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    resolved_at  timestamptz,
    resolved_by  text,
    PRIMARY KEY (workspace_id, intake_id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels ON DELETE CASCADE,
    CHECK ((state IN ('applied', 'discarded')) = (resolved_at IS NOT NULL))
);
CREATE INDEX intake_waiting ON intake (next_try_at) WHERE state = 'waiting';
CREATE INDEX intake_of_channel ON intake (channel_id) WHERE state = 'waiting';
CREATE INDEX intake_quarantined ON intake (intake_id) WHERE state = 'quarantined';

-- Files that came with messages or were handed in to be sent. The bytes lie in the media store under `key`.
CREATE TABLE media (
    workspace_id uuid NOT NULL,
    media_id     uuid NOT NULL,
    channel_id   uuid,   -- where it came from; null for one handed in here
    message_id   uuid,
    kind         text NOT NULL CHECK (kind IN ('image', 'audio', 'video', 'document', 'sticker')),
    source       jsonb NOT NULL DEFAULT '{}',  -- how its platform names it
    state        text NOT NULL CHECK (state IN ('waiting', 'ready', 'refused', 'failed')),
    told_type    text,   -- by who sent it
    mime_type    text,   -- by its content
    filename     text,
    size         bigint CHECK (size >= 0),
    sha256       bytea,
    key          text,
    transcript   text,
    error        text,
    attempts     integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_try_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    stored_at    timestamptz,
    PRIMARY KEY (workspace_id, media_id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, message_id) REFERENCES messages ON DELETE CASCADE,
    CHECK ((state = 'ready') = (key IS NOT NULL AND stored_at IS NOT NULL))
);
CREATE INDEX media_waiting ON media (next_try_at) WHERE state = 'waiting';
CREATE INDEX media_of_message ON media (message_id) WHERE message_id IS NOT NULL;

-- Every request to a platform and from it, without secrets, for a while.
CREATE TABLE channel_log (
    workspace_id    uuid NOT NULL,
    log_id          uuid NOT NULL,
    channel_id      uuid NOT NULL,
    direction       text NOT NULL CHECK (direction IN ('in', 'out')),
    at              timestamptz NOT NULL,
    milliseconds    double precision NOT NULL,
    delivery_id     uuid,
    method          text NOT NULL,
    address         text NOT NULL,
    status          integer,
    class           text NOT NULL,
    request         text NOT NULL,
    response        text NOT NULL,
    PRIMARY KEY (workspace_id, log_id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels ON DELETE CASCADE
);
CREATE INDEX channel_log_of_channel ON channel_log (channel_id, log_id);
CREATE INDEX channel_log_at ON channel_log USING brin (at) WITH (pages_per_range = 16, autosummarize = on);
