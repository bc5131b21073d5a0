-- ARRAY: of columns
SELECT id, ARRAY_JOIN(ARRAY(s, t, 'x'), '|') AS a, SIZE(ARRAY(n, 1, 2)) AS b FROM texts;
-- ARRAY: as a result
SELECT id, ARRAY(s, t) AS a FROM texts;
-- ARRAY: empty
SELECT SIZE(ARRAY()) AS a, SIZE(ARRAY(NULL)) AS b FROM one;
-- ARRAY: element by index
SELECT id, ARRAY(s, t)[0] AS a, ARRAY(1, 2, 3)[n] AS b FROM texts;
-- ARRAY_CONTAINS: columns
SELECT id, ARRAY_CONTAINS(ARRAY(1, 2, 3), n) AS a, ARRAY_CONTAINS(ARRAY(s, t), 'x') AS b, ARRAY_CONTAINS(ARRAY(1, NULL), 2) AS c FROM texts;
-- ARRAY_DISTINCT: columns
SELECT id, ARRAY_JOIN(ARRAY_DISTINCT(ARRAY(s, t, s, NULL, 'x')), '|', 'null') AS a FROM texts;
-- ARRAY_EXCEPT: columns
SELECT id, ARRAY_JOIN(ARRAY_EXCEPT(ARRAY(s, 'x', 'y', 'y'), ARRAY(t, 'x')), '|', 'null') AS a FROM texts;
-- ARRAY_INTERSECT: columns
SELECT id, ARRAY_JOIN(ARRAY_INTERSECT(ARRAY(s, t, 'x', 'x'), ARRAY('x', s)), '|', 'null') AS a FROM texts;
-- ARRAY_UNION: columns
SELECT id, ARRAY_JOIN(ARRAY_UNION(ARRAY(s, t), ARRAY('x', s, NULL)), '|', 'null') AS a FROM texts;
-- ARRAYS_OVERLAP: columns
SELECT id, ARRAYS_OVERLAP(ARRAY(s, t), ARRAY('x', 'a')) AS a FROM texts;
-- ARRAY_JOIN: NULLs
SELECT id, ARRAY_JOIN(ARRAY(s, NULL, t), ',') AS a, ARRAY_JOIN(ARRAY(s, NULL, t), ',', '?') AS b, ARRAY_JOIN(ARRAY(s), NULL) AS c FROM texts;
-- ARRAY_REMOVE: columns
SELECT id, ARRAY_JOIN(ARRAY_REMOVE(ARRAY('a', 'b', 'a', NULL), t), '|', 'null') AS a FROM texts;
-- ARRAY_MAX: columns
SELECT id, ARRAY_MAX(ARRAY(n, 2, NULL)) AS a, ARRAY_MIN(ARRAY(s, t)) AS b FROM texts;
-- ARRAY_POSITION: columns
SELECT id, ARRAY_POSITION(ARRAY(1, 2, 2, NULL), n) AS a FROM texts;
-- ARRAY_REPEAT: columns
SELECT id, ARRAY_JOIN(ARRAY_REPEAT(t, 2), '|') AS a FROM texts;
-- ARRAY_SORT: columns
SELECT id, ARRAY_JOIN(ARRAY_SORT(ARRAY(s, 'm', NULL, t)), '|', 'null') AS a FROM texts;
-- SORT_ARRAY: columns
SELECT id, ARRAY_JOIN(SORT_ARRAY(ARRAY(s, 'm', NULL, t)), '|', 'null') AS a, ARRAY_JOIN(SORT_ARRAY(ARRAY(s, 'm', NULL, t), FALSE), '|', 'null') AS b FROM texts;
-- SIZE: columns
SELECT id, SIZE(SPLIT(s, ',')) AS a, SIZE(NULL) AS b, ARRAY_SIZE(SPLIT(s, ' ')) AS c FROM texts;
-- CARDINALITY: columns
SELECT id, CARDINALITY(SPLIT(s, ',')) AS a FROM texts;
-- SPLIT: patterns
SELECT id, ARRAY_JOIN(SPLIT(s, ','), '|') AS a, ARRAY_JOIN(SPLIT(s, '[ae]'), '|') AS b, ARRAY_JOIN(SPLIT(s, ' ', 2), '|') AS c, ARRAY_JOIN(SPLIT(s, ''), '|') AS d FROM texts;
-- SPLIT: element
SELECT id, SPLIT(s, ' ')[0] AS a, SPLIT(s, ' ')[1] AS b FROM texts;
-- ELEMENT_AT: columns
SELECT id, ELEMENT_AT(ARRAY(s, t), 1) AS a, ELEMENT_AT(ARRAY(s, t), -1) AS b, ELEMENT_AT(ARRAY(1, 2), 3) AS c FROM texts;
-- ELEMENT_AT: index zero
SELECT ELEMENT_AT(ARRAY(1, 2), 0) AS a FROM one;
-- ELEMENT_AT: maps
SELECT id, ELEMENT_AT(MAP('a', 1, 'b', 2), t) AS a FROM texts WHERE t IS NOT NULL;
-- SLICE: columns
SELECT ARRAY_JOIN(SLICE(ARRAY(1, 2, 3, 4), 2, 2), ',') AS a, ARRAY_JOIN(SLICE(ARRAY(1, 2, 3, 4), -2, 5), ',') AS b FROM one;
-- FLATTEN: nested
SELECT id, ARRAY_JOIN(FLATTEN(ARRAY(ARRAY(s, t), ARRAY('x'))), '|') AS a FROM texts;
-- CONCAT: arrays
SELECT id, ARRAY_JOIN(CONCAT(ARRAY(s), ARRAY(t, 'z')), '|', 'null') AS a FROM texts;
-- REVERSE: arrays
SELECT id, ARRAY_JOIN(REVERSE(ARRAY(s, t, 'z')), '|', 'null') AS a FROM texts;
-- SEQUENCE: numbers and dates
SELECT ARRAY_JOIN(SEQUENCE(1, 5), ',') AS a, ARRAY_JOIN(SEQUENCE(5, 1, -2), ',') AS b, SIZE(SEQUENCE(DATE '2024-01-01', DATE '2024-01-05')) AS c FROM one;
-- EXPLODE: in the select list
SELECT id, EXPLODE(SPLIT(s, ',')) AS part FROM texts;
-- TRANSFORM: lambda
SELECT id, ARRAY_JOIN(TRANSFORM(SPLIT(s, ','), x -> UPPER(x)), '|') AS a FROM texts;
-- FILTER: lambda
SELECT id, ARRAY_JOIN(FILTER(SPLIT(s, ','), x -> x <> ''), '|') AS a FROM texts;
-- MAP: elements
SELECT id, MAP('s', s, 't', t)['s'] AS a, SIZE(MAP('a', 1)) AS b FROM texts;
-- MAP_KEYS: columns
SELECT id, ARRAY_JOIN(MAP_KEYS(MAP('s', s, 't', t)), '|') AS a, ARRAY_JOIN(MAP_VALUES(MAP('s', s, 't', t)), '|', 'null') AS b FROM texts;
-- NAMED_STRUCT: fields
SELECT id, NAMED_STRUCT('p', s, 'q', n).p AS a, NAMED_STRUCT('p', s, 'q', n).q AS b FROM texts;
-- STRUCT: fields
SELECT id, STRUCT(s, n).n AS a, STRUCT(s AS p, n AS q).p AS b FROM texts;
-- ARRAY_APPEND: ends
SELECT id, ARRAY_JOIN(ARRAY_APPEND(ARRAY(s, t), 'z'), '|', 'null') AS a, ARRAY_JOIN(ARRAY_PREPEND(ARRAY(s, t), 'z'), '|', 'null') AS b FROM texts;
-- ARRAY_COMPACT: without NULLs
SELECT id, SIZE(ARRAY_COMPACT(ARRAY(s, t, NULL))) AS a FROM texts;
-- GET: index
SELECT id, GET(ARRAY(s, t), 0) AS a, GET(ARRAY(s, t), 5) AS b, GET(ARRAY(1, 2, 3), n) AS c FROM texts;
-- MAP: empty and of columns
SELECT id, SIZE(MAP(s, n)) AS a FROM texts WHERE s IS NOT NULL;
