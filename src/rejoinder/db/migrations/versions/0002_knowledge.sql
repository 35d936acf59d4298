-- The knowledge base: documents, the chunks search finds, and the vocabulary that ranks them and mends typing errors.
-- Segmentation and folding happen in Python, so core PostgreSQL finds Thai and Vietnamese without an extension.

CREATE TABLE knowledge_documents (
    workspace_id uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    document_id  uuid        NOT NULL,
    title        text        NOT NULL CHECK (title <> ''),
    source       text        NOT NULL CHECK (source <> ''), -- what it was read from: a path, a URL, a name
    language     text        NOT NULL,                      -- ISO 639-1, or und
    body         text        NOT NULL,
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
    words        tsvector NOT NULL,                       -- folded words and concepts; headings weigh A, the title C
    PRIMARY KEY (workspace_id, document_id, position),
    FOREIGN KEY (workspace_id, document_id) REFERENCES knowledge_documents ON DELETE CASCADE
);

-- Each word of each chunk with its ts_rank there: what a search reads. A GIN index would hold all workspaces' words in
-- one list, and the rank would cost reading the chunk's whole vector: measured 8 ms instead of 2 on a thousand chunks.
CREATE TABLE knowledge_postings (
    workspace_id uuid    NOT NULL,
    word         text    NOT NULL,
    document_id  uuid    NOT NULL,
    position     integer NOT NULL,
    rank         real    NOT NULL,
    PRIMARY KEY (workspace_id, word, document_id, position),
    FOREIGN KEY (workspace_id, document_id, position) REFERENCES knowledge_chunks ON DELETE CASCADE
);

CREATE INDEX knowledge_postings_chunk ON knowledge_postings (workspace_id, document_id, position);

-- Each word of the workspace's chunks, with the number of chunks that hold it.
CREATE TABLE knowledge_words (
    workspace_id uuid    NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    word         text    NOT NULL,
    chunks       integer NOT NULL CHECK (chunks >= 0),
    PRIMARY KEY (workspace_id, word)
);

-- The keys under which a word is found by its relatives: its stems, and itself less one letter.
CREATE TABLE knowledge_spellings (
    workspace_id uuid NOT NULL,
    spelling     text NOT NULL,
    word         text NOT NULL,
    PRIMARY KEY (workspace_id, spelling, word),
    FOREIGN KEY (workspace_id, word) REFERENCES knowledge_words ON DELETE CASCADE
);

CREATE INDEX knowledge_spellings_word ON knowledge_spellings (workspace_id, word);
