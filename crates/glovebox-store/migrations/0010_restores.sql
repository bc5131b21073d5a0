-- Older copies of the database that were accepted by the operator, and whose word they wait for.

-- `number` is that of the head counter from which this database counts as the newest again.
-- `closed`: a period of a privacy budget that had begun by then stays closed.
CREATE TABLE restores (
    number   INTEGER PRIMARY KEY,
    accepted INTEGER NOT NULL,
    closed   INTEGER NOT NULL
) STRICT;

-- Which restore an account has confirmed last: that what it allows here is what it allows.
CREATE TABLE restore_confirmations (
    account   TEXT PRIMARY KEY REFERENCES accounts (id),
    number    INTEGER NOT NULL,
    confirmed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sums of queries by status, for the operator's figures.
CREATE INDEX queries_status ON queries (status);
