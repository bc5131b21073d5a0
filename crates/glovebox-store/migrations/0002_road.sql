-- The road of protected queries: the ledger, the queries, what was kept for delivery.

-- One tree per collaboration and one per account. `edge` is all that appending needs.
CREATE TABLE ledger_trees (
    name TEXT PRIMARY KEY,
    edge TEXT NOT NULL,
    head TEXT NOT NULL
) STRICT;

CREATE TABLE ledger_entries (
    tree     TEXT NOT NULL REFERENCES ledger_trees (name) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL,
    leaf     TEXT NOT NULL,
    entry    TEXT NOT NULL,
    PRIMARY KEY (tree, position)
) STRICT;

-- What stands behind the commitments of entries, and who may know it.
CREATE TABLE ledger_openings (
    tree     TEXT NOT NULL,
    position INTEGER NOT NULL,
    place    INTEGER NOT NULL,
    opening  TEXT NOT NULL,
    PRIMARY KEY (tree, position, place),
    FOREIGN KEY (tree, position) REFERENCES ledger_entries (tree, position)
) STRICT;
CREATE TABLE ledger_readers (
    tree     TEXT NOT NULL,
    position INTEGER NOT NULL,
    place    INTEGER NOT NULL,
    account  TEXT NOT NULL,
    PRIMARY KEY (tree, position, place, account),
    FOREIGN KEY (tree, position, place) REFERENCES ledger_openings (tree, position, place)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ledger_entries_stay BEFORE DELETE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER ledger_entries_fixed BEFORE UPDATE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;

-- `stage` is how far the walk came, by committed doors; `status` is what AWS shows of it.
-- `fence` is the number of the latest claim: a walk of an earlier claim changes nothing.
CREATE TABLE queries (
    id            TEXT PRIMARY KEY,
    seq           INTEGER NOT NULL UNIQUE,
    collaboration TEXT NOT NULL REFERENCES collaborations (id),
    membership    TEXT NOT NULL REFERENCES memberships (id),
    runner        TEXT NOT NULL REFERENCES accounts (id),
    status        TEXT NOT NULL CHECK (status IN ('SUBMITTED', 'STARTED', 'CANCELLING',
                      'CANCELLED', 'FAILED', 'SUCCESS', 'TIMED_OUT')),
    stage         TEXT NOT NULL CHECK (stage IN ('WAITING', 'OPENED', 'KEPT', 'ENDED')),
    fence         INTEGER NOT NULL DEFAULT 0,
    leased_until  INTEGER NOT NULL DEFAULT 0,
    attempts      INTEGER NOT NULL DEFAULT 0,
    ledger_entry  INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    finished      INTEGER,
    document      TEXT NOT NULL,
    pins          TEXT,
    outcome       TEXT,
    CHECK ((stage = 'ENDED') = (status IN ('CANCELLED', 'FAILED', 'SUCCESS', 'TIMED_OUT')))
) STRICT;
CREATE INDEX queries_membership ON queries (membership, seq);
CREATE INDEX queries_open ON queries (stage, seq) WHERE stage <> 'ENDED';

-- Files written, encrypted and recorded before anything was delivered: one result per query.
CREATE TABLE results (
    query    TEXT PRIMARY KEY REFERENCES queries (id),
    created  INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;

-- Lines of members' logs: the truth from which the files are written.
CREATE TABLE member_logs (
    seq           INTEGER PRIMARY KEY,
    query         TEXT NOT NULL REFERENCES queries (id),
    account       TEXT NOT NULL,
    collaboration TEXT NOT NULL,
    at            INTEGER NOT NULL,
    stage         TEXT NOT NULL CHECK (stage IN ('SUBMISSION', 'TERMINATION', 'FAILURE_DETAIL')),
    line          TEXT NOT NULL,
    written       INTEGER NOT NULL CHECK (written IN (0, 1))
) STRICT;
CREATE INDEX member_logs_file ON member_logs (account, collaboration, at);
CREATE INDEX member_logs_query ON member_logs (query, stage);
CREATE INDEX member_logs_unwritten ON member_logs (written) WHERE written = 0;
