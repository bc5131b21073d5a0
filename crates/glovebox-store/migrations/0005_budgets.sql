-- Privacy budgets: what owners offer, and what queries have taken.

-- A deleted template stays, so that what was taken under it still counts; so do the charges of a
-- table that was taken out of the collaboration.
CREATE TABLE budget_templates (
    id            TEXT PRIMARY KEY,
    seq           INTEGER NOT NULL UNIQUE,
    collaboration TEXT NOT NULL,
    account       TEXT NOT NULL,
    membership    TEXT NOT NULL REFERENCES memberships (id),
    kind          TEXT NOT NULL CHECK (kind IN ('ACCESS_BUDGET', 'DIFFERENTIAL_PRIVACY')),
    association   TEXT,
    deleted       INTEGER NOT NULL CHECK (deleted IN (0, 1)),
    created       INTEGER NOT NULL,
    updated       INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    document      TEXT NOT NULL,
    CHECK ((kind = 'ACCESS_BUDGET') = (association IS NOT NULL)),
    FOREIGN KEY (collaboration, account) REFERENCES members (collaboration, account)
) STRICT;
CREATE INDEX budget_templates_collaboration ON budget_templates (collaboration, seq);
CREATE UNIQUE INDEX one_privacy_budget ON budget_templates (collaboration, account)
    WHERE kind = 'DIFFERENTIAL_PRIVACY' AND deleted = 0;
CREATE UNIQUE INDEX one_access_budget ON budget_templates (association)
    WHERE kind = 'ACCESS_BUDGET' AND deleted = 0;

-- From which population the identifiers of a source are: fixed when it is first queried with
-- differential privacy, whatever is deleted and made anew later.
CREATE TABLE populations (
    owner      TEXT NOT NULL,
    source     TEXT NOT NULL,
    population TEXT NOT NULL,
    identifier TEXT NOT NULL,
    PRIMARY KEY (owner, source)
) STRICT, WITHOUT ROWID;

-- What queries have taken from a pool: (collaboration, owner, population, period). Written in the
-- transaction that opens the query, never given back. `loss_nano` is rho or epsilon in
-- billionths, by the accountant; `delta_atto` is in units of 10^-18.
CREATE TABLE privacy_charges (
    query         TEXT NOT NULL REFERENCES queries (id),
    collaboration TEXT NOT NULL,
    owner         TEXT NOT NULL,
    population    TEXT NOT NULL,
    period        TEXT NOT NULL,
    accountant    TEXT NOT NULL CHECK (accountant IN ('pure', 'zcdp')),
    runner        TEXT NOT NULL,
    loss_nano     INTEGER NOT NULL CHECK (loss_nano >= 0),
    delta_atto    INTEGER NOT NULL CHECK (delta_atto >= 0),
    charged       INTEGER NOT NULL,
    PRIMARY KEY (query, owner, population)
) STRICT, WITHOUT ROWID;
CREATE INDEX privacy_charges_pool ON privacy_charges (owner, population, collaboration, charged);
CREATE INDEX privacy_charges_charged ON privacy_charges (charged);

CREATE TRIGGER privacy_charges_stay BEFORE DELETE ON privacy_charges
BEGIN SELECT RAISE(ABORT, 'a charge is never given back'); END;
CREATE TRIGGER privacy_charges_fixed BEFORE UPDATE ON privacy_charges
BEGIN SELECT RAISE(ABORT, 'a charge is never given back'); END;
CREATE TRIGGER populations_stay BEFORE DELETE ON populations
BEGIN SELECT RAISE(ABORT, 'the population of a source is fixed'); END;
CREATE TRIGGER populations_fixed BEFORE UPDATE ON populations
BEGIN SELECT RAISE(ABORT, 'the population of a source is fixed'); END;

-- Queries that touched a table, whether its owner has a budget for that or not. The association
-- may be gone.
CREATE TABLE access_charges (
    query       TEXT NOT NULL REFERENCES queries (id),
    association TEXT NOT NULL,
    charged     INTEGER NOT NULL,
    PRIMARY KEY (query, association)
) STRICT, WITHOUT ROWID;
CREATE INDEX access_charges_association ON access_charges (association, charged);

-- What a private query showed its runner of how it was bounded, once it is opened.
ALTER TABLE queries ADD COLUMN sensitivity TEXT;
