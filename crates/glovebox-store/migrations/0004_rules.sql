-- Rules in full: custom rules, extensions, rules of associations, templates, change requests,
-- roles of keys, locks.

-- The kinds of rules have grown. `approvals` is what admitted templates resolved to.
CREATE TABLE rules_of_all_kinds (
    configured_table TEXT PRIMARY KEY REFERENCES configured_tables (id),
    kind             TEXT NOT NULL CHECK (kind IN ('AGGREGATION', 'CUSTOM', 'LIST')),
    created          INTEGER NOT NULL,
    updated          INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    document         TEXT NOT NULL,
    approvals        TEXT NOT NULL
) STRICT;
INSERT INTO rules_of_all_kinds
    SELECT configured_table, kind, created, updated, version, document, '{}' FROM rules;
DROP TABLE rules;
ALTER TABLE rules_of_all_kinds RENAME TO rules;

-- What an owner says beyond AWS's shapes; a table without a row has the defaults of the house.
CREATE TABLE extensions (
    configured_table TEXT PRIMARY KEY REFERENCES configured_tables (id),
    updated          INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    document         TEXT NOT NULL
) STRICT;

-- Who could receive results when the table was brought, as a JSON list. Until this release no
-- ability ever changed: for older rows it is who can receive now.
ALTER TABLE associations ADD COLUMN receivers TEXT NOT NULL DEFAULT '[]';
UPDATE associations SET receivers = (
    SELECT json_group_array(members.account) FROM members
    WHERE members.collaboration = associations.collaboration AND EXISTS (
        SELECT 1 FROM json_each(members.document, '$.v1.abilities')
        WHERE json_each.value = 'CAN_RECEIVE_RESULTS'
    )
);

CREATE TABLE association_rules (
    association TEXT PRIMARY KEY REFERENCES associations (id),
    kind        TEXT NOT NULL CHECK (kind IN ('AGGREGATION', 'CUSTOM', 'LIST')),
    created     INTEGER NOT NULL,
    updated     INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    document    TEXT NOT NULL
) STRICT;

-- Failures after rows had met, per runner and association; `locked` shuts the runner out.
CREATE TABLE locks (
    association TEXT NOT NULL REFERENCES associations (id),
    runner      TEXT NOT NULL,
    failures    INTEGER NOT NULL,
    locked      INTEGER NOT NULL CHECK (locked IN (0, 1)),
    version     INTEGER NOT NULL,
    PRIMARY KEY (association, runner)
) STRICT, WITHOUT ROWID;

CREATE TABLE templates (
    id            TEXT PRIMARY KEY,
    seq           INTEGER NOT NULL UNIQUE,
    collaboration TEXT NOT NULL,
    account       TEXT NOT NULL,
    membership    TEXT NOT NULL REFERENCES memberships (id),
    name          TEXT NOT NULL,
    created       INTEGER NOT NULL,
    updated       INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    document      TEXT NOT NULL,
    UNIQUE (membership, name),
    FOREIGN KEY (collaboration, account) REFERENCES members (collaboration, account)
) STRICT;
CREATE INDEX templates_collaboration ON templates (collaboration, seq);

CREATE TABLE change_requests (
    id            TEXT PRIMARY KEY,
    seq           INTEGER NOT NULL UNIQUE,
    collaboration TEXT NOT NULL REFERENCES collaborations (id),
    status        TEXT NOT NULL
        CHECK (status IN ('PENDING', 'APPROVED', 'CANCELLED', 'DENIED', 'COMMITTED')),
    created       INTEGER NOT NULL,
    updated       INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    document      TEXT NOT NULL
) STRICT;
CREATE INDEX change_requests_collaboration ON change_requests (collaboration, seq);

ALTER TABLE access_keys ADD COLUMN role TEXT NOT NULL DEFAULT 'owner'
    CHECK (role IN ('owner', 'analyst', 'auditor'));
