-- The nouns: accounts, keys, collaborations, members, tables, rules, associations, tags.
--
-- `version` changes with every change of the row and never comes back (see Tx::next_version).
-- `seq` is the order of creation, the position of pages. Times are milliseconds since 1970.
-- `document` is JSON of a form in src/document: what is stored but never searched for.

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE versions (
    last INTEGER NOT NULL
) STRICT;
INSERT INTO versions (last) VALUES (0);

CREATE TABLE accounts (
    id       TEXT PRIMARY KEY,
    seq      INTEGER NOT NULL UNIQUE,
    enabled  INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    created  INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;

CREATE TABLE access_keys (
    id      TEXT PRIMARY KEY,
    seq     INTEGER NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (id),
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    created INTEGER NOT NULL,
    version INTEGER NOT NULL,
    sealed  BLOB NOT NULL
) STRICT;
CREATE INDEX access_keys_account ON access_keys (account);

CREATE TABLE collaborations (
    id       TEXT PRIMARY KEY,
    seq      INTEGER NOT NULL UNIQUE,
    creator  TEXT NOT NULL REFERENCES accounts (id),
    deleted  INTEGER NOT NULL CHECK (deleted IN (0, 1)),
    created  INTEGER NOT NULL,
    updated  INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX collaborations_creator ON collaborations (creator, deleted);

-- The accounts of members need not exist here: they are invited by number.
CREATE TABLE members (
    collaboration TEXT NOT NULL REFERENCES collaborations (id),
    account       TEXT NOT NULL,
    seq           INTEGER NOT NULL UNIQUE,
    status        TEXT NOT NULL CHECK (status IN ('INVITED', 'ACTIVE', 'LEFT', 'REMOVED')),
    created       INTEGER NOT NULL,
    updated       INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    document      TEXT NOT NULL,
    PRIMARY KEY (collaboration, account)
) STRICT;
CREATE INDEX members_account ON members (account);

CREATE TABLE memberships (
    id            TEXT PRIMARY KEY,
    seq           INTEGER NOT NULL UNIQUE,
    collaboration TEXT NOT NULL,
    account       TEXT NOT NULL REFERENCES accounts (id),
    status        TEXT NOT NULL
        CHECK (status IN ('ACTIVE', 'LEFT', 'REMOVED', 'COLLABORATION_DELETED')),
    created       INTEGER NOT NULL,
    updated       INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    document      TEXT NOT NULL,
    UNIQUE (collaboration, account),
    FOREIGN KEY (collaboration, account) REFERENCES members (collaboration, account)
) STRICT;
CREATE INDEX memberships_account ON memberships (account);

CREATE TABLE configured_tables (
    id       TEXT PRIMARY KEY,
    seq      INTEGER NOT NULL UNIQUE,
    owner    TEXT NOT NULL REFERENCES accounts (id),
    created  INTEGER NOT NULL,
    updated  INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX configured_tables_owner ON configured_tables (owner);

-- One rule per configured table.
CREATE TABLE rules (
    configured_table TEXT PRIMARY KEY REFERENCES configured_tables (id),
    kind             TEXT NOT NULL CHECK (kind IN ('AGGREGATION', 'LIST')),
    created          INTEGER NOT NULL,
    updated          INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    document         TEXT NOT NULL
) STRICT;

CREATE TABLE associations (
    id               TEXT PRIMARY KEY,
    seq              INTEGER NOT NULL UNIQUE,
    collaboration    TEXT NOT NULL,
    account          TEXT NOT NULL,
    membership       TEXT NOT NULL REFERENCES memberships (id),
    configured_table TEXT NOT NULL REFERENCES configured_tables (id),
    name             TEXT NOT NULL,
    created          INTEGER NOT NULL,
    updated          INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    document         TEXT NOT NULL,
    UNIQUE (collaboration, name),
    FOREIGN KEY (collaboration, account) REFERENCES members (collaboration, account)
) STRICT;
CREATE INDEX associations_membership ON associations (membership);
CREATE INDEX associations_configured_table ON associations (configured_table);

CREATE TABLE tags (
    resource TEXT NOT NULL,
    key      TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (resource, key)
) STRICT, WITHOUT ROWID;

-- What was deleted, by whom it was owned: a second delete is quiet.
CREATE TABLE tombstones (
    kind    TEXT NOT NULL,
    id      TEXT NOT NULL,
    account TEXT NOT NULL,
    deleted INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- First answers to requests that an SDK may repeat.
CREATE TABLE answers (
    request   TEXT PRIMARY KEY,
    operation TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('RUNNING', 'DONE', 'ANSWERED')),
    holder    INTEGER NOT NULL,
    begun     INTEGER NOT NULL,
    status    INTEGER,
    body      BLOB
) STRICT;
CREATE INDEX answers_begun ON answers (begun);
