-- Rate limits shared by all processes. Unlogged: a crash empties it, and every bucket is full again.
CREATE UNLOGGED TABLE rate_limits (
    key     bytea       PRIMARY KEY CHECK (octet_length(key) = 32), -- SHA-256 of what is limited
    full_at timestamptz NOT NULL                                    -- when its bucket is full again
);

-- Finds the rows that say nothing any more. Their update is never heap-only, which costs less than the rows.
CREATE INDEX rate_limits_full_at ON rate_limits (full_at);
