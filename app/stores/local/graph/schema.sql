-- Which chunks name which entities. All of it can be made again from the catalog.

CREATE TABLE state (              -- one row
    applied INTEGER NOT NULL,     -- the last change of the catalog's log that is here
    version TEXT NOT NULL         -- of the rules that find entities
);

CREATE TABLE entities (
    key  INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE chunks (
    key      INTEGER PRIMARY KEY, -- the catalog's
    id       TEXT NOT NULL UNIQUE,
    checksum INTEGER NOT NULL     -- CRC-32 of the names that it is tied to
);

CREATE TABLE links (
    entity INTEGER NOT NULL,
    chunk  INTEGER NOT NULL,
    PRIMARY KEY (entity, chunk)
) WITHOUT ROWID;
CREATE INDEX links_of_chunk ON links (chunk);

CREATE TABLE pairs (              -- two names of one entity, and the chunk that says so
    name  TEXT NOT NULL,
    other TEXT NOT NULL,
    chunk INTEGER NOT NULL,
    PRIMARY KEY (name, other, chunk)
) WITHOUT ROWID;
CREATE INDEX pairs_of_chunk ON pairs (chunk);
