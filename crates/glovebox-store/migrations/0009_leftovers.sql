-- What queries began in members' accounts and have to end there: a row dies when nothing is left.
CREATE TABLE leftovers (
    id         TEXT PRIMARY KEY,
    query      TEXT NOT NULL,
    -- It may be removed, and what was begun behind it is still there.
    connection TEXT NOT NULL,
    account    TEXT NOT NULL REFERENCES accounts (id),
    noted      INTEGER NOT NULL,
    document   TEXT NOT NULL,
    -- BEGUN: its query's process has it in hand. LEFT: the house takes it away when it is due.
    -- GIVEN_UP: the house has tried often enough, and forgets it when it is due.
    state      TEXT NOT NULL CHECK (state IN ('BEGUN', 'LEFT', 'GIVEN_UP')),
    tries      INTEGER NOT NULL,
    due        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX leftovers_due ON leftovers (state, due);
CREATE INDEX leftovers_of_connection ON leftovers (connection);
CREATE INDEX leftovers_of_query ON leftovers (query);
