-- Where members' data lies outside of their folders, and with what it is reached.
CREATE TABLE connections (
    id                TEXT PRIMARY KEY,
    seq               INTEGER NOT NULL UNIQUE,
    account           TEXT NOT NULL REFERENCES accounts (id),
    name              TEXT NOT NULL,
    created           INTEGER NOT NULL,
    updated           INTEGER NOT NULL,
    version           INTEGER NOT NULL,
    document          TEXT NOT NULL,
    method            TEXT NOT NULL,
    has_catalog_token INTEGER NOT NULL,
    -- Sealed with the master key for (connection, account, id).
    credentials       BLOB NOT NULL,
    UNIQUE (account, name)
) STRICT;

-- What the house tells an account's roles when it assumes them; made once.
CREATE TABLE external_ids (
    account     TEXT PRIMARY KEY REFERENCES accounts (id),
    external_id TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
