-- The catalog of one collection. Everything else in its directory can be made again from here.

CREATE TABLE facts (              -- what the collection is: schema version, fingerprint
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE documents (
    key          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    title        TEXT NOT NULL,
    uri          TEXT NOT NULL,
    text         TEXT NOT NULL,
    blocks       TEXT NOT NULL,   -- JSON: [[kind, start, end, level, page], …]
    metadata     TEXT NOT NULL,   -- JSON object
    content_hash TEXT NOT NULL,
    version      INTEGER NOT NULL,
    updated_at   TEXT NOT NULL    -- ISO 8601, UTC
);

CREATE TABLE chunks (
    key          INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: indexes rely on it
    id           TEXT NOT NULL UNIQUE,
    document     INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    first        INTEGER NOT NULL,  -- span in documents.text, in characters
    last         INTEGER NOT NULL,
    text         TEXT NOT NULL,
    heading_path TEXT NOT NULL,   -- JSON array
    metadata     TEXT NOT NULL,   -- JSON object
    vector       BLOB NOT NULL,   -- dimension × float16, little-endian
    checksum     INTEGER NOT NULL,  -- CRC-32 of the vector
    UNIQUE (document, position)
);

CREATE TABLE representations (    -- what chunks are kept as, beside terms and dense vectors
    chunk    INTEGER NOT NULL REFERENCES chunks (key) ON DELETE CASCADE,
    name     TEXT NOT NULL,         -- such as 'sparse weights'
    content  BLOB NOT NULL,
    checksum INTEGER NOT NULL,      -- CRC-32 of the content
    UNIQUE (chunk, name)
);

CREATE TABLE attributes (         -- what filters look at: one row a metadata element of a chunk
    name  TEXT NOT NULL,
    value NOT NULL,               -- text, number, or blob x'00' / x'01' for a boolean
    chunk INTEGER NOT NULL REFERENCES chunks (key) ON DELETE CASCADE,
    PRIMARY KEY (name, value, chunk)
) WITHOUT ROWID;
CREATE INDEX attributes_of_chunk ON attributes (chunk);

CREATE TABLE changes (            -- what indexes follow; the oldest are pruned
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    chunk    INTEGER NOT NULL,
    added    INTEGER NOT NULL     -- 1: added, 0: deleted
);
