-- What became of each receiver's copy of a result: a row once that is known, for good.
CREATE TABLE deliveries (
    query    TEXT NOT NULL REFERENCES queries (id),
    receiver TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('DELIVERED', 'UNREACHABLE', 'WITHHELD')),
    at       INTEGER NOT NULL,
    PRIMARY KEY (query, receiver)
) STRICT, WITHOUT ROWID;

-- Whoever was given a copy never was not.
CREATE TRIGGER deliveries_stay BEFORE DELETE ON deliveries
BEGIN SELECT RAISE(ABORT, 'what became of a copy stays'); END;
CREATE TRIGGER deliveries_fixed BEFORE UPDATE ON deliveries
BEGIN SELECT RAISE(ABORT, 'what became of a copy stays'); END;

-- Until now every receiver of a query that succeeded had its result.
INSERT INTO deliveries (query, receiver, state, at)
SELECT queries.id, receiver.value, 'DELIVERED', queries.finished
FROM queries, json_each(queries.document, '$.receivers') AS receiver
WHERE queries.status = 'SUCCESS' AND queries.finished IS NOT NULL;
