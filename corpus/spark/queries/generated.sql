-- generated: 001
SELECT LEFT(CASE WHEN 1e1 NOT IN (0.5e0, 0.5e0) THEN x.region WHEN DATE '2024-02-29' <= x.since THEN '' ELSE x.region END, 2) AS v0, MONTH(MAKE_DATE(2024, x.age, 28)) AS v1 FROM customers x LEFT ANTI JOIN orders y ON x.customer = y.customer WHERE SQRT(ABS(x.score)) >= x.score;
-- generated: 002
SELECT CAST(ROUND(x.amount, 1) AS DECIMAL(12,1)) AS v0, (NOT x.paid) AS v1, (CASE WHEN x.quantity IS NOT NULL THEN x.seen ELSE TIMESTAMP '2024-03-04 12:30:15' END - INTERVAL 1 MONTH) AS v2 FROM orders x WHERE (TO_TIMESTAMP(DATE_FORMAT(TIMESTAMP '2024-03-04 12:30:15', 'yyyyMMddHHmm'), 'yyyyMMddHHmm') NOT IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-03-04 12:30:15') OR (ARRAY_CONTAINS(ARRAY(x.customer, 'tea'), 'tea')) IS TRUE);
-- generated: 003
SELECT x.placed AS k0, SUM(DISTINCT -3.1) AS a0, COUNT(MAKE_DATE(2023, -3, 28)) AS a1, MAX(CASE WHEN y.id >= 3 THEN x.amount WHEN x.id IS DISTINCT FROM y.id THEN x.amount END) AS a2 FROM orders x FULL JOIN events y ON x.customer = y.customer GROUP BY x.placed HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 004
SELECT x.paid AS k0, x.product AS k1, COUNT(*) FILTER (WHERE POSITION('a' IN x.product) BETWEEN 8 AND x.quantity) AS a9 FROM orders x GROUP BY ROLLUP (x.paid, x.product) HAVING COUNT(*) > 1;
-- generated: 005
SELECT c.customer, (SELECT MIN(o.product) FROM orders o WHERE o.customer = c.customer AND (o.paid OR o.amount > o.amount)) AS v FROM customers c;
-- generated: 006
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c RIGHT JOIN t ON c.customer = t.customer;
-- generated: 007
SELECT x.s AS k0, AVG(-3.1) AS a0, COUNT(x.n) AS a1, COUNT(*) FILTER (WHERE REVERSE(x.s) LIKE '%o%') AS a9 FROM texts x GROUP BY CUBE (x.s) HAVING COUNT(*) IS NOT NULL;
-- generated: 008
SELECT x.paid AS k0, y.region AS k1, COUNT(*) FILTER (WHERE TO_TIMESTAMP(DATE_FORMAT(x.seen, 'yyyyMMddHHmm'), 'yyyyMMddHHmm') NOT IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-03-04 12:30:15')) AS a9 FROM orders x JOIN customers y ON x.customer = y.customer AND (NOT x.paid AND x.seen NOT IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-03-04 12:30:15')) WHERE COALESCE(y.customer, y.customer) IS NOT NULL GROUP BY x.paid, y.region;
-- generated: 009
SELECT v, COUNT(*) AS n FROM (SELECT ABS(3) AS v, customer AS c FROM orders WHERE seen <> seen EXCEPT SELECT CEIL(10.00) AS v, customer AS c FROM events WHERE (COALESCE(id, -2) = id AND (id IS DISTINCT FROM id AND value > value))) q GROUP BY v;
-- generated: 010
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 011
SELECT k0, COUNT(*) AS n FROM (SELECT y.since AS k0, y.age AS k1, SUM(DISTINCT DAYOFWEEK(x.placed)) AS a0, MAX(x.id) AS a1, MIN(DATE '2024-01-31') AS a2 FROM orders x INNER JOIN customers y ON x.customer = y.customer GROUP BY y.since, y.age HAVING COUNT(*) > 1) q GROUP BY k0;
-- generated: 012
WITH q AS (SELECT CASE WHEN at IS NOT NULL THEN customer WHEN id = 3 THEN kind ELSE kind END AS v, customer AS c FROM events WHERE CASE WHEN id <= 6 THEN id ELSE id END NOT IN (2, 2) INTERSECT SELECT GREATEST(region, customer) AS v, customer AS c FROM customers) SELECT v, COUNT(*) AS n FROM q GROUP BY v;
-- generated: 013
SELECT x.txt AS k0, COUNT(*) FILTER (WHERE (DATE '2020-01-01' >= x.e OR 4 IS NULL)) AS a9 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE DAY(x.e) > x.id GROUP BY x.txt HAVING STDDEV(-1.5e0) IS NOT NULL;
-- generated: 014
SELECT DISTINCT COALESCE(NEXT_DAY(DATE '2024-02-29', 'FRI'), y.since) AS v0, (IF((x.id > x.quantity OR y.age IN (1, 4, y.age)), x.seen, x.seen) - INTERVAL 1 DAY) AS v1, y.customer AS v2 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0 WHERE ((NOT (2e0 IS DISTINCT FROM y.score AND CONTAINS(y.region, y.region))) OR y.score < y.score);
-- generated: 015
SELECT x.txt AS k0, COUNT(*) AS a0, SUM(x.d) AS a1, AVG(99.9) AS a2 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x WHERE x.id BETWEEN 5 AND x.id GROUP BY x.txt HAVING SUM(ABS(x.w)) IS NOT NULL;
-- generated: 016
SELECT id, COUNT(*) OVER (PARTITION BY kind) AS w0 FROM events WHERE COALESCE(kind, customer) < 'zz';
-- generated: 017
WITH q AS (SELECT IF(SQRT(ABS(x.value)) BETWEEN 2e0 AND x.value, x.kind, x.kind) AS k0, x.customer AS k1, MEDIAN(x.value) AS a0, AVG(COALESCE(x.id, x.id)) AS a1, COUNT(*) FILTER (WHERE EXP(x.id) = x.value) AS a9 FROM events x GROUP BY IF(SQRT(ABS(x.value)) BETWEEN 2e0 AND x.value, x.kind, x.kind), x.customer HAVING COUNT(*) > 1) SELECT COUNT(k0) AS n, COUNT(DISTINCT k0) AS d FROM q;
-- generated: 018
SELECT DATEADD(SECOND, 5, TO_TIMESTAMP(DATE_FORMAT(TIMESTAMP '2024-02-01 00:00:00', 'yyyyMMddHHmm'), 'yyyyMMddHHmm')) AS v0, 2e0 AS v1, (NULLIF(x.t, x.t) - INTERVAL 90 MINUTES) AS v2 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x;
-- generated: 019
SELECT SPLIT_PART(kind, 'e', 1) AS v, customer AS c FROM events UNION ALL SELECT LOWER(customer) AS v, customer AS c FROM orders WHERE (CASE WHEN NOT paid THEN seen END >= seen AND (seen NOT IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-03-04 12:30:15') AND amount IS NULL));
-- generated: 020
-- ordered
SELECT id, RPAD(kind, 4, '.') AS k FROM events WHERE CAST(DATE '2024-01-31' AS TIMESTAMP) <= at ORDER BY k DESC NULLS FIRST, id LIMIT 2;
-- generated: 021
SELECT IF((DATE '2024-02-29' > y.since AND y.age BETWEEN 4 AND x.id), x.product, y.region) AS v0, COALESCE(INSTR(y.region, 'e'), x.quantity) AS v1 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE (NOT ((x.id % 7) NOT IN (6, 8) OR (x.paid IS NOT FALSE OR 6 = x.id)));
-- generated: 022
SELECT 'coffee' AS v0, x.seen AS v1, CRC32(CASE WHEN x.customer NOT IN ('view', 'zz') THEN x.product ELSE 'Straße' END) AS v2, (COALESCE(x.amount, x.amount) - x.amount) AS v3 FROM orders x;
-- generated: 023
SELECT x.paid AS k0, x.product AS k1, SUM(CASE WHEN x.customer BETWEEN 'tea' AND x.product THEN 10.00 END) AS a0 FROM orders x WHERE CAST(DATE '2020-01-01' AS TIMESTAMP) IS DISTINCT FROM x.seen GROUP BY x.paid, x.product;
-- generated: 024
-- ordered
SELECT id, TRUE AS k FROM texts ORDER BY k DESC, id LIMIT 2;
-- generated: 025
SELECT id, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id DESC) AS w0 FROM orders WHERE (NOT paid);
-- generated: 026
-- ordered
SELECT id, (TIMESTAMP '2024-02-01 00:00:00' <> seen) AS k FROM orders ORDER BY k DESC, id DESC;
-- generated: 027
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, COALESCE(LEAST(c.age, c.age), c.age) AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 028
SELECT HOUR(CASE WHEN y.score NOT IN (-1.5e0, 2e0) THEN x.seen ELSE x.seen END) AS v0, DATEADD(MONTH, 6, (TIMESTAMP '2024-03-04 12:30:15' - INTERVAL 3 HOURS)) AS v1, LEAST(y.region, 'Straße') AS v2, 'Straße' AS v3 FROM orders x INNER JOIN customers y ON x.customer = y.customer AND (NOT (y.score <> y.score OR x.product NOT IN ('c6', 'tea'))) WHERE TO_TIMESTAMP(DATE_FORMAT(x.seen, 'yyyyMMddHHmm'), 'yyyyMMddHHmm') NOT IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-02-01 00:00:00');
-- generated: 029
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders WHERE LEAST(customer, customer) IN ('Straße', 'a', product) GROUP BY customer) SELECT customer, v FROM t WHERE v > (SELECT AVG(v) FROM t);
-- generated: 030
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 031
SELECT x.quantity AS v0, 0.5 AS v1, z.id AS v2, IF((y.score <> y.score AND DATE '2024-01-31' IS NULL), z.id, CEIL(x.amount)) AS v3 FROM orders x LEFT JOIN customers y ON x.customer = y.customer JOIN events z ON z.customer = y.customer AND z.value > 0;
-- generated: 032
SELECT DISTINCT CASE WHEN (x.score > x.score OR x.since >= x.since) THEN CAST(99.9 AS DOUBLE) END AS v0, IF(x.region NOT LIKE 'c%', x.since, TRUNC(x.since, 'WEEK')) AS v1, CASE WHEN TRANSLATE(x.region, 'aeo', '43') IN ('c1', 'zz', x.region) THEN x.age WHEN (1e1 IS NULL AND x.region BETWEEN 'coffee' AND x.region) THEN CEIL(1.25) END AS v2 FROM customers x WHERE COALESCE(x.since, x.since) <> x.since;
-- generated: 033
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders GROUP BY customer) SELECT a.customer, b.customer AS other FROM t a JOIN t b ON a.v < b.v;
-- generated: 034
WITH q AS (SELECT COALESCE(product, customer) AS v, customer AS c FROM orders EXCEPT SELECT UPPER('c1') AS v, customer AS c FROM events) SELECT v, COUNT(*) AS n FROM q GROUP BY v;
-- generated: 035
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders GROUP BY customer) SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events;
-- generated: 036
SELECT x.customer AS k0, COUNT(*) AS a0, COUNT(*) FILTER (WHERE TO_DATE(x.customer) >= x.placed) AS a9 FROM orders x WHERE ((x.placed IS NULL AND x.product ILIKE 'C%') AND CONTAINS(CONCAT(x.customer, '-', x.customer), x.product)) GROUP BY x.customer HAVING AVG(CAST(ROUND(x.amount, 1) AS DECIMAL(12,1))) IS NOT NULL;
-- generated: 037
SELECT CAST(TIMESTAMP '2024-03-04 12:30:15' AS STRING) AS v, customer AS c FROM orders UNION SELECT customer AS v, customer AS c FROM events;
-- generated: 038
SELECT c.customer, (SELECT MIN(o.product) FROM orders o WHERE o.customer = c.customer AND o.seen IS NOT NULL) AS v FROM customers c;
-- generated: 039
SELECT x.s AS k0, COUNT(DISTINCT NULLIF(0.5e0, 0.5e0)) AS a0, APPROX_COUNT_DISTINCT(x.s) AS a1, COUNT(*) AS a2 FROM texts x WHERE ((x.n > x.id OR x.t LIKE '%e%') OR (x.s NOT IN ('Straße', '') AND x.id = x.id)) GROUP BY x.s;
-- generated: 040
SELECT COUNT(v0) AS n, COUNT(DISTINCT v0) AS d FROM (SELECT -1.5e0 AS v0, COALESCE(TO_DATE(''), DATE '2024-02-29') AS v1, x.at AS v2, ABS(ABS(99.9)) AS v3 FROM events x) q;
-- generated: 041
SELECT id, SUM(value) OVER () AS w0, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id) AS w1, MIN(value) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w2 FROM events WHERE CASE WHEN -1.5e0 >= value THEN id WHEN at IS DISTINCT FROM at THEN id ELSE id END IN (-2, 3, id);
-- generated: 042
SELECT c.customer, (SELECT MAX(o.placed) FROM orders o WHERE o.customer = c.customer AND (o.customer >= 'coffee' AND o.placed IN (DATE '2020-01-01', DATE '2020-01-01', o.placed))) AS v FROM customers c;
-- generated: 043
SELECT OVERLAY(CASE WHEN x.id IN (-1, -2, x.id) THEN x.txt WHEN x.txt NOT IN ('tea', 'c1') THEN x.txt END PLACING '#' FROM 2) AS v0, x.n AS v1 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x;
-- generated: 044
SELECT q.id, q.w0 FROM (SELECT id, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id) AS w0 FROM orders WHERE (5 IS NOT NULL AND LEFT(product, 2) BETWEEN 'view' AND product)) q WHERE q.w0 = 1;
-- generated: 045
SELECT x.customer AS k0, COUNT(7) AS a0, COUNT(DISTINCT y.since) AS a1 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE CASE WHEN y.age IS NULL THEN y.age ELSE x.quantity END IS DISTINCT FROM x.quantity GROUP BY x.customer;
-- generated: 046
SELECT DISTINCT x.id AS v0, CASE WHEN (NOT TRUE OR z.at IS NULL) THEN z.at ELSE CAST(x.placed AS TIMESTAMP) END AS v1, SUBSTR(SHA2('north', 256), 1, 8) AS v2, RPAD(MD5(z.customer), 4, '.') AS v3 FROM orders x JOIN customers y ON x.customer = y.customer JOIN events z ON z.customer = y.customer AND z.value > 0;
-- generated: 047
SELECT id, MIN(quantity) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w0, AVG(quantity) OVER (PARTITION BY product) AS w1 FROM orders;
-- generated: 048
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders WHERE NOT (amount <= amount) GROUP BY customer) SELECT c.region, COUNT(t.v) AS n, MAX(t.v) AS m FROM customers c LEFT JOIN t ON c.customer = t.customer GROUP BY c.region;
-- generated: 049
SELECT ABS(DAYOFYEAR(x.placed)) AS v0, EXP(2) AS v1 FROM orders x FULL JOIN events y ON x.customer = y.customer;
-- generated: 050
SELECT v, COUNT(*) AS n FROM (SELECT id AS v, customer AS c FROM events WHERE id BETWEEN 0 AND id EXCEPT SELECT CASE WHEN id IS DISTINCT FROM quantity THEN id ELSE id END AS v, customer AS c FROM orders) q GROUP BY v;
-- generated: 051
SELECT (x.quantity IS NULL) AS k0, x.customer AS k1, COUNT(DISTINCT y.since) AS a0, COUNT(x.quantity) AS a1 FROM orders x INNER JOIN customers y ON x.customer = y.customer GROUP BY (x.quantity IS NULL), x.customer;
-- generated: 052
SELECT x.id AS k0, x.txt AS k1, SUM(x.n) AS a0, MIN(x.id) AS a1 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE ((x.n IS DISTINCT FROM x.id OR x.d <= x.e) OR LAST_DAY(DATE '2020-01-01') <> DATE '2024-02-29') GROUP BY x.id, x.txt HAVING MAX(x.txt) IS NOT NULL;
-- generated: 053
SELECT c.customer, (SELECT MAX(o.placed) FROM orders o WHERE o.customer = c.customer AND (NOT FALSE OR o.quantity < -1)) AS v FROM customers c;
-- generated: 054
SELECT REVERSE(y.kind) AS v0, TRIM(BOTH 'c' FROM y.customer) AS v1 FROM orders x RIGHT JOIN events y ON x.customer = y.customer WHERE CASE WHEN x.customer IS NOT NULL THEN x.id WHEN x.placed NOT IN (DATE '2024-01-31', DATE '2024-01-31') THEN x.quantity ELSE x.id END < x.quantity;
-- generated: 055
SELECT DATE '2024-02-29' AS v0, x.since AS v1, CRC32(NULLIF(x.region, x.customer)) AS v2, CASE WHEN (x.score <> x.score AND x.score NOT IN (2e0, -1.5e0)) THEN FLOOR(99.9) WHEN CASE WHEN x.age = x.age THEN x.region WHEN x.score > x.score THEN x.region ELSE x.region END IS DISTINCT FROM x.customer THEN CAST(x.customer AS INT) END AS v3 FROM customers x WHERE CASE WHEN x.score = x.score THEN x.since END BETWEEN DATE '2024-02-29' AND DATE '2024-02-29';
-- generated: 056
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 057
SELECT GREATEST(SOUNDEX(y.region), y.customer) AS v0, x.amount AS v1, ((x.seen NOT IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-03-04 12:30:15'))) AS v2 FROM orders x INNER JOIN customers y ON x.customer = y.customer WHERE IF((3 <> y.age AND x.id <> x.quantity), x.id, y.age) IN (4, 5, x.id);
-- generated: 058
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders WHERE placed < placed GROUP BY customer) SELECT customer, v FROM t WHERE v > (SELECT AVG(v) FROM t);
-- generated: 059
SELECT x.txt AS k0, x.e AS k1, COUNT(*) AS a0, COUNT(*) FILTER (WHERE LEFT(x.txt, 2) LIKE '%c%') AS a9 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x GROUP BY CUBE (x.txt, x.e);
-- generated: 060
SELECT x.i AS k0, MIN(-1) AS a0, MAX(x.txt) AS a1 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x GROUP BY x.i HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 061
WITH q AS (SELECT DISTINCT COALESCE(UPPER(x.customer), x.product) AS v0, x.seen AS v1 FROM orders x LEFT JOIN events y ON x.customer = y.customer) SELECT MIN(v0) AS a, MAX(v0) AS b FROM q;
-- generated: 062
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders WHERE (NULLIF(id, id) > quantity OR NULLIF(product, product) NOT IN ('a', 'c6')) GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 063
SELECT MIN(k0) AS a, MAX(k0) AS b FROM (SELECT x.customer AS k0, COALESCE(x.kind, 'zz') AS k1, COUNT(*) AS a0 FROM events x GROUP BY CUBE (x.customer, COALESCE(x.kind, 'zz'))) q;
-- generated: 064
WITH q AS (SELECT DISTINCT TO_TIMESTAMP(DATE_FORMAT(x.seen, 'yyyyMMddHHmm'), 'yyyyMMddHHmm') AS v0, POWER(y.age, 2) AS v1, -1.5e0 AS v2 FROM orders x JOIN customers y ON x.customer = y.customer AND (x.amount = x.amount AND x.id = x.id) WHERE DATE_SUB(y.since, -19) <> x.placed) SELECT v0, COUNT(*) AS n FROM q GROUP BY v0;
-- generated: 065
SELECT id, MIN(value) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w0, COUNT(*) OVER (PARTITION BY kind) AS w1 FROM events;
-- generated: 066
SELECT DISTINCT REPLACE(HEX('c1'), 'e', '_') AS v0, IF(BIN(-2) <= 'zz', FALSE, IF((x.id DIV 2) BETWEEN 2 AND 2, TRUE, TRUE)) AS v1 FROM texts x WHERE CASE WHEN x.t IS NOT NULL THEN 8 ELSE x.n END < x.id;
-- generated: 067
SELECT ((NOT (x.s = x.s AND x.n BETWEEN 4 AND x.id))) AS v0, TIMESTAMP '2024-02-01 00:00:00' AS v1, COALESCE(x.s, x.s) AS v2 FROM texts x;
-- generated: 068
-- ordered
SELECT id, (t LIKE '%a%') AS k FROM texts WHERE DAY(DATE '2020-01-01') > id ORDER BY k, id LIMIT 3;
-- generated: 069
SELECT ELEMENT_AT(SPLIT(product, 'e'), 3) AS v, customer AS c FROM orders UNION ALL SELECT CAST(1.25 AS STRING) AS v, customer AS c FROM events WHERE ((value IS NULL AND at >= TIMESTAMP '2024-03-04 12:30:15') AND REVERSE(customer) <> kind);
-- generated: 070
SELECT x.txt AS v0, CAST(LOCATE('e', 'north', 2) AS DECIMAL(10,2)) AS v1, GREATEST(LEAST(FALSE, TRUE), TRUE) AS v2 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE (NOT ((x.n IS NULL OR x.e IS NULL) AND LENGTH(x.txt) < x.id));
-- generated: 071
SELECT x.customer AS k0, COUNT_IF(x.age > 1) AS a0, MIN(x.since) AS a1, COUNT(*) FILTER (WHERE (x.score <> x.score AND CONTAINS(x.region, x.region))) AS a9 FROM customers x LEFT ANTI JOIN orders y ON x.customer = y.customer GROUP BY x.customer HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 072
SELECT (LEAST(DATE '2024-02-29', x.placed) + INTERVAL 1 DAY) AS v0, x.placed AS v1, DAYOFYEAR(LAST_DAY(x.placed)) AS v2 FROM orders x FULL JOIN events y ON x.customer = y.customer WHERE ((x.id NOT IN (4, -3) AND x.seen IS NULL) OR x.quantity <= x.id);
-- generated: 073
SELECT x.txt AS k0, COUNT(DATE '2024-02-29') AS a0, AVG(0.5e0) AS a1, COUNT(DISTINCT POWER(x.id, 2)) AS a2 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x GROUP BY x.txt;
-- generated: 074
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT AVG(p.quantity) FROM orders p WHERE (p.amount = p.amount OR p.placed <= p.placed));
-- generated: 075
SELECT MIN(k0) AS a, MAX(k0) AS b FROM (SELECT x.customer AS k0, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(REGEXP_EXTRACT(y.region, '([a-z]+)([0-9]*)', 2))), ',') AS a0, COUNT(*) AS a1 FROM orders x LEFT JOIN customers y ON x.customer = y.customer LEFT JOIN events z ON z.customer = y.customer AND z.value > 0 WHERE ((y.since IS NULL OR x.product >= y.region) AND (y.age < y.age OR z.value IS NOT NULL)) GROUP BY x.customer HAVING COUNT(*) BETWEEN 1 AND 3) q;
-- generated: 076
SELECT q.id, q.w0 FROM (SELECT id, AVG(value) OVER (PARTITION BY kind) AS w0 FROM events WHERE MD5(customer) > kind) q WHERE q.w0 = 1;
-- generated: 077
SELECT x.paid AS k0, COUNT(*) FILTER (WHERE y.since NOT IN (DATE '2024-02-29', DATE '2024-01-31')) AS a9 FROM orders x JOIN customers y ON x.customer = y.customer AND x.paid IS NOT FALSE WHERE CAST(x.customer AS DOUBLE) NOT IN (0.5e0, -1.5e0) GROUP BY x.paid;
-- generated: 078
SELECT x.customer AS k0, COUNT(DISTINCT DATE '2020-01-01') AS a0, MIN(x.value) AS a1 FROM events x WHERE CASE WHEN 'view' RLIKE '^[a-d]' THEN x.at ELSE TIMESTAMP '2024-02-01 00:00:00' END <> x.at GROUP BY x.customer HAVING COUNT(*) > 1;
-- generated: 079
SELECT DISTINCT IF((x.amount NOT IN (0.5, 99.9) AND x.quantity < y.age), x.customer, SUBSTR(y.region, 1, 5)) AS v0, CASE WHEN (NOT (8 >= x.quantity AND NOT TRUE)) THEN CASE WHEN x.paid IS TRUE THEN y.age WHEN x.seen < x.seen THEN x.id ELSE x.quantity END WHEN CASE WHEN y.region IS NULL THEN y.age WHEN DATE '2024-01-31' NOT IN (DATE '2020-01-01', DATE '2024-01-31') THEN -2 END NOT IN (4, 3) THEN QUARTER(x.placed) ELSE ASCII(x.product) END AS v1, EXTRACT(MINUTE FROM CAST(y.since AS TIMESTAMP)) AS v2, TRANSLATE(HEX(y.region), 'aeo', '43') AS v3 FROM orders x INNER JOIN customers y ON x.customer = y.customer AND x.seen IS NOT NULL WHERE (y.region LIKE '%c%' AND (x.placed IS DISTINCT FROM y.since) IS TRUE);
-- generated: 080
SELECT x.quantity AS k0, x.product AS k1, COUNT(*) FILTER (WHERE CASE WHEN 'tea' < y.customer THEN x.placed WHEN NOT x.paid THEN x.placed ELSE x.placed END = DATE '2020-01-01') AS a9 FROM orders x LEFT JOIN events y ON x.customer = y.customer WHERE (COALESCE(x.customer, y.kind) <= y.kind AND (y.value IS DISTINCT FROM y.value AND x.quantity IS NULL)) GROUP BY x.quantity, x.product HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 081
WITH q AS (SELECT x.customer AS k0, COUNT(CAST(y.at AS DATE)) AS a0 FROM orders x RIGHT JOIN events y ON x.customer = y.customer AND (y.at IS DISTINCT FROM TIMESTAMP '2024-03-04 12:30:15' AND FALSE IS TRUE) GROUP BY x.customer) SELECT k0, COUNT(*) AS n FROM q GROUP BY k0;
-- generated: 082
SELECT CASE WHEN (NOT (y.value NOT IN (0.5e0, 0.5e0) OR y.value IS DISTINCT FROM y.value)) THEN HEX(x.customer) WHEN (x.seen IS NULL OR TIMESTAMP '2024-03-04 12:30:15' NOT IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-02-01 00:00:00')) THEN y.kind END AS v0, REPEAT('north', 2) AS v1, COALESCE(IF(NULLIF(x.customer, y.kind) <> x.customer, x.seen, y.at), x.seen) AS v2 FROM orders x INNER JOIN events y ON x.customer = y.customer AND CASE WHEN y.at = x.seen THEN x.product WHEN y.id BETWEEN 2 AND x.id THEN y.kind END < x.customer;
-- generated: 083
SELECT COUNT(k0) AS n, COUNT(DISTINCT k0) AS d FROM (SELECT x.customer AS k0, COUNT(*) FILTER (WHERE SPLIT_PART(x.region, 'e', 1) NOT IN ('zz', 'coffee')) AS a9 FROM customers x GROUP BY ROLLUP (x.customer) HAVING COUNT(*) BETWEEN 1 AND 3) q;
-- generated: 084
-- ordered
SELECT id, CASE WHEN t IN ('Straße', '', s) THEN t WHEN id > n THEN s ELSE s END AS k FROM texts ORDER BY k ASC, id LIMIT 8;
-- generated: 085
SELECT RPAD(y.kind, 4, '.') AS k0, x.placed AS k1, MAX(REGEXP_EXTRACT(x.product, '([a-z]+)([0-9]*)', 2)) AS a0 FROM orders x INNER JOIN events y ON x.customer = y.customer AND PMOD(HASH(x.id), 1000) IN (3, 4, y.id) WHERE ('north' IS NOT NULL OR (ARRAY_CONTAINS(ARRAY(y.customer, 'tea'), x.product) AND NOT x.paid)) GROUP BY RPAD(y.kind, 4, '.'), x.placed;
-- generated: 086
SELECT DATE_SUB(x.placed, -14) AS v0, x.seen AS v1, y.since AS v2, SUBSTRING_INDEX(CONCAT(y.customer, '-', y.customer), 'e', 1) AS v3 FROM orders x JOIN customers y ON x.customer = y.customer;
-- generated: 087
SELECT IF((x.paid IS NOT FALSE AND y.score IS NULL), -3, INSTR('c6', 'e')) AS v0, COALESCE(x.placed, DATE '2024-02-29') AS v1, IF(IF((y.age & 3) = x.quantity, x.placed, y.since) NOT IN (DATE '2024-01-31', DATE '2024-02-29'), x.placed, CAST(x.seen AS DATE)) AS v2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE HOUR(TIMESTAMP '2024-03-04 12:30:15') IS NULL;
-- generated: 088
SELECT id, SUM(quantity) OVER () AS w0, ROW_NUMBER() OVER (PARTITION BY product ORDER BY id) AS w1, SUM(quantity) OVER (PARTITION BY product ORDER BY id) AS w2 FROM orders;
-- generated: 089
SELECT ABS(x.amount) AS v0, CASE WHEN (y.id IS NOT NULL OR x.amount IS NOT NULL) THEN REPLACE(y.kind, 'e', '_') ELSE CAST(x.amount AS STRING) END AS v1 FROM orders x INNER JOIN events y ON x.customer = y.customer;
-- generated: 090
SELECT (x.paid IS NOT FALSE) AS k0, x.paid AS k1, COUNT(*) FILTER (WHERE (x.amount <= x.amount AND y.age IS NOT NULL)) AS a9 FROM orders x LEFT JOIN customers y ON x.customer = y.customer LEFT JOIN events z ON z.customer = y.customer AND z.value > 0 GROUP BY (x.paid IS NOT FALSE), x.paid;
-- generated: 091
SELECT HEX(SUBSTR('', -2, 2)) AS v0, CRC32(x.product) AS v1, ((y.score IN (-1.5e0, 2e0, y.score) AND y.since IS NULL)) AS v2 FROM orders x INNER JOIN customers y ON x.customer = y.customer;
-- generated: 092
SELECT id, RANK() OVER (PARTITION BY product ORDER BY quantity) AS w0 FROM orders;
-- generated: 093
SELECT DISTINCT v FROM (SELECT LEAST(customer, 'zz') AS v, customer AS c FROM orders UNION ALL SELECT customer AS v, customer AS c FROM customers) q WHERE v IS NOT NULL;
-- generated: 094
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders WHERE STARTSWITH('', 'c') GROUP BY customer) SELECT customer, v FROM t WHERE v > (SELECT AVG(v) FROM t);
-- generated: 095
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders GROUP BY customer) SELECT c.region, COUNT(t.v) AS n, MAX(t.v) AS m FROM customers c JOIN t ON c.customer = t.customer GROUP BY c.region;
-- generated: 096
SELECT q.id, q.w0 FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY id) AS w0, SUM(value) OVER () AS w1 FROM events WHERE ((id * id) >= id OR (at BETWEEN TIMESTAMP '2024-03-04 12:30:15' AND at AND id IN (8, 6, id)))) q WHERE q.w0 > 1;
-- generated: 097
SELECT COALESCE(x.region, x.customer) AS k0, AVG(10.00) AS a0, COUNT(DISTINCT x.since) AS a1 FROM customers x LEFT SEMI JOIN orders y ON x.customer = y.customer GROUP BY COALESCE(x.region, x.customer);
-- generated: 098
SELECT id, COUNT(*) OVER (PARTITION BY customer) AS w0 FROM orders WHERE NOT NULLIF(paid, paid);
-- generated: 099
SELECT q.id, q.w0 FROM (SELECT id, DENSE_RANK() OVER (ORDER BY value NULLS LAST) AS w0 FROM events) q WHERE q.w0 IS NOT NULL;
-- generated: 100
SELECT (REPEAT(x.product, 2) NOT LIKE 'c%') AS v0, GREATEST((x.amount * 1.25), x.amount) AS v1, CASE WHEN (x.paid) THEN CRC32('Straße') END AS v2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE (1 NOT IN (0, 1) AND COALESCE(DATE '2024-02-29', x.placed) >= x.placed);
-- generated: 101
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders GROUP BY customer) SELECT customer, v FROM t WHERE v > (SELECT AVG(v) FROM t);
-- generated: 102
SELECT ((-3.1 * x.amount) + x.amount) AS v0, CAST(ROUND(x.amount, 1) AS DECIMAL(12,1)) AS v1, REGEXP_REPLACE(CASE WHEN y.score IS DISTINCT FROM 1e1 THEN y.customer WHEN y.score < -1.5e0 THEN x.product END, '[a-c]', '#') AS v2, CASE WHEN (x.amount <= 10.00 OR x.amount > x.amount) THEN DATE_TRUNC('WEEK', x.seen) WHEN (y.score IS DISTINCT FROM -1.5e0 OR x.placed IS NULL) THEN (x.seen - INTERVAL 1 MONTH) ELSE x.seen END AS v3 FROM orders x FULL JOIN customers y ON x.customer = y.customer WHERE ((10.00 + x.amount) NOT IN (99.9, 10.00) AND (x.placed < x.placed OR x.seen < TIMESTAMP '2024-02-01 00:00:00'));
-- generated: 103
-- ordered
SELECT id, (t IN ('c1', 'c6', 'coffee')) AS k FROM texts WHERE 'a' RLIKE '^[a-d]' ORDER BY k, id;
-- generated: 104
SELECT DISTINCT CASE WHEN (x.txt IS NOT NULL AND x.txt < x.txt) THEN (x.id <= 7) ELSE COALESCE(FALSE, TRUE) END AS v0, x.txt AS v1 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE ((x.e BETWEEN DATE '2020-01-01' AND x.e AND 'tea' BETWEEN 'Straße' AND '') AND x.t BETWEEN TIMESTAMP '2024-03-04 12:30:15' AND x.t);
-- generated: 105
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c JOIN t ON c.customer = t.customer;
-- generated: 106
-- ordered
SELECT id, REVERSE(t) AS k FROM texts ORDER BY k DESC NULLS FIRST, id LIMIT 5;
-- generated: 107
SELECT x.customer AS k0, x.id AS k1, MEDIAN(y.score) AS a0, MIN(99.9) AS a1, MIN(x.amount) AS a2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE y.score < y.score GROUP BY x.customer, x.id;
-- generated: 108
SELECT y.score AS v0, (CAST(x.id AS DECIMAL(10,2)) - x.amount) AS v1, (z.at - INTERVAL 1 DAY) AS v2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer LEFT JOIN events z ON z.customer = y.customer AND z.value > 0 WHERE COALESCE(x.placed, y.since) = x.placed;
-- generated: 109
SELECT x.s AS k0, AVG(x.n) AS a0, SUM(DISTINCT 99.9) AS a1, COUNT(2e0) AS a2 FROM texts x WHERE (EXTRACT(MINUTE FROM TIMESTAMP '2024-02-01 00:00:00') < -3 AND (STARTSWITH(x.s, 'c') OR x.s IS NULL)) GROUP BY x.s HAVING MIN(ATAN(1e1)) IS NOT NULL;
-- generated: 110
SELECT q.id, q.w0 FROM (SELECT id, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id DESC) AS w0, COUNT(quantity) OVER (ORDER BY id) AS w1, MIN(quantity) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w2 FROM orders) q WHERE q.w0 = 1;
-- generated: 111
SELECT REGEXP_EXTRACT(y.customer, '([a-z]+)([0-9]*)', 2) AS k0, COUNT(*) FILTER (WHERE IF((x.amount IN (0.5, 10.00, x.amount)) IS TRUE, y.kind, 'tea') NOT IN ('c1', 'c1')) AS a9 FROM orders x RIGHT JOIN events y ON x.customer = y.customer WHERE ((y.customer BETWEEN 'zz' AND x.product OR x.customer BETWEEN 'coffee' AND x.product) OR y.customer RLIKE '^[a-d]') GROUP BY REGEXP_EXTRACT(y.customer, '([a-z]+)([0-9]*)', 2) HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 112
SELECT v, COUNT(*) AS n FROM (SELECT LEAST(customer, '') AS v, customer AS c FROM customers WHERE DATE_SUB(since, 12) IS NULL UNION ALL SELECT GREATEST(customer, kind) AS v, customer AS c FROM events WHERE CBRT(value) <> value) q GROUP BY v;
-- generated: 113
SELECT CASE WHEN (x.amount * x.amount) IN (1.25, 99.9, x.amount) THEN POWER(0, 2) ELSE CASE WHEN x.seen NOT IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-02-01 00:00:00') THEN y.score ELSE y.score END END AS v0, -3.1 AS v1, REGEXP_REPLACE(INITCAP(y.customer), '[a-c]', '#') AS v2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE ((x.seen IS DISTINCT FROM x.seen AND y.score IS DISTINCT FROM y.score) AND (x.amount * x.amount) IS NULL);
-- generated: 114
SELECT TRIM(BOTH 'c' FROM y.customer) AS k0, COUNT(DISTINCT z.id) AS a0, MAX(NEXT_DAY(y.since, 'MON')) AS a1, COUNT(DISTINCT x.amount) AS a2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer JOIN events z ON z.customer = y.customer AND z.value > 0 GROUP BY TRIM(BOTH 'c' FROM y.customer);
-- generated: 115
SELECT REGEXP_COUNT(x.customer, '[a-e]') AS k0, COUNT_IF(x.quantity > 1) AS a0 FROM orders x GROUP BY REGEXP_COUNT(x.customer, '[a-e]') HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 116
-- ordered
SELECT id, COALESCE(TRUE, TRUE) AS k FROM events WHERE CASE WHEN 'Straße' RLIKE '^[a-d]' THEN value WHEN id BETWEEN 3 AND id THEN value END IS NOT NULL ORDER BY k DESC NULLS FIRST, id DESC;
-- generated: 117
SELECT x.customer AS k0, AVG(ABS(x.age)) AS a0, PERCENTILE(x.age, 0.25) AS a1, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(x.customer)), ',') AS a2 FROM customers x WHERE (COALESCE(x.customer, x.region) RLIKE '^[a-d]' AND (CONTAINS(x.region, x.customer) OR x.customer > x.customer)) GROUP BY x.customer HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 118
-- ordered
SELECT id, LOWER(kind) AS k FROM events ORDER BY k, id DESC;
-- generated: 119
SELECT x.txt AS k0, MAX(x.e) AS a0, COUNT(*) FILTER (WHERE ('Straße' < x.txt OR 1 > x.id)) AS a9 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x GROUP BY x.txt HAVING MAX(NEXT_DAY(x.d, 'MON')) IS NOT NULL;
-- generated: 120
WITH q AS (SELECT x.txt AS v0, ((x.id DIV 2) / 2) AS v1, (x.n % 3) AS v2, (x.txt LIKE '%t%') AS v3 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x) SELECT COUNT(v0) AS n, COUNT(DISTINCT v0) AS d FROM q;
-- generated: 121
SELECT DISTINCT CAST(8 AS DECIMAL(10,2)) AS v0, FALSE AS v1, (x.m BETWEEN -3.1 AND x.w) AS v2 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x WHERE LEAST(x.d, x.d) BETWEEN 2e0 AND x.d;
-- generated: 122
SELECT MIN(v0) AS a, MAX(v0) AS b FROM (SELECT ELEMENT_AT(SPLIT(LPAD('view', 6, '*'), 'e'), -1) AS v0, x.customer AS v1 FROM customers x LEFT ANTI JOIN orders y ON x.customer = y.customer) q;
-- generated: 123
SELECT x.placed AS v0, LEVENSHTEIN(x.product, 'c6') AS v1, x.amount AS v2 FROM orders x WHERE (x.seen IS NULL AND NOT (7 NOT IN (6, 4)));
-- generated: 124
SELECT y.age AS k0, y.region AS k1, MIN(COALESCE(x.placed, y.since)) AS a0 FROM orders x JOIN customers y ON x.customer = y.customer JOIN events z ON z.customer = y.customer AND z.value > 0 GROUP BY y.age, y.region HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 125
SELECT x.txt AS k0, COUNT(*) AS a0 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x GROUP BY CUBE (x.txt) HAVING COUNT(*) > 1;
-- generated: 126
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders GROUP BY customer) SELECT c.region, COUNT(t.v) AS n, MAX(t.v) AS m FROM customers c FULL JOIN t ON c.customer = t.customer GROUP BY c.region;
-- generated: 127
SELECT CAST(DATEADD(MONTH, -8, x.seen) AS DATE) AS v0, SQRT(ABS(CASE WHEN x.paid IS TRUE THEN y.score WHEN y.region NOT LIKE 'c%' THEN y.score END)) AS v1 FROM orders x JOIN customers y ON x.customer = y.customer AND (y.score IS DISTINCT FROM y.score AND x.quantity > y.age) WHERE IF(CASE WHEN x.amount >= x.amount THEN x.placed ELSE y.since END IS NULL, y.region, x.customer) BETWEEN 'c1' AND x.product;
-- generated: 128
SELECT LEAST(x.paid, x.paid) AS k0, x.customer AS k1, AVG(NULLIF(y.score, y.score)) AS a0, COUNT(DISTINCT REGEXP_EXTRACT(x.product, '([a-z]+)([0-9]*)', 2)) AS a1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND (x.paid OR y.customer LIKE '%o%') GROUP BY LEAST(x.paid, x.paid), x.customer;
-- generated: 129
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders WHERE (seen - INTERVAL 3 HOURS) IS NULL GROUP BY customer) SELECT customer, v FROM t WHERE v > (SELECT AVG(v) FROM t);
-- generated: 130
WITH q AS (SELECT x.txt AS k0, x.e AS k1, MIN((x.e + INTERVAL 1 DAY)) AS a0, AVG(-3.1) AS a1, SUM(IF(ARRAY_CONTAINS(ARRAY(x.txt, 'tea'), x.txt), 2e0, 2e0)) AS a2 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x GROUP BY CUBE (x.txt, x.e) HAVING MIN(x.n) IS NOT NULL) SELECT DISTINCT k0 FROM q WHERE k0 IS NOT NULL;
-- generated: 131
SELECT x.customer AS k0, y.customer AS k1, MIN(DATE_ADD(DATE '2024-02-29', 18)) AS a0 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND (x.customer <> 'c1' OR 99.9 IN (7, 7, 1.25)) GROUP BY x.customer, y.customer;
-- generated: 132
SELECT q.id, q.w0 FROM (SELECT id, LEAD(customer, 1, 'none') OVER (PARTITION BY product ORDER BY id) AS w0 FROM orders WHERE (DATE '2020-01-01' IS DISTINCT FROM DATE '2024-01-31') IS NOT FALSE) q WHERE q.w0 = 1;
-- generated: 133
SELECT DISTINCT v FROM (SELECT IF((region < customer AND age IN (-1, 1, age)), 1, age) AS v, customer AS c FROM customers UNION ALL SELECT GREATEST(id, id) AS v, customer AS c FROM events) q WHERE v IS NOT NULL;
-- generated: 134
WITH q AS (SELECT (COALESCE(x.quantity, x.id) & 3) AS v0, ABS((0.5 * x.amount)) AS v1, CAST(CASE WHEN x.product BETWEEN 'c1' AND x.product THEN 'view' ELSE y.region END AS DOUBLE) AS v2, CASE WHEN (x.seen < x.seen OR 'tea' LIKE '%t%') THEN CAST(y.customer AS DOUBLE) ELSE ATAN(y.score) END AS v3 FROM orders x INNER JOIN customers y ON x.customer = y.customer AND DATEADD(HOUR, -6, x.seen) >= x.seen WHERE (GREATEST(2e0, y.score) > y.score AND CASE WHEN x.product IS NOT NULL THEN y.since ELSE x.placed END >= y.since)) SELECT DISTINCT v0 FROM q WHERE v0 IS NOT NULL;
-- generated: 135
SELECT LEAST(id, id) AS v, customer AS c FROM events INTERSECT SELECT ABS(age) AS v, customer AS c FROM customers WHERE (COALESCE(customer, customer) > 'a' AND (age = age OR score < score));
-- generated: 136
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT customer, v FROM t WHERE v > (SELECT AVG(v) FROM t);
-- generated: 137
SELECT NULLIF(SQRT(ABS(-1.5e0)), 0.5e0) AS v0, CAST(NULLIF(3, x.id) AS DECIMAL(10,2)) AS v1, LEAST(CAST(DATE '2024-02-29' AS TIMESTAMP), TIMESTAMP '2024-02-01 00:00:00') AS v2 FROM texts x;
-- generated: 138
SELECT y.kind AS k0, x.customer AS k1, COUNT(*) FILTER (WHERE (x.amount NOT IN (-3.1, 0.5) OR 5 IS NOT NULL)) AS a9 FROM orders x INNER JOIN events y ON x.customer = y.customer WHERE ((x.id < x.id AND STARTSWITH(y.kind, 'c')) OR CASE WHEN y.id IN (-2, 0, x.id) THEN y.at WHEN x.paid IS NOT FALSE THEN y.at ELSE y.at END NOT IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-02-01 00:00:00')) GROUP BY y.kind, x.customer;
-- generated: 139
SELECT QUARTER(DATE_SUB(y.since, 25)) AS v0, YEAR(NULLIF(y.since, x.placed)) AS v1, COALESCE(CASE WHEN 1e1 BETWEEN -1.5e0 AND y.score THEN y.score WHEN x.customer BETWEEN 'c6' AND 'a' THEN y.score END, y.score) AS v2, TO_TIMESTAMP(DATE_FORMAT(NULLIF(TIMESTAMP '2024-02-01 00:00:00', x.seen), 'yyyyMMddHHmm'), 'yyyyMMddHHmm') AS v3 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE (x.amount * x.amount) IN (99.9, 7, x.amount);
-- generated: 140
SELECT DISTINCT CASE WHEN (NOT (x.value NOT IN (-1.5e0, 0.5e0) AND x.at IS DISTINCT FROM x.at)) THEN LOCATE('e', x.customer, 2) END AS v0, CASE WHEN x.value IS NOT NULL THEN DAYOFYEAR(DATE '2024-01-31') WHEN SQRT(ABS(x.value)) >= x.value THEN PMOD(x.id, 5) ELSE IF((x.kind <= x.kind AND x.kind IS NULL), x.id, x.id) END AS v1 FROM events x WHERE SPLIT_PART('view', 'e', 1) BETWEEN 'coffee' AND x.customer;
-- generated: 141
SELECT COUNT(v0) AS n, COUNT(DISTINCT v0) AS d FROM (SELECT DISTINCT NULLIF(PMOD(XXHASH64(x.customer, x.quantity), 1000), x.quantity) AS v0, PMOD(HASH(ABS(x.quantity)), 1000) AS v1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND (x.quantity IS NOT NULL AND y.age IS NULL) WHERE (COALESCE('tea', x.customer) IS NULL AND 99.9 IS NULL)) q;
-- generated: 142
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders WHERE COALESCE(product, customer) <= customer GROUP BY customer) SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events;
-- generated: 143
SELECT CASE WHEN CASE WHEN NOT x.paid THEN x.amount WHEN x.product ILIKE 'C%' THEN x.amount END IS DISTINCT FROM x.amount THEN CAST(ROUND(x.amount, 1) AS DECIMAL(12,1)) WHEN (x.seen IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-03-04 12:30:15', x.seen) AND x.seen <> x.seen) THEN CASE WHEN x.placed <= x.placed THEN x.amount WHEN x.paid IS TRUE THEN x.amount END ELSE CAST(ROUND(x.amount, 1) AS DECIMAL(12,1)) END AS v0, DATEDIFF((x.placed + INTERVAL 2 MONTHS), LAST_DAY(x.placed)) AS v1 FROM orders x WHERE DATE_ADD(DATE '2024-02-29', 21) IS DISTINCT FROM x.placed;
-- generated: 144
WITH q AS (SELECT ((x.quantity <> y.age OR NOT x.paid)) AS v0, REPLACE(ELEMENT_AT(SPLIT(z.kind, 'e'), 1), 'e', '_') AS v1 FROM orders x JOIN customers y ON x.customer = y.customer LEFT JOIN events z ON z.customer = y.customer AND z.value > 0 WHERE ((NOT x.paid AND 7 NOT IN (0.5, 0.5)) OR (z.id NOT IN (-1, 0)) IS NOT FALSE)) SELECT DISTINCT v0 FROM q WHERE v0 IS NOT NULL;
-- generated: 145
SELECT id, SUM(quantity) OVER (PARTITION BY customer ORDER BY id DESC) AS w0, SUM(quantity) OVER () AS w1, COUNT(quantity) OVER (ORDER BY id) AS w2 FROM orders;
-- generated: 146
SELECT x.txt AS v0, CASE WHEN (x.id / 4) BETWEEN 1e1 AND x.d THEN OVERLAY(x.txt PLACING '#' FROM 2) ELSE LOWER(x.txt) END AS v1, LOWER('view') AS v2 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x WHERE (NOT (('zz' ILIKE 'C%' OR x.d IS NOT NULL) AND CAST(x.txt AS INT) <= x.id));
-- generated: 147
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, 7 AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 148
SELECT id, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id DESC) AS w0, RANK() OVER (PARTITION BY customer ORDER BY quantity DESC) AS w1 FROM orders WHERE SUBSTR(SHA2(customer, 256), 1, 8) IS NOT NULL;
-- generated: 149
SELECT 0.5 AS v0, CASE WHEN (CONTAINS(x.kind, x.customer) AND x.kind RLIKE '^[a-d]') THEN NULLIF(1.25, 7) WHEN (x.id & 3) <> x.id THEN 7 ELSE CAST(ROUND(1.25, 1) AS DECIMAL(12,1)) END AS v1, NULLIF(x.customer, 'tea') AS v2 FROM events x;
-- generated: 150
SELECT x.product AS k0, COUNT(y.value) AS a0, COUNT(DISTINCT MAKE_DATE(2023, y.id, 28)) AS a1, COUNT(DISTINCT y.value) AS a2 FROM orders x RIGHT JOIN events y ON x.customer = y.customer AND (y.customer IS DISTINCT FROM '' OR x.seen IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-03-04 12:30:15', x.seen)) GROUP BY x.product HAVING MAX(IF((y.value BETWEEN 0.5e0 AND y.value OR y.id BETWEEN 3 AND x.id), 0.5e0, y.value)) IS NOT NULL;
-- generated: 151
-- ordered
SELECT id, (s IS NULL) AS k FROM texts ORDER BY k DESC, id LIMIT 3;
-- generated: 152
SELECT q.id, q.w0 FROM (SELECT id, MAX(quantity) OVER (PARTITION BY customer ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w0 FROM orders WHERE ((seen IS NULL OR placed IS NOT NULL) AND (placed IS NOT NULL AND DATE '2020-01-01' IS NULL))) q WHERE q.w0 = 1;
-- generated: 153
WITH q AS (SELECT ((x.value IS NOT NULL OR x.value > x.value)) AS v0, (0.5 * 7) AS v1, (WEEKOFYEAR(DATE '2020-01-01') / 4) AS v2, IF(COALESCE('', x.kind) <> 'c1', FALSE, CASE WHEN x.kind ILIKE 'C%' THEN TRUE END) AS v3 FROM events x WHERE (PMOD(HASH(DATE '2024-02-29'), 1000) IS DISTINCT FROM x.id AND IF((x.at IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-02-01 00:00:00', x.at) OR x.at <= x.at), x.value, x.value) <> x.value)) SELECT DISTINCT v0 FROM q WHERE v0 IS NOT NULL;
-- generated: 154
SELECT y.id AS k0, x.customer AS k1, COUNT(*) AS a0, COUNT(DISTINCT x.amount) AS a1, COUNT(DISTINCT COALESCE(x.placed, DATE '2024-02-29')) AS a2 FROM orders x FULL JOIN events y ON x.customer = y.customer AND x.quantity > 0 GROUP BY y.id, x.customer;
-- generated: 155
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 156
SELECT MIN(k0) AS a, MAX(k0) AS b FROM (SELECT x.placed AS k0, COUNT(*) FILTER (WHERE CASE WHEN x.product < x.product THEN y.value END NOT IN (1e1, 0.5e0)) AS a9 FROM orders x INNER JOIN events y ON x.customer = y.customer AND (x.paid IS TRUE AND x.customer IS DISTINCT FROM x.customer) WHERE (NOT (CAST(x.seen AS STRING) IS DISTINCT FROM x.product AND (x.paid IS NOT FALSE OR x.placed > x.placed))) GROUP BY x.placed HAVING COUNT(*) > 1) q;
-- generated: 157
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT MIN(p.quantity) FROM orders p WHERE LEAST(p.customer, p.product) > p.product);
-- generated: 158
SELECT GREATEST(customer, product) AS v, customer AS c FROM orders WHERE ((id < quantity AND FALSE IS NOT FALSE) OR NOT (amount <> amount)) UNION ALL SELECT 'north' AS v, customer AS c FROM events WHERE (LN(5) = value AND (NOT (at IS NOT NULL OR customer ILIKE 'C%')));
-- generated: 159
SELECT id, LAG(quantity, 1) OVER (PARTITION BY product ORDER BY id) AS w0, ROW_NUMBER() OVER (PARTITION BY product ORDER BY id) AS w1, SUM(quantity) OVER () AS w2 FROM orders;
-- generated: 160
SELECT (CRC32(y.customer) - (6 % 7)) AS v0, x.placed AS v1, y.score AS v2, NULLIF(GREATEST('Straße', 'tea'), 'tea') AS v3 FROM orders x FULL JOIN customers y ON x.customer = y.customer WHERE ATAN(y.score) NOT IN (0.5e0, 0.5e0);
-- generated: 161
WITH q AS (SELECT DISTINCT COALESCE(COALESCE(x.customer, y.region), 'tea') AS v0, CEIL(CAST(ROUND(x.amount, 1) AS DECIMAL(12,1))) AS v1 FROM orders x FULL JOIN customers y ON x.customer = y.customer WHERE ((1e1 NOT IN (0.5e0, -1.5e0) AND y.customer <= x.product) OR (x.id BETWEEN 4 AND y.age AND x.quantity >= x.id))) SELECT v0, COUNT(*) AS n FROM q GROUP BY v0;
-- generated: 162
SELECT COALESCE(y.since, x.placed) AS v0, CASE WHEN (y.score NOT IN (-1.5e0, 2e0) AND x.product <> y.region) THEN CASE WHEN x.quantity IS NULL THEN y.region WHEN y.customer RLIKE '^[a-d]' THEN x.product ELSE '' END WHEN (y.region IS NOT NULL AND x.customer LIKE '%t%') THEN UPPER(y.region) ELSE OVERLAY(x.customer PLACING '#' FROM 2) END AS v1, CAST(CEIL(x.amount) AS DECIMAL(10,2)) AS v2 FROM orders x INNER JOIN customers y ON x.customer = y.customer WHERE CAST(x.amount AS DOUBLE) > 2e0;
-- generated: 163
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT customer, v FROM t WHERE v > (SELECT AVG(v) FROM t);
-- generated: 164
SELECT DISTINCT y.kind AS v0, MONTH(COALESCE(DATE '2020-01-01', x.placed)) AS v1, COALESCE(COALESCE(TIMESTAMP '2024-03-04 12:30:15', x.seen), x.seen) AS v2 FROM orders x RIGHT JOIN events y ON x.customer = y.customer WHERE ((4 IN (7, 3, x.quantity) AND x.amount IN (10.00, 0.5, x.amount)) OR IF(x.customer IS NOT NULL, x.id, x.id) BETWEEN -1 AND y.id);
-- generated: 165
SELECT ARRAY_JOIN(SORT_ARRAY(SPLIT(x.txt, '')), '') AS v0, (DATEADD(WEEK, -1, x.t) <> x.t) AS v1, ABS(1.25) AS v2 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE MAKE_DATE(2024, x.id, 28) NOT IN (DATE '2020-01-01', DATE '2020-01-01');
-- generated: 166
SELECT RPAD(CASE WHEN 'a' IS NOT NULL THEN y.kind WHEN x.product > y.kind THEN x.customer END, 4, '.') AS v0, x.customer AS v1 FROM orders x JOIN events y ON x.customer = y.customer WHERE CAST(x.placed AS TIMESTAMP) IS DISTINCT FROM x.seen;
-- generated: 167
SELECT CASE WHEN x.value = 0.5e0 THEN x.id ELSE x.id END AS k0, x.kind AS k1, COUNT(x.value) AS a0, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(x.customer)), ',') AS a1, MEDIAN(x.value) AS a2 FROM events x GROUP BY CASE WHEN x.value = 0.5e0 THEN x.id ELSE x.id END, x.kind;
-- generated: 168
-- ordered
SELECT id, (placed IS NOT NULL) AS k FROM orders ORDER BY k ASC, id DESC LIMIT 7;
-- generated: 169
SELECT x.placed AS k0, y.region AS k1, COUNT(x.id) AS a0, COUNT(*) AS a1, MAX(y.age) AS a2 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0 WHERE ABS(7) IN (99.9, 99.9, 10.00) GROUP BY x.placed, y.region HAVING COUNT(*) > 1;
-- generated: 170
SELECT id, SUM(quantity) OVER (PARTITION BY product ORDER BY id DESC) AS w0 FROM orders WHERE CONTAINS(product, product);
-- generated: 171
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 172
SELECT id, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY id DESC) AS w0, AVG(quantity) OVER (PARTITION BY customer) AS w1, COUNT(*) OVER (PARTITION BY customer) AS w2 FROM orders;
-- generated: 173
SELECT x.customer AS k0, y.age AS k1, MAX(x.amount) AS a0, COUNT(DISTINCT COALESCE(x.id, x.quantity)) AS a1 FROM orders x FULL JOIN customers y ON x.customer = y.customer GROUP BY x.customer, y.age HAVING MIN(x.customer) IS NOT NULL;
-- generated: 174
SELECT EXP(6) AS v0, SUBSTR(SHA2(COALESCE(x.customer, z.customer), 256), 1, 8) AS v1 FROM orders x LEFT JOIN customers y ON x.customer = y.customer LEFT JOIN events z ON z.customer = y.customer AND z.value > 0 WHERE CASE WHEN y.age = x.id THEN z.at WHEN z.id = z.id THEN x.seen ELSE z.at END BETWEEN TIMESTAMP '2024-02-01 00:00:00' AND TIMESTAMP '2024-02-01 00:00:00';
-- generated: 175
SELECT DISTINCT v0 FROM (SELECT x.id AS v0, LEAST(DATE_FORMAT(x.t, 'yyyy-MM-dd HH:mm'), x.txt) AS v1, DATEADD(HOUR, 8, CASE WHEN x.id <= x.n THEN x.t ELSE x.t END) AS v2, CAST(ROUND(-3.1, 1) AS DECIMAL(12,1)) AS v3 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE (TIMESTAMPDIFF(DAY, x.t, x.t) NOT IN (6, 6) AND (x.t - INTERVAL 1 MONTH) BETWEEN TIMESTAMP '2024-03-04 12:30:15' AND x.t)) q WHERE v0 IS NOT NULL;
-- generated: 176
SELECT ((x.age IN (2, 5, x.age) AND x.age IS NOT NULL)) AS v0, NULLIF(PMOD(HASH(x.customer), 1000), x.age) AS v1 FROM customers x WHERE CASE WHEN x.age BETWEEN 1 AND x.age THEN x.age WHEN x.region LIKE '%a%' THEN x.age ELSE x.age END >= x.age;
-- generated: 177
SELECT CASE WHEN x.amount NOT IN (0.5, 0.5) THEN x.product END AS k0, COALESCE(x.id, y.age) AS k1, COUNT(*) AS a0, SUM((x.id DIV 2)) AS a1, STDDEV(COALESCE(2e0, 0.5e0)) AS a2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND x.customer IN ('Straße', '', y.customer) WHERE (NOT (GREATEST(x.quantity, x.quantity) > y.age OR y.region IS DISTINCT FROM 'zz')) GROUP BY CASE WHEN x.amount NOT IN (0.5, 0.5) THEN x.product END, COALESCE(x.id, y.age) HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 178
SELECT y.since AS v0, SQRT(ABS(ATAN(y.score))) AS v1, GREATEST(TO_DATE(x.customer), x.placed) AS v2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE TO_TIMESTAMP(DATE_FORMAT(x.seen, 'yyyyMMddHHmm'), 'yyyyMMddHHmm') IS NULL;
-- generated: 179
SELECT x.placed AS k0, COUNT(*) AS a0, MIN(CBRT(-1.5e0)) AS a1, COUNT(x.amount) AS a2 FROM orders x WHERE DECODE(x.id, 1, 'one', 2, x.product, 'many') RLIKE '^[a-d]' GROUP BY x.placed;
-- generated: 180
SELECT x.e AS v0, CASE WHEN (x.id IS NULL AND x.id IS DISTINCT FROM x.n) THEN GREATEST(2e0, -1.5e0) END AS v1 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE ((x.t IS NULL OR x.txt >= x.txt) AND x.id NOT IN (3, 1));
-- generated: 181
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders WHERE PMOD(HASH(id), 1000) IS DISTINCT FROM id GROUP BY customer) SELECT a.customer, b.customer AS other FROM t a JOIN t b ON a.v < b.v;
-- generated: 182
SELECT DISTINCT v FROM (SELECT 'north' AS v, customer AS c FROM orders WHERE (id IN (-3, 7, id)) IS TRUE UNION ALL SELECT RPAD(region, 4, '.') AS v, customer AS c FROM customers) q WHERE v IS NOT NULL;
-- generated: 183
SELECT DISTINCT IF(LEAST(x.txt, x.txt) = x.txt, TIMESTAMP '2024-02-01 00:00:00', CASE WHEN x.id BETWEEN 7 AND x.id THEN x.t ELSE x.t END) AS v0, CASE WHEN (x.n BETWEEN 1 AND x.id AND x.t <> x.t) THEN x.id ELSE (x.id - x.n) END AS v1 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE DATE_ADD(x.d, 10) IS NOT NULL;
-- generated: 184
SELECT x.customer AS k0, x.since AS k1, MIN(x.since) AS a0 FROM customers x GROUP BY x.customer, x.since;
-- generated: 185
SELECT LEAST(TRIM(BOTH 'c' FROM x.customer), 'a') AS v0, SIGN((-3 & 3)) AS v1, (TO_DATE(DATE_FORMAT(x.since, 'dd/MM/yyyy'), 'dd/MM/yyyy') IS NULL) AS v2 FROM customers x WHERE (CAST(x.customer AS INT) IS DISTINCT FROM x.age AND EXP(x.age) BETWEEN 2e0 AND x.score);
-- generated: 186
SELECT x.customer AS k0, STDDEV(y.value) AS a0, COUNT('zz') AS a1 FROM orders x JOIN events y ON x.customer = y.customer WHERE ((x.quantity NOT IN (-2, 3) AND y.kind IN ('c1', 'coffee', y.customer)) AND y.value IN (0.5e0, 0.5e0, y.value)) GROUP BY x.customer;
-- generated: 187
SELECT id, SUM(value) OVER () AS w0, SUM(value) OVER () AS w1 FROM events;
-- generated: 188
-- ordered
SELECT id, id AS k FROM orders WHERE ARRAY_CONTAINS(ARRAY(product, 'tea'), product) ORDER BY k NULLS LAST, id DESC LIMIT 5;
-- generated: 189
WITH q AS (SELECT CASE WHEN value BETWEEN 0.5e0 AND value THEN customer ELSE customer END AS v, customer AS c FROM events EXCEPT SELECT LEAST('Straße', product) AS v, customer AS c FROM orders WHERE (seen NOT IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-03-04 12:30:15') AND (paid IS NOT FALSE OR quantity IS NOT NULL))) SELECT COUNT(v) AS n, COUNT(DISTINCT v) AS d FROM q;
-- generated: 190
SELECT MONTHS_BETWEEN(CASE WHEN 'north' IS DISTINCT FROM x.customer THEN DATE '2020-01-01' END, DATE '2020-01-01') AS v0, NULLIF(CAST(x.id AS DECIMAL(10,2)), 1.25) AS v1, DATE '2024-02-29' AS v2 FROM events x WHERE ((x.value NOT IN (-1.5e0, -1.5e0) AND x.at IS NULL) OR DATEADD(MONTH, -4, x.at) = x.at);
-- generated: 191
WITH q AS (SELECT PMOD(HASH(TRUNC(x.placed, 'QUARTER')), 1000) AS v0, COALESCE(x.placed, y.since) AS v1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND SUBSTR(x.product, -2, 1) IN ('north', 'view', y.customer) WHERE CASE WHEN x.amount > -3.1 THEN y.score ELSE y.score END NOT IN (-1.5e0, -1.5e0)) SELECT v0, COUNT(*) AS n FROM q GROUP BY v0;
-- generated: 192
SELECT id, SUM(value) OVER (PARTITION BY customer ORDER BY id DESC) AS w0, AVG(value) OVER (PARTITION BY customer) AS w1 FROM events WHERE 'c1' IS DISTINCT FROM customer;
-- generated: 193
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT a.customer, b.customer AS other FROM t a JOIN t b ON a.v < b.v;
-- generated: 194
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT AVG(p.quantity) FROM orders p WHERE MAKE_DATE(2023, p.quantity, 28) IN (DATE '2024-02-29', DATE '2024-01-31', DATE '2024-01-31'));
-- generated: 195
SELECT c.customer, (SELECT SUM(o.amount) FROM orders o WHERE o.customer = c.customer AND HOUR(TIMESTAMP '2024-03-04 12:30:15') = o.id) AS v FROM customers c;
-- generated: 196
SELECT c.customer, (SELECT SUM(o.amount) FROM orders o WHERE o.customer = c.customer AND ASCII('c1') IS NULL) AS v FROM customers c;
-- generated: 197
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders WHERE (placed <> placed AND (quantity IN (-2, 0, quantity) OR seen IS NULL)) GROUP BY customer) SELECT a.customer, b.customer AS other FROM t a JOIN t b ON a.v < b.v;
-- generated: 198
SELECT (LEVENSHTEIN(y.customer, x.customer) % 7) AS v0, (REGEXP_COUNT(y.region, '[a-e]') & 3) AS v1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer;
-- generated: 199
SELECT id, COUNT(*) OVER (PARTITION BY product) AS w0 FROM orders;
-- generated: 200
SELECT DISTINCT x.n AS v0, IF(RIGHT('c1', 2) IN ('c6', 'a', x.txt), x.n, MONTH(x.e)) AS v1, x.txt AS v2, (SIZE(SPLIT(x.txt, 'e')) DIV 2) AS v3 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE CASE WHEN x.id IS NOT NULL THEN x.txt ELSE x.txt END IS DISTINCT FROM x.txt;
-- generated: 201
SELECT DISTINCT ARRAY_JOIN(SORT_ARRAY(SPLIT(y.region, '')), '') AS v0, IF(STARTSWITH(CAST(x.seen AS STRING), 'c'), x.id, REGEXP_COUNT('tea', '[a-e]')) AS v1, IF((x.quantity * x.id) = x.id, y.score, MONTHS_BETWEEN(y.since, y.since)) AS v2, REGEXP_EXTRACT(x.product, '([a-z]+)([0-9]*)', 2) AS v3 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE ((0.5e0 BETWEEN -1.5e0 AND y.score OR x.seen <> TIMESTAMP '2024-02-01 00:00:00') OR x.paid);
-- generated: 202
SELECT q.id, q.w0 FROM (SELECT id, COUNT(quantity) OVER (ORDER BY id) AS w0 FROM orders) q WHERE q.w0 IS NOT NULL;
-- generated: 203
SELECT -1.5e0 AS v0, CASE WHEN x.t > x.t THEN (x.n / 0) ELSE CAST(7 AS DOUBLE) END AS v1, ((-2 NOT IN (4, 8) AND x.t <= x.s)) AS v2, CASE WHEN x.t >= x.s THEN IF((x.n BETWEEN 1 AND x.id AND x.s NOT IN ('a', 'coffee')), 2e0, 2e0) WHEN (x.t IS DISTINCT FROM 'Straße' AND x.s IS DISTINCT FROM x.t) THEN CAST(x.s AS DOUBLE) ELSE POWER(x.n, 2) END AS v3 FROM texts x WHERE ELEMENT_AT(SPLIT(x.t, 'e'), 1) < x.t;
-- generated: 204
SELECT id, SUM(quantity) OVER (PARTITION BY customer ORDER BY id) AS w0, RANK() OVER (PARTITION BY customer ORDER BY quantity) AS w1 FROM orders;
-- generated: 205
SELECT id, LAG(value, 2) OVER (PARTITION BY customer ORDER BY id DESC) AS w0, MIN(value) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w1, DENSE_RANK() OVER (ORDER BY value NULLS LAST) AS w2 FROM events WHERE ((NOT (id < id AND 'Straße' IS DISTINCT FROM 'c1')) AND (kind NOT IN ('coffee', 'view') AND kind NOT IN ('coffee', '')));
-- generated: 206
SELECT x.value AS v0, (7 * 10.00) AS v1, (x.kind ILIKE 'C%') AS v2, ABS(x.id) AS v3 FROM events x;
-- generated: 207
WITH q AS (SELECT x.region AS v0, TIMESTAMP '2024-02-01 00:00:00' AS v1 FROM customers x LEFT ANTI JOIN orders y ON x.customer = y.customer) SELECT MIN(v0) AS a, MAX(v0) AS b FROM q;
-- generated: 208
SELECT (x.placed + INTERVAL 1 DAY) AS k0, x.customer AS k1, COUNT(*) AS a0 FROM orders x FULL JOIN customers y ON x.customer = y.customer WHERE (TIMESTAMP '2024-02-01 00:00:00' - INTERVAL 1 DAY) IS NOT NULL GROUP BY (x.placed + INTERVAL 1 DAY), x.customer HAVING SUM(DISTINCT x.amount) IS NOT NULL;
-- generated: 209
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders WHERE TRANSLATE(product, 'aeo', '43') IS NULL GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 210
SELECT q.id, q.w0 FROM (SELECT id, LEAD(customer, 1, 'none') OVER (PARTITION BY product ORDER BY id) AS w0, LAG(quantity, 1) OVER (PARTITION BY product ORDER BY id) AS w1, ROW_NUMBER() OVER (PARTITION BY product ORDER BY id) AS w2 FROM orders) q WHERE q.w0 > 1;
-- generated: 211
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c LEFT JOIN t ON c.customer = t.customer;
-- generated: 212
SELECT q.id, q.w0 FROM (SELECT id, DENSE_RANK() OVER (ORDER BY quantity NULLS LAST) AS w0, DENSE_RANK() OVER (ORDER BY quantity NULLS LAST) AS w1, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY id) AS w2 FROM orders WHERE (NOT ((amount - amount) < amount OR COALESCE(paid, TRUE)))) q WHERE q.w0 > 1;
-- generated: 213
SELECT LEVENSHTEIN(y.region, x.product) AS v0, TRUNC(CAST(x.seen AS DATE), 'YEAR') AS v1, SIZE(SPLIT(x.customer, 'e')) AS v2, x.amount AS v3 FROM orders x INNER JOIN customers y ON x.customer = y.customer WHERE (NULLIF(y.since, DATE '2024-01-31') IN (DATE '2024-02-29', DATE '2024-02-29', x.placed) AND COALESCE(x.product, x.customer) LIKE '%a%');
-- generated: 214
SELECT MIN(v) AS a, MAX(v) AS b FROM (SELECT age AS v, customer AS c FROM customers UNION ALL SELECT CASE WHEN CONTAINS('c6', customer) THEN id END AS v, customer AS c FROM events) q;
-- generated: 215
SELECT (y.id <> x.id) AS v0, x.placed AS v1, y.at AS v2, (DAYOFYEAR(x.placed) % 3) AS v3 FROM orders x INNER JOIN events y ON x.customer = y.customer AND NULLIF(y.id, -1) IN (4, 3, y.id) WHERE (NOT (x.paid OR CASE WHEN x.paid THEN x.paid WHEN x.id <> x.id THEN x.paid ELSE x.paid END IS NOT FALSE));
-- generated: 216
SELECT x.placed AS k0, x.customer AS k1, AVG(x.amount) AS a0, COUNT(*) FILTER (WHERE (x.customer NOT IN ('tea', 'north') AND y.value BETWEEN 1e1 AND y.value)) AS a9 FROM orders x RIGHT JOIN events y ON x.customer = y.customer AND ARRAY_JOIN(ARRAY_DISTINCT(SPLIT(y.customer, '')), '') NOT LIKE 'c%' GROUP BY x.placed, x.customer HAVING COUNT(*) > 1;
-- generated: 217
SELECT x.customer AS k0, COUNT(DISTINCT x.age) AS a0, MIN(x.score) AS a1 FROM customers x GROUP BY x.customer;
-- generated: 218
SELECT x.quantity AS k0, x.paid AS k1, SUM(x.amount) AS a0, COUNT(*) AS a1, COUNT(*) FILTER (WHERE (NOT (x.seen BETWEEN TIMESTAMP '2024-02-01 00:00:00' AND x.seen OR x.amount < x.amount))) AS a9 FROM orders x GROUP BY ROLLUP (x.quantity, x.paid);
-- generated: 219
-- ordered
SELECT id, CASE WHEN kind IS NULL THEN id WHEN kind > customer THEN id ELSE id END AS k FROM events WHERE (NOT (value <> value OR (id IS DISTINCT FROM id AND value <= value))) ORDER BY k, id DESC;
-- generated: 220
-- ordered
SELECT id, (TIMESTAMP '2024-03-04 12:30:15' IS DISTINCT FROM seen) AS k FROM orders ORDER BY k, id DESC LIMIT 1;
-- generated: 221
SELECT IF((2e0 BETWEEN -1.5e0 AND z.value AND x.customer = 'north'), x.quantity, x.id) AS k0, COUNT_IF(3 > 1) AS a0, AVG(y.age) AS a1, MIN(x.quantity) AS a2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer LEFT JOIN events z ON z.customer = y.customer AND z.value > 0 GROUP BY IF((2e0 BETWEEN -1.5e0 AND z.value AND x.customer = 'north'), x.quantity, x.id);
-- generated: 222
SELECT x.id AS v0, LOWER(x.customer) AS v1, FORMAT_NUMBER(ABS(0.5), 1) AS v2 FROM events x WHERE DATEDIFF(DATE '2020-01-01', DATE '2024-02-29') NOT IN (2, 7);
-- generated: 223
SELECT x.customer AS k0, SUM(y.value) AS a0, COUNT(DISTINCT y.value) AS a1, MAX(COALESCE(99.9, x.amount)) AS a2 FROM orders x FULL JOIN events y ON x.customer = y.customer WHERE (x.amount <= x.amount) GROUP BY x.customer;
-- generated: 224
SELECT DISTINCT (FLOOR(1.25) % 3) AS v0, LAST_DAY(CAST(TIMESTAMP '2024-02-01 00:00:00' AS DATE)) AS v1 FROM texts x WHERE ARRAY_POSITION(ARRAY(1, 2, 3), x.n) IN (8, 0, x.id);
-- generated: 225
-- ordered
SELECT id, HEX('c1') AS k FROM orders WHERE (LAST_DAY(placed) IS DISTINCT FROM placed OR CAST(id AS STRING) NOT LIKE 'c%') ORDER BY k, id;
-- generated: 226
WITH q AS (SELECT x.paid AS v0, y.age AS v1 FROM orders x JOIN customers y ON x.customer = y.customer AND POSITION('a' IN y.customer) NOT IN (2, 3) WHERE NULLIF(y.score, y.score) IS NULL) SELECT MIN(v0) AS a, MAX(v0) AS b FROM q;
-- generated: 227
SELECT id, SUM(quantity) OVER () AS w0 FROM orders;
-- generated: 228
-- ordered
SELECT id, ARRAY_JOIN(ARRAY_DISTINCT(SPLIT('c1', '')), '') AS k FROM events WHERE CBRT(value) BETWEEN 0.5e0 AND value ORDER BY k, id DESC;
-- generated: 229
SELECT DISTINCT v0 FROM (SELECT CAST(TIMESTAMP '2024-02-01 00:00:00' AS DATE) AS v0, CASE WHEN (1 - 0) NOT IN (-2, 6) THEN COALESCE(x.w, x.w) WHEN (x.txt NOT LIKE 'c%' AND x.txt IS DISTINCT FROM x.txt) THEN COALESCE(x.w, x.m) ELSE x.w END AS v1, x.i AS v2 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x) q WHERE v0 IS NOT NULL;
-- generated: 230
-- ordered
SELECT id, NULLIF(quantity, -3) AS k FROM orders ORDER BY k DESC NULLS FIRST, id DESC;
-- generated: 231
SELECT CAST(ABS(7) AS DOUBLE) AS v0, TRUE AS v1, 2 AS v2 FROM texts x WHERE PMOD(XXHASH64(x.s, 5), 1000) BETWEEN 7 AND x.id;
-- generated: 232
SELECT x.customer AS k0, SUM(10.00) AS a0, STDDEV(x.score) AS a1 FROM customers x WHERE x.region IS NULL GROUP BY x.customer HAVING MAX('zz') IS NOT NULL;
-- generated: 233
SELECT UPPER(customer) AS v, customer AS c FROM orders EXCEPT SELECT ARRAY_JOIN(SORT_ARRAY(SPLIT(customer, '')), '') AS v, customer AS c FROM events WHERE DATEADD(SECOND, 4, at) IS NOT NULL;
-- generated: 234
SELECT TO_DATE(x.product) AS k0, x.paid AS k1, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(GREATEST(x.product, x.customer))), ',') AS a0, COUNT(LAST_DAY(x.placed)) AS a1 FROM orders x WHERE x.id BETWEEN 8 AND 6 GROUP BY TO_DATE(x.product), x.paid HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 235
SELECT id, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY id) AS w0 FROM orders WHERE ((NOT (seen IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-03-04 12:30:15') AND paid IS NOT FALSE)) AND MD5(customer) NOT IN ('', 'a'));
-- generated: 236
SELECT DAYOFWEEK(since) AS v, customer AS c FROM customers UNION SELECT EXTRACT(MINUTE FROM at) AS v, customer AS c FROM events;
-- generated: 237
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, CASE WHEN c.age = 6 THEN WEEKOFYEAR(DATE '2020-01-01') WHEN (c.score IS NOT NULL OR c.customer <> c.customer) THEN COALESCE(c.age, c.age) ELSE PMOD(XXHASH64(c.region, c.age), 1000) END AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 238
SELECT id, DENSE_RANK() OVER (ORDER BY quantity NULLS LAST) AS w0 FROM orders WHERE paid IS NOT FALSE;
-- generated: 239
SELECT TRUE AS v0, CASE WHEN (NOT (x.d BETWEEN DATE '2024-01-31' AND x.d OR x.t <= x.t)) THEN CAST(x.d AS TIMESTAMP) WHEN x.t NOT IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-03-04 12:30:15') THEN DATE_TRUNC('DAY', x.t) END AS v1 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE TO_TIMESTAMP(DATE_FORMAT(x.t, 'yyyyMMddHHmm'), 'yyyyMMddHHmm') = x.t;
-- generated: 240
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT AVG(p.quantity) FROM orders p WHERE (DATE '2024-02-29' = p.placed AND p.seen IS NULL));
-- generated: 241
-- ordered
SELECT id, TRIM(BOTH 'c' FROM kind) AS k FROM events WHERE 6 > id ORDER BY k NULLS LAST, id;
-- generated: 242
SELECT x.s AS k0, COALESCE(x.t, x.t) AS k1, SUM(x.n) AS a0 FROM texts x WHERE (CAST(x.t AS INT) <> x.id AND (NOT (x.id IS DISTINCT FROM x.n OR x.n < x.id))) GROUP BY x.s, COALESCE(x.t, x.t);
-- generated: 243
SELECT DISTINCT v FROM (SELECT COALESCE(quantity, id) AS v, customer AS c FROM orders UNION SELECT NULLIF(age, age) AS v, customer AS c FROM customers) q WHERE v IS NOT NULL;
-- generated: 244
SELECT -1 AS v, customer AS c FROM customers UNION ALL SELECT CAST(1.25 AS INT) AS v, customer AS c FROM events WHERE QUARTER(DATE '2024-01-31') IN (7, 2, id);
-- generated: 245
SELECT DISTINCT IF((x.t > x.t AND x.id IS NOT NULL), 'zz', DATE_FORMAT(TIMESTAMP '2024-03-04 12:30:15', 'yyyy-MM-dd HH:mm')) AS v0, CASE WHEN BASE64(x.t) <= x.t THEN CASE WHEN x.id >= x.id THEN 0.5e0 WHEN x.id IN (8, 3, x.n) THEN 2e0 END WHEN COALESCE(x.t, x.t) = 'c1' THEN CASE WHEN x.id <= x.n THEN -1.5e0 END ELSE MONTHS_BETWEEN(DATE '2024-01-31', DATE '2024-01-31') END AS v1 FROM texts x WHERE CONTAINS(LPAD(x.s, 6, '*'), 'zz');
-- generated: 246
SELECT (CAST(x.id AS DECIMAL(10,2)) + x.amount) AS v0, COALESCE(CAST(x.amount AS DOUBLE), y.value) AS v1, x.amount AS v2 FROM orders x JOIN events y ON x.customer = y.customer WHERE (PMOD(HASH(y.customer), 1000) IS NULL AND COALESCE(x.quantity, x.quantity) IS DISTINCT FROM x.quantity);
-- generated: 247
WITH q AS (SELECT customer AS v, customer AS c FROM customers WHERE (MAKE_DATE(2024, age, 28) = since OR IF(TRIM(region) IS NULL, customer, customer) = 'coffee') UNION ALL SELECT LEAST(customer, customer) AS v, customer AS c FROM events) SELECT MIN(v) AS a, MAX(v) AS b FROM q;
-- generated: 248
SELECT id, RANK() OVER (PARTITION BY product ORDER BY quantity) AS w0, SUM(quantity) OVER (PARTITION BY product ORDER BY id) AS w1, LEAD(customer, 1, 'none') OVER (PARTITION BY product ORDER BY id) AS w2 FROM orders;
-- generated: 249
SELECT y.since AS k0, MIN(WEEKOFYEAR(y.since)) AS a0, SUM(x.amount) AS a1, COUNT(*) FILTER (WHERE (y.score <= y.score OR y.region RLIKE '^[a-d]')) AS a9 FROM orders x FULL JOIN customers y ON x.customer = y.customer GROUP BY y.since HAVING BOOL_OR(x.id > 1) IS NOT NULL;
-- generated: 250
SELECT q.id, q.w0 FROM (SELECT id, LAG(value, 1) OVER (PARTITION BY customer ORDER BY id) AS w0, DENSE_RANK() OVER (ORDER BY value NULLS LAST) AS w1, SUM(value) OVER (PARTITION BY customer ORDER BY id) AS w2 FROM events) q WHERE q.w0 IS NOT NULL;
-- generated: 251
SELECT COUNT(k0) AS n, COUNT(DISTINCT k0) AS d FROM (SELECT y.kind AS k0, x.paid AS k1, COUNT(DISTINCT x.placed) AS a0, COUNT(*) FILTER (WHERE (x.customer > x.product AND y.value IN (1e1, 0.5e0, y.value))) AS a9 FROM orders x INNER JOIN events y ON x.customer = y.customer WHERE x.id BETWEEN 6 AND x.id GROUP BY y.kind, x.paid) q;
-- generated: 252
SELECT c.customer FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND (o.paid IS NOT FALSE OR o.seen IS NULL));
-- generated: 253
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events;
-- generated: 254
SELECT id, ROW_NUMBER() OVER (PARTITION BY product ORDER BY id DESC) AS w0 FROM orders;
-- generated: 255
SELECT ABS(CAST(y.age AS DECIMAL(10,2))) AS v0, CAST(DAYOFYEAR(x.placed) AS DECIMAL(10,2)) AS v1, COALESCE(('' IS DISTINCT FROM x.product), x.paid) AS v2, (SUBSTRING_INDEX(y.region, 'e', 1) IS DISTINCT FROM y.region) AS v3 FROM orders x JOIN customers y ON x.customer = y.customer WHERE STARTSWITH('a', 'c');
-- generated: 256
SELECT COUNT(v) AS n, COUNT(DISTINCT v) AS d FROM (SELECT LOCATE('e', region, 2) AS v, customer AS c FROM customers INTERSECT SELECT CASE WHEN -1.5e0 = value THEN id WHEN value = value THEN id END AS v, customer AS c FROM events WHERE ((STARTSWITH(customer, 'c') AND 1 = id) OR CASE WHEN value >= value THEN id ELSE id END IN (-2, -1, id))) q;
-- generated: 257
SELECT x.customer AS k0, MIN(x.amount) AS a0, COUNT(x.amount) AS a1, COUNT(*) FILTER (WHERE (x.id >= y.age) IS TRUE) AS a9 FROM orders x LEFT JOIN customers y ON x.customer = y.customer JOIN events z ON z.customer = y.customer AND z.value > 0 WHERE CAST(x.product AS INT) IN (8, 5, 2) GROUP BY x.customer;
-- generated: 258
SELECT c.customer, c.age FROM customers c WHERE c.customer IN (SELECT o.customer FROM orders o WHERE (NOT (o.paid IS TRUE AND o.id <> o.quantity)) AND o.customer IS NOT NULL);
-- generated: 259
SELECT CASE WHEN YEAR(x.placed) < x.id THEN SQRT(ABS(z.value)) END AS v0, ASCII(UPPER('Straße')) AS v1, DAYOFWEEK(DATE_SUB(DATE '2024-01-31', -38)) AS v2, CASE WHEN x.seen IS NOT NULL THEN DATEADD(WEEK, 4, TIMESTAMP '2024-02-01 00:00:00') WHEN QUARTER(y.since) >= 6 THEN (x.seen - INTERVAL 3 HOURS) ELSE CASE WHEN 'tea' NOT IN ('north', 'tea') THEN z.at END END AS v3 FROM orders x LEFT JOIN customers y ON x.customer = y.customer LEFT JOIN events z ON z.customer = y.customer AND z.value > 0 WHERE ((x.amount * x.amount) IS NOT NULL OR 7 = x.quantity);
-- generated: 260
SELECT x.t AS k0, x.s AS k1, COUNT(*) AS a0, MAX(NEXT_DAY(DATE '2020-01-01', 'FRI')) AS a1, COUNT(*) FILTER (WHERE LEVENSHTEIN(x.t, 'north') IS NOT NULL) AS a9 FROM texts x WHERE (SUBSTRING_INDEX('north', 'e', 1) ILIKE 'C%' OR (x.id > x.n OR x.s RLIKE '^[a-d]')) GROUP BY x.t, x.s;
-- generated: 261
SELECT id, COUNT(quantity) OVER (ORDER BY id) AS w0 FROM orders WHERE DATE_TRUNC('DAY', seen) <= TIMESTAMP '2024-02-01 00:00:00';
-- generated: 262
SELECT x.customer AS k0, x.placed AS k1, COUNT(LOG10(y.id)) AS a0 FROM orders x LEFT JOIN events y ON x.customer = y.customer GROUP BY x.customer, x.placed HAVING COUNT(*) > 1;
-- generated: 263
-- ordered
SELECT id, PMOD(HASH(DATE '2024-02-29'), 1000) AS k FROM texts ORDER BY k, id DESC;
-- generated: 264
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, -2 AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 265
SELECT id, SUM(value) OVER () AS w0 FROM events WHERE (REGEXP_COUNT(kind, '[a-e]') IN (3, 5, id) OR kind >= customer);
-- generated: 266
SELECT QUARTER(CASE WHEN x.placed NOT IN (DATE '2024-01-31', DATE '2024-02-29') THEN y.since WHEN y.score <= y.score THEN y.since END) AS v0, x.paid AS v1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE ((x.id <= x.id OR x.quantity IS DISTINCT FROM x.quantity) OR CASE WHEN y.since <> y.since THEN x.quantity END <> 1);
-- generated: 267
SELECT x.t AS k0, COALESCE(x.s, x.s) AS k1, MIN(DATE '2024-02-29') AS a0, COUNT(DISTINCT -1.5e0) AS a1, APPROX_COUNT_DISTINCT(x.s) AS a2 FROM texts x WHERE SPLIT_PART('north', 'e', 1) IS NULL GROUP BY x.t, COALESCE(x.s, x.s) HAVING COUNT(TRUNC(DATE '2024-02-29', 'MONTH')) IS NOT NULL;
-- generated: 268
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders WHERE NULLIF('c6', customer) IS NULL GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c LEFT JOIN t ON c.customer = t.customer;
-- generated: 269
SELECT x.placed AS v0, x.id AS v1, CASE WHEN LENGTH(x.product) IS NOT NULL THEN TO_TIMESTAMP(DATE_FORMAT(x.seen, 'yyyyMMddHHmm'), 'yyyyMMddHHmm') END AS v2, DAYOFWEEK(GREATEST(DATE '2020-01-01', x.placed)) AS v3 FROM orders x;
-- generated: 270
SELECT x.amount AS v0, (TO_DATE(x.customer) + INTERVAL 1 YEAR) AS v1, CASE WHEN ABS(x.amount) IS NOT NULL THEN TIMESTAMP '2024-03-04 12:30:15' END AS v2, ((NOT x.paid OR y.since IS NOT NULL)) AS v3 FROM orders x LEFT JOIN customers y ON x.customer = y.customer JOIN events z ON z.customer = y.customer AND z.value > 0 WHERE WEEKOFYEAR(x.placed) BETWEEN 8 AND x.id;
-- generated: 271
SELECT DISTINCT v FROM (SELECT id AS v, customer AS c FROM events WHERE CONTAINS(ARRAY_JOIN(SORT_ARRAY(SPLIT(kind, '')), ''), customer) UNION SELECT SIZE(SPLIT(customer, 'e')) AS v, customer AS c FROM orders) q WHERE v IS NOT NULL;
-- generated: 272
SELECT DISTINCT v FROM (SELECT FORMAT_NUMBER(1.25, 1) AS v, customer AS c FROM events UNION ALL SELECT customer AS v, customer AS c FROM customers) q WHERE v IS NOT NULL;
-- generated: 273
SELECT x.product AS k0, y.since AS k1, SUM(1e1) AS a0, SUM(ABS(x.amount)) AS a1, COUNT(COALESCE(x.placed, y.since)) AS a2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer GROUP BY x.product, y.since;
-- generated: 274
SELECT NULLIF(x.paid, x.paid) AS v0, COALESCE(CASE WHEN x.id IN (7, 0, x.id) THEN y.age WHEN x.placed <= x.placed THEN x.quantity END, y.age) AS v1, LAST_DAY(IF(x.paid IS TRUE, y.since, x.placed)) AS v2 FROM orders x INNER JOIN customers y ON x.customer = y.customer AND IF(PMOD(y.age, 5) NOT IN (1, 6), y.region, y.region) IS NULL WHERE REGEXP_REPLACE(y.customer, '[a-c]', '#') < y.customer;
-- generated: 275
SELECT DATEADD(WEEK, 6, TO_TIMESTAMP(DATE_FORMAT(x.seen, 'yyyyMMddHHmm'), 'yyyyMMddHHmm')) AS v0, SQRT(ABS(CAST(x.amount AS DOUBLE))) AS v1 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE EXP(x.id) IS NULL;
-- generated: 276
SELECT q.id, q.w0 FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY id DESC) AS w0, AVG(quantity) OVER (PARTITION BY customer) AS w1 FROM orders WHERE NULLIF(product, customer) IS NOT NULL) q WHERE q.w0 = 1;
-- generated: 277
SELECT DISTINCT x.age AS v0, TRANSLATE(ARRAY_JOIN(ARRAY_DISTINCT(SPLIT(x.customer, '')), ''), 'aeo', '43') AS v1, NULLIF(CAST(7 AS DOUBLE), x.score) AS v2, (x.age = x.age) AS v3 FROM customers x WHERE (('north' IS NULL OR x.age >= x.age) AND x.since IS DISTINCT FROM x.since);
-- generated: 278
SELECT x.age AS k0, x.customer AS k1, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(x.region)), ',') AS a0 FROM customers x LEFT ANTI JOIN orders y ON x.customer = y.customer WHERE STARTSWITH(CONCAT(x.customer, '-', x.region), 'c') GROUP BY x.age, x.customer HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 279
SELECT id, SUM(value) OVER (PARTITION BY customer ORDER BY id DESC) AS w0 FROM events WHERE (value / value) IS DISTINCT FROM value;
-- generated: 280
SELECT x.placed AS k0, TO_DATE(y.region) AS k1, VAR_POP(y.score) AS a0, COUNT(DISTINCT 0.5e0) AS a1, COUNT(DISTINCT 'view') AS a2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer GROUP BY x.placed, TO_DATE(y.region) HAVING COUNT(*) > 1;
-- generated: 281
SELECT LEAST(REGEXP_EXTRACT(x.customer, '([a-z]+)([0-9]*)', 1), x.kind) AS v0, (PMOD(HASH(x.kind), 1000) + DAYOFWEEK(DATE '2024-02-29')) AS v1 FROM events x;
-- generated: 282
SELECT customer AS v, customer AS c FROM events WHERE STARTSWITH(OVERLAY(kind PLACING '#' FROM 2), 'c') EXCEPT SELECT DATE_FORMAT(TIMESTAMP '2024-02-01 00:00:00', 'yyyy-MM-dd HH:mm') AS v, customer AS c FROM customers;
-- generated: 283
-- ordered
SELECT id, SUBSTRING_INDEX(customer, 'e', 1) AS k FROM orders ORDER BY k ASC, id LIMIT 1;
-- generated: 284
SELECT CONCAT_WS('/', REPEAT(x.kind, 2), MD5('')) AS v0, YEAR(DATE '2024-01-31') AS v1 FROM events x WHERE IF((NOT ('c6' ILIKE 'C%' AND 'north' IN ('coffee', 'c1', x.customer))), x.id, x.id) IN (4, -3, x.id);
-- generated: 285
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders WHERE DATEADD(MONTH, -4, seen) < seen GROUP BY customer) SELECT customer, v FROM t WHERE v > (SELECT AVG(v) FROM t);
-- generated: 286
SELECT v0, COUNT(*) AS n FROM (SELECT DISTINCT (CBRT(x.score) = x.score) AS v0, CASE WHEN CAST(-3.1 AS DOUBLE) IN (0.5e0, -1.5e0, -1.5e0) THEN TIMESTAMP '2024-02-01 00:00:00' WHEN YEAR(x.since) >= x.age THEN (TIMESTAMP '2024-03-04 12:30:15' - INTERVAL 1 MONTH) ELSE TIMESTAMP '2024-03-04 12:30:15' END AS v1, x.customer AS v2, x.since AS v3 FROM customers x LEFT SEMI JOIN orders y ON x.customer = y.customer WHERE (YEAR(x.since) >= x.age OR FORMAT_NUMBER(-3.1, 1) IS NOT NULL)) q GROUP BY v0;
-- generated: 287
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders WHERE ((paid IS NOT FALSE OR ARRAY_CONTAINS(ARRAY(product, 'tea'), customer)) AND customer NOT LIKE 'c%') GROUP BY customer) SELECT customer, v FROM t WHERE v > (SELECT AVG(v) FROM t);
-- generated: 288
SELECT y.kind AS k0, MIN(LN(x.quantity)) AS a0, COUNT(OVERLAY(y.customer PLACING '#' FROM 2)) AS a1, COUNT_IF(5 > 1) AS a2 FROM orders x JOIN events y ON x.customer = y.customer GROUP BY y.kind HAVING COUNT(*) > 1;
-- generated: 289
SELECT x.paid AS k0, APPROX_COUNT_DISTINCT(x.customer) AS a0, MIN(x.amount) AS a1 FROM orders x JOIN events y ON x.customer = y.customer AND GREATEST(y.value, y.value) = y.value WHERE CASE WHEN y.id <= -2 THEN x.paid WHEN x.quantity <> x.id THEN x.paid ELSE x.paid END IS TRUE GROUP BY x.paid;
-- generated: 290
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders GROUP BY customer) SELECT c.region, COUNT(t.v) AS n, MAX(t.v) AS m FROM customers c JOIN t ON c.customer = t.customer GROUP BY c.region;
-- generated: 291
SELECT 6 AS v, customer AS c FROM events WHERE SUBSTRING_INDEX(customer, 'e', 1) IN ('coffee', 'view', 'zz') UNION SELECT NULLIF(id, quantity) AS v, customer AS c FROM orders;
-- generated: 292
SELECT CONCAT(REGEXP_REPLACE(y.customer, '[a-c]', '#'), '-', GREATEST(y.region, y.region)) AS v0, (COALESCE(x.product, x.customer) || LEAST('Straße', 'a')) AS v1 FROM orders x LEFT JOIN customers y ON x.customer = y.customer AND x.quantity = 7 WHERE CAST(ROUND(x.amount, 1) AS DECIMAL(12,1)) IS NOT NULL;
-- generated: 293
SELECT MIN(k0) AS a, MAX(k0) AS b FROM (SELECT x.customer AS k0, COUNT(DISTINCT COALESCE(x.age, x.age)) AS a0, MIN(SQRT(ABS(x.score))) AS a1, COUNT(DISTINCT 10.00) AS a2 FROM customers x WHERE x.region ILIKE 'C%' GROUP BY x.customer) q;
-- generated: 294
SELECT DISTINCT ELEMENT_AT(SPLIT(ARRAY_JOIN(ARRAY_DISTINCT(SPLIT(x.t, '')), ''), 'e'), -1) AS v0, MAKE_DATE(2024, x.n, 28) AS v1 FROM texts x WHERE EXTRACT(MINUTE FROM TIMESTAMP '2024-03-04 12:30:15') IN (-3, 5, x.id);
-- generated: 295
SELECT y.region AS k0, MIN(CASE WHEN x.paid IS TRUE THEN x.amount WHEN x.paid IS NOT FALSE THEN x.amount END) AS a0 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND (y.age <= x.quantity AND y.score IS NULL) GROUP BY y.region HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 296
SELECT IF((x.customer <= x.kind AND x.id > x.id), x.id, IF((x.kind >= x.kind AND x.at > x.at), x.id, x.id)) AS v0, SQRT(ABS(CASE WHEN x.kind > x.customer THEN x.value WHEN x.value IS NULL THEN x.value ELSE x.value END)) AS v1, RPAD(x.customer, 4, '.') AS v2, TIMESTAMP '2024-03-04 12:30:15' AS v3 FROM events x WHERE (x.value >= x.value AND x.value BETWEEN -1.5e0 AND x.value);
-- generated: 297
WITH q AS (SELECT since AS v, customer AS c FROM customers WHERE POWER(age, 2) NOT IN (1e1, 2e0) INTERSECT SELECT DATE_ADD(placed, -8) AS v, customer AS c FROM orders WHERE REGEXP_EXTRACT('north', '([a-z]+)([0-9]*)', 1) ILIKE 'C%') SELECT MIN(v) AS a, MAX(v) AS b FROM q;
-- generated: 298
SELECT x.paid AS k0, x.quantity AS k1, PERCENTILE((x.id DIV 2), 0.25) AS a0 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0 GROUP BY x.paid, x.quantity HAVING COUNT(*) > 1;
-- generated: 299
SELECT id, COUNT(quantity) OVER (ORDER BY id) AS w0, MAX(quantity) OVER (PARTITION BY customer ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w1, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id) AS w2 FROM orders;
-- generated: 300
SELECT c.customer FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND DAYOFWEEK(o.placed) IS DISTINCT FROM o.quantity);
-- generated: 301
SELECT id, MAX(quantity) OVER (PARTITION BY product ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w0, LEAD(customer, 1, 'none') OVER (PARTITION BY product ORDER BY id DESC) AS w1, RANK() OVER (PARTITION BY product ORDER BY quantity DESC) AS w2 FROM orders WHERE IF((quantity IS DISTINCT FROM id) IS NOT FALSE, amount, amount) BETWEEN 0.5 AND amount;
-- generated: 302
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c LEFT JOIN t ON c.customer = t.customer;
-- generated: 303
SELECT RPAD(TRIM(BOTH 'c' FROM 'tea'), 4, '.') AS v0, IF((x.id <> x.id OR DATE '2024-01-31' < x.d), x.txt, IF(TIMESTAMPDIFF(DAY, x.t, x.t) IS NOT NULL, x.txt, x.txt)) AS v1 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE SIGN(x.n) IN (7, 6, x.id);
-- generated: 304
SELECT DISTINCT x.t AS v0, POWER(x.id, 2) AS v1, (DATE_SUB(DATE '2024-02-29', -19) + INTERVAL 2 MONTHS) AS v2, CAST(ADD_MONTHS(DATE '2020-01-01', -12) AS TIMESTAMP) AS v3 FROM texts x;
-- generated: 305
SELECT DISTINCT x.amount AS v0, COALESCE(POWER(0, 2), y.score) AS v1 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE (x.amount NOT IN (0.5, 10.00));
-- generated: 306
SELECT id, SUM(quantity) OVER () AS w0, AVG(quantity) OVER (PARTITION BY customer) AS w1 FROM orders;
-- generated: 307
SELECT c.customer, c.age FROM customers c WHERE c.customer IN (SELECT o.customer FROM orders o WHERE LEAST('a', o.customer) IN ('north', 'a', o.customer) AND o.customer IS NOT NULL);
-- generated: 308
SELECT DATEADD(WEEK, 1, TIMESTAMP '2024-02-01 00:00:00') AS v0, x.t AS v1, IF((x.n <> 0 OR x.n IS NOT NULL), 2e0, CAST(x.s AS DOUBLE)) AS v2 FROM texts x WHERE BASE64(x.s) NOT LIKE 'c%';
-- generated: 309
SELECT DISTINCT CAST(x.amount AS DOUBLE) AS v0, x.paid AS v1 FROM orders x;
-- generated: 310
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders WHERE SUBSTRING_INDEX('c6', 'e', 1) NOT LIKE 'c%' GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 311
SELECT x.txt AS k0, COUNT_IF(QUARTER(x.e) > 1) AS a0, MEDIAN(2e0) AS a1, STDDEV(1e1) AS a2 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x GROUP BY CUBE (x.txt);
-- generated: 312
SELECT c.customer, (SELECT MAX(o.placed) FROM orders o WHERE o.customer = c.customer AND (o.id >= o.quantity OR o.id < -1)) AS v FROM customers c;
-- generated: 313
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders GROUP BY customer) SELECT customer, v FROM t WHERE v > (SELECT AVG(v) FROM t);
-- generated: 314
SELECT y.region AS k0, x.placed AS k1, STDDEV_POP(x.quantity) AS a0 FROM orders x JOIN customers y ON x.customer = y.customer JOIN events z ON z.customer = y.customer AND z.value > 0 GROUP BY y.region, x.placed HAVING COUNT(*) > 1;
-- generated: 315
SELECT q.id, q.w0 FROM (SELECT id, MAX(quantity) OVER (PARTITION BY product ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w0, COUNT(quantity) OVER (ORDER BY id) AS w1 FROM orders WHERE (LEAST(customer, customer) LIKE '%a%' AND placed IS NOT NULL)) q WHERE q.w0 = 1;
-- generated: 316
SELECT DISTINCT NULLIF(COALESCE(x.value, x.value), x.value) AS v0, CAST(LEAST(1.25, 7) AS DOUBLE) AS v1 FROM events x WHERE LEFT(x.kind, 2) > x.kind;
-- generated: 317
SELECT COUNT(v0) AS n, COUNT(DISTINCT v0) AS d FROM (SELECT CASE WHEN (x.amount = x.amount AND x.placed BETWEEN DATE '2024-01-31' AND y.since) THEN CASE WHEN y.score IS DISTINCT FROM y.score THEN y.since END WHEN x.paid IS NOT FALSE THEN TO_DATE(DATE_FORMAT(y.since, 'dd/MM/yyyy'), 'dd/MM/yyyy') ELSE COALESCE(y.since, y.since) END AS v0, COALESCE(x.seen, x.seen) AS v1 FROM orders x INNER JOIN customers y ON x.customer = y.customer AND DATEADD(WEEK, 2, x.seen) >= x.seen WHERE x.amount IN (10.00, 1.25, x.amount)) q;
-- generated: 318
-- ordered
SELECT id, DATE_FORMAT(at, 'yyyy-MM-dd HH:mm') AS k FROM events ORDER BY k NULLS LAST, id;
-- generated: 319
SELECT DISTINCT CASE WHEN NVL2(x.txt, 'some', 'none') NOT IN ('', 'c1') THEN COALESCE(FALSE, TRUE) END AS v0, (CASE WHEN x.d BETWEEN DATE '2020-01-01' AND x.e THEN x.t WHEN 8 > x.n THEN x.t ELSE x.t END <= x.t) AS v1, x.txt AS v2, CASE WHEN CASE WHEN x.e = x.e THEN x.t WHEN 'Straße' LIKE '%o%' THEN x.t END NOT IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-03-04 12:30:15') THEN (x.t IS DISTINCT FROM x.t) WHEN (x.txt ILIKE 'C%' AND x.txt LIKE '%c%') THEN (x.t = x.t) END AS v3 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE TO_DATE(DATE_FORMAT(x.d, 'dd/MM/yyyy'), 'dd/MM/yyyy') <> x.d;
-- generated: 320
SELECT MIN(v0) AS a, MAX(v0) AS b FROM (SELECT DISTINCT BASE64(x.product) AS v0, REGEXP_EXTRACT('a', '([a-z]+)([0-9]*)', 2) AS v1, COALESCE(0, 7) AS v2, TO_DATE(REPEAT(x.product, 2)) AS v3 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND (y.since <= x.placed OR y.since IN (DATE '2024-01-31', DATE '2024-02-29', x.placed))) q;
-- generated: 321
SELECT y.since AS k0, COUNT(*) AS a0, COUNT(DISTINCT y.region) AS a1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer GROUP BY y.since HAVING COUNT_IF(x.quantity > 1) IS NOT NULL;
-- generated: 322
-- ordered
SELECT id, t AS k FROM texts WHERE REGEXP_COUNT(t, '[a-e]') IS DISTINCT FROM id ORDER BY k NULLS LAST, id;
-- generated: 323
-- ordered
SELECT id, kind AS k FROM events ORDER BY k, id DESC;
-- generated: 324
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c FULL JOIN t ON c.customer = t.customer;
-- generated: 325
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders GROUP BY customer) SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events;
-- generated: 326
SELECT RPAD(x.customer, 4, '.') AS v0, IF(EXTRACT(MINUTE FROM TIMESTAMP '2024-02-01 00:00:00') IN (2, 1, x.age), TIMESTAMP '2024-02-01 00:00:00', LEAST(TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-03-04 12:30:15')) AS v1, REPLACE(CASE WHEN x.customer IS NULL THEN x.customer WHEN x.region <> 'tea' THEN 'north' END, 'e', '_') AS v2 FROM customers x LEFT ANTI JOIN orders y ON x.customer = y.customer WHERE (GREATEST(x.since, x.since) = x.since AND ABS(x.age) NOT IN (4, 5));
-- generated: 327
SELECT DISTINCT x.id AS v0, ASCII(LEFT(y.region, 2)) AS v1, (NOT LEAST(x.paid, x.paid)) AS v2 FROM orders x INNER JOIN customers y ON x.customer = y.customer AND (x.placed <> x.placed OR x.seen >= x.seen);
-- generated: 328
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT MIN(p.quantity) FROM orders p WHERE IF((NOT (3 BETWEEN 6 AND p.id AND p.id > p.id)), p.amount, p.amount) <> p.amount);
-- generated: 329
WITH q AS (SELECT CASE WHEN age > age THEN since WHEN since NOT IN (DATE '2024-01-31', DATE '2024-02-29') THEN since END AS v, customer AS c FROM customers WHERE 0.5e0 < score UNION ALL SELECT ADD_MONTHS(placed, 1) AS v, customer AS c FROM orders WHERE (NOT (COALESCE(product, customer) IN ('tea', 'coffee', product) AND customer IS NULL))) SELECT v, COUNT(*) AS n FROM q GROUP BY v;
-- generated: 330
SELECT c.customer, c.age FROM customers c WHERE c.customer IN (SELECT o.customer FROM orders o WHERE (o.product IN ('c6', 'coffee', o.product) AND o.paid) AND o.customer IS NOT NULL);
-- generated: 331
-- ordered
SELECT id, MD5(t) AS k FROM texts ORDER BY k DESC NULLS FIRST, id DESC;
-- generated: 332
SELECT x.product AS k0, COUNT(y.since) AS a0, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(OVERLAY(x.product PLACING '#' FROM 2))), ',') AS a1, COUNT(*) AS a2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE CAST(y.since AS TIMESTAMP) BETWEEN TIMESTAMP '2024-02-01 00:00:00' AND x.seen GROUP BY x.product HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 333
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders WHERE (NOT ((paid IS TRUE OR id IN (4, 6, id)) OR NOT paid)) GROUP BY customer) SELECT c.region, COUNT(t.v) AS n, MAX(t.v) AS m FROM customers c JOIN t ON c.customer = t.customer GROUP BY c.region;
-- generated: 334
SELECT x.quantity AS k0, x.paid AS k1, COUNT(*) FILTER (WHERE (NOT (x.id IS DISTINCT FROM x.quantity AND y.since IN (DATE '2020-01-01', DATE '2024-01-31', y.since)))) AS a9 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE (y.score NOT IN (0.5e0, 1e1) AND ASCII(x.product) > y.age) GROUP BY x.quantity, x.paid HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 335
SELECT TRUE AS v0, ABS(CASE WHEN x.n > x.n THEN 10.00 END) AS v1, COALESCE(CAST(DATE '2024-01-31' AS TIMESTAMP), TIMESTAMP '2024-02-01 00:00:00') AS v2, DAY(MAKE_DATE(2023, x.n, 28)) AS v3 FROM texts x WHERE ((x.s IN ('Straße', 'zz', x.s) OR 'zz' IS NOT NULL) OR (x.n <= x.id AND x.s IN ('a', 'north', 'c6')));
-- generated: 336
SELECT COALESCE((x.amount - x.amount), x.amount) AS v0, NEXT_DAY(y.since, 'FRI') AS v1, CASE WHEN REVERSE(y.region) <> y.region THEN CAST(x.amount AS DOUBLE) WHEN NULLIF(y.score, y.score) IS DISTINCT FROM y.score THEN CBRT(-1.5e0) END AS v2 FROM orders x INNER JOIN customers y ON x.customer = y.customer WHERE ((y.age DIV 2) < x.id OR LAST_DAY(y.since) IN (DATE '2020-01-01', DATE '2024-02-29', x.placed));
-- generated: 337
SELECT x.quantity AS k0, x.paid AS k1, MIN(y.age) AS a0 FROM orders x JOIN customers y ON x.customer = y.customer GROUP BY x.quantity, x.paid;
-- generated: 338
SELECT LOCATE('e', CONCAT(y.kind, '-', 'coffee'), 2) AS v0, x.placed AS v1, NULLIF(REPLACE(y.kind, 'e', '_'), y.kind) AS v2, DATEADD(WEEK, -7, IF(MAKE_DATE(2023, x.quantity, 28) BETWEEN DATE '2024-01-31' AND x.placed, y.at, y.at)) AS v3 FROM orders x INNER JOIN events y ON x.customer = y.customer WHERE (NOT ((x.quantity IN (-1, 0, y.id) AND 'c1' IN ('a', 'view', y.customer)) AND x.amount = x.amount));
-- generated: 339
SELECT DISTINCT SUBSTR(COALESCE(x.customer, y.customer), -2, 1) AS v0, SOUNDEX(x.customer) AS v1, TO_DATE(REVERSE(y.region)) AS v2, LAST_DAY(y.since) AS v3 FROM orders x FULL JOIN customers y ON x.customer = y.customer WHERE TIMESTAMP '2024-02-01 00:00:00' <= x.seen;
-- generated: 340
SELECT q.id, q.w0 FROM (SELECT id, SUM(quantity) OVER (PARTITION BY customer ORDER BY id) AS w0 FROM orders WHERE (customer IS NULL) IS NOT FALSE) q WHERE q.w0 > 1;
-- generated: 341
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c LEFT JOIN t ON c.customer = t.customer;
-- generated: 342
SELECT x.txt AS v0, COALESCE(ARRAY_POSITION(ARRAY(1, 2, 3), x.id), -2) AS v1 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x WHERE DAY(DATE '2024-01-31') < x.id;
-- generated: 343
SELECT x.paid AS k0, x.customer AS k1, VAR_POP(y.value) AS a0 FROM orders x FULL JOIN events y ON x.customer = y.customer AND x.quantity > 0 WHERE y.at IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-02-01 00:00:00', x.seen) GROUP BY x.paid, x.customer HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 344
SELECT id, AVG(value) OVER (PARTITION BY customer) AS w0, AVG(value) OVER (PARTITION BY customer) AS w1 FROM events;
-- generated: 345
SELECT x.customer AS k0, COUNT(x.score) AS a0 FROM customers x WHERE GREATEST(x.score, x.score) IS DISTINCT FROM 0.5e0 GROUP BY x.customer HAVING STDDEV(-1.5e0) IS NOT NULL;
-- generated: 346
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 347
SELECT q.id, q.w0 FROM (SELECT id, SUM(quantity) OVER () AS w0 FROM orders WHERE CONTAINS(CASE WHEN quantity BETWEEN -1 AND id THEN 'Straße' ELSE product END, product)) q WHERE q.w0 IS NOT NULL;
-- generated: 348
SELECT x.placed AS k0, COUNT(y.score) AS a0, MAX(NEXT_DAY(x.placed, 'MON')) AS a1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer GROUP BY x.placed;
-- generated: 349
SELECT id, LEAD(customer, 1, 'none') OVER (PARTITION BY product ORDER BY id DESC) AS w0, MAX(quantity) OVER (PARTITION BY product ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w1, LEAD(customer, 1, 'none') OVER (PARTITION BY product ORDER BY id DESC) AS w2 FROM orders;
-- generated: 350
SELECT id, DENSE_RANK() OVER (ORDER BY quantity NULLS LAST) AS w0, MAX(quantity) OVER (PARTITION BY product ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w1 FROM orders;
-- generated: 351
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, c.age AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 352
SELECT x.id AS k0, COUNT_IF(x.n > 1) AS a0, COUNT(*) FILTER (WHERE TO_DATE(x.txt) IS DISTINCT FROM x.e) AS a9 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE SIGN(x.n) IS DISTINCT FROM x.id GROUP BY x.id HAVING COUNT(*) > 1;
-- generated: 353
SELECT DISTINCT ARRAY_JOIN(SORT_ARRAY(SPLIT(REPEAT(x.t, 2), '')), '') AS v0, CASE WHEN CRC32(x.t) <> x.n THEN COALESCE(x.t, x.s) WHEN DAYOFYEAR(DATE '2024-01-31') > 2 THEN SPLIT_PART(x.t, 'e', 1) ELSE OVERLAY('c6' PLACING '#' FROM 2) END AS v1, NEXT_DAY(DATE_ADD(DATE '2024-02-29', 18), 'MON') AS v2, TIMESTAMP '2024-03-04 12:30:15' AS v3 FROM texts x;
-- generated: 354
SELECT x.product AS k0, MIN(x.placed) AS a0 FROM orders x GROUP BY ROLLUP (x.product) HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 355
SELECT DISTINCT TIMESTAMP '2024-02-01 00:00:00' AS v0, CAST(WEEKOFYEAR(DATE '2024-01-31') AS DECIMAL(10,2)) AS v1, CASE WHEN COALESCE(x.id, x.id) >= x.id THEN TO_TIMESTAMP(DATE_FORMAT(TIMESTAMP '2024-03-04 12:30:15', 'yyyyMMddHHmm'), 'yyyyMMddHHmm') WHEN x.d BETWEEN 2e0 AND x.d THEN TIMESTAMP '2024-03-04 12:30:15' END AS v2 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x WHERE ((x.d BETWEEN -1.5e0 AND x.d OR x.m > 10.00) AND (1 > x.i AND 0.5 IS NULL));
-- generated: 356
SELECT c.customer, c.age FROM customers c WHERE c.customer NOT IN (SELECT o.customer FROM orders o WHERE (NOT (o.product RLIKE '^[a-d]' OR o.quantity IN (4, -2, o.id))) AND o.customer IS NOT NULL);
-- generated: 357
SELECT x.since AS v0, GREATEST(COALESCE(TRUE, FALSE), FALSE) AS v1 FROM customers x LEFT SEMI JOIN orders y ON x.customer = y.customer WHERE (ASCII(x.customer) <= x.age OR TRIM(BOTH 'c' FROM x.customer) ILIKE 'C%');
-- generated: 358
SELECT x.s AS k0, CASE WHEN x.id = x.id THEN 'view' ELSE x.t END AS k1, STDDEV(-1.5e0) AS a0, SUM(x.id) AS a1 FROM texts x GROUP BY x.s, CASE WHEN x.id = x.id THEN 'view' ELSE x.t END;
-- generated: 359
SELECT CASE WHEN (NOT (x.id >= y.id AND NOT x.paid)) THEN GREATEST(x.quantity, -3) ELSE 4 END AS v0, x.quantity AS v1, GREATEST((x.id IS DISTINCT FROM x.quantity), FALSE) AS v2 FROM orders x FULL JOIN events y ON x.customer = y.customer AND x.quantity > 0 WHERE COALESCE(y.kind, x.customer) IN ('view', 'c1', y.kind);
-- generated: 360
SELECT x.customer AS k0, SUM(0.5) AS a0 FROM customers x WHERE HOUR(TIMESTAMP '2024-03-04 12:30:15') IS NOT NULL GROUP BY x.customer HAVING COUNT(*) > 1;
-- generated: 361
SELECT c.customer, (SELECT MAX(o.placed) FROM orders o WHERE o.customer = c.customer AND (o.quantity IS DISTINCT FROM -1 OR o.product NOT LIKE 'c%')) AS v FROM customers c;
-- generated: 362
SELECT v, COUNT(*) AS n FROM (SELECT TRANSLATE(customer, 'aeo', '43') AS v, customer AS c FROM events EXCEPT SELECT CASE WHEN customer <> 'tea' THEN 'c1' END AS v, customer AS c FROM customers) q GROUP BY v;
-- generated: 363
SELECT DISTINCT DATE '2020-01-01' AS v0, FALSE AS v1 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x;
-- generated: 364
SELECT x.id AS v0, (7 * 0.5) AS v1 FROM texts x WHERE ((x.t LIKE '%c%' AND x.t >= x.s) AND (NOT (x.s < x.t OR x.t ILIKE 'C%')));
-- generated: 365
SELECT DATEDIFF(DATE '2024-02-29', DATE '2024-02-29') AS v, customer AS c FROM events WHERE (NULLIF(customer, kind) IN ('tea', 'c1', kind) OR value <> value) UNION ALL SELECT COALESCE(quantity, quantity) AS v, customer AS c FROM orders WHERE ((placed > placed OR quantity IS NOT NULL) OR TO_DATE(product) <= placed);
-- generated: 366
SELECT DISTINCT (x.seen BETWEEN TIMESTAMP '2024-02-01 00:00:00' AND x.seen) AS v0, y.customer AS v1, IF((x.quantity >= 4 OR -3.1 = x.amount), x.paid, (x.product <= y.customer)) AS v2 FROM orders x INNER JOIN customers y ON x.customer = y.customer WHERE (CAST(y.since AS TIMESTAMP) IS NOT NULL AND ARRAY_CONTAINS(ARRAY(y.customer, 'tea'), y.region));
-- generated: 367
SELECT DISTINCT x.placed AS v0, DECODE(x.id, 1, 'one', 2, x.product, 'many') AS v1, CAST((7 - x.amount) AS DOUBLE) AS v2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer AND (NOT (0.5e0 = y.score OR y.score IS NOT NULL)) WHERE ((y.customer RLIKE '^[a-d]' AND x.amount IS NULL) AND TIMESTAMPDIFF(DAY, TIMESTAMP '2024-03-04 12:30:15', x.seen) >= x.quantity);
-- generated: 368
SELECT v0, COUNT(*) AS n FROM (SELECT MD5(REGEXP_EXTRACT(x.region, '([a-z]+)([0-9]*)', 2)) AS v0, REGEXP_COUNT(OVERLAY('a' PLACING '#' FROM 2), '[a-e]') AS v1 FROM customers x) q GROUP BY v0;
-- generated: 369
SELECT q.id, q.w0 FROM (SELECT id, LAG(value, 1) OVER (PARTITION BY customer ORDER BY id) AS w0, MIN(value) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w1 FROM events WHERE at = at) q WHERE q.w0 = 1;
-- generated: 370
SELECT UPPER(CASE WHEN y.customer IS NULL THEN y.customer WHEN x.amount IS NULL THEN x.product ELSE y.region END) AS v0, DAYOFYEAR(COALESCE(x.placed, y.since)) AS v1, x.id AS v2, x.seen AS v3 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0 WHERE ((NOT (x.product ILIKE 'C%' AND y.score = y.score)) OR (y.region NOT LIKE 'c%' AND 7 > x.amount));
-- generated: 371
SELECT HEX(x.product) AS k0, STDDEV(2e0) AS a0, SUM(DISTINCT 7) AS a1, COUNT(*) FILTER (WHERE CASE WHEN y.region ILIKE 'C%' THEN 'a' END LIKE '%t%') AS a9 FROM orders x JOIN customers y ON x.customer = y.customer AND CEIL(x.amount) >= x.id WHERE (x.product <= x.product) GROUP BY HEX(x.product);
-- generated: 372
SELECT TRIM(BIN(x.quantity)) AS v0, MONTHS_BETWEEN(CASE WHEN y.customer ILIKE 'C%' THEN x.placed WHEN x.paid IS NOT FALSE THEN y.since END, x.placed) AS v1 FROM orders x JOIN customers y ON x.customer = y.customer WHERE x.amount NOT IN (0.5, 7);
-- generated: 373
SELECT SOUNDEX(x.txt) AS v0, CASE WHEN NULLIF(x.id, x.id) < x.n THEN MAKE_DATE(2023, x.n, 28) WHEN (NOT (x.txt IS NOT NULL OR x.t < x.t)) THEN DATE '2024-02-29' END AS v1, x.n AS v2, FORMAT_NUMBER(1.25, 1) AS v3 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE 3 BETWEEN 1 AND x.n;
-- generated: 374
SELECT INITCAP(x.txt) AS k0, COUNT(*) AS a0, AVG(7) AS a1 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE TRUNC(x.d, 'QUARTER') >= x.e GROUP BY INITCAP(x.txt) HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 375
SELECT x.customer AS k0, MIN(TRANSLATE(x.customer, 'aeo', '43')) AS a0 FROM orders x INNER JOIN events y ON x.customer = y.customer WHERE (OVERLAY(x.customer PLACING '#' FROM 2) LIKE '%t%' OR (x.seen IS NOT NULL AND x.paid IS NOT FALSE)) GROUP BY x.customer;
-- generated: 376
SELECT BASE64(customer) AS v, customer AS c FROM events UNION SELECT (region || customer) AS v, customer AS c FROM customers WHERE since BETWEEN DATE '2024-01-31' AND DATE '2024-01-31';
-- generated: 377
SELECT x.paid AS k0, COUNT(x.amount) AS a0, COUNT(DISTINCT y.since) AS a1, COUNT(DISTINCT y.since) AS a2 FROM orders x JOIN customers y ON x.customer = y.customer JOIN events z ON z.customer = y.customer AND z.value > 0 GROUP BY x.paid HAVING COUNT(DISTINCT GREATEST(x.placed, DATE '2024-01-31')) IS NOT NULL;
-- generated: 378
SELECT DISTINCT '' AS v0, TRUE AS v1, x.t AS v2 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE RPAD('c6', 4, '.') IS NULL;
-- generated: 379
SELECT CAST(LAST_DAY(DATE '2024-02-29') AS TIMESTAMP) AS v0, TO_DATE(x.txt) AS v1, TO_TIMESTAMP(DATE_FORMAT((TIMESTAMP '2024-03-04 12:30:15' - INTERVAL 90 MINUTES), 'yyyyMMddHHmm'), 'yyyyMMddHHmm') AS v2, COALESCE(x.txt, x.txt) AS v3 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x WHERE x.txt NOT IN ('tea', '');
-- generated: 380
SELECT y.score AS v0, NULLIF(PMOD(XXHASH64(x.customer, y.age), 1000), y.age) AS v1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND CAST(x.seen AS DATE) BETWEEN DATE '2024-02-29' AND DATE '2020-01-01' WHERE REPLACE(x.product, 'e', '_') LIKE '%e%';
-- generated: 381
WITH q AS (SELECT x.customer AS k0, COUNT(*) AS a0 FROM orders x JOIN customers y ON x.customer = y.customer JOIN events z ON z.customer = y.customer AND z.value > 0 GROUP BY x.customer HAVING AVG(x.quantity) IS NOT NULL) SELECT MIN(k0) AS a, MAX(k0) AS b FROM q;
-- generated: 382
SELECT COALESCE(EXP(x.age), 1e1) AS v0, ATAN(x.score) AS v1, x.score AS v2 FROM customers x WHERE (x.customer || x.region) <> x.customer;
-- generated: 383
WITH q AS (SELECT REVERSE(x.customer) AS k0, x.customer AS k1, MEDIAN(CAST(0.5 AS DOUBLE)) AS a0, MIN(x.since) AS a1, COUNT(x.score) AS a2 FROM customers x WHERE (x.score IN (0.5e0, 0.5e0, x.score) OR LEAST(x.score, x.score) < x.score) GROUP BY REVERSE(x.customer), x.customer HAVING COUNT(*) BETWEEN 1 AND 3) SELECT k0, COUNT(*) AS n FROM q GROUP BY k0;
-- generated: 384
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, COALESCE(GREATEST(c.age, c.age), c.age) AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 385
SELECT (x.product = y.customer) AS v0, y.kind AS v1 FROM orders x JOIN events y ON x.customer = y.customer WHERE ((x.id IS NULL) AND x.placed <= x.placed);
-- generated: 386
SELECT c.customer, (SELECT SUM(o.amount) FROM orders o WHERE o.customer = c.customer AND STARTSWITH(COALESCE(o.customer, o.product), 'c')) AS v FROM customers c;
-- generated: 387
WITH q AS (SELECT ROUND(x.score, 2) AS v0, CASE WHEN COALESCE(x.age, x.age) = x.age THEN TRUE END AS v1 FROM customers x WHERE CASE WHEN x.age BETWEEN 3 AND x.age THEN x.region END ILIKE 'C%') SELECT COUNT(v0) AS n, COUNT(DISTINCT v0) AS d FROM q;
-- generated: 388
SELECT q.id, q.w0 FROM (SELECT id, LAG(value, 1) OVER (PARTITION BY kind ORDER BY id) AS w0, LAG(value, 1) OVER (PARTITION BY kind ORDER BY id) AS w1 FROM events) q WHERE q.w0 IS NOT NULL;
-- generated: 389
SELECT REVERSE('c6') AS v, customer AS c FROM customers WHERE TO_DATE(DATE_FORMAT(DATE '2024-02-29', 'dd/MM/yyyy'), 'dd/MM/yyyy') IS DISTINCT FROM DATE '2024-01-31' EXCEPT SELECT COALESCE(kind, customer) AS v, customer AS c FROM events WHERE (NOT (UPPER(kind) ILIKE 'C%' OR RIGHT(kind, 2) NOT IN ('zz', 'coffee')));
-- generated: 390
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c FULL JOIN t ON c.customer = t.customer;
-- generated: 391
SELECT DISTINCT v0 FROM (SELECT ADD_MONTHS(y.since, 3) AS v0, CAST((x.seen - INTERVAL 90 MINUTES) AS DATE) AS v1, CASE WHEN (x.product IS NOT NULL OR y.age NOT IN (6, 4)) THEN GREATEST(x.paid, x.paid) END AS v2, CASE WHEN EXP(-1) > y.score THEN LPAD(x.customer, 6, '*') WHEN IF(GREATEST(x.placed, y.since) BETWEEN DATE '2024-02-29' AND y.since, x.amount, x.amount) <> x.amount THEN SUBSTRING_INDEX(x.product, 'e', 1) END AS v3 FROM orders x INNER JOIN customers y ON x.customer = y.customer AND NULLIF(x.id, y.age) IS NULL) q WHERE v0 IS NOT NULL;
-- generated: 392
SELECT c.customer, (SELECT COUNT(*) FROM orders o WHERE o.customer = c.customer AND CAST(DATE '2024-02-29' AS TIMESTAMP) > o.seen) AS v FROM customers c;
-- generated: 393
SELECT id, MAX(value) OVER (PARTITION BY customer ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w0, DENSE_RANK() OVER (ORDER BY value NULLS LAST) AS w1 FROM events WHERE (NOT ((id IS DISTINCT FROM id AND at IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-02-01 00:00:00', at)) AND at > at));
-- generated: 394
SELECT x.customer AS k0, COUNT(*) FILTER (WHERE NULLIF(x.at, x.at) IS NULL) AS a9 FROM events x WHERE EXP(x.id) > x.value GROUP BY x.customer HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 395
SELECT id, RANK() OVER (PARTITION BY customer ORDER BY value) AS w0, SUM(value) OVER (PARTITION BY customer ORDER BY id) AS w1 FROM events WHERE BASE64(kind) BETWEEN 'a' AND 'c1';
-- generated: 396
SELECT (REGEXP_COUNT(x.txt, '[a-e]') & 3) AS v0, COALESCE(CASE WHEN x.txt NOT IN ('view', 'zz') THEN FALSE WHEN x.txt <= x.txt THEN FALSE ELSE FALSE END, FALSE) AS v1, COALESCE(DATE_TRUNC('MINUTE', x.t), x.t) AS v2 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE ((x.txt BETWEEN 'north' AND x.txt OR 3 IS DISTINCT FROM x.n) OR NULLIF(DATE '2020-01-01', x.d) BETWEEN DATE '2024-01-31' AND DATE '2024-01-31');
-- generated: 397
SELECT CEIL(CAST(x.n AS DECIMAL(10,2))) AS v0, CASE WHEN x.n IN (5, 8, x.id) THEN TRUE WHEN TRIM(x.s) ILIKE 'C%' THEN (x.s ILIKE 'C%') ELSE TRUE END AS v1, NULLIF(TRIM('tea'), '') AS v2 FROM texts x;
-- generated: 398
SELECT q.id, q.w0 FROM (SELECT id, SUM(value) OVER () AS w0, DENSE_RANK() OVER (ORDER BY value NULLS LAST) AS w1 FROM events) q WHERE q.w0 > 1;
-- generated: 399
SELECT LENGTH(x.txt) AS v0, COALESCE(CAST(DATE '2020-01-01' AS TIMESTAMP), x.t) AS v1, ELEMENT_AT(SPLIT(SUBSTR('view', 1, 1), 'e'), 3) AS v2, CASE WHEN DATEDIFF(x.e, x.d) IS DISTINCT FROM x.n THEN x.n WHEN x.id <= 6 THEN DATEDIFF(x.e, x.e) END AS v3 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x;
-- generated: 400
SELECT x.paid AS k0, y.age AS k1, AVG(x.amount) AS a0, COUNT(DISTINCT EXP(y.age)) AS a1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE COALESCE(x.customer, y.customer) IS DISTINCT FROM 'a' GROUP BY x.paid, y.age HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 401
SELECT COUNT(v0) AS n, COUNT(DISTINCT v0) AS d FROM (SELECT TO_DATE(DATE_FORMAT(DATE '2024-01-31', 'dd/MM/yyyy'), 'dd/MM/yyyy') AS v0, COALESCE(IF((x.paid IS TRUE OR y.at IS NOT NULL), y.customer, 'coffee'), y.kind) AS v1 FROM orders x RIGHT JOIN events y ON x.customer = y.customer) q;
-- generated: 402
WITH q AS (SELECT ((x.seen IS NULL AND TIMESTAMP '2024-03-04 12:30:15' IS NULL)) AS v0, LN(LENGTH(x.product)) AS v1, (y.kind > y.customer) AS v2 FROM orders x LEFT JOIN events y ON x.customer = y.customer WHERE y.kind BETWEEN 'a' AND x.product) SELECT COUNT(v0) AS n, COUNT(DISTINCT v0) AS d FROM q;
-- generated: 403
SELECT x.customer AS k0, x.age AS k1, STDDEV(x.score) AS a0, AVG(99.9) AS a1, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(x.region)), ',') AS a2 FROM customers x LEFT SEMI JOIN orders y ON x.customer = y.customer WHERE EXP(x.age) <= x.score GROUP BY x.customer, x.age HAVING COUNT(*) > 1;
-- generated: 404
SELECT COALESCE(IF((NOT (x.paid IS NOT FALSE AND x.paid IS TRUE)), x.amount, x.amount), x.amount) AS v0, RIGHT(IF(CRC32(y.customer) IN (-3, -1, y.age), y.region, 'Straße'), 2) AS v1, x.paid AS v2 FROM orders x JOIN customers y ON x.customer = y.customer JOIN events z ON z.customer = y.customer AND z.value > 0 WHERE ARRAY_JOIN(ARRAY_DISTINCT(SPLIT(z.kind, '')), '') > 'c1';
-- generated: 405
SELECT 'zz' AS v0, 3 AS v1, IF(CASE WHEN x.id < 3 THEN x.n WHEN x.txt < x.txt THEN x.id ELSE x.id END BETWEEN 8 AND x.id, x.d, CAST(x.t AS DATE)) AS v2, x.txt AS v3 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x;
-- generated: 406
SELECT q.id, q.w0 FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY id DESC) AS w0 FROM events WHERE ((value IN (2e0, 0.5e0, value) AND customer IN ('', 'c1', kind)) OR CASE WHEN value IS DISTINCT FROM value THEN id END IS DISTINCT FROM id)) q WHERE q.w0 > 1;
-- generated: 407
SELECT SUBSTRING_INDEX(customer, 'e', 1) AS v, customer AS c FROM customers UNION ALL SELECT REVERSE(customer) AS v, customer AS c FROM events WHERE (kind LIKE '%t%' OR (customer NOT LIKE 'c%' AND value = value));
-- generated: 408
-- ordered
SELECT id, (id & 3) AS k FROM texts ORDER BY k ASC, id;
-- generated: 409
WITH q AS (SELECT x.txt AS k0, COUNT(*) FILTER (WHERE CASE WHEN x.d BETWEEN 2e0 AND x.d THEN x.id WHEN x.w <= x.w THEN x.i END <> x.id) AS a9 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x WHERE (REPEAT(x.txt, 2) LIKE '%a%' OR (8 IS NOT NULL OR x.i IS DISTINCT FROM x.i)) GROUP BY x.txt HAVING COUNT(*) BETWEEN 1 AND 3) SELECT k0, COUNT(*) AS n FROM q GROUP BY k0;
-- generated: 410
SELECT LAST_DAY(CASE WHEN DATE '2024-01-31' BETWEEN DATE '2024-01-31' AND x.since THEN x.since WHEN x.region IS DISTINCT FROM x.customer THEN x.since ELSE x.since END) AS v0, CASE WHEN (x.since NOT IN (DATE '2024-02-29', DATE '2020-01-01') OR x.since <> x.since) THEN TO_TIMESTAMP(DATE_FORMAT(TIMESTAMP '2024-03-04 12:30:15', 'yyyyMMddHHmm'), 'yyyyMMddHHmm') ELSE TIMESTAMP '2024-03-04 12:30:15' END AS v1 FROM customers x LEFT ANTI JOIN orders y ON x.customer = y.customer;
-- generated: 411
SELECT x.customer AS k0, SUM(DISTINCT 7) AS a0, COUNT(DATE '2024-02-29') AS a1 FROM events x GROUP BY x.customer HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 412
SELECT x.quantity AS k0, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(z.customer)), ',') AS a0, COUNT(*) AS a1 FROM orders x JOIN customers y ON x.customer = y.customer JOIN events z ON z.customer = y.customer AND z.value > 0 GROUP BY x.quantity HAVING COUNT(*) > 1;
-- generated: 413
SELECT c.customer FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND CAST(ROUND(o.amount, 1) AS DECIMAL(12,1)) IS DISTINCT FROM o.amount);
-- generated: 414
SELECT id, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id DESC) AS w0 FROM events;
-- generated: 415
SELECT COALESCE(x.customer, x.customer) AS k0, COUNT_IF(CASE WHEN x.id BETWEEN 3 AND x.id THEN x.id WHEN x.value NOT IN (-1.5e0, -1.5e0) THEN x.id END > 1) AS a0 FROM events x WHERE CONTAINS(x.kind, x.customer) GROUP BY COALESCE(x.customer, x.customer) HAVING COUNT(*) > 1;
-- generated: 416
SELECT x.txt AS k0, SUM(IF((x.i > x.i AND x.txt >= x.txt), x.w, x.w)) AS a0, APPROX_COUNT_DISTINCT(x.txt) AS a1, MIN(x.w) AS a2 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x WHERE (x.d NOT IN (0.5e0, 0.5e0) OR (x.txt NOT LIKE 'c%' OR -1.5e0 IS DISTINCT FROM 2e0)) GROUP BY x.txt HAVING COUNT(*) > 1;
-- generated: 417
SELECT c.customer FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND GREATEST(o.customer, o.product) RLIKE '^[a-d]');
-- generated: 418
SELECT x.placed AS k0, y.customer AS k1, AVG(x.amount) AS a0, COUNT(y.since) AS a1, MAX(x.placed) AS a2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer JOIN events z ON z.customer = y.customer AND z.value > 0 GROUP BY x.placed, y.customer;
-- generated: 419
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, ARRAY_POSITION(ARRAY(1, 2, 3), (c.age % 2)) AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 420
SELECT y.customer AS v0, CASE WHEN YEAR(x.placed) IS DISTINCT FROM x.quantity THEN x.customer END AS v1, ASCII(x.customer) AS v2, LEAST(DATE '2024-02-29', x.placed) AS v3 FROM orders x JOIN events y ON x.customer = y.customer WHERE NULLIF(x.placed, x.placed) IS NOT NULL;
-- generated: 421
SELECT c.customer FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND STARTSWITH(REGEXP_EXTRACT(o.customer, '([a-z]+)([0-9]*)', 2), 'c'));
-- generated: 422
SELECT q.id, q.w0 FROM (SELECT id, LAG(value, 1) OVER (PARTITION BY customer ORDER BY id DESC) AS w0, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id DESC) AS w1, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY id DESC) AS w2 FROM events) q WHERE q.w0 > 1;
-- generated: 423
SELECT x.txt AS k0, MIN(DATE '2020-01-01') AS a0, COUNT(*) FILTER (WHERE (x.d = x.d OR x.w BETWEEN 99.9 AND x.m)) AS a9 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x WHERE ((x.txt <= x.txt OR x.d BETWEEN 1e1 AND x.d) AND (x.txt BETWEEN 'c1' AND x.txt AND x.txt <> x.txt)) GROUP BY x.txt HAVING STDDEV_POP(x.id) IS NOT NULL;
-- generated: 424
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c LEFT JOIN t ON c.customer = t.customer;
-- generated: 425
SELECT q.id, q.w0 FROM (SELECT id, SUM(quantity) OVER () AS w0, MIN(quantity) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w1, SUM(quantity) OVER () AS w2 FROM orders) q WHERE q.w0 = 1;
-- generated: 426
SELECT x.seen AS v0, x.paid AS v1 FROM orders x JOIN events y ON x.customer = y.customer AND (y.at IS NULL OR x.placed IS NOT NULL) WHERE (NOT ((x.id <> y.id OR 'tea' NOT IN ('tea', 'north')) AND (NOT (x.amount <= x.amount AND x.customer IN ('c1', 'c6', x.product)))));
-- generated: 427
SELECT SUBSTR(RPAD(y.customer, 4, '.'), 1, 5) AS v0, TO_DATE(COALESCE(x.product, x.product)) AS v1 FROM orders x INNER JOIN customers y ON x.customer = y.customer AND (x.paid IS NOT FALSE AND y.score NOT IN (-1.5e0, -1.5e0)) WHERE y.since < y.since;
-- generated: 428
SELECT CONCAT_WS('/', x.txt, x.txt) AS k0, x.txt AS k1, MIN(DATE '2024-02-29') AS a0, COUNT(DISTINCT CASE WHEN 10.00 IS DISTINCT FROM 99.9 THEN DATE '2024-02-29' WHEN 0.5e0 IS DISTINCT FROM x.d THEN DATE '2024-02-29' ELSE DATE '2024-01-31' END) AS a1 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x GROUP BY CUBE (CONCAT_WS('/', x.txt, x.txt), x.txt) HAVING COUNT(DISTINCT x.m) IS NOT NULL;
-- generated: 429
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT MIN(p.quantity) FROM orders p WHERE DAYOFWEEK(p.placed) <> p.quantity);
-- generated: 430
SELECT x.customer AS k0, AVG(x.age) AS a0 FROM customers x LEFT SEMI JOIN orders y ON x.customer = y.customer WHERE ((x.since IS NULL OR x.score >= 1e1) AND 6 NOT IN (7, 1)) GROUP BY x.customer;
-- generated: 431
SELECT x.product AS k0, ('c1' <> x.customer) AS k1, SUM(x.amount) AS a0, VAR_POP(y.score) AS a1, COUNT(*) AS a2 FROM orders x JOIN customers y ON x.customer = y.customer JOIN events z ON z.customer = y.customer AND z.value > 0 GROUP BY x.product, ('c1' <> x.customer) HAVING COUNT(*) IS NOT NULL;
-- generated: 432
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders WHERE ARRAY_POSITION(ARRAY(1, 2, 3), id) IN (8, 4, id) GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c LEFT JOIN t ON c.customer = t.customer;
-- generated: 433
SELECT x.since AS k0, COUNT(0.5) AS a0, COUNT(*) FILTER (WHERE COALESCE(x.customer, x.customer) IS NULL) AS a9 FROM customers x LEFT SEMI JOIN orders y ON x.customer = y.customer WHERE CAST(10.00 AS DOUBLE) < -1.5e0 GROUP BY x.since HAVING COUNT(*) > 1;
-- generated: 434
SELECT id, DENSE_RANK() OVER (ORDER BY quantity NULLS LAST) AS w0 FROM orders;
-- generated: 435
SELECT INSTR(x.customer, 'e') AS k0, x.paid AS k1, COUNT('coffee') AS a0, MAX(CONCAT(y.customer, '-', x.customer)) AS a1 FROM orders x FULL JOIN customers y ON x.customer = y.customer GROUP BY INSTR(x.customer, 'e'), x.paid HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 436
SELECT q.id, q.w0 FROM (SELECT id, LAG(value, 1) OVER (PARTITION BY kind ORDER BY id) AS w0, MIN(value) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w1 FROM events) q WHERE q.w0 IS NOT NULL;
-- generated: 437
WITH q AS (SELECT HEX(product) AS v, customer AS c FROM orders UNION SELECT kind AS v, customer AS c FROM events) SELECT v, COUNT(*) AS n FROM q GROUP BY v;
-- generated: 438
SELECT y.region AS k0, x.paid AS k1, COUNT(DISTINCT x.amount) AS a0, COUNT(*) AS a1 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE ((x.quantity * 8) IS NOT NULL AND NULLIF(y.score, y.score) >= 2e0) GROUP BY y.region, x.paid;
-- generated: 439
SELECT id, AVG(value) OVER (PARTITION BY kind) AS w0, LEAD(customer, 1, 'none') OVER (PARTITION BY kind ORDER BY id DESC) AS w1, MAX(value) OVER (PARTITION BY kind ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w2 FROM events;
-- generated: 440
SELECT DISTINCT CASE WHEN IF((z.at BETWEEN TIMESTAMP '2024-03-04 12:30:15' AND z.at AND y.score IS NULL), x.placed, y.since) IS NOT NULL THEN y.score WHEN TRUE IS TRUE THEN y.score ELSE CAST(z.kind AS DOUBLE) END AS v0, (LEAST(x.amount, x.amount) < x.amount) AS v1 FROM orders x LEFT JOIN customers y ON x.customer = y.customer LEFT JOIN events z ON z.customer = y.customer AND z.value > 0 WHERE (y.age / 0) < z.value;
-- generated: 441
SELECT NULLIF(TRIM(y.customer), x.product) AS v0, NULLIF(IF((x.amount IS NULL AND x.seen > TIMESTAMP '2024-03-04 12:30:15'), y.score, y.score), 0.5e0) AS v1 FROM orders x INNER JOIN customers y ON x.customer = y.customer;
-- generated: 442
SELECT id, AVG(value) OVER (PARTITION BY kind) AS w0, DENSE_RANK() OVER (ORDER BY value NULLS LAST) AS w1 FROM events;
-- generated: 443
SELECT IF(DATE_ADD(x.d, 13) = x.e, x.e, ADD_MONTHS(x.e, 0)) AS v0, ABS(x.id) AS v1, COALESCE(GREATEST(6, x.id), x.n) AS v2, NULLIF((5 < x.n), FALSE) AS v3 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE x.txt NOT IN ('c1', 'zz');
-- generated: 444
SELECT x.paid AS k0, x.placed AS k1, COUNT(x.placed) AS a0, COUNT(*) FILTER (WHERE DATEADD(WEEK, 8, x.seen) IS NULL) AS a9 FROM orders x WHERE x.seen IS NULL GROUP BY x.paid, x.placed;
-- generated: 445
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders WHERE (STARTSWITH(SUBSTRING_INDEX(product, 'e', 1), 'c') OR CONTAINS(COALESCE(customer, product), customer)) GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c FULL JOIN t ON c.customer = t.customer;
-- generated: 446
SELECT v0, COUNT(*) AS n FROM (SELECT DISTINCT CASE WHEN x.customer LIKE '%e%' THEN ROUND(x.score, 0) ELSE ATAN(x.score) END AS v0, LEAST(TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-02-01 00:00:00') AS v1, DATEADD(WEEK, 8, TIMESTAMP '2024-03-04 12:30:15') AS v2 FROM customers x WHERE (NOT ((x.since BETWEEN DATE '2024-02-29' AND DATE '2020-01-01' OR x.customer IS NOT NULL) OR TIMESTAMPDIFF(DAY, TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-03-04 12:30:15') IS DISTINCT FROM x.age))) q GROUP BY v0;
-- generated: 447
SELECT id, DENSE_RANK() OVER (ORDER BY quantity NULLS LAST) AS w0, AVG(quantity) OVER (PARTITION BY customer) AS w1, AVG(quantity) OVER (PARTITION BY customer) AS w2 FROM orders WHERE CONCAT(customer, '-', product) IN ('tea', 'zz', customer);
-- generated: 448
SELECT x.product AS k0, x.paid AS k1, SUM(-1.5e0) AS a0, MIN(x.customer) AS a1, COUNT(*) AS a2 FROM orders x WHERE (x.amount IS NOT NULL) IS TRUE GROUP BY x.product, x.paid HAVING COUNT(*) > 1;
-- generated: 449
SELECT HEX(x.region) AS k0, x.since AS k1, COUNT(*) FILTER (WHERE GREATEST(x.region, x.customer) <> x.customer) AS a9 FROM customers x GROUP BY HEX(x.region), x.since;
-- generated: 450
SELECT TRUNC(x.placed, 'WEEK') AS v0, (y.customer || LEAST('c6', x.product)) AS v1 FROM orders x JOIN events y ON x.customer = y.customer AND CASE WHEN y.at IS DISTINCT FROM y.at THEN y.at END NOT IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-03-04 12:30:15');
-- generated: 451
SELECT MONTH((DATE '2020-01-01' + INTERVAL 2 MONTHS)) AS v0, x.quantity AS v1 FROM orders x LEFT JOIN customers y ON x.customer = y.customer AND (x.quantity <= x.id AND x.placed IS DISTINCT FROM DATE '2020-01-01') WHERE CASE WHEN x.placed > x.placed THEN y.since ELSE DATE '2024-01-31' END <= y.since;
-- generated: 452
SELECT y.age AS k0, COUNT(*) AS a0, AVG(y.score) AS a1, VAR_POP(y.score) AS a2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE ((y.since BETWEEN DATE '2020-01-01' AND y.since AND x.amount > x.amount) OR CEIL(x.amount) BETWEEN -2 AND x.id) GROUP BY y.age HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 453
SELECT NULLIF(y.region, 'coffee') AS k0, x.paid AS k1, MAX(x.placed) AS a0 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE (NOT (WEEKOFYEAR(y.since) > y.age AND IF(0 IS NOT NULL, y.score, y.score) <> y.score)) GROUP BY NULLIF(y.region, 'coffee'), x.paid HAVING MIN(x.customer) IS NOT NULL;
-- generated: 454
SELECT (x.quantity IN (-1, 6, x.id)) AS k0, x.product AS k1, MIN(IF(x.paid IS NOT FALSE, x.placed, y.since)) AS a0, COUNT(x.amount) AS a1, SUM(x.amount) AS a2 FROM orders x FULL JOIN customers y ON x.customer = y.customer WHERE (x.seen = x.seen) IS NOT FALSE GROUP BY (x.quantity IN (-1, 6, x.id)), x.product;
-- generated: 455
-- ordered
SELECT id, CAST(amount AS INT) AS k FROM orders ORDER BY k DESC, id LIMIT 7;
-- generated: 456
-- ordered
SELECT id, NULLIF(id, n) AS k FROM texts ORDER BY k, id DESC LIMIT 8;
-- generated: 457
SELECT COALESCE(NULLIF(x.placed, x.placed), DATE '2024-02-29') AS v0, LOCATE('e', REPLACE(y.customer, 'e', '_'), 2) AS v1, ROUND(y.value, 1) AS v2, x.amount AS v3 FROM orders x LEFT JOIN events y ON x.customer = y.customer AND (x.placed <= DATE '2020-01-01' AND x.customer RLIKE '^[a-d]') WHERE CASE WHEN x.paid THEN y.value ELSE y.value END IS DISTINCT FROM y.value;
-- generated: 458
SELECT FALSE AS v0, IF(COALESCE(x.paid, TRUE) IS NOT FALSE, y.score, (y.score - y.score)) AS v1 FROM orders x JOIN customers y ON x.customer = y.customer AND GREATEST(x.seen, x.seen) IS NOT NULL WHERE (ABS(x.amount) IS DISTINCT FROM x.amount AND (x.paid IS TRUE AND x.product >= y.customer));
-- generated: 459
SELECT c.customer, c.age FROM customers c WHERE c.customer NOT IN (SELECT o.customer FROM orders o WHERE CASE WHEN o.seen <> o.seen THEN o.amount END NOT IN (1.25, 7) AND o.customer IS NOT NULL);
-- generated: 460
SELECT y.region AS k0, x.paid AS k1, COUNT_IF(y.age > 1) AS a0 FROM orders x JOIN customers y ON x.customer = y.customer WHERE y.region LIKE '%t%' GROUP BY y.region, x.paid HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 461
-- ordered
SELECT id, REPLACE(t, 'e', '_') AS k FROM texts WHERE (n >= id OR 'view' IS NOT NULL) ORDER BY k NULLS LAST, id;
-- generated: 462
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders WHERE amount < 7 GROUP BY customer) SELECT a.customer, b.customer AS other FROM t a JOIN t b ON a.v < b.v;
-- generated: 463
SELECT FORMAT_NUMBER(x.amount, 1) AS k0, SUM((y.age - x.id)) AS a0, MEDIAN(MONTHS_BETWEEN(DATE '2024-01-31', x.placed)) AS a1, COUNT(DISTINCT (x.amount + x.amount)) AS a2 FROM orders x INNER JOIN customers y ON x.customer = y.customer GROUP BY FORMAT_NUMBER(x.amount, 1) HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 464
SELECT x.txt AS k0, COUNT(*) AS a0, COUNT(*) AS a1 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x WHERE x.d IS NOT NULL GROUP BY x.txt;
-- generated: 465
SELECT x.customer AS k0, MAX(x.quantity) AS a0, AVG(x.amount) AS a1 FROM orders x GROUP BY CUBE (x.customer) HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 466
SELECT 99.9 AS v0, ELEMENT_AT(SPLIT(x.kind, 'e'), -1) AS v1 FROM events x WHERE x.customer ILIKE 'C%';
-- generated: 467
SELECT LEFT(x.region, 2) AS k0, x.customer AS k1, SUM(-3) AS a0, COUNT(*) FILTER (WHERE (x.age = x.age OR x.age IS NULL)) AS a9 FROM customers x LEFT SEMI JOIN orders y ON x.customer = y.customer GROUP BY LEFT(x.region, 2), x.customer HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 468
SELECT x.customer AS k0, y.region AS k1, COUNT(*) FILTER (WHERE GREATEST(x.placed, x.placed) <> DATE '2020-01-01') AS a9 FROM orders x JOIN customers y ON x.customer = y.customer JOIN events z ON z.customer = y.customer AND z.value > 0 WHERE (REGEXP_EXTRACT(x.customer, '([a-z]+)([0-9]*)', 1) NOT LIKE 'c%' OR ('coffee' RLIKE '^[a-d]' OR z.id < x.quantity)) GROUP BY x.customer, y.region HAVING COUNT(*) > 1;
-- generated: 469
SELECT x.txt AS k0, x.d AS k1, COUNT(*) FILTER (WHERE IF(x.n = 2, x.txt, x.txt) > x.txt) AS a9 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x GROUP BY CUBE (x.txt, x.d) HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 470
SELECT SUBSTR(SHA2(y.customer, 256), 1, 8) AS v0, x.seen AS v1, CASE WHEN CASE WHEN x.paid THEN x.id END IS DISTINCT FROM x.id THEN x.seen END AS v2, REGEXP_COUNT('tea', '[a-e]') AS v3 FROM orders x FULL JOIN customers y ON x.customer = y.customer;
-- generated: 471
SELECT OVERLAY(customer PLACING '#' FROM 2) AS v, customer AS c FROM events UNION ALL SELECT SUBSTRING_INDEX(region, 'e', 1) AS v, customer AS c FROM customers;
-- generated: 472
SELECT DAY(x.d) AS v0, INITCAP(CASE WHEN DATE '2024-01-31' IS NULL THEN x.txt WHEN STARTSWITH(x.txt, 'c') THEN x.txt ELSE x.txt END) AS v1, (IF(STARTSWITH(REGEXP_REPLACE(x.txt, '[a-c]', '#'), 'c'), x.txt, x.txt) >= x.txt) AS v2 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x;
-- generated: 473
SELECT x.customer AS k0, COUNT(*) AS a0 FROM orders x JOIN customers y ON x.customer = y.customer LEFT JOIN events z ON z.customer = y.customer AND z.value > 0 GROUP BY x.customer HAVING COUNT(*) > 1;
-- generated: 474
SELECT DISTINCT TRUNC(CASE WHEN -3 IS NULL THEN DATE '2020-01-01' ELSE DATE '2020-01-01' END, 'MONTH') AS v0, COALESCE(-1, x.n) AS v1 FROM texts x WHERE STARTSWITH(NULLIF(x.s, x.t), 'c');
-- generated: 475
SELECT ARRAY_JOIN(ARRAY_DISTINCT(SPLIT(x.txt, '')), '') AS v0, LEAST(MONTHS_BETWEEN(x.e, x.d), -1.5e0) AS v1, CAST(CASE WHEN x.e > x.d THEN x.txt END AS INT) AS v2, COALESCE(x.e, x.d) AS v3 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE COALESCE(x.txt, 'coffee') > x.txt;
-- generated: 476
SELECT MIN(v) AS a, MAX(v) AS b FROM (SELECT LEAST(-3, id) AS v, customer AS c FROM events INTERSECT SELECT COALESCE(age, age) AS v, customer AS c FROM customers) q;
-- generated: 477
SELECT c.customer FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND DATEDIFF(o.placed, o.placed) < o.id);
-- generated: 478
SELECT x.id AS k0, COUNT(*) AS a0, SUM(DISTINCT x.quantity) AS a1, COUNT((x.placed + INTERVAL 2 MONTHS)) AS a2 FROM orders x WHERE CASE WHEN x.quantity BETWEEN -3 AND 2 THEN x.amount ELSE x.amount END >= x.amount GROUP BY x.id HAVING COUNT(*) > 1;
-- generated: 479
SELECT id, DENSE_RANK() OVER (ORDER BY quantity NULLS LAST) AS w0 FROM orders WHERE (CASE WHEN product > 'a' THEN amount ELSE amount END <> amount AND (placed IS DISTINCT FROM placed AND customer >= ''));
-- generated: 480
SELECT id, COUNT(quantity) OVER (ORDER BY id) AS w0, LEAD(customer, 1, 'none') OVER (PARTITION BY product ORDER BY id DESC) AS w1, RANK() OVER (PARTITION BY product ORDER BY quantity DESC) AS w2 FROM orders WHERE ((paid IS NOT FALSE OR id IS DISTINCT FROM quantity) AND (placed IS NOT NULL AND quantity IS DISTINCT FROM id));
-- generated: 481
SELECT RIGHT(region, 2) AS v, customer AS c FROM customers WHERE CASE WHEN score IS NULL THEN customer WHEN -1 <= age THEN 'view' ELSE region END NOT LIKE 'c%' EXCEPT SELECT SOUNDEX(kind) AS v, customer AS c FROM events;
-- generated: 482
WITH q AS (SELECT DAYOFYEAR(DATE '2024-02-29') AS v, customer AS c FROM events UNION ALL SELECT POSITION('a' IN 'a') AS v, customer AS c FROM orders) SELECT COUNT(v) AS n, COUNT(DISTINCT v) AS d FROM q;
-- generated: 483
SELECT MIN(v) AS a, MAX(v) AS b FROM (SELECT ASCII(customer) AS v, customer AS c FROM orders UNION SELECT id AS v, customer AS c FROM events) q;
-- generated: 484
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c RIGHT JOIN t ON c.customer = t.customer;
-- generated: 485
SELECT DATEADD(HOUR, 1, (TIMESTAMP '2024-03-04 12:30:15' - INTERVAL 1 DAY)) AS v0, MONTHS_BETWEEN(x.since, x.since) AS v1, NULLIF(x.age, x.age) AS v2 FROM customers x WHERE TRIM(BOTH 'c' FROM x.customer) IS DISTINCT FROM x.region;
-- generated: 486
SELECT ABS(0.5) AS v0, MD5(HEX(x.t)) AS v1, LOG10(COALESCE(4, x.n)) AS v2 FROM texts x;
-- generated: 487
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, IF((NOT (c.region IS DISTINCT FROM c.region AND c.customer LIKE '%e%')), 7, CAST(c.region AS INT)) AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 488
SELECT (GREATEST(y.kind, y.customer) < y.customer) AS v0, x.placed AS v1, POWER(x.id, 2) AS v2, (GREATEST(x.quantity, x.id) DIV 2) AS v3 FROM orders x FULL JOIN events y ON x.customer = y.customer WHERE NOT COALESCE(x.paid, x.paid);
-- generated: 489
SELECT DISTINCT COALESCE(QUARTER(x.placed), x.quantity) AS v0, LAST_DAY(COALESCE(y.since, x.placed)) AS v1 FROM orders x FULL JOIN customers y ON x.customer = y.customer WHERE CASE WHEN x.placed BETWEEN DATE '2020-01-01' AND DATE '2020-01-01' THEN 5 WHEN x.quantity IS NULL THEN x.quantity ELSE y.age END IS DISTINCT FROM x.quantity;
-- generated: 490
-- ordered
SELECT id, (t IS NULL) AS k FROM texts WHERE DATE_FORMAT(TIMESTAMP '2024-03-04 12:30:15', 'yyyy-MM-dd HH:mm') IS DISTINCT FROM s ORDER BY k DESC, id DESC;
-- generated: 491
WITH q AS (SELECT CONCAT_WS('/', y.customer, y.region) AS k0, x.id AS k1, SUM(DISTINCT x.amount) AS a0, COUNT(*) AS a1, AVG(GREATEST(x.amount, x.amount)) AS a2 FROM orders x FULL JOIN customers y ON x.customer = y.customer GROUP BY CONCAT_WS('/', y.customer, y.region), x.id HAVING COUNT(*) BETWEEN 1 AND 3) SELECT COUNT(k0) AS n, COUNT(DISTINCT k0) AS d FROM q;
-- generated: 492
SELECT c.customer, (SELECT SUM(o.amount) FROM orders o WHERE o.customer = c.customer AND (NOT (o.customer ILIKE 'C%' OR o.amount IS NOT NULL))) AS v FROM customers c;
-- generated: 493
SELECT x.customer AS k0, COUNT(DISTINCT x.amount) AS a0, COUNT(*) FILTER (WHERE YEAR(x.placed) IS DISTINCT FROM y.id) AS a9 FROM orders x LEFT JOIN events y ON x.customer = y.customer WHERE DAYOFWEEK(DATE '2024-02-29') >= x.id GROUP BY x.customer HAVING COUNT(*) > 1;
-- generated: 494
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT AVG(p.quantity) FROM orders p WHERE IF(NOT p.paid, p.quantity, 2) IS NULL);
-- generated: 495
SELECT REVERSE(customer) AS v, customer AS c FROM orders EXCEPT SELECT COALESCE(customer, customer) AS v, customer AS c FROM events WHERE (IF((id / 0) IS DISTINCT FROM value, customer, kind) ILIKE 'C%' AND CONCAT(customer, '-', customer) LIKE '%o%');
-- generated: 496
-- ordered
SELECT id, 2 AS k FROM texts ORDER BY k DESC, id;
-- generated: 497
SELECT x.customer AS k0, MAX(COALESCE(x.placed, x.placed)) AS a0, MAX(x.placed) AS a1 FROM orders x INNER JOIN events y ON x.customer = y.customer AND (y.customer IS NULL AND y.id IS NOT NULL) WHERE ATAN(y.value) > y.value GROUP BY x.customer;
-- generated: 498
SELECT COUNT(k0) AS n, COUNT(DISTINCT k0) AS d FROM (SELECT x.placed AS k0, COUNT(y.kind) AS a0, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(COALESCE('coffee', 'c6'))), ',') AS a1 FROM orders x RIGHT JOIN events y ON x.customer = y.customer AND DATEADD(WEEK, -5, x.seen) IS NULL WHERE y.id >= 2 GROUP BY x.placed) q;
-- generated: 499
SELECT CONCAT_WS('/', SOUNDEX('c1'), LPAD(x.s, 6, '*')) AS v0, x.n AS v1, 1e1 AS v2 FROM texts x;
-- generated: 500
SELECT MIN(k0) AS a, MAX(k0) AS b FROM (SELECT x.txt AS k0, SUM(0.5e0) AS a0, MIN(HEX(x.txt)) AS a1 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE (TO_TIMESTAMP(DATE_FORMAT(x.t, 'yyyyMMddHHmm'), 'yyyyMMddHHmm') IS NOT NULL OR DATEDIFF(x.e, DATE '2024-01-31') < x.n) GROUP BY x.txt) q;
-- generated: 501
SELECT c.customer, (SELECT MAX(o.placed) FROM orders o WHERE o.customer = c.customer AND LEVENSHTEIN(o.product, '') <= o.quantity) AS v FROM customers c;
-- generated: 502
SELECT v, COUNT(*) AS n FROM (SELECT CASE WHEN id >= id THEN customer WHEN id NOT IN (0, -1) THEN customer END AS v, customer AS c FROM events WHERE (STARTSWITH(REPEAT(customer, 2), 'c') AND UPPER(customer) RLIKE '^[a-d]') UNION SELECT COALESCE(region, region) AS v, customer AS c FROM customers) q GROUP BY v;
-- generated: 503
SELECT LEAST(x.value, x.value) AS v0, CASE WHEN STARTSWITH(INITCAP(x.kind), 'c') THEN TRUE ELSE ('coffee' IS NOT NULL) END AS v1, (DAYOFWEEK(DATE '2024-02-29') & 3) AS v2, MAKE_DATE(2023, x.id, 28) AS v3 FROM events x WHERE x.customer IS DISTINCT FROM x.customer;
-- generated: 504
WITH q AS (SELECT TRIM(BOTH 'c' FROM customer) AS v, customer AS c FROM orders UNION SELECT CASE WHEN value <= value THEN customer ELSE customer END AS v, customer AS c FROM events WHERE (DATEADD(HOUR, -1, TIMESTAMP '2024-02-01 00:00:00') IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-02-01 00:00:00', at) OR (value NOT IN (0.5e0, -1.5e0) OR TIMESTAMP '2024-03-04 12:30:15' NOT IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-02-01 00:00:00')))) SELECT DISTINCT v FROM q WHERE v IS NOT NULL;
-- generated: 505
SELECT CAST(DATE '2020-01-01' AS TIMESTAMP) AS v0, (COALESCE(x.at, x.at) IS NULL) AS v1, CAST(UPPER(x.customer) AS DOUBLE) AS v2 FROM events x;
-- generated: 506
SELECT DISTINCT v FROM (SELECT WEEKOFYEAR(DATE '2024-02-29') AS v, customer AS c FROM events WHERE ((value IS NOT NULL AND ARRAY_CONTAINS(ARRAY(customer, 'tea'), customer)) OR (value <= value OR customer NOT LIKE 'c%')) EXCEPT SELECT CASE WHEN score IN (2e0, 0.5e0, score) THEN age WHEN age NOT IN (1, 6) THEN age ELSE age END AS v, customer AS c FROM customers WHERE ADD_MONTHS(since, -3) IS NOT NULL) q WHERE v IS NOT NULL;
-- generated: 507
WITH q AS (SELECT DATE_TRUNC('HOUR', DATEADD(WEEK, 1, y.at)) AS v0, ((x.id IS NULL AND x.quantity IS DISTINCT FROM x.quantity)) AS v1 FROM orders x LEFT JOIN events y ON x.customer = y.customer WHERE ((x.seen BETWEEN TIMESTAMP '2024-03-04 12:30:15' AND x.seen OR y.value >= y.value) AND (x.quantity > y.id OR x.amount < x.amount))) SELECT COUNT(v0) AS n, COUNT(DISTINCT v0) AS d FROM q;
-- generated: 508
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c JOIN t ON c.customer = t.customer;
-- generated: 509
-- ordered
SELECT id, 'c1' AS k FROM texts WHERE STARTSWITH(CASE WHEN id IN (-2, -3, n) THEN t WHEN 'zz' NOT IN ('c1', 'c6') THEN t END, 'c') ORDER BY k, id;
-- generated: 510
SELECT customer AS v, customer AS c FROM customers UNION ALL SELECT INITCAP('a') AS v, customer AS c FROM events;
-- generated: 511
SELECT DISTINCT LOG10(x.id) AS v0, y.region AS v1, x.id AS v2, CAST(ROUND(x.amount, 1) AS DECIMAL(12,1)) AS v3 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer;
-- generated: 512
SELECT NULLIF(CAST(ROUND(x.amount, 1) AS DECIMAL(12,1)), x.amount) AS v0, x.placed AS v1, MONTHS_BETWEEN(COALESCE(x.placed, x.placed), x.placed) AS v2 FROM orders x LEFT JOIN events y ON x.customer = y.customer;
-- generated: 513
SELECT (10.00 - 99.9) AS v0, (99.9 * 7) AS v1, x.score AS v2, CASE WHEN CAST(x.customer AS INT) <= x.age THEN TRIM(BOTH 'c' FROM x.region) WHEN REGEXP_COUNT(x.customer, '[a-e]') NOT IN (5, 0) THEN GREATEST(x.region, x.region) ELSE COALESCE('', x.customer) END AS v3 FROM customers x WHERE ('zz' <= 'c1' AND TIMESTAMPDIFF(DAY, TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-02-01 00:00:00') IN (3, 2, x.age));
-- generated: 514
SELECT q.id, q.w0 FROM (SELECT id, COUNT(quantity) OVER (ORDER BY id) AS w0, SUM(quantity) OVER (PARTITION BY customer ORDER BY id) AS w1 FROM orders) q WHERE q.w0 = 1;
-- generated: 515
SELECT x.kind AS v0, x.id AS v1 FROM events x WHERE COALESCE(x.id, x.id) IS NULL;
-- generated: 516
-- ordered
SELECT id, GREATEST(paid, paid) AS k FROM orders ORDER BY k DESC, id DESC;
-- generated: 517
SELECT id, COUNT(*) OVER (PARTITION BY product) AS w0 FROM orders WHERE amount <= 99.9;
-- generated: 518
SELECT id, COUNT(*) OVER (PARTITION BY product) AS w0, SUM(quantity) OVER () AS w1, LAG(quantity, 2) OVER (PARTITION BY product ORDER BY id DESC) AS w2 FROM orders;
-- generated: 519
SELECT c.customer, c.age FROM customers c WHERE c.customer NOT IN (SELECT o.customer FROM orders o WHERE LENGTH(o.product) IN (8, 3, o.id) AND o.customer IS NOT NULL);
-- generated: 520
SELECT CAST(LOCATE('e', x.s, 2) AS DECIMAL(10,2)) AS v0, MONTH(LAST_DAY(DATE '2024-02-29')) AS v1, (CONTAINS(RPAD('zz', 4, '.'), 'tea')) AS v2 FROM texts x WHERE x.s IN ('a', 'zz', x.s);
-- generated: 521
SELECT (NULLIF(x.id, x.id) < x.id) AS v0, COALESCE(NULLIF(x.id, x.id), -1) AS v1, x.id AS v2 FROM events x WHERE x.value IN (1e1, -1.5e0, x.value);
-- generated: 522
SELECT DISTINCT -2 AS v0, IF(x.n IN (-1, 6, x.n), x.n, ASCII(x.s)) AS v1, COALESCE((TIMESTAMP '2024-03-04 12:30:15' - INTERVAL 3 HOURS), TIMESTAMP '2024-03-04 12:30:15') AS v2, LEAST(ARRAY_POSITION(ARRAY(1, 2, 3), x.n), x.n) AS v3 FROM texts x WHERE IF(INSTR(x.s, 'e') <> x.n, x.n, x.n) NOT IN (0, 6);
-- generated: 523
SELECT UPPER(region) AS v, customer AS c FROM customers UNION ALL SELECT FORMAT_NUMBER(10.00, 1) AS v, customer AS c FROM events;
-- generated: 524
SELECT x.txt AS k0, COUNT(7) AS a0 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x GROUP BY CUBE (x.txt) HAVING COUNT(DISTINCT DATE '2024-01-31') IS NOT NULL;
-- generated: 525
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders GROUP BY customer) SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events;
-- generated: 526
SELECT DATE_ADD(CAST(TIMESTAMP '2024-03-04 12:30:15' AS DATE), 30) AS v0, COALESCE((TIMESTAMP '2024-03-04 12:30:15' - INTERVAL 90 MINUTES), TIMESTAMP '2024-03-04 12:30:15') AS v1 FROM customers x WHERE x.score <= x.score;
-- generated: 527
SELECT q.id, q.w0 FROM (SELECT id, MIN(value) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w0, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY id DESC) AS w1 FROM events WHERE TRIM('a') IS DISTINCT FROM 'tea') q WHERE q.w0 > 1;
-- generated: 528
SELECT (x.amount * x.amount) AS v0, CASE WHEN (y.value IN (0.5e0, 2e0, -1.5e0) AND x.quantity >= y.id) THEN CASE WHEN y.value IS NOT NULL THEN x.quantity ELSE x.id END WHEN y.customer IS DISTINCT FROM x.product THEN CASE WHEN x.id IN (6, -1, x.id) THEN y.id END ELSE CASE WHEN x.paid IS NOT FALSE THEN x.id ELSE x.quantity END END AS v1, CASE WHEN (x.placed IS DISTINCT FROM x.placed OR y.kind NOT IN ('north', '')) THEN CBRT(2e0) WHEN TIMESTAMP '2024-03-04 12:30:15' NOT IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-03-04 12:30:15') THEN y.value ELSE COALESCE(y.value, y.value) END AS v2, COALESCE(COALESCE(x.amount, 10.00), x.amount) AS v3 FROM orders x RIGHT JOIN events y ON x.customer = y.customer;
-- generated: 529
SELECT c.customer, (SELECT MAX(o.placed) FROM orders o WHERE o.customer = c.customer AND (o.seen BETWEEN TIMESTAMP '2024-02-01 00:00:00' AND TIMESTAMP '2024-03-04 12:30:15' AND STARTSWITH(o.product, 'c'))) AS v FROM customers c;
-- generated: 530
SELECT x.e AS k0, SUM(DISTINCT 7) AS a0, MIN((x.d + INTERVAL 1 DAY)) AS a1 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE (NOT ((x.id <= x.id OR TIMESTAMP '2024-03-04 12:30:15' < x.t) AND (x.t >= x.t AND x.txt BETWEEN 'north' AND x.txt))) GROUP BY x.e HAVING COUNT(*) > 1;
-- generated: 531
-- ordered
SELECT id, SUBSTR(kind, 1, 2) AS k FROM events WHERE COALESCE(value, value) IS NULL ORDER BY k DESC, id DESC LIMIT 3;
-- generated: 532
SELECT y.customer AS k0, COUNT(ROUND(y.score, 2)) AS a0 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE y.customer LIKE '%e%' GROUP BY y.customer;
-- generated: 533
SELECT q.id, q.w0 FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY product ORDER BY id DESC) AS w0, COUNT(*) OVER (PARTITION BY product) AS w1, SUM(quantity) OVER (PARTITION BY product ORDER BY id DESC) AS w2 FROM orders WHERE ((id > id AND placed IS NOT NULL) OR CEIL(amount) < -1)) q WHERE q.w0 > 1;
-- generated: 534
SELECT q.id, q.w0 FROM (SELECT id, SUM(quantity) OVER (PARTITION BY customer ORDER BY id DESC) AS w0, AVG(quantity) OVER (PARTITION BY customer) AS w1 FROM orders WHERE (NOT ((placed IS DISTINCT FROM placed OR -3 IS DISTINCT FROM 2) AND TO_TIMESTAMP(DATE_FORMAT(seen, 'yyyyMMddHHmm'), 'yyyyMMddHHmm') < seen))) q WHERE q.w0 IS NOT NULL;
-- generated: 535
SELECT DISTINCT COALESCE(COALESCE(5, x.quantity), x.quantity) AS v0, COALESCE(y.since, y.since) AS v1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND (y.region IS NULL AND 'c6' ILIKE 'C%');
-- generated: 536
-- ordered
SELECT id, COALESCE(paid, paid) AS k FROM orders WHERE LEVENSHTEIN(product, customer) < id ORDER BY k DESC NULLS FIRST, id LIMIT 8;
-- generated: 537
-- ordered
SELECT id, CASE WHEN t > s THEN s WHEN 1 <> id THEN t ELSE s END AS k FROM texts ORDER BY k NULLS LAST, id;
-- generated: 538
SELECT x.product AS k0, x.placed AS k1, SUM((x.quantity DIV 2)) AS a0, COUNT(*) FILTER (WHERE (x.seen IS DISTINCT FROM x.seen OR x.quantity IS NOT NULL)) AS a9 FROM orders x GROUP BY ROLLUP (x.product, x.placed);
-- generated: 539
SELECT COALESCE(x.txt, x.txt) AS k0, MAX(DATE '2024-02-29') AS a0, COUNT(x.m) AS a1 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x WHERE (x.w + x.m) NOT IN (1.25, 1.25) GROUP BY COALESCE(x.txt, x.txt) HAVING COUNT(DISTINCT BIN(x.i)) IS NOT NULL;
-- generated: 540
SELECT c.customer, (SELECT MIN(o.product) FROM orders o WHERE o.customer = c.customer AND POSITION('a' IN o.product) NOT IN (4, 6)) AS v FROM customers c;
-- generated: 541
SELECT id, MIN(quantity) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w0 FROM orders;
-- generated: 542
WITH q AS (SELECT (NULLIF(0.5, 0.5) - 10.00) AS v0, CONCAT_WS('/', 'a', x.t) AS v1 FROM texts x WHERE ((x.n IS DISTINCT FROM x.id AND x.id NOT IN (-1, 3)) OR (x.id * x.id) >= x.id)) SELECT COUNT(v0) AS n, COUNT(DISTINCT v0) AS d FROM q;
-- generated: 543
SELECT c.customer FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND (o.seen > o.seen AND o.quantity <= o.id));
-- generated: 544
SELECT CASE WHEN quantity IS NULL THEN id WHEN product LIKE '%t%' THEN quantity END AS v, customer AS c FROM orders UNION SELECT SIGN(-2) AS v, customer AS c FROM customers WHERE (NOT (COALESCE(age, 3) NOT IN (-1, 2) OR POSITION('a' IN region) IS NOT NULL));
-- generated: 545
SELECT x.product AS k0, x.customer AS k1, COUNT(*) FILTER (WHERE (x.amount <> x.amount OR 'coffee' IS NOT NULL)) AS a9 FROM orders x JOIN customers y ON x.customer = y.customer AND TRANSLATE(y.customer, 'aeo', '43') <= y.customer GROUP BY x.product, x.customer;
-- generated: 546
SELECT DAY(TRUNC(DATE '2024-02-29', 'WEEK')) AS v0, CASE WHEN LOCATE('e', x.t, 2) NOT IN (3, 2) THEN x.id WHEN x.n IS NOT NULL THEN CASE WHEN x.id IS NULL THEN x.id WHEN x.t <> x.s THEN x.id END END AS v1, TRANSLATE(IF((x.t <> x.s OR x.n IS NOT NULL), x.t, 'tea'), 'aeo', '43') AS v2 FROM texts x WHERE CAST(DATE '2024-02-29' AS STRING) IS DISTINCT FROM x.t;
-- generated: 547
SELECT DISTINCT (COALESCE(x.t, TIMESTAMP '2024-03-04 12:30:15') - INTERVAL 3 HOURS) AS v0, x.e AS v1, NVL2(LEFT('zz', 2), 'some', 'none') AS v2 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE REGEXP_COUNT(x.txt, '[a-e]') NOT IN (2, 4);
-- generated: 548
SELECT DISTINCT INITCAP(x.txt) AS v0, FALSE AS v1 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x WHERE (CASE WHEN x.d IS DISTINCT FROM x.d THEN x.txt END LIKE '%t%' OR EXP(x.i) IN (2e0, 1e1, x.d));
-- generated: 549
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT MIN(p.quantity) FROM orders p WHERE GREATEST(p.seen, p.seen) NOT IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-03-04 12:30:15'));
-- generated: 550
WITH q AS (SELECT x.txt AS k0, x.d AS k1, COUNT(7) AS a0, MAX(CASE WHEN x.t <> x.t THEN x.txt ELSE x.txt END) AS a1, SUM(DISTINCT x.id) AS a2 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x GROUP BY CUBE (x.txt, x.d) HAVING COUNT(*) > 1) SELECT DISTINCT k0 FROM q WHERE k0 IS NOT NULL;
-- generated: 551
SELECT COUNT(v0) AS n, COUNT(DISTINCT v0) AS d FROM (SELECT DISTINCT GREATEST(TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-03-04 12:30:15') AS v0, TRUE AS v1 FROM customers x) q;
-- generated: 552
SELECT (LEVENSHTEIN(x.customer, y.region) / 0) AS v0, 4 AS v1, z.at AS v2, CASE WHEN COALESCE(x.quantity, y.age) BETWEEN 6 AND 6 THEN GREATEST(y.score, z.value) ELSE y.score END AS v3 FROM orders x LEFT JOIN customers y ON x.customer = y.customer JOIN events z ON z.customer = y.customer AND z.value > 0 WHERE SPLIT_PART(x.product, 'e', 1) <= x.product;
-- generated: 553
SELECT COUNT(v0) AS n, COUNT(DISTINCT v0) AS d FROM (SELECT y.region AS v0, ABS(CASE WHEN y.score <> y.score THEN y.age WHEN x.paid IS NOT FALSE THEN x.quantity ELSE y.age END) AS v1, IF(x.id IS DISTINCT FROM x.quantity, y.region, CASE WHEN 1 NOT IN (6, 7) THEN '' ELSE y.customer END) AS v2, TO_TIMESTAMP(DATE_FORMAT(CASE WHEN '' IS DISTINCT FROM x.product THEN x.seen ELSE x.seen END, 'yyyyMMddHHmm'), 'yyyyMMddHHmm') AS v3 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE ABS(1.25) <> 10.00) q;
-- generated: 554
SELECT COUNT(v) AS n, COUNT(DISTINCT v) AS d FROM (SELECT region AS v, customer AS c FROM customers UNION SELECT customer AS v, customer AS c FROM orders WHERE DAYOFWEEK(placed) < quantity) q;
-- generated: 555
SELECT x.since AS k0, COUNT(*) AS a0, COUNT(*) AS a1 FROM customers x GROUP BY CUBE (x.since) HAVING COUNT(*) > 1;
-- generated: 556
-- ordered
SELECT id, CAST(n AS STRING) AS k FROM texts ORDER BY k ASC, id LIMIT 3;
-- generated: 557
SELECT DISTINCT (2e0 * y.score) AS v0, CASE WHEN NOT COALESCE(x.paid, x.paid) THEN NVL2(x.customer, 'some', 'none') WHEN LEAST(99.9, x.amount) NOT IN (7, 99.9) THEN CASE WHEN 3 BETWEEN -2 AND x.id THEN z.kind END END AS v1, IF(('zz' IS DISTINCT FROM y.customer OR x.seen IS DISTINCT FROM TIMESTAMP '2024-03-04 12:30:15'), x.paid, x.paid) AS v2, (COALESCE(x.id, z.id) / 0) AS v3 FROM orders x LEFT JOIN customers y ON x.customer = y.customer LEFT JOIN events z ON z.customer = y.customer AND z.value > 0 WHERE NULLIF('north', z.customer) IN ('a', 'Straße', x.customer);
-- generated: 558
SELECT id, RANK() OVER (PARTITION BY customer ORDER BY value) AS w0, MAX(value) OVER (PARTITION BY customer ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w1 FROM events WHERE 8 IN (1, 2, id);
-- generated: 559
SELECT (INSTR(x.customer, 'e') - DAY(x.placed)) AS v0, NULLIF((1 = -3), x.paid) AS v1 FROM orders x FULL JOIN events y ON x.customer = y.customer AND x.quantity > 0 WHERE x.quantity BETWEEN 1 AND 6;
-- generated: 560
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, 8 AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 561
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders WHERE CONTAINS(ELEMENT_AT(SPLIT(customer, 'e'), 3), customer) GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c LEFT JOIN t ON c.customer = t.customer;
-- generated: 562
-- ordered
SELECT id, COALESCE(TRUE, FALSE) AS k FROM texts ORDER BY k DESC, id LIMIT 7;
-- generated: 563
WITH q AS (SELECT SUBSTR(SHA2(customer, 256), 1, 8) AS v, customer AS c FROM orders WHERE (NULLIF(seen, TIMESTAMP '2024-03-04 12:30:15') = seen OR (NOT (NOT paid AND seen >= seen))) INTERSECT SELECT CASE WHEN 8 BETWEEN 0 AND id THEN customer WHEN 'tea' NOT IN ('c1', 'view') THEN customer ELSE kind END AS v, customer AS c FROM events WHERE (id / 2) IS NULL) SELECT COUNT(v) AS n, COUNT(DISTINCT v) AS d FROM q;
-- generated: 564
SELECT x.txt AS k0, x.id AS k1, APPROX_COUNT_DISTINCT(COALESCE(x.txt, x.txt)) AS a0 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x GROUP BY CUBE (x.txt, x.id) HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 565
SELECT c.customer, (SELECT COUNT(*) FROM orders o WHERE o.customer = c.customer AND (o.seen - INTERVAL 90 MINUTES) IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-03-04 12:30:15', o.seen)) AS v FROM customers c;
-- generated: 566
SELECT v, COUNT(*) AS n FROM (SELECT HEX(customer) AS v, customer AS c FROM customers WHERE age NOT IN (7, 6) UNION SELECT product AS v, customer AS c FROM orders WHERE (TO_DATE(DATE_FORMAT(placed, 'dd/MM/yyyy'), 'dd/MM/yyyy') NOT IN (DATE '2024-02-29', DATE '2024-01-31') OR (id BETWEEN 1 AND -2 AND seen IS NOT NULL))) q GROUP BY v;
-- generated: 567
SELECT DISTINCT CASE WHEN MONTH(y.since) IS DISTINCT FROM x.id THEN x.paid ELSE x.paid END AS v0, ((-2 / 4) <> -1.5e0) AS v1, CASE WHEN (y.score IS NULL OR y.customer IN ('north', 'view', x.product)) THEN x.quantity ELSE -3 END AS v2 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0 WHERE (IF(DATEADD(SECOND, 7, x.seen) = x.seen, y.score, y.score) <= y.score AND (y.age NOT IN (0, -1)));
-- generated: 568
SELECT DISTINCT NEXT_DAY(DATE_ADD(DATE '2024-01-31', -20), 'MON') AS v0, x.txt AS v1, GREATEST(x.d, x.d) AS v2 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x WHERE (x.w * x.m) <= x.m;
-- generated: 569
SELECT c.customer, c.age FROM customers c WHERE c.customer IN (SELECT o.customer FROM orders o WHERE o.quantity IN (7, 4, 1) AND o.customer IS NOT NULL);
-- generated: 570
SELECT x.quantity AS v0, IF(TRANSLATE(x.product, 'aeo', '43') <= x.customer, x.quantity, CASE WHEN STARTSWITH('', 'c') THEN 2 WHEN x.placed > x.placed THEN x.quantity ELSE x.quantity END) AS v1, x.placed AS v2 FROM orders x WHERE (x.seen - INTERVAL 1 MONTH) < x.seen;
-- generated: 571
SELECT x.paid AS v0, (ABS(x.quantity) % 3) AS v1, x.seen AS v2, CASE WHEN ('c1' IS NULL OR NOT x.paid) THEN COALESCE(x.paid, x.paid) END AS v3 FROM orders x WHERE x.customer IN ('Straße', 'tea', x.product);
-- generated: 572
SELECT x.product AS k0, y.customer AS k1, COUNT(x.product) AS a0, MIN(y.score) AS a1 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE y.customer IS NULL GROUP BY x.product, y.customer HAVING COUNT(*) > 1;
-- generated: 573
-- ordered
SELECT id, COALESCE(FALSE, TRUE) AS k FROM events WHERE IF(id IS NOT NULL, id, id) IS NULL ORDER BY k DESC NULLS FIRST, id DESC LIMIT 7;
-- generated: 574
SELECT CASE WHEN y.kind > x.product THEN x.paid END AS k0, REGEXP_EXTRACT(y.customer, '([a-z]+)([0-9]*)', 2) AS k1, COUNT(*) AS a0, COUNT(*) AS a1, MAX(TRIM(x.customer)) AS a2 FROM orders x INNER JOIN events y ON x.customer = y.customer GROUP BY CASE WHEN y.kind > x.product THEN x.paid END, REGEXP_EXTRACT(y.customer, '([a-z]+)([0-9]*)', 2) HAVING COUNT(*) > 1;
-- generated: 575
SELECT x.customer AS k0, COUNT(*) AS a0 FROM customers x LEFT ANTI JOIN orders y ON x.customer = y.customer GROUP BY x.customer;
-- generated: 576
SELECT TO_DATE(DATE_FORMAT(since, 'dd/MM/yyyy'), 'dd/MM/yyyy') AS v, customer AS c FROM customers UNION ALL SELECT placed AS v, customer AS c FROM orders;
-- generated: 577
SELECT q.id, q.w0 FROM (SELECT id, RANK() OVER (PARTITION BY customer ORDER BY value DESC) AS w0, MIN(value) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w1 FROM events) q WHERE q.w0 > 1;
-- generated: 578
SELECT CASE WHEN x.n < x.id THEN x.n END AS k0, x.txt AS k1, STDDEV(2e0) AS a0, MAX(TO_DATE(x.txt)) AS a1, COUNT(*) FILTER (WHERE DATE_TRUNC('WEEK', TIMESTAMP '2024-02-01 00:00:00') > x.t) AS a9 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE x.txt NOT IN ('', 'c6') GROUP BY CASE WHEN x.n < x.id THEN x.n END, x.txt;
-- generated: 579
SELECT x.customer AS k0, x.placed AS k1, COUNT(*) AS a0, AVG(x.id) AS a1, COUNT(*) FILTER (WHERE (y.age > -2 OR y.age BETWEEN 5 AND y.age)) AS a9 FROM orders x LEFT JOIN customers y ON x.customer = y.customer AND PMOD(4, 5) >= y.age WHERE x.product < y.customer GROUP BY x.customer, x.placed;
-- generated: 580
SELECT COUNT(v) AS n, COUNT(DISTINCT v) AS d FROM (SELECT INITCAP(kind) AS v, customer AS c FROM events INTERSECT SELECT SUBSTRING_INDEX('view', 'e', 1) AS v, customer AS c FROM customers WHERE age < age) q;
-- generated: 581
-- ordered
SELECT id, GREATEST(product, product) AS k FROM orders WHERE COALESCE(seen, seen) BETWEEN TIMESTAMP '2024-03-04 12:30:15' AND seen ORDER BY k NULLS LAST, id LIMIT 1;
-- generated: 582
SELECT x.paid AS k0, COUNT(x.amount) AS a0, MAX(CASE WHEN x.amount BETWEEN 99.9 AND -3.1 THEN y.since WHEN z.at >= x.seen THEN DATE '2020-01-01' ELSE x.placed END) AS a1, SUM(z.value) AS a2 FROM orders x JOIN customers y ON x.customer = y.customer LEFT JOIN events z ON z.customer = y.customer AND z.value > 0 GROUP BY x.paid HAVING AVG(z.value) IS NOT NULL;
-- generated: 583
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders WHERE 7 IS DISTINCT FROM amount GROUP BY customer) SELECT c.region, COUNT(t.v) AS n, MAX(t.v) AS m FROM customers c JOIN t ON c.customer = t.customer GROUP BY c.region;
-- generated: 584
SELECT c.customer, c.age FROM customers c WHERE c.customer NOT IN (SELECT o.customer FROM orders o WHERE o.product NOT IN ('zz', '') AND o.customer IS NOT NULL);
-- generated: 585
SELECT REGEXP_EXTRACT(CASE WHEN x.t BETWEEN TIMESTAMP '2024-03-04 12:30:15' AND x.t THEN x.txt WHEN x.t IS DISTINCT FROM x.t THEN 'c1' ELSE x.txt END, '([a-z]+)([0-9]*)', 2) AS v0, HEX(IF(TO_DATE(x.txt) <> x.e, x.txt, x.txt)) AS v1 FROM (SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11)) x WHERE (LENGTH(x.txt) NOT IN (2, -2) OR (x.t <> x.t OR -1 BETWEEN 3 AND x.id));
-- generated: 586
-- ordered
SELECT id, ARRAY_JOIN(SORT_ARRAY(SPLIT(s, '')), '') AS k FROM texts WHERE LPAD(s, 6, '*') NOT IN ('a', 'c1') ORDER BY k DESC NULLS FIRST, id;
-- generated: 587
-- ordered
SELECT id, id AS k FROM events ORDER BY k DESC NULLS FIRST, id LIMIT 7;
-- generated: 588
-- ordered
SELECT id, CASE WHEN id <= 7 THEN id WHEN t RLIKE '^[a-d]' THEN n ELSE n END AS k FROM texts WHERE CONTAINS(LEFT(s, 2), s) ORDER BY k DESC NULLS FIRST, id DESC LIMIT 3;
-- generated: 589
SELECT PMOD((7 % 3), 5) AS v0, LOCATE('e', SUBSTR(x.product, 2, 5), 2) AS v1 FROM orders x RIGHT JOIN events y ON x.customer = y.customer AND ('view' IS NOT NULL OR x.placed > x.placed) WHERE EXTRACT(MINUTE FROM x.seen) IS NOT NULL;
-- generated: 590
SELECT (x.d IS DISTINCT FROM 2e0) AS v0, DATE '2024-02-29' AS v1, x.id AS v2 FROM (SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14)) x WHERE -2 <= x.i;
-- generated: 591
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT customer, v FROM t WHERE v > (SELECT AVG(v) FROM t);
-- generated: 592
SELECT COALESCE(CAST(y.since AS TIMESTAMP), TIMESTAMP '2024-02-01 00:00:00') AS v0, NULLIF(x.seen, x.seen) AS v1 FROM orders x INNER JOIN customers y ON x.customer = y.customer;
-- generated: 593
SELECT x.paid AS k0, COUNT(DISTINCT y.age) AS a0 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer GROUP BY x.paid;
-- generated: 594
SELECT SIGN((x.quantity + 5)) AS v0, x.amount AS v1, CASE WHEN (y.region LIKE '%t%' OR 2 NOT IN (7, 0)) THEN REGEXP_REPLACE(y.customer, '[a-c]', '#') ELSE CASE WHEN x.product NOT LIKE 'c%' THEN x.product END END AS v2, CAST((y.score > y.score) AS STRING) AS v3 FROM orders x LEFT JOIN customers y ON x.customer = y.customer AND (x.placed IN (DATE '2024-02-29', DATE '2020-01-01', x.placed) OR x.paid IS TRUE);
-- generated: 595
SELECT q.id, q.w0 FROM (SELECT id, COUNT(*) OVER (PARTITION BY kind) AS w0, SUM(value) OVER () AS w1, AVG(value) OVER (PARTITION BY kind) AS w2 FROM events) q WHERE q.w0 IS NOT NULL;
-- generated: 596
SELECT q.id, q.w0 FROM (SELECT id, LAG(quantity, 1) OVER (PARTITION BY customer ORDER BY id) AS w0, SUM(quantity) OVER () AS w1, LAG(quantity, 1) OVER (PARTITION BY customer ORDER BY id) AS w2 FROM orders) q WHERE q.w0 > 1;
-- generated: 597
SELECT ARRAY_JOIN(SORT_ARRAY(SPLIT(OVERLAY(x.kind PLACING '#' FROM 2), '')), '') AS v0, NULLIF(DATE '2020-01-01', DATE '2020-01-01') AS v1, CAST((x.id % 2) AS DECIMAL(10,2)) AS v2 FROM events x WHERE IF((x.customer NOT LIKE 'c%' OR x.kind IS DISTINCT FROM x.kind), x.kind, x.kind) NOT LIKE 'c%';
-- generated: 598
SELECT CASE WHEN DATEDIFF(y.since, DATE '2024-02-29') IS DISTINCT FROM x.id THEN (x.seen - INTERVAL 1 MONTH) WHEN (y.age <= y.age AND y.age BETWEEN 5 AND x.id) THEN (x.seen - INTERVAL 3 HOURS) ELSE CAST(x.placed AS TIMESTAMP) END AS v0, x.amount AS v1, LEAST(x.seen, x.seen) AS v2 FROM orders x JOIN customers y ON x.customer = y.customer;
-- generated: 599
-- ordered
SELECT id, quantity AS k FROM orders WHERE (NOT ((NOT (10.00 >= amount AND quantity IS DISTINCT FROM 1)) OR customer NOT IN ('a', 'Straße'))) ORDER BY k, id DESC;
-- generated: 600
SELECT x.paid AS k0, CASE WHEN x.id NOT IN (3, 5) THEN y.region WHEN y.age NOT IN (2, -2) THEN x.customer ELSE 'zz' END AS k1, COUNT(*) FILTER (WHERE (ARRAY_CONTAINS(ARRAY(x.product, 'tea'), x.product) AND x.customer >= 'north')) AS a9 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0 GROUP BY x.paid, CASE WHEN x.id NOT IN (3, 5) THEN y.region WHEN y.age NOT IN (2, -2) THEN x.customer ELSE 'zz' END HAVING SUM(DISTINCT ABS(x.amount)) IS NOT NULL;
