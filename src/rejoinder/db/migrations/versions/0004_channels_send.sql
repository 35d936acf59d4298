-- Channels have settings (plain) and credentials (sealed); deliveries leave in the order of their messages.

ALTER TABLE channels
    ADD settings    jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    ADD credentials bytea;  -- a sealed JSON object; the key lies outside the database

-- Addresses that a workspace names may lead into private networks only where the operator says so.
ALTER TABLE workspaces ADD allow_private_networks boolean NOT NULL DEFAULT false;
UPDATE workspaces SET allow_private_networks = true WHERE slug = 'demo';

ALTER TABLE deliveries
    ADD seq           bigint,       -- the message's: the order in which a conversation's deliveries leave
    ADD next_try_at   timestamptz,  -- queued: not before; null for at once
    ADD sending_until timestamptz;  -- sending: whoever sends has given up or died by then
UPDATE deliveries d SET seq = m.seq
    FROM messages m WHERE m.workspace_id = d.workspace_id AND m.message_id = d.message_id;
ALTER TABLE deliveries
    ALTER seq SET NOT NULL,
    DROP position,
    ADD CHECK (status <> 'sending' OR sending_until IS NOT NULL);
CREATE INDEX deliveries_open ON deliveries (conversation_id, seq) WHERE status IN ('queued', 'sending');
CREATE INDEX deliveries_due ON deliveries (coalesce(sending_until, next_try_at, created_at))
    WHERE status IN ('queued', 'sending');
