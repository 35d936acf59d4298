-- The knowledge base: documents and the chunks search finds.
-- Segmentation and folding happen in Python, so core PostgreSQL finds Thai and Vietnamese without an extension.

CREATE TABLE knowledge_documents (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    document_id  uuid        NOT NULL,
    title        text        NOT NULL CHECK (title <> ''),
    source       text        NOT NULL CHECK (source <> ''), -- what it was read from: a path, a URL, a name
    language     text        NOT NULL,                      -- ISO 639-1, or und
    body         text        NOT NULL,
    chunks       integer     NOT NULL CHECK (chunks >= 0),  -- how many: ranking asks for the workspace's sum
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, document_id),
    UNIQUE (workspace_id, source)
);

CREATE TABLE knowledge_chunks (
    workspace_id uuid     NOT NULL,
    document_id  uuid     NOT NULL,
    position     integer  NOT NULL CHECK (position >= 0), -- in its document, from 0
    heading      text     NOT NULL,                       -- the path of headings above it
    language     text     NOT NULL,
    body         text     NOT NULL,
    words        tsvector NOT NULL,                       -- the heading's weigh A, the title's C, the body's D
    PRIMARY KEY (workspace_id, document_id, position),
    FOREIGN KEY (workspace_id, document_id) REFERENCES knowledge_documents ON DELETE CASCADE
) WITH (toast_tuple_target = 8160); -- a compressed vector would be unpacked for each chunk that a search ranks

-- All workspaces share the index, so each lexeme begins with the last four digits of its workspace's id.
-- fastupdate would leave fresh chunks in a list that every search reads through until a vacuum.
CREATE INDEX knowledge_chunks_words ON knowledge_chunks USING gin (words) WITH (fastupdate = off);
