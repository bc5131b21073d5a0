-- CASE: searched
SELECT id, CASE WHEN n > 3 THEN 'big' WHEN n > 0 THEN 'small' WHEN n IS NULL THEN 'none' ELSE 'negative' END AS v FROM texts;
-- CASE: simple
SELECT id, CASE n WHEN 2 THEN 'two' WHEN NULL THEN 'never' WHEN 3 THEN 'three' END AS v FROM texts;
-- CASE: types meet
SELECT id, CASE WHEN i > 0 THEN i WHEN i < 0 THEN m ELSE b END AS v FROM numbers WHERE id < 6;
-- CASE: text beside number
SELECT id, CASE WHEN i > 0 THEN i ELSE 'none' END AS v FROM numbers;
-- CASE: guards division
SELECT id, CASE WHEN i = 0 THEN 0 ELSE 100 / i END AS v FROM numbers;
-- CASE: nested
SELECT id, CASE WHEN a THEN CASE WHEN b THEN 'both' ELSE 'a' END ELSE CASE b WHEN TRUE THEN 'b' ELSE 'neither' END END AS v FROM flags;
-- CASE: date beside timestamp
SELECT id, CASE WHEN n > 0 THEN d ELSE t END AS v FROM moments;
-- IF: columns
SELECT id, IF(n > 1, 'more', s) AS v, IF(n IS NULL, 0, n) AS w FROM texts;
-- IF: NULL condition
SELECT id, IF(a, 'yes', 'no') AS v FROM flags;
-- IFF: is not Spark's
SELECT IFF(TRUE, 1, 2) AS v FROM one;
-- COALESCE: columns
SELECT id, COALESCE(s, t, 'none') AS v, COALESCE(n, 0) AS w, COALESCE(NULL, NULL) IS NULL AS x FROM texts;
-- COALESCE: types meet
SELECT id, COALESCE(i, m) AS v, COALESCE(m, d) AS w, COALESCE(i, txt) AS x FROM numbers WHERE id NOT IN (6, 7);
-- NULLIF: columns
SELECT id, NULLIF(s, 'x') AS a, NULLIF(n, 2) AS b, NULLIF(n, '2') AS c FROM texts;
-- NVL: columns
SELECT id, NVL(s, t) AS a, NVL(n, -1) AS b FROM texts;
-- IFNULL: columns
SELECT id, IFNULL(s, 'none') AS a, IFNULL(n, 0.5) AS b FROM texts;
-- NVL2: columns
SELECT id, NVL2(s, 'some', 'none') AS a, NVL2(n, n, id) AS b, NVL2(NULL, 1, 2.5) AS c FROM texts;
-- GREATEST: numbers
SELECT id, GREATEST(i, ti, 0) AS a, GREATEST(d, m) AS b, GREATEST(NULL, i) AS c FROM numbers;
-- GREATEST: texts and dates
SELECT id, GREATEST(d, e) AS a, GREATEST(txt, 'b', '2') AS b FROM moments;
-- LEAST: numbers
SELECT id, LEAST(i, ti, 0) AS a, LEAST(d, m) AS b, LEAST(NULL, i) AS c FROM numbers;
-- LEAST: texts and dates
SELECT id, LEAST(d, e) AS a, LEAST(txt, 'b', '2') AS b FROM moments;
-- NANVL: columns
SELECT id, NANVL(d, 0.0) AS a, NANVL(f, d) AS b FROM numbers;
-- ISNULL: columns
SELECT id, ISNULL(s) AS a, ISNOTNULL(n) AS b FROM texts;
-- IS NULL: columns
SELECT id, s IS NULL AS a, n IS NOT NULL AS b FROM texts;
-- IS TRUE: columns
SELECT id, a IS TRUE AS p, a IS NOT TRUE AS q, a IS FALSE AS r, b IS NOT FALSE AS u FROM flags;
-- IS UNKNOWN: columns
SELECT id, a IS UNKNOWN AS p, a IS NOT UNKNOWN AS q FROM flags;
-- ISNAN: columns
SELECT id, ISNAN(d) AS a, ISNAN(f) AS b FROM numbers;
-- AND: three values
SELECT id, a AND b AS v, a AND NULL AS w FROM flags;
-- OR: three values
SELECT id, a OR b AS v, a OR NULL AS w FROM flags;
-- NOT: three values
SELECT id, NOT a AS v, NOT (a AND NOT b) AS w FROM flags;
-- =: booleans
SELECT id, a = b AS v, a <> b AS w, a < b AS x, a = 'true' AS y FROM flags;
-- =: numbers
SELECT id, i = b AS a, i = d AS b1, d = m AS c, f = d AS e, i = txt AS g FROM numbers;
-- =: NaN and infinities
SELECT a.id, b.id AS id2, a.d = b.d AS e, a.d < b.d AS l, a.d >= b.d AS g FROM numbers a CROSS JOIN numbers b WHERE a.id IN (1, 8, 10, 11, 12) AND b.id IN (1, 8, 10, 11, 12);
-- =: text beside number
SELECT id, s = 5 AS a, s > 1 AS b, '1' = 1.0 AS c, '007' = 7 AS d, t = 5 AS e FROM texts;
-- =: text beside date
SELECT id, d = txt AS a, t > txt AS b, d = '2024-02-29' AS c, d < 'soon' AS e FROM moments;
-- =: date beside timestamp
SELECT id, d = t AS a, d < t AS b, d = e AS c FROM moments;
-- <>: both spellings
SELECT id, n <> 2 AS a, n != 2 AS b, s <> t AS c FROM texts;
-- <: texts by bytes
SELECT a.id, b.id AS id2, a.s < b.s AS l FROM texts a JOIN texts b ON a.id < b.id WHERE a.id < 10 AND b.id < 10;
-- <=>: NULL safe
SELECT id, a <=> b AS v, a <=> NULL AS w FROM flags;
-- IS DISTINCT FROM: columns
SELECT id, a IS DISTINCT FROM b AS v, a IS NOT DISTINCT FROM b AS w FROM flags;
-- BETWEEN: columns
SELECT id, n BETWEEN 1 AND 3 AS a, n NOT BETWEEN 1 AND 3 AS b, s BETWEEN 'a' AND 'n' AS c, n BETWEEN 3 AND 1 AS d, 5 BETWEEN n AND 10 AS e FROM texts;
-- BETWEEN: text bounds
SELECT id, i BETWEEN '1' AND '10' AS a, d BETWEEN '0.5' AND 'x' AS b FROM numbers;
-- IN: lists
SELECT id, n IN (1, 2, 3) AS a, n IN (1, NULL) AS b, n NOT IN (1, NULL) AS c, s IN ('x', '', 'aaa') AS d FROM texts;
-- IN: types meet
SELECT id, i IN ('1', '07', '7') AS a, i IN (1.0, 7.5) AS b, m IN (1, 2.5) AS c, d IN (1, 0.1) AS e FROM numbers;
-- IN: columns
SELECT id, i IN (b, si) AS a, 7 IN (i, b) AS c FROM numbers;
-- VALUES: inline table
SELECT a, b FROM VALUES (1, 'x'), (2, NULL), (NULL, 'z') AS v(a, b);
-- VALUES: types meet
SELECT a FROM (VALUES (1), (2.5), (NULL)) AS v(a);
-- EQUAL_NULL: columns
SELECT id, EQUAL_NULL(a, b) AS v FROM flags;
-- VALUES: joined with a table
SELECT c.customer, v.word FROM customers c JOIN (VALUES ('c1', 'one'), ('c6', 'six')) AS v(k, word) ON c.customer = v.k;
-- CASE: NULL branches
SELECT id, CASE WHEN a THEN NULL ELSE 'no' END AS v, CASE WHEN b THEN NULL END AS w FROM flags;
-- GREATEST: types meet
SELECT GREATEST(1, 2.5) AS a, LEAST('a', 'B') AS b, GREATEST(DATE '2024-01-01', DATE '2023-01-01') AS c FROM one;
