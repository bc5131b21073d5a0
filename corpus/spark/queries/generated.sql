-- generated: 001
SELECT (LEFT(y.customer, 2) BETWEEN 'a' AND y.region) AS v0, ABS(x.amount) AS v1 FROM orders x LEFT JOIN customers y ON x.customer = y.customer AND IF(DAYOFWEEK(x.placed) > y.age, x.seen, x.seen) IS NULL WHERE COALESCE(y.score, y.score) NOT IN (2e0, 1e1);
-- generated: 002
SELECT CAST(ROUND(x.amount, 1) AS DECIMAL(12,1)) AS v0, (NOT x.paid) AS v1, DATE_TRUNC('HOUR', x.seen) AS v2 FROM orders x WHERE NOT (x.paid IS NOT FALSE);
-- generated: 003
SELECT x.placed AS k0, x.paid AS k1, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(SUBSTR(SHA2(y.region, 256), 1, 8))), ',') AS a0 FROM orders x INNER JOIN customers y ON x.customer = y.customer WHERE (REPEAT(x.product, 2) < x.customer OR COALESCE(y.since, y.since) <> y.since) GROUP BY x.placed, x.paid HAVING MIN(CASE WHEN -3 IS DISTINCT FROM x.quantity THEN x.id ELSE x.id END) IS NOT NULL;
-- generated: 004
SELECT x.paid AS k0, x.product AS k1, COUNT(*) AS a0 FROM orders x WHERE ABS(x.quantity) BETWEEN 8 AND x.quantity GROUP BY x.paid, x.product HAVING COUNT(*) > 1;
-- generated: 005
-- ordered
SELECT id, IF(n > n, FALSE, TRUE) AS k FROM texts WHERE (NOT ((id <> id OR n IS NULL) AND n >= n)) ORDER BY k DESC, id DESC;
-- generated: 006
-- ordered
SELECT id, COALESCE(id, quantity) AS k FROM orders WHERE CAST(TIMESTAMP '2024-03-04 12:30:15' AS DATE) IN (DATE '2024-02-29', DATE '2024-01-31', placed) ORDER BY k NULLS LAST, id LIMIT 1;
-- generated: 007
SELECT id, RANK() OVER (PARTITION BY product ORDER BY quantity) AS w0, SUM(quantity) OVER (PARTITION BY product ORDER BY id) AS w1, MAX(quantity) OVER (PARTITION BY product ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w2 FROM orders WHERE placed = placed;
-- generated: 008
SELECT x.paid AS k0, AVG(POWER(x.id, 2)) AS a0 FROM orders x INNER JOIN events y ON x.customer = y.customer AND y.id IN (4, 4, x.quantity) GROUP BY x.paid;
-- generated: 009
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders WHERE (NOT ((3 % 2) >= 4 AND (seen IS NULL AND id <= id))) GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 010
-- ordered
SELECT id, COALESCE(quantity, quantity) AS k FROM orders WHERE (QUARTER(DATE '2024-01-31') >= id AND CASE WHEN amount < 1.25 THEN paid END IS TRUE) ORDER BY k DESC, id DESC LIMIT 8;
-- generated: 011
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT c.region, COUNT(t.v) AS n, MAX(t.v) AS m FROM customers c LEFT JOIN t ON c.customer = t.customer GROUP BY c.region;
-- generated: 012
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, PMOD(-3, 5) AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 013
SELECT x.customer AS k0, COUNT(NULLIF(x.age, 6)) AS a0 FROM customers x WHERE (('view' IS DISTINCT FROM x.region OR '' IN ('c1', 'Straße', x.customer)) OR x.region LIKE '%o%') GROUP BY x.customer HAVING STDDEV(x.score) IS NOT NULL;
-- generated: 014
SELECT COALESCE(TRUNC(DATE '2024-02-29', 'WEEK'), y.since) AS v0, DATE_TRUNC('MINUTE', GREATEST(x.seen, x.seen)) AS v1, DATE_FORMAT(x.seen, 'yyyy-MM-dd HH:mm') AS v2 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0;
-- generated: 015
SELECT x.customer AS k0, COUNT(*) AS a0, SUM(-1.5e0) AS a1, AVG(99.9) AS a2 FROM orders x GROUP BY x.customer HAVING SUM(ABS(x.amount)) IS NOT NULL;
-- generated: 016
SELECT id, COUNT(*) OVER (PARTITION BY kind) AS w0 FROM events WHERE COALESCE(kind, customer) NOT LIKE 'c%';
-- generated: 017
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, (SIZE(SPLIT(c.customer, 'e')) - c.age) AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 018
SELECT x.t AS k0, SUM(0.5) AS a0, COUNT(DISTINCT (DATE '2020-01-01' + INTERVAL 1 YEAR)) AS a1 FROM texts x WHERE TRIM(x.t) < x.s GROUP BY x.t;
-- generated: 019
SELECT DATE_TRUNC('MONTH', (x.seen - INTERVAL 1 DAY)) AS v0, y.score AS v1, CASE WHEN QUARTER(x.placed) BETWEEN 5 AND x.quantity THEN x.paid END AS v2 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0 WHERE CAST(y.since AS TIMESTAMP) IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-02-01 00:00:00', x.seen);
-- generated: 020
SELECT DISTINCT x.amount AS v0, x.product AS v1, SUBSTR(SHA2(SPLIT_PART(x.product, 'e', 1), 256), 1, 8) AS v2 FROM orders x WHERE TO_DATE(DATE_FORMAT(x.placed, 'dd/MM/yyyy'), 'dd/MM/yyyy') <> DATE '2024-01-31';
-- generated: 021
SELECT x.paid AS k0, CASE WHEN x.id IS DISTINCT FROM x.id THEN x.placed ELSE y.since END AS k1, BOOL_OR(CASE WHEN y.region <= y.customer THEN 0 ELSE 7 END > 1) AS a0, COUNT(*) AS a1, COUNT(*) AS a2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE y.score = 1e1 GROUP BY x.paid, CASE WHEN x.id IS DISTINCT FROM x.id THEN x.placed ELSE y.since END HAVING COUNT(*) IS NOT NULL;
-- generated: 022
SELECT DISTINCT 'coffee' AS v0, x.seen AS v1, EXTRACT(MINUTE FROM CASE WHEN x.customer IS NULL THEN x.seen ELSE TIMESTAMP '2024-02-01 00:00:00' END) AS v2, LAST_DAY(CASE WHEN x.product IS DISTINCT FROM x.customer THEN x.placed WHEN NOT x.paid THEN x.placed ELSE DATE '2024-01-31' END) AS v3 FROM orders x WHERE x.placed IS NOT NULL;
-- generated: 023
SELECT x.paid AS k0, x.product AS k1, SUM(CASE WHEN x.customer IS DISTINCT FROM x.product THEN x.amount END) AS a0 FROM orders x GROUP BY x.paid, x.product;
-- generated: 024
SELECT id, DENSE_RANK() OVER (ORDER BY quantity NULLS LAST) AS w0 FROM orders;
-- generated: 025
SELECT id, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id DESC) AS w0 FROM orders WHERE (NOT paid);
-- generated: 026
SELECT x.product AS k0, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET('a')), ',') AS a0, MIN(1.25) AS a1, AVG(x.amount) AS a2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer GROUP BY x.product HAVING COUNT(*) > 1;
-- generated: 027
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT MIN(p.quantity) FROM orders p WHERE NVL2(p.product, 'some', 'none') BETWEEN 'tea' AND p.customer);
-- generated: 028
SELECT (x.amount * x.amount) AS v0, NULLIF(COALESCE(x.amount, x.amount), x.amount) AS v1, GREATEST(POWER(-2, 2), y.score) AS v2, CASE WHEN x.seen <> x.seen THEN CASE WHEN 3 IN (4, 5, x.quantity) THEN y.score WHEN x.amount NOT IN (-3.1, -3.1) THEN y.score ELSE 0.5e0 END END AS v3 FROM orders x FULL JOIN customers y ON x.customer = y.customer WHERE INSTR(y.customer, 'e') NOT IN (0, -1);
-- generated: 029
SELECT COALESCE(customer, customer) AS v, customer AS c FROM customers EXCEPT SELECT kind AS v, customer AS c FROM events;
-- generated: 030
SELECT id AS v, customer AS c FROM events INTERSECT SELECT quantity AS v, customer AS c FROM orders WHERE placed IS NULL;
-- generated: 031
SELECT UPPER(REVERSE(x.product)) AS v0, (y.score - y.score) AS v1, x.paid AS v2, ROUND(CASE WHEN y.age IS NULL THEN y.score WHEN x.customer IN ('a', 'north', y.customer) THEN y.score ELSE y.score END, 2) AS v3 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND x.id <> -1 WHERE (LOWER(y.customer) RLIKE '^[a-d]' AND IF(x.product NOT IN ('c1', 'Straße'), 5, x.quantity) IS DISTINCT FROM y.age);
-- generated: 032
SELECT DISTINCT CASE WHEN (x.score > x.score OR x.since >= x.since) THEN CAST(99.9 AS DOUBLE) END AS v0, IF(CASE WHEN -2 BETWEEN 1 AND x.age THEN x.score END IS DISTINCT FROM x.score, x.since, ADD_MONTHS(x.since, 12)) AS v1, SQRT(ABS(ROUND(x.score, 0))) AS v2 FROM customers x WHERE EXP(x.age) BETWEEN 2e0 AND x.score;
-- generated: 033
-- ordered
SELECT id, (99.9 IS NULL) AS k FROM orders WHERE (amount + amount) NOT IN (0.5, 10.00) ORDER BY k ASC, id DESC;
-- generated: 034
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, HOUR(CAST(c.since AS TIMESTAMP)) AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 035
SELECT DAY(placed) AS v, customer AS c FROM orders UNION SELECT LEAST(age, age) AS v, customer AS c FROM customers;
-- generated: 036
SELECT q.id, q.w0 FROM (SELECT id, MIN(quantity) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w0 FROM orders) q WHERE q.w0 > 1;
-- generated: 037
-- ordered
SELECT id, LEAST(paid, paid) AS k FROM orders ORDER BY k ASC, id DESC LIMIT 7;
-- generated: 038
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c JOIN t ON c.customer = t.customer;
-- generated: 039
SELECT x.s AS k0, COUNT(DISTINCT NULLIF(0.5e0, 0.5e0)) AS a0, APPROX_COUNT_DISTINCT(x.s) AS a1, COUNT(*) AS a2 FROM texts x GROUP BY x.s;
-- generated: 040
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders WHERE IF((seen IS NOT NULL AND placed IN (DATE '2024-01-31', DATE '2024-02-29', placed)), placed, placed) IS NULL GROUP BY customer) SELECT c.region, COUNT(t.v) AS n, MAX(t.v) AS m FROM customers c JOIN t ON c.customer = t.customer GROUP BY c.region;
-- generated: 041
SELECT id, SUM(value) OVER () AS w0, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id) AS w1, MIN(value) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w2 FROM events WHERE CASE WHEN -1.5e0 >= value THEN id WHEN at IS DISTINCT FROM at THEN id ELSE id END IN (-2, 3, id);
-- generated: 042
SELECT DISTINCT 0.5e0 AS v0, x.id AS v1 FROM events x WHERE ((1e1 IS NULL AND -1.5e0 IN (-1.5e0, -1.5e0, x.value)) AND (x.kind >= x.customer OR x.value < x.value));
-- generated: 043
SELECT DISTINCT CAST(x.since AS TIMESTAMP) AS v0, DATE_TRUNC('DAY', TIMESTAMP '2024-02-01 00:00:00') AS v1, x.region AS v2 FROM customers x;
-- generated: 044
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders WHERE placed BETWEEN DATE '2024-02-29' AND placed GROUP BY customer) SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events;
-- generated: 045
SELECT y.id AS k0, COUNT(DISTINCT LEAST(x.quantity, x.quantity)) AS a0, MIN(y.customer) AS a1 FROM orders x LEFT JOIN events y ON x.customer = y.customer AND x.id = x.quantity GROUP BY y.id;
-- generated: 046
SELECT y.age AS v0, x.quantity AS v1 FROM orders x FULL JOIN customers y ON x.customer = y.customer WHERE (REPLACE(y.region, 'e', '_') NOT IN ('a', 'c6') AND y.customer <= y.customer);
-- generated: 047
SELECT id, MIN(quantity) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w0, AVG(quantity) OVER (PARTITION BY product) AS w1 FROM orders;
-- generated: 048
SELECT id AS v, customer AS c FROM orders INTERSECT SELECT SIZE(SPLIT(region, 'e')) AS v, customer AS c FROM customers WHERE (INITCAP(region) LIKE '%e%' AND (score = score OR region <= region));
-- generated: 049
SELECT -3 AS v0, x.placed AS v1, HOUR(x.seen) AS v2, TRIM(REPEAT('Straße', 2)) AS v3 FROM orders x JOIN events y ON x.customer = y.customer WHERE RIGHT(y.customer, 2) NOT IN ('north', 'Straße');
-- generated: 050
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, c.age AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 051
SELECT y.since AS k0, COUNT(y.customer) AS a0 FROM orders x INNER JOIN customers y ON x.customer = y.customer AND (NOT (-1.5e0 NOT IN (0.5e0, 0.5e0) OR x.product < y.customer)) WHERE NOT IF(REGEXP_REPLACE(x.customer, '[a-c]', '#') RLIKE '^[a-d]', x.paid, x.paid) GROUP BY y.since HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 052
SELECT x.id AS k0, x.product AS k1, SUM(x.quantity) AS a0, MIN(x.id) AS a1 FROM orders x GROUP BY x.id, x.product HAVING MAX(x.product) IS NOT NULL;
-- generated: 053
-- ordered
SELECT id, CAST(0.5 AS INT) AS k FROM orders ORDER BY k, id LIMIT 6;
-- generated: 054
SELECT ((NOT (x.quantity NOT IN (3, 1) AND x.amount IS NULL))) AS v0, CASE WHEN CASE WHEN x.seen BETWEEN TIMESTAMP '2024-02-01 00:00:00' AND x.seen THEN x.amount ELSE x.amount END < x.amount THEN SQRT(ABS(1e1)) END AS v1, IF(LN(6) IS NOT NULL, x.seen, x.seen) AS v2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE x.customer <> x.customer;
-- generated: 055
SELECT DATE '2024-02-29' AS v0, x.since AS v1, EXTRACT(MINUTE FROM NULLIF(TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-02-01 00:00:00')) AS v2, CASE WHEN (x.score <> x.score AND x.score NOT IN (2e0, -1.5e0)) THEN EXTRACT(MINUTE FROM TIMESTAMP '2024-02-01 00:00:00') WHEN 'north' IN ('coffee', 'zz', x.region) THEN x.age END AS v3 FROM customers x WHERE LAST_DAY(x.since) <= x.since;
-- generated: 056
SELECT customer AS v, customer AS c FROM customers UNION SELECT GREATEST('zz', customer) AS v, customer AS c FROM events;
-- generated: 057
SELECT (HOUR(x.seen) * INSTR(x.product, 'e')) AS v0, ((x.seen NOT IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-03-04 12:30:15'))) AS v1 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0 WHERE IF((3 <> y.age AND x.id <> x.quantity), x.id, y.age) IN (4, 5, x.id);
-- generated: 058
-- ordered
SELECT id, NULLIF(product, product) AS k FROM orders ORDER BY k NULLS LAST, id DESC LIMIT 8;
-- generated: 059
SELECT x.s AS k0, MAX(DATE '2024-01-31') AS a0, COUNT(*) AS a1, COUNT(DISTINCT 0.5e0) AS a2 FROM texts x WHERE SUBSTR(SHA2(x.s, 256), 1, 8) NOT IN ('', 'north') GROUP BY x.s;
-- generated: 060
SELECT x.quantity AS k0, MIN(-1) AS a0, MAX(x.customer) AS a1 FROM orders x GROUP BY x.quantity HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 061
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT MAX(p.quantity) FROM orders p WHERE CAST(ROUND(p.amount, 1) AS DECIMAL(12,1)) IN (0.5, -3.1, p.amount));
-- generated: 062
-- ordered
SELECT id, SPLIT_PART(customer, 'e', 1) AS k FROM orders WHERE ((placed > placed) IS NOT FALSE OR (placed + INTERVAL 1 DAY) IS NULL) ORDER BY k, id DESC LIMIT 3;
-- generated: 063
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders WHERE (CASE WHEN placed IS NULL THEN customer ELSE customer END IS NOT NULL OR id <= id) GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c FULL JOIN t ON c.customer = t.customer;
-- generated: 064
SELECT c.customer, (SELECT MAX(o.placed) FROM orders o WHERE o.customer = c.customer AND (o.paid IS TRUE OR o.amount = o.amount)) AS v FROM customers c;
-- generated: 065
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders WHERE TRUNC(placed, 'QUARTER') >= placed GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 066
SELECT SUBSTR(REPLACE('c1', 'e', '_'), 0, 5) AS v0, COALESCE(IF(QUARTER(DATE '2024-02-29') BETWEEN 2 AND 2, x.s, x.s), x.s) AS v1 FROM texts x WHERE EXTRACT(MINUTE FROM TIMESTAMP '2024-03-04 12:30:15') >= x.n;
-- generated: 067
SELECT ((NOT (x.s = x.s AND x.n BETWEEN 4 AND x.id))) AS v0, TIMESTAMP '2024-02-01 00:00:00' AS v1, COALESCE(x.s, x.s) AS v2 FROM texts x;
-- generated: 068
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders GROUP BY customer) SELECT customer, v FROM t WHERE v > (SELECT AVG(v) FROM t);
-- generated: 069
SELECT DISTINCT ((TIMESTAMP '2024-02-01 00:00:00' - INTERVAL 1 MONTH) - INTERVAL 90 MINUTES) AS v0, CAST(ROUND(0.5, 1) AS DECIMAL(12,1)) AS v1 FROM customers x WHERE NULLIF(x.customer, x.customer) NOT IN ('coffee', 'view');
-- generated: 070
SELECT (7 * -3.1) AS v0, COALESCE(CAST(0.5 AS DOUBLE), 1e1) AS v1, COALESCE(CAST(DATE '2024-02-29' AS TIMESTAMP), TIMESTAMP '2024-02-01 00:00:00') AS v2 FROM texts x WHERE (x.n IS NULL OR SPLIT_PART(x.s, 'e', 1) = x.t);
-- generated: 071
SELECT q.id, q.w0 FROM (SELECT id, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id DESC) AS w0 FROM orders WHERE (NOT (LAST_DAY(placed) > placed AND id IS DISTINCT FROM id))) q WHERE q.w0 IS NOT NULL;
-- generated: 072
SELECT INSTR(SUBSTR(SHA2(x.product, 256), 1, 8), 'e') AS v0, x.customer AS v1, y.since AS v2, DATEDIFF((y.since + INTERVAL 2 MONTHS), IF(x.quantity BETWEEN -3 AND x.quantity, x.placed, y.since)) AS v3 FROM orders x INNER JOIN customers y ON x.customer = y.customer;
-- generated: 073
SELECT x.placed AS k0, COUNT(x.placed) AS a0, AVG(0.5e0) AS a1, COUNT(DISTINCT POWER(x.id, 2)) AS a2 FROM orders x GROUP BY x.placed;
-- generated: 074
-- ordered
SELECT id, (kind || kind) AS k FROM events WHERE id NOT IN (3, -3) ORDER BY k DESC NULLS FIRST, id LIMIT 6;
-- generated: 075
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events;
-- generated: 076
SELECT q.id, q.w0 FROM (SELECT id, AVG(value) OVER (PARTITION BY kind) AS w0 FROM events WHERE RPAD(customer, 4, '.') > kind) q WHERE q.w0 = 1;
-- generated: 077
SELECT CAST(x.seen AS STRING) AS k0, COUNT(*) AS a0, MAX(y.since) AS a1 FROM orders x INNER JOIN customers y ON x.customer = y.customer AND (x.seen IS NOT NULL OR y.customer IN ('c6', 'coffee', y.region)) WHERE IF((y.age <= x.id AND x.product NOT IN ('zz', 'a')), x.customer, y.region) IS DISTINCT FROM y.region GROUP BY CAST(x.seen AS STRING);
-- generated: 078
SELECT x.customer AS k0, COUNT(DISTINCT DATE '2020-01-01') AS a0, MIN(x.value) AS a1 FROM events x GROUP BY x.customer HAVING COUNT(*) > 1;
-- generated: 079
SELECT DISTINCT (SQRT(ABS(y.value)) * y.value) AS v0, x.paid AS v1 FROM orders x FULL JOIN events y ON x.customer = y.customer AND x.quantity > 0;
-- generated: 080
SELECT x.placed AS k0, MIN(x.amount) AS a0, MIN(x.product) AS a1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE CASE WHEN x.paid THEN y.region END >= x.product GROUP BY x.placed HAVING COUNT(*) > 1;
-- generated: 081
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT MAX(p.quantity) FROM orders p WHERE (p.amount - p.amount) <> p.amount);
-- generated: 082
SELECT DISTINCT LEAST(CAST(ROUND(x.amount, 1) AS DECIMAL(12,1)), x.amount) AS v0, IF(COALESCE(y.customer, x.product) <> x.customer, y.at, LEAST(y.at, y.at)) AS v1 FROM orders x FULL JOIN events y ON x.customer = y.customer AND x.quantity > 0 WHERE NOT (x.quantity BETWEEN 4 AND 2);
-- generated: 083
SELECT c.customer, (SELECT MIN(o.product) FROM orders o WHERE o.customer = c.customer AND CASE WHEN o.placed IN (DATE '2024-01-31', DATE '2024-01-31', o.placed) THEN o.customer ELSE o.customer END IN ('a', 'zz', o.customer)) AS v FROM customers c;
-- generated: 084
SELECT x.placed AS k0, MIN(NULLIF(x.placed, x.placed)) AS a0, COUNT(DISTINCT y.age) AS a1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND INSTR(y.customer, 'e') IN (2, 6, x.quantity) WHERE x.amount NOT IN (-3.1, 1.25) GROUP BY x.placed HAVING COUNT(DISTINCT x.placed) IS NOT NULL;
-- generated: 085
SELECT x.customer AS k0, AVG(CAST(ROUND(x.amount, 1) AS DECIMAL(12,1))) AS a0, COUNT(DISTINCT 5) AS a1, COUNT(DISTINCT RIGHT(x.product, 2)) AS a2 FROM orders x JOIN customers y ON x.customer = y.customer GROUP BY x.customer HAVING COUNT(x.product) IS NOT NULL;
-- generated: 086
SELECT SIZE(SPLIT(y.kind, 'e')) AS v0, x.product AS v1 FROM orders x JOIN events y ON x.customer = y.customer WHERE (REGEXP_REPLACE(y.kind, '[a-c]', '#') NOT IN ('a', 'north') AND DAY(x.placed) >= 5);
-- generated: 087
SELECT DISTINCT (x.seen - INTERVAL 1 DAY) AS v0, LEFT(UPPER('north'), 2) AS v1, (CAST(y.since AS TIMESTAMP) IS DISTINCT FROM x.seen) AS v2 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0 WHERE UPPER(y.customer) IS NOT NULL;
-- generated: 088
SELECT id, SUM(quantity) OVER () AS w0, ROW_NUMBER() OVER (PARTITION BY product ORDER BY id) AS w1, SUM(quantity) OVER (PARTITION BY product ORDER BY id) AS w2 FROM orders;
-- generated: 089
SELECT RPAD(x.customer, 4, '.') AS v0, (ABS(x.amount) - x.amount) AS v1 FROM orders x LEFT JOIN customers y ON x.customer = y.customer AND RPAD(x.product, 4, '.') RLIKE '^[a-d]';
-- generated: 090
SELECT x.quantity AS k0, MIN(y.since) AS a0 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE (y.since NOT IN (DATE '2024-02-29', DATE '2024-02-29') OR NOT (x.amount IN (0.5, -3.1, x.amount))) GROUP BY x.quantity;
-- generated: 091
SELECT REPLACE(CONCAT('', '-', 'Straße'), 'e', '_') AS v0, TO_DATE(DATE_FORMAT(ADD_MONTHS(y.since, 9), 'dd/MM/yyyy'), 'dd/MM/yyyy') AS v1, COALESCE(CASE WHEN y.score IN (-1.5e0, 2e0, y.score) THEN x.id WHEN x.id IS NULL THEN y.age END, x.id) AS v2 FROM orders x INNER JOIN customers y ON x.customer = y.customer WHERE NULLIF(6, x.id) < y.age;
-- generated: 092
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 093
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, INSTR(NVL2(c.customer, 'some', 'none'), 'e') AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 094
SELECT '' AS v, customer AS c FROM orders UNION SELECT IF(IF(score IS NULL, 2e0, score) IN (-1.5e0, 2e0, score), customer, customer) AS v, customer AS c FROM customers;
-- generated: 095
SELECT customer AS v, customer AS c FROM events EXCEPT SELECT product AS v, customer AS c FROM orders WHERE (SUBSTR(product, 2, 5) > product AND (paid IS TRUE OR customer IN ('tea', 'c6', customer)));
-- generated: 096
SELECT q.id, q.w0 FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY id) AS w0, SUM(value) OVER () AS w1 FROM events WHERE ((id * id) >= id OR (at BETWEEN TIMESTAMP '2024-03-04 12:30:15' AND at AND id IN (8, 6, id)))) q WHERE q.w0 > 1;
-- generated: 097
SELECT x.placed AS k0, SUM(x.quantity) AS a0, MIN(x.quantity) AS a1 FROM orders x JOIN events y ON x.customer = y.customer GROUP BY x.placed;
-- generated: 098
SELECT id, COUNT(*) OVER (PARTITION BY customer) AS w0 FROM orders WHERE NOT NULLIF(paid, paid);
-- generated: 099
SELECT q.id, q.w0 FROM (SELECT id, DENSE_RANK() OVER (ORDER BY value NULLS LAST) AS w0 FROM events) q WHERE q.w0 IS NOT NULL;
-- generated: 100
SELECT DISTINCT CAST(COALESCE(x.placed, x.placed) AS TIMESTAMP) AS v0, LAST_DAY(LAST_DAY(x.placed)) AS v1, y.kind AS v2 FROM orders x INNER JOIN events y ON x.customer = y.customer;
-- generated: 101
-- ordered
SELECT id, COALESCE(paid, paid) AS k FROM orders ORDER BY k NULLS LAST, id;
-- generated: 102
SELECT x.paid AS v0, y.score AS v1, TO_DATE(DATE_FORMAT(CAST(x.seen AS DATE), 'dd/MM/yyyy'), 'dd/MM/yyyy') AS v2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer AND IF(NOT ('c1' BETWEEN 'c6' AND y.region), 0.5, 99.9) IS DISTINCT FROM x.amount WHERE TRUNC(y.since, 'YEAR') <= DATE '2020-01-01';
-- generated: 103
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 104
SELECT TIMESTAMP '2024-02-01 00:00:00' AS v0, x.age AS v1, x.region AS v2 FROM customers x;
-- generated: 105
-- ordered
SELECT id, FALSE AS k FROM texts ORDER BY k ASC, id DESC;
-- generated: 106
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT MIN(p.quantity) FROM orders p WHERE (p.customer BETWEEN 'Straße' AND 'view' AND p.placed <> p.placed));
-- generated: 107
SELECT x.customer AS k0, x.id AS k1, MEDIAN(y.score) AS a0, MIN(99.9) AS a1, MIN(x.amount) AS a2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE (DATE_ADD(y.since, -19) > x.placed OR IF(LEAST(y.score, -1.5e0) >= y.score, y.region, x.customer) LIKE '%a%') GROUP BY x.customer, x.id;
-- generated: 108
SELECT DISTINCT CASE WHEN (x.placed BETWEEN DATE '2024-01-31' AND x.placed AND DATE '2020-01-01' = y.since) THEN NULLIF(x.paid, TRUE) WHEN IF((NOT x.paid OR x.seen IS NOT NULL), x.amount, x.amount) IS NULL THEN COALESCE(x.paid, x.paid) ELSE x.paid END AS v0, CASE WHEN (NOT (y.score IN (0.5e0, 0.5e0, y.score) OR y.score IS DISTINCT FROM y.score)) THEN (x.seen > x.seen) WHEN (y.score IS DISTINCT FROM y.score AND x.product BETWEEN 'north' AND x.customer) THEN (-1 <> x.id) ELSE (x.amount IS NOT NULL) END AS v1, REPEAT('c6', 2) AS v2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE y.score IN (1e1, 0.5e0, y.score);
-- generated: 109
SELECT x.s AS k0, AVG(x.n) AS a0, SUM(DISTINCT 99.9) AS a1, COUNT(2e0) AS a2 FROM texts x WHERE (x.s >= x.s AND (x.s BETWEEN 'zz' AND x.t OR x.s = x.s)) GROUP BY x.s;
-- generated: 110
SELECT q.id, q.w0 FROM (SELECT id, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id DESC) AS w0, COUNT(quantity) OVER (ORDER BY id) AS w1, MIN(quantity) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w2 FROM orders) q WHERE q.w0 = 1;
-- generated: 111
SELECT x.placed AS k0, (y.customer NOT LIKE 'c%') AS k1, SUM(x.quantity) AS a0, COUNT(x.amount) AS a1, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(REGEXP_REPLACE(x.customer, '[a-c]', '#'))), ',') AS a2 FROM orders x INNER JOIN events y ON x.customer = y.customer GROUP BY x.placed, (y.customer NOT LIKE 'c%') HAVING COUNT(DISTINCT DATE '2024-02-29') IS NOT NULL;
-- generated: 112
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT MIN(p.quantity) FROM orders p WHERE p.amount < 1.25);
-- generated: 113
SELECT LAST_DAY(CASE WHEN x.amount IS NULL THEN DATE '2024-02-29' WHEN y.since >= x.placed THEN x.placed ELSE DATE '2024-01-31' END) AS v0, LEFT(LOWER(''), 2) AS v1, RIGHT(TRIM(y.customer), 2) AS v2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer AND NOT COALESCE(x.paid, x.paid) WHERE ((x.seen IS DISTINCT FROM x.seen AND y.score IS DISTINCT FROM y.score) AND (x.amount * x.amount) IS NULL);
-- generated: 114
SELECT y.since AS k0, SUM(HOUR(x.seen)) AS a0, MIN((y.since + INTERVAL 1 YEAR)) AS a1, PERCENTILE(y.age, 0.25) AS a2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE COALESCE(x.amount, x.amount) IS DISTINCT FROM x.amount GROUP BY y.since HAVING COUNT(*) > 1;
-- generated: 115
SELECT CAST(x.customer AS INT) AS k0, COUNT_IF(x.quantity > 1) AS a0 FROM orders x WHERE 1.25 > x.amount GROUP BY CAST(x.customer AS INT) HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 116
-- ordered
SELECT id, CASE WHEN at NOT IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-03-04 12:30:15') THEN FALSE ELSE TRUE END AS k FROM events ORDER BY k DESC NULLS FIRST, id DESC LIMIT 3;
-- generated: 117
SELECT x.customer AS k0, COUNT(DISTINCT (x.age % 3)) AS a0, AVG(7) AS a1, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(x.region)), ',') AS a2 FROM customers x WHERE x.region >= x.region GROUP BY x.customer HAVING COUNT(*) > 1;
-- generated: 118
SELECT x.quantity AS k0, CONCAT_WS('/', x.customer, x.customer) AS k1, VAR_POP(0.5e0) AS a0, AVG(1e1) AS a1 FROM orders x GROUP BY x.quantity, CONCAT_WS('/', x.customer, x.customer);
-- generated: 119
SELECT x.customer AS k0, MAX(x.placed) AS a0, AVG(IF(DATE_FORMAT(x.seen, 'yyyy-MM-dd HH:mm') NOT LIKE 'c%', x.quantity, x.quantity)) AS a1 FROM orders x GROUP BY x.customer HAVING COUNT(DISTINCT x.placed) IS NOT NULL;
-- generated: 120
SELECT c.customer FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND (o.seen IS NULL AND o.amount > o.amount));
-- generated: 121
SELECT DISTINCT CAST(8 AS DECIMAL(10,2)) AS v0, x.paid AS v1, (x.amount BETWEEN -3.1 AND x.amount) AS v2 FROM orders x WHERE LEAST(x.seen, x.seen) BETWEEN TIMESTAMP '2024-02-01 00:00:00' AND x.seen;
-- generated: 122
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, CAST(ABS(7) AS INT) AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 123
SELECT x.placed AS v0, DAYOFWEEK(IF(x.paid, x.placed, x.placed)) AS v1, x.amount AS v2 FROM orders x;
-- generated: 124
SELECT x.product AS k0, COUNT(*) AS a0 FROM orders x INNER JOIN customers y ON x.customer = y.customer AND x.product <= y.customer GROUP BY x.product;
-- generated: 125
SELECT x.placed AS k0, SUM(ABS(x.amount)) AS a0 FROM orders x WHERE x.amount <= x.amount GROUP BY x.placed HAVING SUM(DISTINCT x.amount) IS NOT NULL;
-- generated: 126
-- ordered
SELECT id, (seen BETWEEN TIMESTAMP '2024-03-04 12:30:15' AND seen) AS k FROM orders WHERE CASE WHEN amount <> amount THEN seen WHEN placed IN (DATE '2024-02-29', DATE '2024-01-31', placed) THEN seen END IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-02-01 00:00:00', seen) ORDER BY k, id LIMIT 7;
-- generated: 127
SELECT QUARTER(CASE WHEN x.customer RLIKE '^[a-d]' THEN x.placed WHEN x.paid IS NOT FALSE THEN x.placed ELSE DATE '2020-01-01' END) AS v0, (ROUND(y.score, 0) / 2e0) AS v1 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0 WHERE NOT x.paid;
-- generated: 128
SELECT (1 > x.id) AS k0, MIN(y.region) AS a0, MAX(x.placed) AS a1, SUM(x.amount) AS a2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer AND PMOD(x.id, 5) IN (2, -2, -2) GROUP BY (1 > x.id) HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 129
-- ordered
SELECT id, 3 AS k FROM events WHERE -1.5e0 <> value ORDER BY k DESC, id DESC LIMIT 4;
-- generated: 130
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, ABS(LENGTH(c.region)) AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 131
SELECT q.id, q.w0 FROM (SELECT id, AVG(value) OVER (PARTITION BY customer) AS w0 FROM events) q WHERE q.w0 IS NOT NULL;
-- generated: 132
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders GROUP BY customer) SELECT c.region, COUNT(t.v) AS n, MAX(t.v) AS m FROM customers c JOIN t ON c.customer = t.customer GROUP BY c.region;
-- generated: 133
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT MIN(p.quantity) FROM orders p WHERE (p.amount > p.amount AND p.id IN (-1, 1, p.quantity)));
-- generated: 134
SELECT c.customer, (SELECT COUNT(*) FROM orders o WHERE o.customer = c.customer AND o.placed <> o.placed) AS v FROM customers c;
-- generated: 135
SELECT q.id, q.w0 FROM (SELECT id, RANK() OVER (PARTITION BY product ORDER BY quantity DESC) AS w0, COUNT(*) OVER (PARTITION BY product) AS w1, LEAD(customer, 1, 'none') OVER (PARTITION BY product ORDER BY id DESC) AS w2 FROM orders WHERE CAST(ROUND(amount, 1) AS DECIMAL(12,1)) IS NULL) q WHERE q.w0 = 1;
-- generated: 136
-- ordered
SELECT id, FALSE AS k FROM texts WHERE id > id ORDER BY k DESC, id LIMIT 3;
-- generated: 137
SELECT NULLIF(SQRT(ABS(-1.5e0)), 0.5e0) AS v0, CAST(NULLIF(3, x.id) AS DECIMAL(10,2)) AS v1, LEAST(CAST(DATE '2024-02-29' AS TIMESTAMP), TIMESTAMP '2024-02-01 00:00:00') AS v2 FROM texts x;
-- generated: 138
SELECT y.customer AS k0, AVG(y.id) AS a0 FROM orders x LEFT JOIN events y ON x.customer = y.customer AND y.kind LIKE '%c%' GROUP BY y.customer;
-- generated: 139
SELECT COALESCE(TO_DATE(DATE_FORMAT(y.since, 'dd/MM/yyyy'), 'dd/MM/yyyy'), y.since) AS v0, x.customer AS v1, y.age AS v2, TIMESTAMP '2024-02-01 00:00:00' AS v3 FROM orders x FULL JOIN customers y ON x.customer = y.customer WHERE MONTH(x.placed) BETWEEN 3 AND x.id;
-- generated: 140
SELECT DISTINCT CASE WHEN (NOT (x.value NOT IN (-1.5e0, 0.5e0) AND x.at IS DISTINCT FROM x.at)) THEN DAYOFWEEK(DATE '2020-01-01') ELSE INSTR(x.customer, 'e') END AS v0, (DATEDIFF(DATE '2024-01-31', DATE '2024-01-31') BETWEEN 4 AND x.id) AS v1 FROM events x WHERE ((x.kind IS NOT NULL AND x.kind LIKE '%c%') OR (x.value <= x.value OR 3 BETWEEN 7 AND x.id));
-- generated: 141
SELECT c.customer, (SELECT MIN(o.product) FROM orders o WHERE o.customer = c.customer AND o.quantity >= o.quantity) AS v FROM customers c;
-- generated: 142
-- ordered
SELECT id, (id IN (0, 6, id)) AS k FROM events ORDER BY k DESC, id DESC LIMIT 6;
-- generated: 143
SELECT x.product AS k0, COUNT(*) AS a0, MAX(x.product) AS a1 FROM orders x GROUP BY x.product HAVING COUNT(*) > 1;
-- generated: 144
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders GROUP BY customer) SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events;
-- generated: 145
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders GROUP BY customer) SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events;
-- generated: 146
SELECT x.product AS v0, CASE WHEN (x.amount - x.amount) BETWEEN 1.25 AND x.amount THEN REGEXP_REPLACE(x.customer, '[a-c]', '#') ELSE UPPER(x.product) END AS v1, UPPER('view') AS v2 FROM orders x WHERE (NOT (('zz' LIKE '%a%' OR x.seen IS NOT NULL) AND (DATE '2020-01-01' <> x.placed) IS TRUE));
-- generated: 147
-- ordered
SELECT id, LPAD(kind, 6, '*') AS k FROM events WHERE YEAR(DATE '2020-01-01') <> 4 ORDER BY k, id LIMIT 6;
-- generated: 148
SELECT id, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id DESC) AS w0, RANK() OVER (PARTITION BY customer ORDER BY quantity DESC) AS w1 FROM orders WHERE RPAD(customer, 4, '.') LIKE '%t%';
-- generated: 149
SELECT 0.5 AS v0, CASE WHEN (x.kind IN ('c1', 'tea', x.customer) AND x.kind IS NOT NULL) THEN NULLIF(1.25, 7) WHEN SIZE(SPLIT(x.customer, 'e')) <> x.id THEN 7 ELSE CAST(ROUND(1.25, 1) AS DECIMAL(12,1)) END AS v1, NULLIF(x.customer, 'tea') AS v2 FROM events x;
-- generated: 150
SELECT q.id, q.w0 FROM (SELECT id, DENSE_RANK() OVER (ORDER BY value NULLS LAST) AS w0, DENSE_RANK() OVER (ORDER BY value NULLS LAST) AS w1 FROM events) q WHERE q.w0 = 1;
-- generated: 151
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders WHERE HOUR(TIMESTAMP '2024-03-04 12:30:15') IS NULL GROUP BY customer) SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events;
-- generated: 152
SELECT q.id, q.w0 FROM (SELECT id, MAX(quantity) OVER (PARTITION BY customer ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w0 FROM orders WHERE ((seen IS NULL OR placed IS NOT NULL) AND (placed IS NOT NULL AND DATE '2020-01-01' IS NULL))) q WHERE q.w0 = 1;
-- generated: 153
SELECT c.customer, c.age FROM customers c WHERE c.customer IN (SELECT o.customer FROM orders o WHERE (o.product BETWEEN 'Straße' AND o.customer AND o.product = 'north') AND o.customer IS NOT NULL);
-- generated: 154
SELECT x.paid AS k0, COUNT(*) AS a0, COUNT(*) AS a1, SUM(0.5e0) AS a2 FROM orders x INNER JOIN events y ON x.customer = y.customer GROUP BY x.paid;
-- generated: 155
-- ordered
SELECT id, (value > value) AS k FROM events WHERE ((value > value AND at IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-03-04 12:30:15')) OR (value - value) IN (-1.5e0, 1e1, value)) ORDER BY k ASC, id DESC LIMIT 4;
-- generated: 156
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT MIN(p.quantity) FROM orders p WHERE p.quantity > p.id);
-- generated: 157
-- ordered
SELECT id, s AS k FROM texts WHERE ((t LIKE '%a%' AND 'view' > t) AND (t IS NULL AND n > 4)) ORDER BY k NULLS LAST, id DESC LIMIT 4;
-- generated: 158
SELECT x.customer AS k0, x.paid AS k1, COUNT(x.placed) AS a0 FROM orders x WHERE 'c1' LIKE '%t%' GROUP BY x.customer, x.paid HAVING COUNT(NULLIF(x.placed, x.placed)) IS NOT NULL;
-- generated: 159
SELECT id, LAG(quantity, 1) OVER (PARTITION BY product ORDER BY id) AS w0, ROW_NUMBER() OVER (PARTITION BY product ORDER BY id) AS w1, SUM(quantity) OVER () AS w2 FROM orders;
-- generated: 160
SELECT IF((x.amount NOT IN (10.00, 0.5) AND 0 NOT IN (-1, 5)), x.placed, (DATE '2020-01-01' + INTERVAL 1 DAY)) AS v0, CASE WHEN CASE WHEN x.amount = x.amount THEN x.amount ELSE x.amount END IS NULL THEN LPAD(y.customer, 6, '*') WHEN (y.at - INTERVAL 1 MONTH) IS NULL THEN x.product ELSE CASE WHEN x.product >= y.kind THEN y.kind WHEN x.quantity BETWEEN 3 AND x.quantity THEN x.product ELSE x.product END END AS v1, y.value AS v2 FROM orders x RIGHT JOIN events y ON x.customer = y.customer AND CAST(y.customer AS INT) IS NOT NULL;
-- generated: 161
SELECT c.customer, c.age FROM customers c WHERE c.customer NOT IN (SELECT o.customer FROM orders o WHERE (o.placed IS DISTINCT FROM o.placed AND o.seen NOT IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-03-04 12:30:15')) AND o.customer IS NOT NULL);
-- generated: 162
SELECT ((x.customer >= x.customer AND x.placed <= x.placed)) AS v0, EXP(7) AS v1 FROM orders x INNER JOIN customers y ON x.customer = y.customer WHERE (CASE WHEN x.quantity IS NULL THEN y.age WHEN y.score NOT IN (0.5e0, 0.5e0) THEN x.quantity END IS DISTINCT FROM x.quantity OR (y.score <> 1e1 OR x.placed BETWEEN DATE '2024-02-29' AND x.placed));
-- generated: 163
SELECT ADD_MONTHS(since, 8) AS v, customer AS c FROM customers WHERE COALESCE(since, since) < since UNION SELECT (placed + INTERVAL 1 YEAR) AS v, customer AS c FROM orders;
-- generated: 164
SELECT x.paid AS v0, x.paid AS v1, (ABS(0.5) - 0.5) AS v2 FROM orders x LEFT JOIN events y ON x.customer = y.customer WHERE (y.customer LIKE '%c%' AND DAYOFWEEK(x.placed) IN (2, -2, x.id));
-- generated: 165
SELECT REGEXP_REPLACE(x.s, '[a-c]', '#') AS v0, (REGEXP_REPLACE(x.t, '[a-c]', '#') NOT LIKE 'c%') AS v1 FROM texts x WHERE DAYOFWEEK(DATE '2024-02-29') NOT IN (4, 6);
-- generated: 166
SELECT y.age AS k0, MIN(2e0) AS a0, AVG(y.age) AS a1, STDDEV_POP(x.quantity) AS a2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE IF(NULLIF(x.seen, x.seen) IS NOT NULL, x.customer, x.customer) IS NULL GROUP BY y.age;
-- generated: 167
SELECT CASE WHEN x.value = 0.5e0 THEN x.id ELSE x.id END AS k0, x.kind AS k1, COUNT(x.value) AS a0, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(x.customer)), ',') AS a1, MEDIAN(x.value) AS a2 FROM events x GROUP BY CASE WHEN x.value = 0.5e0 THEN x.id ELSE x.id END, x.kind;
-- generated: 168
SELECT EXTRACT(MINUTE FROM COALESCE(x.seen, x.seen)) AS v0, x.quantity AS v1, CASE WHEN PMOD(5, 5) NOT IN (0, 4) THEN COALESCE(x.paid, x.paid) ELSE IF(NOT (x.id IN (2, 7, 3)), x.paid, x.paid) END AS v2, COALESCE(CASE WHEN x.amount < x.amount THEN x.seen ELSE y.at END, x.seen) AS v3 FROM orders x RIGHT JOIN events y ON x.customer = y.customer AND (x.placed IS NOT NULL AND x.amount BETWEEN 1.25 AND x.amount);
-- generated: 169
SELECT x.customer AS k0, MAX(CASE WHEN 0.5 NOT IN (10.00, 10.00) THEN y.region ELSE x.product END) AS a0, SUM(x.quantity) AS a1 FROM orders x INNER JOIN customers y ON x.customer = y.customer WHERE x.placed IN (DATE '2020-01-01', DATE '2020-01-01', y.since) GROUP BY x.customer;
-- generated: 170
SELECT id, SUM(quantity) OVER (PARTITION BY product ORDER BY id DESC) AS w0 FROM orders WHERE product IN ('view', 'zz', product);
-- generated: 171
SELECT INSTR('c6', 'e') AS v, customer AS c FROM customers WHERE since IN (DATE '2024-01-31', DATE '2024-01-31', since) INTERSECT SELECT id AS v, customer AS c FROM orders;
-- generated: 172
SELECT id, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY id DESC) AS w0, AVG(quantity) OVER (PARTITION BY customer) AS w1, COUNT(*) OVER (PARTITION BY customer) AS w2 FROM orders;
-- generated: 173
SELECT q.id, q.w0 FROM (SELECT id, SUM(value) OVER () AS w0, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY id) AS w1, SUM(value) OVER (PARTITION BY kind ORDER BY id) AS w2 FROM events) q WHERE q.w0 > 1;
-- generated: 174
SELECT EXP(6) AS v0, NVL2(NULLIF(x.customer, x.customer), 'some', 'none') AS v1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE DATE_FORMAT(x.seen, 'yyyy-MM-dd HH:mm') <> x.product;
-- generated: 175
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders WHERE COALESCE(paid, paid) IS NOT FALSE GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 176
SELECT ((x.age IN (2, 5, x.age) AND x.age IS NOT NULL)) AS v0, NULLIF(CAST(-3.1 AS INT), x.age) AS v1 FROM customers x WHERE GREATEST(1e1, x.score) = x.score;
-- generated: 177
SELECT y.customer AS k0, x.id AS k1, AVG(y.value) AS a0, BOOL_OR(x.id > 1) AS a1, COUNT(DISTINCT 1e1) AS a2 FROM orders x FULL JOIN events y ON x.customer = y.customer AND x.quantity > 0 GROUP BY y.customer, x.id HAVING COUNT(*) > 1;
-- generated: 178
SELECT INITCAP(SPLIT_PART(y.kind, 'e', 1)) AS v0, x.product AS v1, IF(('Straße' > y.customer AND x.product IS NOT NULL), y.customer, CAST(x.placed AS STRING)) AS v2 FROM orders x INNER JOIN events y ON x.customer = y.customer;
-- generated: 179
SELECT x.placed AS k0, COUNT(*) AS a0, MAX(POWER(x.id, 2)) AS a1, BOOL_OR(x.id > 1) AS a2 FROM orders x GROUP BY x.placed HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 180
SELECT x.placed AS v0, CASE WHEN (x.id IS NULL AND x.id IS DISTINCT FROM x.quantity) THEN GREATEST(2e0, -1.5e0) END AS v1, COALESCE((x.placed IS NULL), FALSE) AS v2, x.placed AS v3 FROM orders x WHERE LOWER(x.product) NOT IN ('a', 'coffee');
-- generated: 181
-- ordered
SELECT id, kind AS k FROM events WHERE (id - id) IN (7, 1, id) ORDER BY k DESC, id DESC;
-- generated: 182
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders WHERE (COALESCE(product, 'north') NOT IN ('c1', 'zz') OR (DATE '2024-02-29' IN (DATE '2020-01-01', DATE '2024-02-29', placed) AND placed IS NOT NULL)) GROUP BY customer) SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events;
-- generated: 183
SELECT CASE WHEN (x.customer NOT LIKE 'c%' AND x.amount BETWEEN 10.00 AND x.amount) THEN CASE WHEN x.placed < x.placed THEN x.placed WHEN x.id IS NULL THEN x.placed ELSE DATE '2024-01-31' END END AS v0, RPAD(x.product, 4, '.') AS v1, TO_DATE(DATE_FORMAT(LAST_DAY(x.placed), 'dd/MM/yyyy'), 'dd/MM/yyyy') AS v2 FROM orders x WHERE (x.id NOT IN (-2, -3) OR (x.amount < x.amount) IS NOT FALSE);
-- generated: 184
SELECT x.customer AS k0, x.since AS k1, MIN(x.since) AS a0 FROM customers x GROUP BY x.customer, x.since;
-- generated: 185
SELECT LEAST(INITCAP(x.customer), 'a') AS v0, PMOD(POSITION('a' IN x.customer), 5) AS v1, ((x.since + INTERVAL 2 MONTHS) IN (DATE '2020-01-01', DATE '2020-01-01', x.since)) AS v2 FROM customers x WHERE (('c1' IS DISTINCT FROM x.customer OR x.age IS NOT NULL) OR TRIM('a') RLIKE '^[a-d]');
-- generated: 186
SELECT id, COUNT(quantity) OVER (ORDER BY id) AS w0, RANK() OVER (PARTITION BY product ORDER BY quantity DESC) AS w1 FROM orders WHERE (CASE WHEN 4 > id THEN customer WHEN placed = placed THEN product ELSE product END IS DISTINCT FROM product OR (NOT (id > quantity AND product NOT IN ('', ''))));
-- generated: 187
SELECT id, SUM(value) OVER () AS w0, SUM(value) OVER () AS w1 FROM events;
-- generated: 188
SELECT (x.customer || 'Straße') AS k0, COUNT(DISTINCT GREATEST(x.product, x.product)) AS a0, COUNT_IF(x.id > 1) AS a1, COUNT(*) AS a2 FROM orders x WHERE (x.seen - INTERVAL 1 MONTH) > TIMESTAMP '2024-03-04 12:30:15' GROUP BY (x.customer || 'Straße') HAVING COUNT(DISTINCT CASE WHEN x.customer > x.product THEN 4 WHEN x.quantity <> 1 THEN -3 END) IS NOT NULL;
-- generated: 189
SELECT c.customer, (SELECT SUM(o.amount) FROM orders o WHERE o.customer = c.customer AND IF(NULLIF(o.id, o.id) = o.id, o.product, o.customer) RLIKE '^[a-d]') AS v FROM customers c;
-- generated: 190
SELECT (COALESCE(x.value, -1.5e0) / x.value) AS v0, COALESCE((x.id / 4), x.value) AS v1, ((x.at - INTERVAL 90 MINUTES) NOT IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-03-04 12:30:15')) AS v2 FROM events x WHERE DATE_TRUNC('WEEK', x.at) IS NULL;
-- generated: 191
SELECT c.customer, c.age FROM customers c WHERE c.customer IN (SELECT o.customer FROM orders o WHERE (o.quantity <= o.quantity) IS NOT FALSE AND o.customer IS NOT NULL);
-- generated: 192
SELECT q.id, q.w0 FROM (SELECT id, SUM(value) OVER (PARTITION BY customer ORDER BY id DESC) AS w0, AVG(value) OVER (PARTITION BY customer) AS w1 FROM events WHERE 'c1' LIKE '%e%') q WHERE q.w0 IS NOT NULL;
-- generated: 193
SELECT id AS v, customer AS c FROM orders UNION ALL SELECT CAST(region AS INT) AS v, customer AS c FROM customers;
-- generated: 194
-- ordered
SELECT id, paid AS k FROM orders ORDER BY k NULLS LAST, id DESC;
-- generated: 195
-- ordered
SELECT id, SUBSTR(SHA2(s, 256), 1, 8) AS k FROM texts WHERE MD5(s) = s ORDER BY k NULLS LAST, id DESC LIMIT 4;
-- generated: 196
SELECT c.customer, c.age FROM customers c WHERE c.customer NOT IN (SELECT o.customer FROM orders o WHERE QUARTER(DATE '2024-02-29') IS NULL AND o.customer IS NOT NULL);
-- generated: 197
SELECT COALESCE(product, customer) AS v, customer AS c FROM orders WHERE TRUNC(placed, 'WEEK') IN (DATE '2024-02-29', DATE '2024-02-29', placed) UNION ALL SELECT SPLIT_PART('view', 'e', 1) AS v, customer AS c FROM events WHERE (at - INTERVAL 90 MINUTES) >= at;
-- generated: 198
SELECT CASE WHEN (y.region NOT IN ('tea', 'a')) IS NOT FALSE THEN TRANSLATE(y.customer, 'aeo', '43') ELSE x.product END AS v0, COALESCE(COALESCE(x.amount, x.amount), x.amount) AS v1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND x.seen IS NOT NULL WHERE (y.region || y.customer) IS NOT NULL;
-- generated: 199
SELECT id, COUNT(*) OVER (PARTITION BY product) AS w0 FROM orders;
-- generated: 200
SELECT DISTINCT DATE '2024-01-31' AS v0, CASE WHEN CAST(x.placed AS TIMESTAMP) <= x.seen THEN x.amount WHEN (x.id = x.quantity AND x.quantity IS NULL) THEN CASE WHEN x.paid IS TRUE THEN x.amount WHEN x.product < x.customer THEN x.amount ELSE x.amount END ELSE x.amount END AS v1 FROM orders x;
-- generated: 201
SELECT CAST(COALESCE(x.customer, 'a') AS INT) AS v0, QUARTER(LAST_DAY(x.placed)) AS v1 FROM orders x RIGHT JOIN events y ON x.customer = y.customer AND TRIM(y.kind) RLIKE '^[a-d]' WHERE COALESCE(y.at, x.seen) IS NULL;
-- generated: 202
SELECT q.id, q.w0 FROM (SELECT id, COUNT(quantity) OVER (ORDER BY id) AS w0 FROM orders) q WHERE q.w0 IS NOT NULL;
-- generated: 203
SELECT DISTINCT -1.5e0 AS v0, CASE WHEN x.t > x.t THEN (x.n / 0) ELSE CAST(7 AS DOUBLE) END AS v1, ((NOT (-2 NOT IN (4, 8) AND x.t RLIKE '^[a-d]'))) AS v2, CASE WHEN x.t >= x.s THEN IF((x.n BETWEEN 1 AND x.id AND x.s IS NULL), 2e0, 2e0) WHEN (x.t LIKE '%t%' AND x.t IN ('a', 'tea', x.s)) THEN EXP(x.n) ELSE -1.5e0 END AS v3 FROM texts x WHERE ((NOT (x.n BETWEEN 0 AND x.n AND x.t IN ('tea', 'a', x.t))) OR (x.s IS DISTINCT FROM x.t OR x.t IS NOT NULL));
-- generated: 204
SELECT id, SUM(quantity) OVER (PARTITION BY customer ORDER BY id) AS w0, RANK() OVER (PARTITION BY customer ORDER BY quantity) AS w1 FROM orders;
-- generated: 205
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 206
SELECT x.value AS v0, (7 * 10.00) AS v1, (x.kind IN ('Straße', '', x.customer)) AS v2, (x.id % 7) AS v3 FROM events x;
-- generated: 207
SELECT c.customer FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND DATE '2024-01-31' = o.placed);
-- generated: 208
SELECT LAST_DAY(x.placed) AS k0, x.product AS k1, MAX(y.score) AS a0, COUNT(DISTINCT y.since) AS a1 FROM orders x JOIN customers y ON x.customer = y.customer GROUP BY LAST_DAY(x.placed), x.product;
-- generated: 209
SELECT customer AS v, customer AS c FROM orders WHERE CAST(quantity AS DECIMAL(10,2)) <> amount UNION ALL SELECT NVL2(customer, 'some', 'none') AS v, customer AS c FROM events WHERE ((value * 1e1) IS DISTINCT FROM value AND NULLIF(id, 3) IS NULL);
-- generated: 210
SELECT q.id, q.w0 FROM (SELECT id, LEAD(customer, 1, 'none') OVER (PARTITION BY product ORDER BY id) AS w0, LAG(quantity, 1) OVER (PARTITION BY product ORDER BY id) AS w1, ROW_NUMBER() OVER (PARTITION BY product ORDER BY id) AS w2 FROM orders) q WHERE q.w0 > 1;
-- generated: 211
-- ordered
SELECT id, CASE WHEN s NOT LIKE 'c%' THEN FALSE WHEN id <> id THEN FALSE ELSE TRUE END AS k FROM texts ORDER BY k DESC, id LIMIT 8;
-- generated: 212
SELECT q.id, q.w0 FROM (SELECT id, DENSE_RANK() OVER (ORDER BY quantity NULLS LAST) AS w0, DENSE_RANK() OVER (ORDER BY quantity NULLS LAST) AS w1, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY id) AS w2 FROM orders WHERE (NOT ((amount - amount) < amount OR COALESCE(paid, TRUE)))) q WHERE q.w0 > 1;
-- generated: 213
SELECT (CAST(x.amount AS INT) / 2) AS v0, NULLIF(DATE_TRUNC('MONTH', x.seen), x.seen) AS v1, LEAST(ABS(x.amount), x.amount) AS v2, IF(IF(COALESCE('coffee', 'north') < x.customer, y.age, x.id) IS NOT NULL, y.age, 7) AS v3 FROM orders x LEFT JOIN customers y ON x.customer = y.customer AND (NOT x.paid OR NOT x.paid);
-- generated: 214
SELECT c.customer, (SELECT SUM(o.amount) FROM orders o WHERE o.customer = c.customer AND EXTRACT(MINUTE FROM o.seen) IS DISTINCT FROM o.id) AS v FROM customers c;
-- generated: 215
SELECT (y.id <> x.id) AS v0, x.placed AS v1, y.at AS v2, (DATEDIFF(x.placed, x.placed) - x.quantity) AS v3 FROM orders x JOIN events y ON x.customer = y.customer AND (x.quantity = -3 AND NOT x.paid) WHERE NULLIF(y.id, x.id) > x.quantity;
-- generated: 216
SELECT x.paid AS k0, COUNT(DISTINCT CAST(x.amount AS DOUBLE)) AS a0, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(x.customer)), ',') AS a1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer GROUP BY x.paid HAVING COUNT(*) > 1;
-- generated: 217
SELECT x.customer AS k0, PMOD(x.age, 5) AS k1, COUNT(DISTINCT x.score) AS a0 FROM customers x GROUP BY x.customer, PMOD(x.age, 5) HAVING COUNT(*) > 1;
-- generated: 218
SELECT x.quantity AS k0, x.paid AS k1, SUM(x.amount) AS a0, COUNT(*) AS a1, MIN(1e1) AS a2 FROM orders x WHERE (x.id >= x.id OR COALESCE(x.amount, x.amount) <= x.amount) GROUP BY x.quantity, x.paid;
-- generated: 219
SELECT id, AVG(quantity) OVER (PARTITION BY customer) AS w0, SUM(quantity) OVER (PARTITION BY customer ORDER BY id DESC) AS w1 FROM orders WHERE quantity IS NOT NULL;
-- generated: 220
SELECT x.customer AS k0, RPAD(x.product, 4, '.') AS k1, STDDEV_POP(x.id) AS a0 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND SQRT(ABS(y.score)) = y.score GROUP BY x.customer, RPAD(x.product, 4, '.') HAVING COUNT(*) > 1;
-- generated: 221
SELECT x.placed AS k0, LAST_DAY(y.since) AS k1, MAX(y.score) AS a0 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND DATE_ADD(x.placed, -8) <= x.placed WHERE SUBSTR(SHA2(y.customer, 256), 1, 8) <> x.customer GROUP BY x.placed, LAST_DAY(y.since) HAVING AVG(x.amount) IS NOT NULL;
-- generated: 222
SELECT x.id AS v0, UPPER(x.customer) AS v1, SPLIT_PART(TRIM(x.customer), 'e', 1) AS v2 FROM events x WHERE POSITION('a' IN x.customer) NOT IN (2, 7);
-- generated: 223
SELECT q.id, q.w0 FROM (SELECT id, COUNT(value) OVER (ORDER BY id) AS w0, MIN(value) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w1, COUNT(value) OVER (ORDER BY id) AS w2 FROM events WHERE IF(COALESCE(7, -1) <= 3, id, id) NOT IN (2, 8)) q WHERE q.w0 = 1;
-- generated: 224
SELECT (EXTRACT(MINUTE FROM TIMESTAMP '2024-02-01 00:00:00') - LENGTH('c1')) AS v0, (x.s < x.t) AS v1 FROM texts x WHERE (4 - x.n) NOT IN (-2, 5);
-- generated: 225
SELECT x.customer AS k0, COUNT(*) AS a0 FROM orders x GROUP BY x.customer;
-- generated: 226
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, CAST(NULLIF(c.region, 'c1') AS INT) AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 227
SELECT id, SUM(quantity) OVER () AS w0 FROM orders;
-- generated: 228
SELECT x.product AS k0, HOUR(x.seen) AS k1, BOOL_OR(DAYOFWEEK(y.since) > 1) AS a0, COUNT(*) AS a1, COUNT(*) AS a2 FROM orders x INNER JOIN customers y ON x.customer = y.customer WHERE (QUARTER(y.since) IS NULL AND (y.score < -1.5e0 OR NOT x.paid)) GROUP BY x.product, HOUR(x.seen) HAVING COUNT(*) > 1;
-- generated: 229
SELECT c.customer, c.age FROM customers c WHERE c.customer IN (SELECT o.customer FROM orders o WHERE (o.paid IS TRUE AND FALSE) AND o.customer IS NOT NULL);
-- generated: 230
SELECT x.paid AS k0, MIN(NULLIF(x.placed, x.placed)) AS a0, AVG(-3.1) AS a1 FROM orders x WHERE CAST(x.placed AS TIMESTAMP) = x.seen GROUP BY x.paid;
-- generated: 231
SELECT CAST(ABS(7) AS DOUBLE) AS v0, TRUE AS v1, 2 AS v2 FROM texts x WHERE CAST(7 AS INT) <> x.id;
-- generated: 232
SELECT x.customer AS k0, SUM(10.00) AS a0, STDDEV(x.score) AS a1 FROM customers x GROUP BY x.customer HAVING MAX('zz') IS NOT NULL;
-- generated: 233
SELECT x.product AS k0, STDDEV_POP(0) AS a0, SUM(ABS(x.amount)) AS a1, COUNT(*) AS a2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer GROUP BY x.product;
-- generated: 234
SELECT id, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id DESC) AS w0 FROM events;
-- generated: 235
SELECT id, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY id) AS w0 FROM orders WHERE ((NOT (seen IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-03-04 12:30:15') AND paid IS NOT FALSE)) AND RPAD(customer, 4, '.') IS NULL);
-- generated: 236
SELECT q.id, q.w0 FROM (SELECT id, DENSE_RANK() OVER (ORDER BY value NULLS LAST) AS w0, MAX(value) OVER (PARTITION BY kind ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w1, LEAD(customer, 1, 'none') OVER (PARTITION BY kind ORDER BY id) AS w2 FROM events) q WHERE q.w0 = 1;
-- generated: 237
-- ordered
SELECT id, COALESCE('c1', t) AS k FROM texts WHERE REPEAT(s, 2) BETWEEN 'Straße' AND 'Straße' ORDER BY k ASC, id DESC;
-- generated: 238
SELECT id, DENSE_RANK() OVER (ORDER BY quantity NULLS LAST) AS w0 FROM orders WHERE paid IS NOT FALSE;
-- generated: 239
SELECT CASE WHEN (x.age + x.age) IN (6, 7, x.age) THEN CAST(TIMESTAMP '2024-02-01 00:00:00' AS STRING) WHEN (0.5e0 > x.score AND x.customer IS NULL) THEN CONCAT(x.customer, '-', x.region) END AS v0, LAST_DAY(x.since) AS v1, COALESCE(x.since, x.since) AS v2 FROM customers x WHERE COALESCE(x.age, x.age) > x.age;
-- generated: 240
-- ordered
SELECT id, RPAD(product, 4, '.') AS k FROM orders ORDER BY k, id DESC LIMIT 1;
-- generated: 241
SELECT CONCAT_WS('/', customer, customer) AS v, customer AS c FROM customers UNION ALL SELECT LOWER(customer) AS v, customer AS c FROM orders WHERE CAST(ROUND(amount, 1) AS DECIMAL(12,1)) IS DISTINCT FROM amount;
-- generated: 242
SELECT q.id, q.w0 FROM (SELECT id, LAG(quantity, 1) OVER (PARTITION BY product ORDER BY id DESC) AS w0 FROM orders WHERE NULLIF(placed, placed) IS NOT NULL) q WHERE q.w0 > 1;
-- generated: 243
SELECT c.customer, (SELECT MAX(o.placed) FROM orders o WHERE o.customer = c.customer AND (o.quantity NOT IN (-3, -3)) IS TRUE) AS v FROM customers c;
-- generated: 244
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c FULL JOIN t ON c.customer = t.customer;
-- generated: 245
SELECT IF(CASE WHEN x.t >= x.s THEN x.id WHEN 2 <= x.n THEN x.id END IS NOT NULL, x.t, SUBSTR(SHA2('north', 256), 1, 8)) AS v0, ((x.id IS DISTINCT FROM x.n OR x.t LIKE '%e%')) AS v1 FROM texts x WHERE x.t NOT LIKE 'c%';
-- generated: 246
SELECT y.id AS v0, CASE WHEN x.amount = 1.25 THEN CONCAT(y.customer, '-', y.kind) WHEN DAY(x.placed) NOT IN (-2, 4) THEN NVL2(y.kind, 'some', 'none') ELSE 'zz' END AS v1, (LEAST(x.amount, x.amount) IS NULL) AS v2 FROM orders x LEFT JOIN events y ON x.customer = y.customer AND DATE_TRUNC('MONTH', y.at) = x.seen;
-- generated: 247
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders WHERE LEAST(seen, seen) IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-02-01 00:00:00', seen) GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c LEFT JOIN t ON c.customer = t.customer;
-- generated: 248
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events;
-- generated: 249
SELECT y.since AS k0, AVG(DATEDIFF(y.since, x.placed)) AS a0, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(y.customer)), ',') AS a1, COUNT(DISTINCT x.customer) AS a2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE DAY(DATE '2024-01-31') IS NOT NULL GROUP BY y.since HAVING COUNT(*) > 1;
-- generated: 250
SELECT q.id, q.w0 FROM (SELECT id, LAG(value, 1) OVER (PARTITION BY customer ORDER BY id) AS w0, DENSE_RANK() OVER (ORDER BY value NULLS LAST) AS w1, SUM(value) OVER (PARTITION BY customer ORDER BY id) AS w2 FROM events) q WHERE q.w0 IS NOT NULL;
-- generated: 251
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT c.region, COUNT(t.v) AS n, MAX(t.v) AS m FROM customers c FULL JOIN t ON c.customer = t.customer GROUP BY c.region;
-- generated: 252
-- ordered
SELECT id, (seen IS NULL) AS k FROM orders WHERE SIZE(SPLIT(product, 'e')) <= id ORDER BY k DESC, id DESC;
-- generated: 253
SELECT CONCAT_WS('/', region, customer) AS v, customer AS c FROM customers UNION SELECT COALESCE(kind, kind) AS v, customer AS c FROM events;
-- generated: 254
SELECT id, ROW_NUMBER() OVER (PARTITION BY product ORDER BY id DESC) AS w0 FROM orders;
-- generated: 255
SELECT ABS(CAST(y.age AS DECIMAL(10,2))) AS v0, CAST(DATEDIFF(x.placed, y.since) AS DECIMAL(10,2)) AS v1, CASE WHEN (x.paid) IS TRUE THEN (y.score IS NOT NULL) WHEN POWER(4, 2) = y.score THEN FALSE ELSE x.paid END AS v2 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0;
-- generated: 256
SELECT c.customer FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND CASE WHEN o.placed IS NULL THEN o.amount WHEN o.product <> o.product THEN o.amount ELSE o.amount END NOT IN (7, -3.1));
-- generated: 257
SELECT id, MAX(value) OVER (PARTITION BY customer ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w0 FROM events WHERE DATE_TRUNC('DAY', at) BETWEEN TIMESTAMP '2024-02-01 00:00:00' AND at;
-- generated: 258
SELECT 2e0 AS v0, YEAR(x.placed) AS v1, LN(QUARTER(x.placed)) AS v2 FROM orders x WHERE CASE WHEN x.seen NOT IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-03-04 12:30:15') THEN x.id WHEN x.paid IS TRUE THEN x.id ELSE x.quantity END NOT IN (-2, 0);
-- generated: 259
SELECT CASE WHEN LENGTH(x.product) < x.id THEN SQRT(ABS(y.score)) END AS v0, QUARTER(DATE_ADD(DATE '2020-01-01', -36)) AS v1, ((10.00 - x.amount) IN (0.5, 7, x.amount)) AS v2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE NOT (y.score IS NOT NULL);
-- generated: 260
SELECT x.t AS k0, x.s AS k1, COUNT(*) AS a0, MIN(TO_DATE(DATE_FORMAT(DATE '2024-01-31', 'dd/MM/yyyy'), 'dd/MM/yyyy')) AS a1, COUNT(DISTINCT COALESCE('c6', x.s)) AS a2 FROM texts x GROUP BY x.t, x.s HAVING COUNT(*) > 1;
-- generated: 261
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders WHERE ((id >= id OR id NOT IN (-3, 6)) OR (seen - INTERVAL 90 MINUTES) IS NOT NULL) GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 262
SELECT id, SUM(quantity) OVER (PARTITION BY product ORDER BY id DESC) AS w0, LAG(quantity, 2) OVER (PARTITION BY product ORDER BY id DESC) AS w1 FROM orders WHERE placed > placed;
-- generated: 263
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders GROUP BY customer) SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events;
-- generated: 264
-- ordered
SELECT id, (id * 2) AS k FROM events ORDER BY k ASC, id DESC LIMIT 1;
-- generated: 265
SELECT id, SUM(value) OVER () AS w0 FROM events WHERE (CAST(kind AS INT) IN (3, 5, id) OR kind >= customer);
-- generated: 266
SELECT (x.id / 0) AS v0, NULLIF((x.seen - INTERVAL 90 MINUTES), x.seen) AS v1, x.quantity AS v2, FALSE AS v3 FROM orders x JOIN customers y ON x.customer = y.customer WHERE (NOT ((x.seen IS NULL OR x.product IS DISTINCT FROM x.product) OR GREATEST(x.amount, x.amount) IN (1.25, 7, x.amount)));
-- generated: 267
SELECT x.t AS k0, COALESCE(x.s, x.s) AS k1, MIN(DATE '2024-02-29') AS a0, COUNT(DISTINCT -1.5e0) AS a1, APPROX_COUNT_DISTINCT(x.s) AS a2 FROM texts x WHERE TRIM('north') LIKE '%e%' GROUP BY x.t, COALESCE(x.s, x.s) HAVING COUNT(ADD_MONTHS(DATE '2024-02-29', -8)) IS NOT NULL;
-- generated: 268
SELECT IF((age < age OR score < score), since, DATE '2020-01-01') AS v, customer AS c FROM customers WHERE INSTR(region, 'e') BETWEEN -3 AND age INTERSECT SELECT TRUNC(placed, 'MONTH') AS v, customer AS c FROM orders;
-- generated: 269
SELECT x.placed AS v0, x.id AS v1, CASE WHEN (x.quantity % 3) = x.quantity THEN COALESCE(x.seen, x.seen) ELSE TIMESTAMP '2024-02-01 00:00:00' END AS v2, NULLIF(TRIM(x.product), x.product) AS v3 FROM orders x;
-- generated: 270
SELECT y.since AS k0, AVG(y.score) AS a0, MEDIAN(1e1) AS a1, STDDEV_POP(2) AS a2 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0 GROUP BY y.since;
-- generated: 271
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, CASE WHEN ('c1' || 'north') <= c.customer THEN 8 END AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 272
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT AVG(p.quantity) FROM orders p WHERE CAST(p.placed AS TIMESTAMP) <= p.seen);
-- generated: 273
SELECT CAST(x.seen AS DATE) AS k0, (y.since IS NULL) AS k1, COUNT(*) AS a0 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0 GROUP BY CAST(x.seen AS DATE), (y.since IS NULL) HAVING ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(x.customer)), ',') IS NOT NULL;
-- generated: 274
SELECT REVERSE(CASE WHEN 8 BETWEEN 2 AND x.id THEN x.product ELSE x.product END) AS v0, (CASE WHEN x.id IN (7, 0, x.id) THEN y.id WHEN x.placed <= x.placed THEN x.quantity END / 0) AS v1 FROM orders x RIGHT JOIN events y ON x.customer = y.customer AND (x.product NOT IN ('a', 'a') AND x.paid IS NOT FALSE) WHERE LENGTH(x.customer) = y.id;
-- generated: 275
SELECT x.seen AS v0, (CAST(x.placed AS TIMESTAMP) - INTERVAL 90 MINUTES) AS v1, SQRT(ABS(CAST(x.amount AS DOUBLE))) AS v2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer WHERE EXP(x.id) IS NULL;
-- generated: 276
SELECT q.id, q.w0 FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY id DESC) AS w0, AVG(quantity) OVER (PARTITION BY customer) AS w1 FROM orders WHERE NULLIF(product, customer) = customer) q WHERE q.w0 = 1;
-- generated: 277
SELECT DISTINCT x.age AS v0, RIGHT(TRANSLATE(x.customer, 'aeo', '43'), 2) AS v1, NULLIF(CAST(7 AS DOUBLE), x.score) AS v2, (x.age = x.age) AS v3 FROM customers x WHERE (('north' <> x.region OR x.age >= x.age) AND x.since IS DISTINCT FROM x.since);
-- generated: 278
SELECT y.id AS k0, y.customer AS k1, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(y.kind)), ',') AS a0 FROM orders x JOIN events y ON x.customer = y.customer GROUP BY y.id, y.customer HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 279
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders WHERE CASE WHEN amount IN (0.5, 1.25, 1.25) THEN amount WHEN DATE '2020-01-01' IN (DATE '2024-02-29', DATE '2024-01-31', placed) THEN amount END IN (-3.1, 99.9, amount) GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c LEFT JOIN t ON c.customer = t.customer;
-- generated: 280
SELECT LEAST(x.paid, x.paid) AS k0, x.paid AS k1, COUNT(RPAD(x.customer, 4, '.')) AS a0, COUNT(DISTINCT 'view') AS a1, MIN(y.customer) AS a2 FROM orders x JOIN customers y ON x.customer = y.customer WHERE ((NOT (x.amount < x.amount OR y.region NOT LIKE 'c%')) AND (x.product LIKE '%t%' AND x.quantity IS NOT NULL)) GROUP BY LEAST(x.paid, x.paid), x.paid HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 281
SELECT LEAST(REPEAT(x.customer, 2), x.customer) AS v0, DATE '2024-01-31' AS v1 FROM events x WHERE ((x.kind IN ('north', 'zz', x.customer) AND x.at BETWEEN TIMESTAMP '2024-02-01 00:00:00' AND x.at) AND (x.customer NOT IN ('north', 'view') OR x.value IN (2e0, 1e1, x.value)));
-- generated: 282
SELECT y.customer AS v0, CAST(y.customer AS INT) AS v1 FROM orders x RIGHT JOIN events y ON x.customer = y.customer;
-- generated: 283
SELECT CAST(NULLIF(x.amount, x.amount) AS STRING) AS v0, ((x.customer IN ('view', 'c6', x.product) AND x.placed IS NOT NULL)) AS v1, -1.5e0 AS v2 FROM orders x WHERE NULLIF(x.amount, 1.25) IS NULL;
-- generated: 284
SELECT CONCAT(LEFT(x.kind, 2), '-', NVL2(x.kind, 'some', 'none')) AS v0, LENGTH(x.kind) AS v1 FROM events x WHERE IF((NOT ('c6' IN ('zz', 'c6', x.kind) AND 'north' >= x.customer)), x.id, x.id) IN (4, -3, x.id);
-- generated: 285
-- ordered
SELECT id, HOUR(TIMESTAMP '2024-02-01 00:00:00') AS k FROM texts WHERE CASE WHEN 0 BETWEEN 1 AND 0 THEN s ELSE s END NOT IN ('', 'view') ORDER BY k NULLS LAST, id;
-- generated: 286
SELECT c.customer, c.age FROM customers c WHERE c.customer NOT IN (SELECT o.customer FROM orders o WHERE ('a' NOT LIKE 'c%' OR o.amount = o.amount) AND o.customer IS NOT NULL);
-- generated: 287
SELECT IF(COALESCE(region, '') LIKE '%o%', region, region) AS v, customer AS c FROM customers WHERE (region LIKE '%e%' AND DAYOFWEEK(since) >= age) UNION ALL SELECT NVL2(kind, 'some', 'none') AS v, customer AS c FROM events;
-- generated: 288
SELECT x.placed AS k0, MIN(TO_DATE(DATE_FORMAT(x.placed, 'dd/MM/yyyy'), 'dd/MM/yyyy')) AS a0, MIN(y.score) AS a1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE NOT CASE WHEN y.since < y.since THEN x.paid ELSE x.paid END GROUP BY x.placed;
-- generated: 289
SELECT y.region AS k0, COUNT(*) AS a0 FROM orders x JOIN customers y ON x.customer = y.customer WHERE (CASE WHEN x.placed IS NOT NULL THEN x.id ELSE x.id END NOT IN (-2, 2) AND COALESCE(x.seen, x.seen) = x.seen) GROUP BY y.region;
-- generated: 290
SELECT age AS v, customer AS c FROM customers WHERE (NOT (COALESCE(customer, region) IS NOT NULL AND (region IN ('coffee', 'a', 'coffee') OR age < -3))) INTERSECT SELECT NULLIF(id, -2) AS v, customer AS c FROM orders WHERE CAST(seen AS DATE) <= placed;
-- generated: 291
SELECT c.customer FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND NOT (o.product = o.product));
-- generated: 292
SELECT LN(COALESCE(x.id, y.id)) AS v0, y.kind AS v1, 7 AS v2 FROM orders x INNER JOIN events y ON x.customer = y.customer WHERE ((y.customer < 'Straße' AND x.seen IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-02-01 00:00:00', x.seen)) OR QUARTER(x.placed) IN (3, 8, -1));
-- generated: 293
SELECT c.customer, c.age FROM customers c WHERE c.customer NOT IN (SELECT o.customer FROM orders o WHERE DATE_FORMAT(TIMESTAMP '2024-02-01 00:00:00', 'yyyy-MM-dd HH:mm') NOT LIKE 'c%' AND o.customer IS NOT NULL);
-- generated: 294
SELECT x.s AS k0, MIN('') AS a0, COUNT(*) AS a1, MIN(1e1) AS a2 FROM texts x WHERE 4 < x.id GROUP BY x.s HAVING COUNT(*) > 1;
-- generated: 295
SELECT x.customer AS k0, MAX(y.kind) AS a0, SUM(CASE WHEN x.paid IS TRUE THEN x.amount ELSE 0.5 END) AS a1 FROM orders x LEFT JOIN events y ON x.customer = y.customer WHERE (SIZE(SPLIT(x.product, 'e')) > x.id AND NOT (x.id IS DISTINCT FROM 5)) GROUP BY x.customer HAVING COUNT(y.value) IS NOT NULL;
-- generated: 296
SELECT IF((x.customer NOT IN ('coffee', 'view') AND x.id > x.id), x.id, IF((x.kind >= x.kind AND x.at > x.at), x.id, x.id)) AS v0, CAST(DATE '2024-02-29' AS TIMESTAMP) AS v1, CAST(CAST(x.at AS DATE) AS TIMESTAMP) AS v2, x.kind AS v3 FROM events x WHERE EXP(x.id) = x.value;
-- generated: 297
SELECT c.customer, c.age FROM customers c WHERE c.customer IN (SELECT o.customer FROM orders o WHERE NOT IF(INITCAP(o.product) RLIKE '^[a-d]', o.paid, o.paid) AND o.customer IS NOT NULL);
-- generated: 298
SELECT (x.quantity * x.id) AS k0, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(LPAD(x.customer, 6, '*'))), ',') AS a0 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0 GROUP BY (x.quantity * x.id) HAVING COUNT(*) > 1;
-- generated: 299
SELECT id, COUNT(quantity) OVER (ORDER BY id) AS w0, MAX(quantity) OVER (PARTITION BY customer ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w1, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id) AS w2 FROM orders;
-- generated: 300
-- ordered
SELECT id, n AS k FROM texts WHERE (NOT (SIZE(SPLIT('tea', 'e')) IS NULL OR id IN (-1, -3, n))) ORDER BY k ASC, id DESC LIMIT 3;
-- generated: 301
SELECT id, MAX(quantity) OVER (PARTITION BY product ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w0, LEAD(customer, 1, 'none') OVER (PARTITION BY product ORDER BY id DESC) AS w1, RANK() OVER (PARTITION BY product ORDER BY quantity DESC) AS w2 FROM orders WHERE IF((quantity IS DISTINCT FROM id) IS NOT FALSE, amount, amount) BETWEEN 0.5 AND amount;
-- generated: 302
SELECT kind AS v, customer AS c FROM events UNION ALL SELECT SUBSTR(SHA2(customer, 256), 1, 8) AS v, customer AS c FROM customers;
-- generated: 303
SELECT TO_DATE(DATE_FORMAT(CASE WHEN x.since BETWEEN DATE '2024-01-31' AND DATE '2024-01-31' THEN x.since WHEN x.since NOT IN (DATE '2024-02-29', DATE '2020-01-01') THEN x.since END, 'dd/MM/yyyy'), 'dd/MM/yyyy') AS v0, CASE WHEN COALESCE(x.region, x.region) IS NOT NULL THEN (3 / 2) WHEN (NOT (x.age > x.age OR x.customer = 'a')) THEN EXP(x.age) ELSE x.score END AS v1 FROM customers x WHERE CASE WHEN x.age IS NOT NULL THEN x.customer ELSE x.region END IS NULL;
-- generated: 304
SELECT x.t AS v0, POWER(x.id, 2) AS v1, LAST_DAY(TRUNC(DATE '2024-02-29', 'MONTH')) AS v2, TO_DATE(DATE_FORMAT(ADD_MONTHS(DATE '2024-01-31', -12), 'dd/MM/yyyy'), 'dd/MM/yyyy') AS v3 FROM texts x;
-- generated: 305
SELECT x.customer AS k0, y.since AS k1, COUNT(2e0) AS a0, COUNT(*) AS a1, MIN(y.since) AS a2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer GROUP BY x.customer, y.since;
-- generated: 306
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders WHERE DATE_ADD(placed, 5) IS NULL GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 307
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, COALESCE(8, c.age) AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 308
SELECT x.s AS k0, COUNT(x.t) AS a0 FROM texts x GROUP BY x.s HAVING MIN(DATE '2020-01-01') IS NOT NULL;
-- generated: 309
SELECT DISTINCT CAST(x.amount AS DOUBLE) AS v0, x.paid AS v1 FROM orders x;
-- generated: 310
SELECT LEFT(product, 2) AS v, customer AS c FROM orders WHERE TRUNC(placed, 'WEEK') BETWEEN DATE '2020-01-01' AND DATE '2024-01-31' EXCEPT SELECT region AS v, customer AS c FROM customers;
-- generated: 311
SELECT x.paid AS k0, x.placed AS k1, COUNT_IF(x.quantity > 1) AS a0, MEDIAN(2e0) AS a1 FROM orders x WHERE LEFT(x.customer, 2) NOT LIKE 'c%' GROUP BY x.paid, x.placed;
-- generated: 312
SELECT (NULLIF(y.at, TIMESTAMP '2024-02-01 00:00:00') - INTERVAL 3 HOURS) AS v0, x.placed AS v1 FROM orders x JOIN events y ON x.customer = y.customer WHERE (x.placed IS DISTINCT FROM x.placed AND y.id <> x.id);
-- generated: 313
-- ordered
SELECT id, COALESCE(paid, paid) AS k FROM orders ORDER BY k NULLS LAST, id DESC LIMIT 3;
-- generated: 314
SELECT y.age AS k0, CONCAT_WS('/', x.customer, '') AS k1, COUNT(DISTINCT y.score) AS a0, MAX('zz') AS a1, COUNT(DISTINCT x.placed) AS a2 FROM orders x INNER JOIN customers y ON x.customer = y.customer AND SUBSTR(SHA2(x.product, 256), 1, 8) <> x.customer WHERE (NULLIF(x.seen, TIMESTAMP '2024-03-04 12:30:15') IS NOT NULL AND COALESCE(x.seen, x.seen) <= x.seen) GROUP BY y.age, CONCAT_WS('/', x.customer, '');
-- generated: 315
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders WHERE (1 = quantity OR COALESCE(product, product) >= customer) GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c LEFT JOIN t ON c.customer = t.customer;
-- generated: 316
SELECT DISTINCT NULLIF(COALESCE(x.value, x.value), x.value) AS v0, CAST(LEAST(1.25, 7) AS DOUBLE) AS v1 FROM events x WHERE (x.kind || x.kind) IN ('coffee', 'tea', x.kind);
-- generated: 317
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c FULL JOIN t ON c.customer = t.customer;
-- generated: 318
SELECT DISTINCT MD5(LOWER(x.customer)) AS v0, y.customer AS v1 FROM orders x RIGHT JOIN events y ON x.customer = y.customer AND LEFT(x.product, 2) BETWEEN 'a' AND x.customer WHERE DATE_FORMAT(y.at, 'yyyy-MM-dd HH:mm') > 'tea';
-- generated: 319
SELECT x.placed AS k0, x.customer AS k1, MIN(x.placed) AS a0, COUNT(DISTINCT COALESCE(x.placed, x.placed)) AS a1, COUNT(1e1) AS a2 FROM orders x WHERE (NOT (ABS(x.quantity) > x.quantity OR (NOT (x.id BETWEEN 8 AND 0 AND x.quantity > 6)))) GROUP BY x.placed, x.customer HAVING MIN(YEAR(x.placed)) IS NOT NULL;
-- generated: 320
WITH t AS (SELECT customer, SUM(amount) AS v FROM orders GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c RIGHT JOIN t ON c.customer = t.customer;
-- generated: 321
SELECT EXTRACT(MINUTE FROM x.seen) AS k0, COALESCE(y.region, x.customer) AS k1, SUM(DISTINCT -3.1) AS a0 FROM orders x LEFT JOIN customers y ON x.customer = y.customer GROUP BY EXTRACT(MINUTE FROM x.seen), COALESCE(y.region, x.customer);
-- generated: 322
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders WHERE (amount IS NOT NULL OR product IS NOT NULL) GROUP BY customer) SELECT customer, v FROM t WHERE v > (SELECT AVG(v) FROM t);
-- generated: 323
SELECT EXTRACT(MINUTE FROM NULLIF(x.seen, x.seen)) AS v0, x.placed AS v1, x.quantity AS v2 FROM orders x WHERE (CASE WHEN x.seen <> TIMESTAMP '2024-03-04 12:30:15' THEN x.product WHEN x.placed > x.placed THEN x.product END < x.product AND CONCAT_WS('/', x.product, x.product) IN ('tea', 'a', x.product));
-- generated: 324
-- ordered
SELECT id, (customer < product) AS k FROM orders WHERE CAST(seen AS DATE) > placed ORDER BY k DESC NULLS FIRST, id DESC;
-- generated: 325
SELECT ('zz' || customer) AS v, customer AS c FROM events WHERE (at IS NOT NULL AND (value <> value AND customer BETWEEN '' AND customer)) UNION ALL SELECT product AS v, customer AS c FROM orders;
-- generated: 326
SELECT CAST(x.amount AS STRING) AS v0, IF(YEAR(x.placed) IN (2, 1, x.quantity), x.seen, LEAST(TIMESTAMP '2024-03-04 12:30:15', y.at)) AS v1, DATE_FORMAT((x.seen - INTERVAL 1 DAY), 'yyyy-MM-dd HH:mm') AS v2 FROM orders x JOIN events y ON x.customer = y.customer;
-- generated: 327
SELECT x.amount AS v0, y.value AS v1, COALESCE('c1', x.product) AS v2, CASE WHEN COALESCE(x.placed, x.placed) = x.placed THEN LEFT(y.customer, 2) ELSE y.kind END AS v3 FROM orders x LEFT JOIN events y ON x.customer = y.customer WHERE (x.placed IS DISTINCT FROM x.placed);
-- generated: 328
SELECT c.customer, c.age FROM customers c WHERE c.customer NOT IN (SELECT o.customer FROM orders o WHERE CAST(-3.1 AS INT) > o.quantity AND o.customer IS NOT NULL);
-- generated: 329
SELECT c.customer, (SELECT MAX(o.placed) FROM orders o WHERE o.customer = c.customer AND (o.id > o.id) IS TRUE) AS v FROM customers c;
-- generated: 330
-- ordered
SELECT id, COALESCE(product, 'zz') AS k FROM orders WHERE COALESCE(placed, placed) NOT IN (DATE '2024-01-31', DATE '2020-01-01') ORDER BY k DESC, id DESC LIMIT 3;
-- generated: 331
SELECT id, MAX(quantity) OVER (PARTITION BY customer ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w0, COUNT(quantity) OVER (ORDER BY id) AS w1 FROM orders;
-- generated: 332
SELECT x.product AS k0, COUNT(y.since) AS a0, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(REGEXP_REPLACE(x.product, '[a-c]', '#'))), ',') AS a1, COUNT(*) AS a2 FROM orders x FULL JOIN customers y ON x.customer = y.customer GROUP BY x.product HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 333
SELECT MONTH(since) AS v, customer AS c FROM customers UNION SELECT id AS v, customer AS c FROM orders WHERE MONTH(placed) <> quantity;
-- generated: 334
SELECT GREATEST(x.placed, x.placed) AS k0, x.quantity AS k1, SUM(CAST(y.id AS DECIMAL(10,2))) AS a0, PERCENTILE(y.id, 0.25) AS a1, COUNT(*) AS a2 FROM orders x RIGHT JOIN events y ON x.customer = y.customer AND NULLIF(x.quantity, -3) IS NULL GROUP BY GREATEST(x.placed, x.placed), x.quantity HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 335
SELECT TRUE AS v0, ABS(CASE WHEN x.n > x.n THEN 10.00 END) AS v1, COALESCE((TIMESTAMP '2024-03-04 12:30:15' - INTERVAL 3 HOURS), TIMESTAMP '2024-03-04 12:30:15') AS v2, ABS(CAST(x.n AS DECIMAL(10,2))) AS v3 FROM texts x WHERE ((x.s = x.s OR 'zz' <= x.s) OR (x.n <= x.id AND x.s = 'c6'));
-- generated: 336
SELECT DISTINCT IF(DATE_FORMAT(x.seen, 'yyyy-MM-dd HH:mm') <= x.product, x.quantity, ABS(x.quantity)) AS v0, DATE_FORMAT(CAST(y.since AS TIMESTAMP), 'yyyy-MM-dd HH:mm') AS v1 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0;
-- generated: 337
SELECT NULLIF(y.since, DATE '2024-02-29') AS k0, MIN(y.score) AS a0 FROM orders x LEFT JOIN customers y ON x.customer = y.customer GROUP BY NULLIF(y.since, DATE '2024-02-29') HAVING COUNT(*) > 1;
-- generated: 338
SELECT DAYOFWEEK(DATE_ADD(x.placed, -32)) AS v0, x.placed AS v1 FROM orders x RIGHT JOIN events y ON x.customer = y.customer WHERE ((y.at - INTERVAL 1 MONTH) <> y.at AND NOT (x.quantity IS NOT NULL));
-- generated: 339
SELECT x.product AS v0, x.amount AS v1, TRIM(INITCAP(y.customer)) AS v2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND CASE WHEN x.product < y.customer THEN y.region WHEN 'zz' RLIKE '^[a-d]' THEN 'c6' ELSE y.customer END <> y.customer WHERE ((x.amount <= x.amount AND x.amount IS DISTINCT FROM x.amount) OR (x.placed NOT IN (DATE '2024-01-31', DATE '2020-01-01') AND x.quantity IS NULL));
-- generated: 340
SELECT q.id, q.w0 FROM (SELECT id, SUM(quantity) OVER (PARTITION BY customer ORDER BY id) AS w0 FROM orders WHERE (customer <= customer) IS NOT FALSE) q WHERE q.w0 > 1;
-- generated: 341
-- ordered
SELECT id, TRUE AS k FROM texts WHERE CASE WHEN id IS DISTINCT FROM id THEN 'a' WHEN 1 > 0 THEN s END BETWEEN 'view' AND 'c6' ORDER BY k ASC, id LIMIT 2;
-- generated: 342
SELECT x.customer AS v0, COALESCE(CAST(x.customer AS INT), -2) AS v1 FROM orders x WHERE INSTR(x.product, 'e') < x.id;
-- generated: 343
SELECT x.placed AS k0, MAX(y.score) AS a0, VAR_POP(y.score) AS a1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer GROUP BY x.placed HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 344
SELECT id, AVG(value) OVER (PARTITION BY customer) AS w0, AVG(value) OVER (PARTITION BY customer) AS w1 FROM events;
-- generated: 345
SELECT x.customer AS k0, COUNT(x.score) AS a0 FROM customers x GROUP BY x.customer HAVING STDDEV(-1.5e0) IS NOT NULL;
-- generated: 346
SELECT REPEAT(customer, 2) AS v, customer AS c FROM events EXCEPT SELECT CASE WHEN 3 IN (5, 5, quantity) THEN product END AS v, customer AS c FROM orders WHERE NOT (placed > placed);
-- generated: 347
SELECT q.id, q.w0 FROM (SELECT id, SUM(quantity) OVER () AS w0 FROM orders WHERE CASE WHEN quantity BETWEEN -1 AND id THEN 'Straße' ELSE product END IN ('', 'zz', product)) q WHERE q.w0 IS NOT NULL;
-- generated: 348
SELECT id, RANK() OVER (PARTITION BY customer ORDER BY quantity) AS w0, MIN(quantity) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w1 FROM orders WHERE IF((placed <= placed OR 0.5 <= amount), quantity, quantity) IN (0, 7, id);
-- generated: 349
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders WHERE UPPER(product) <= customer GROUP BY customer) SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events;
-- generated: 350
SELECT id, DENSE_RANK() OVER (ORDER BY quantity NULLS LAST) AS w0, MAX(quantity) OVER (PARTITION BY product ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w1 FROM orders;
-- generated: 351
-- ordered
SELECT id, CAST(1.25 AS INT) AS k FROM events WHERE SPLIT_PART(kind, 'e', 1) BETWEEN '' AND customer ORDER BY k DESC NULLS FIRST, id LIMIT 4;
-- generated: 352
SELECT COALESCE(x.product, 'coffee') AS k0, x.customer AS k1, COUNT(DISTINCT x.product) AS a0, COUNT(DISTINCT x.placed) AS a1 FROM orders x GROUP BY COALESCE(x.product, 'coffee'), x.customer;
-- generated: 353
SELECT CAST(DATE_TRUNC('WEEK', TIMESTAMP '2024-02-01 00:00:00') AS STRING) AS v0, DATE '2020-01-01' AS v1, TRUE AS v2, SUBSTR(SHA2(INITCAP(x.t), 256), 1, 8) AS v3 FROM texts x;
-- generated: 354
SELECT x.product AS k0, MIN(x.placed) AS a0 FROM orders x WHERE PMOD(x.id, 5) IS NOT NULL GROUP BY x.product HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 355
SELECT x.id AS k0, x.product AS k1, MAX(LAST_DAY(x.placed)) AS a0, MAX(x.placed) AS a1, COUNT_IF(LEAST(x.quantity, x.quantity) > 1) AS a2 FROM orders x GROUP BY x.id, x.product HAVING COUNT(*) > 1;
-- generated: 356
SELECT REPEAT(y.kind, 2) AS v0, CAST(DATE_TRUNC('DAY', x.seen) AS DATE) AS v1, y.at AS v2, IF((x.seen - INTERVAL 3 HOURS) <> y.at, y.kind, y.customer) AS v3 FROM orders x RIGHT JOIN events y ON x.customer = y.customer WHERE ((y.value IS NOT NULL OR x.id <> x.id) OR (x.amount > x.amount OR x.paid IS NOT FALSE));
-- generated: 357
SELECT y.age AS k0, COUNT('a') AS a0 FROM orders x JOIN customers y ON x.customer = y.customer AND (x.amount IS NULL OR TIMESTAMP '2024-02-01 00:00:00' = x.seen) GROUP BY y.age HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 358
SELECT x.s AS k0, CASE WHEN x.id = x.id THEN 'view' ELSE x.t END AS k1, STDDEV(-1.5e0) AS a0, SUM(x.id) AS a1 FROM texts x GROUP BY x.s, CASE WHEN x.id = x.id THEN 'view' ELSE x.t END;
-- generated: 359
SELECT COALESCE(CASE WHEN x.placed <> DATE '2024-01-31' THEN x.placed ELSE x.placed END, x.placed) AS v0, x.paid AS v1, CASE WHEN CAST(x.amount AS INT) IS NOT NULL THEN y.at ELSE NULLIF(x.seen, y.at) END AS v2, IF(TRANSLATE('north', 'aeo', '43') BETWEEN 'view' AND x.product, x.seen, LEAST(x.seen, TIMESTAMP '2024-02-01 00:00:00')) AS v3 FROM orders x FULL JOIN events y ON x.customer = y.customer WHERE (1 IS DISTINCT FROM y.id);
-- generated: 360
SELECT x.customer AS k0, SUM(0.5) AS a0 FROM customers x GROUP BY x.customer HAVING COUNT(*) > 1;
-- generated: 361
-- ordered
SELECT id, LEAST(paid, paid) AS k FROM orders WHERE COALESCE(quantity, id) NOT IN (8, 4) ORDER BY k DESC NULLS FIRST, id DESC;
-- generated: 362
SELECT c.customer, c.age FROM customers c WHERE c.customer IN (SELECT o.customer FROM orders o WHERE QUARTER(o.placed) IS DISTINCT FROM o.quantity AND o.customer IS NOT NULL);
-- generated: 363
SELECT x.quantity AS k0, MIN('c6') AS a0 FROM orders x WHERE IF((x.amount IS NULL OR x.paid IS TRUE), x.amount, x.amount) BETWEEN 7 AND x.amount GROUP BY x.quantity HAVING SUM(DISTINCT x.amount) IS NOT NULL;
-- generated: 364
SELECT x.id AS v0, (7 * 0.5) AS v1 FROM texts x WHERE ((x.t IS DISTINCT FROM x.s AND x.id < x.n) AND CASE WHEN x.s < x.t THEN x.id WHEN x.s NOT LIKE 'c%' THEN 7 ELSE x.id END >= x.n);
-- generated: 365
SELECT y.since AS k0, COUNT(x.placed) AS a0, COUNT(*) AS a1, MAX(x.amount) AS a2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer GROUP BY y.since;
-- generated: 366
SELECT COALESCE((x.id / 4), y.score) AS v0, TRANSLATE(NULLIF(x.customer, x.product), 'aeo', '43') AS v1 FROM orders x JOIN customers y ON x.customer = y.customer AND LN(y.age) <> y.score;
-- generated: 367
SELECT 10.00 AS v0, x.paid AS v1, y.score AS v2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND (x.placed + INTERVAL 1 DAY) <= x.placed WHERE (NOT (REGEXP_REPLACE(x.customer, '[a-c]', '#') <> y.region OR IF(CAST(x.seen AS DATE) >= DATE '2024-01-31', x.seen, TIMESTAMP '2024-03-04 12:30:15') >= TIMESTAMP '2024-02-01 00:00:00'));
-- generated: 368
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, c.age AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 369
SELECT q.id, q.w0 FROM (SELECT id, LAG(value, 1) OVER (PARTITION BY customer ORDER BY id) AS w0, MIN(value) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w1 FROM events WHERE at = at) q WHERE q.w0 = 1;
-- generated: 370
SELECT UPPER(CASE WHEN y.customer IS DISTINCT FROM 'coffee' THEN y.customer WHEN x.paid IS TRUE THEN y.customer END) AS v0, SPLIT_PART(NULLIF(y.kind, y.customer), 'e', 1) AS v1, MONTH(x.placed) AS v2 FROM orders x FULL JOIN events y ON x.customer = y.customer;
-- generated: 371
SELECT x.customer AS k0, MAX(DATE_ADD(x.placed, -15)) AS a0 FROM orders x RIGHT JOIN events y ON x.customer = y.customer GROUP BY x.customer;
-- generated: 372
SELECT DISTINCT x.placed AS v0, (PMOD(x.id, 5) % 7) AS v1, SUBSTR(REPLACE(y.region, 'e', '_'), 0, 5) AS v2 FROM orders x LEFT JOIN customers y ON x.customer = y.customer AND (x.seen NOT IN (TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-02-01 00:00:00') AND 'c6' IS DISTINCT FROM x.product);
-- generated: 373
SELECT CAST(COALESCE(x.amount, x.amount) AS DOUBLE) AS v0, NULLIF(LAST_DAY(x.placed), x.placed) AS v1, x.seen AS v2, REPLACE(x.customer, 'e', '_') AS v3 FROM orders x WHERE NOT (x.paid IS TRUE);
-- generated: 374
SELECT id, SUM(quantity) OVER () AS w0, LEAD(customer, 1, 'none') OVER (PARTITION BY customer ORDER BY id) AS w1 FROM orders;
-- generated: 375
SELECT CASE WHEN x.id BETWEEN 7 AND x.quantity THEN x.paid END AS k0, SUM((x.amount + x.amount)) AS a0, COUNT(DISTINCT TRUNC(DATE '2024-02-29', 'MONTH')) AS a1 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer AND REVERSE(x.product) = y.region GROUP BY CASE WHEN x.id BETWEEN 7 AND x.quantity THEN x.paid END HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 376
SELECT q.id, q.w0 FROM (SELECT id, AVG(value) OVER (PARTITION BY kind) AS w0, DENSE_RANK() OVER (ORDER BY value NULLS LAST) AS w1 FROM events) q WHERE q.w0 IS NOT NULL;
-- generated: 377
SELECT IF(SIZE(SPLIT(y.region, 'e')) = x.quantity, y.customer, x.customer) AS k0, x.product AS k1, COUNT(DISTINCT y.since) AS a0, MAX(y.customer) AS a1 FROM orders x INNER JOIN customers y ON x.customer = y.customer AND PMOD(x.id, 5) IN (-1, 6, x.quantity) WHERE NULLIF(x.customer, y.customer) IS DISTINCT FROM x.product GROUP BY IF(SIZE(SPLIT(y.region, 'e')) = x.quantity, y.customer, x.customer), x.product;
-- generated: 378
SELECT '' AS v0, TRUE AS v1, TIMESTAMP '2024-03-04 12:30:15' AS v2, x.n AS v3 FROM texts x;
-- generated: 379
SELECT (DATE_TRUNC('MINUTE', x.seen) - INTERVAL 90 MINUTES) AS v0, EXTRACT(MINUTE FROM CAST(x.placed AS TIMESTAMP)) AS v1, CAST(LAST_DAY(x.placed) AS TIMESTAMP) AS v2, QUARTER(ADD_MONTHS(DATE '2024-02-29', 13)) AS v3 FROM orders x WHERE (NOT ((x.customer IS NULL OR x.amount IS NOT NULL) OR (x.product BETWEEN 'zz' AND 'view' AND x.paid IS TRUE)));
-- generated: 380
SELECT CAST(CAST(ROUND(x.amount, 1) AS DECIMAL(12,1)) AS DOUBLE) AS v0, HOUR(x.seen) AS v1, COALESCE(NULLIF(y.customer, x.customer), y.region) AS v2 FROM orders x RIGHT JOIN customers y ON x.customer = y.customer WHERE NOT (x.placed NOT IN (DATE '2020-01-01', DATE '2020-01-01'));
-- generated: 381
SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, DAY(TRUNC(DATE '2024-01-31', 'WEEK')) AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region;
-- generated: 382
SELECT COALESCE(EXP(x.age), 1e1) AS v0, SQRT(ABS(LN(x.age))) AS v1, x.since AS v2 FROM customers x WHERE ((x.customer <> x.customer OR x.age IN (-1, 2, x.age)) OR SQRT(ABS(x.score)) = x.score);
-- generated: 383
SELECT c.customer FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND (o.placed + INTERVAL 1 YEAR) > o.placed);
-- generated: 384
SELECT id, LAG(quantity, 1) OVER (PARTITION BY customer ORDER BY id DESC) AS w0, RANK() OVER (PARTITION BY customer ORDER BY quantity DESC) AS w1 FROM orders;
-- generated: 385
SELECT ((x.product <= 'c1' OR x.customer <= y.customer)) AS v0, GREATEST(LAST_DAY(x.placed), x.placed) AS v1 FROM orders x FULL JOIN events y ON x.customer = y.customer AND x.quantity > 0 WHERE x.amount = x.amount;
-- generated: 386
-- ordered
SELECT id, (n BETWEEN 7 AND 6) AS k FROM texts ORDER BY k DESC, id;
-- generated: 387
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders WHERE (NOT ((customer NOT LIKE 'c%' OR amount IS DISTINCT FROM amount) AND placed IS NOT NULL)) GROUP BY customer) SELECT c.customer, c.region, t.v FROM customers c JOIN t ON c.customer = t.customer;
-- generated: 388
SELECT q.id, q.w0 FROM (SELECT id, LAG(value, 1) OVER (PARTITION BY kind ORDER BY id) AS w0, LAG(value, 1) OVER (PARTITION BY kind ORDER BY id) AS w1 FROM events) q WHERE q.w0 IS NOT NULL;
-- generated: 389
SELECT q.id, q.w0 FROM (SELECT id, SUM(quantity) OVER () AS w0, AVG(quantity) OVER (PARTITION BY product) AS w1 FROM orders WHERE placed IS NULL) q WHERE q.w0 IS NOT NULL;
-- generated: 390
-- ordered
SELECT id, IF(CASE WHEN kind <> customer THEN customer WHEN at NOT IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-03-04 12:30:15') THEN 'coffee' ELSE customer END NOT IN ('Straße', 'coffee'), customer, kind) AS k FROM events ORDER BY k DESC, id DESC LIMIT 8;
-- generated: 391
SELECT o.id FROM orders o WHERE o.quantity >= (SELECT MAX(p.quantity) FROM orders p WHERE NOT (NOT p.paid));
-- generated: 392
-- ordered
SELECT id, DAYOFWEEK(DATE '2020-01-01') AS k FROM texts ORDER BY k, id DESC LIMIT 4;
-- generated: 393
SELECT id, MAX(value) OVER (PARTITION BY customer ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w0, DENSE_RANK() OVER (ORDER BY value NULLS LAST) AS w1 FROM events WHERE (NOT ((id IS DISTINCT FROM id AND at IN (TIMESTAMP '2024-03-04 12:30:15', TIMESTAMP '2024-02-01 00:00:00', at)) AND at > at));
-- generated: 394
SELECT x.customer AS k0, SUM(CAST(x.id AS DECIMAL(10,2))) AS a0 FROM events x WHERE NULLIF(x.at, x.at) IS NULL GROUP BY x.customer HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 395
SELECT id, RANK() OVER (PARTITION BY customer ORDER BY value) AS w0, SUM(value) OVER (PARTITION BY customer ORDER BY id) AS w1 FROM events WHERE REVERSE(kind) >= 'c1';
-- generated: 396
SELECT CAST(ROUND(0.5, 1) AS DECIMAL(12,1)) AS v0, (DAY(DATE '2024-02-29') > x.id) AS v1, DATE_ADD(ADD_MONTHS(DATE '2024-02-29', -14), -28) AS v2, IF((x.at < x.at OR x.kind NOT LIKE 'c%'), x.kind, LOWER('c6')) AS v3 FROM events x WHERE CAST(DATE '2024-01-31' AS TIMESTAMP) IS NULL;
-- generated: 397
SELECT HOUR((TIMESTAMP '2024-03-04 12:30:15' - INTERVAL 1 MONTH)) AS v0, DATEDIFF(DATE '2024-01-31', COALESCE(DATE '2024-01-31', DATE '2020-01-01')) AS v1, GREATEST(SQRT(ABS(2e0)), 1e1) AS v2 FROM texts x;
-- generated: 398
SELECT q.id, q.w0 FROM (SELECT id, SUM(value) OVER () AS w0, DENSE_RANK() OVER (ORDER BY value NULLS LAST) AS w1 FROM events) q WHERE q.w0 > 1;
-- generated: 399
SELECT 0.5e0 AS v0, x.id AS v1 FROM orders x WHERE (TIMESTAMP '2024-02-01 00:00:00' - INTERVAL 3 HOURS) IS NOT NULL;
-- generated: 400
SELECT x.customer AS k0, x.placed AS k1, APPROX_COUNT_DISTINCT('tea') AS a0 FROM orders x JOIN events y ON x.customer = y.customer GROUP BY x.customer, x.placed HAVING COUNT(*) > 1;
-- generated: 401
SELECT c.customer FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND (o.product NOT IN ('coffee', 'north') OR -2 NOT IN (5, 0)));
-- generated: 402
SELECT c.customer FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND (o.amount IN (7, 7, o.amount) OR TIMESTAMP '2024-02-01 00:00:00' IS NULL));
-- generated: 403
SELECT LOWER(y.customer) AS k0, COUNT(*) AS a0, COUNT(DATE_ADD(DATE '2024-02-29', -27)) AS a1, COUNT(DISTINCT x.amount) AS a2 FROM orders x JOIN events y ON x.customer = y.customer AND (7 <> x.amount OR x.amount NOT IN (0.5, -3.1)) WHERE ((x.amount = x.amount OR x.id IS NULL) OR SUBSTR(y.customer, 1, 2) = x.product) GROUP BY LOWER(y.customer) HAVING COUNT(*) BETWEEN 1 AND 3;
-- generated: 404
SELECT LEAST(IF((NOT (x.paid IS NOT FALSE AND x.paid IS TRUE)), y.customer, x.product), y.region) AS v0, (DATE '2020-01-01' IN (DATE '2020-01-01', DATE '2024-02-29', y.since)) AS v1, (y.score / y.score) AS v2, x.paid AS v3 FROM orders x FULL JOIN customers y ON x.customer = y.customer AND x.quantity > 0 WHERE UPPER('c1') > x.customer;
-- generated: 405
SELECT DISTINCT 3 AS v0, IF(CASE WHEN x.id < 3 THEN x.n WHEN x.s IS DISTINCT FROM x.s THEN x.id ELSE x.id END IS NOT NULL, DATE '2024-02-29', LAST_DAY(DATE '2024-01-31')) AS v1 FROM texts x WHERE ((NOT (x.n NOT IN (-3, 7) AND x.t < x.t)) AND LEAST(x.n, x.id) BETWEEN -1 AND x.n);
-- generated: 406
WITH t AS (SELECT customer, AVG(quantity) AS v FROM orders GROUP BY customer) SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events;
-- generated: 407
SELECT (x.seen - INTERVAL 1 DAY) AS v0, x.id AS v1, COALESCE(SUBSTR(SHA2('c6', 256), 1, 8), x.customer) AS v2 FROM orders x WHERE x.product RLIKE '^[a-d]';
-- generated: 408
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 409
SELECT c.customer, (SELECT MAX(o.placed) FROM orders o WHERE o.customer = c.customer AND DATE_TRUNC('MINUTE', o.seen) < o.seen) AS v FROM customers c;
-- generated: 410
SELECT SUBSTR(x.customer, -2, 1) AS v0, (COALESCE(DATE '2024-02-29', x.placed) IN (DATE '2024-02-29', DATE '2024-01-31', x.placed)) AS v1, RIGHT(y.customer, 2) AS v2 FROM orders x JOIN events y ON x.customer = y.customer WHERE ((x.placed NOT IN (DATE '2024-02-29', DATE '2020-01-01') OR y.at <> x.seen) AND x.seen <> y.at);
-- generated: 411
SELECT x.customer AS k0, SUM(DISTINCT 7) AS a0, COUNT(DATE '2024-02-29') AS a1 FROM events x WHERE (ROUND(x.value, 2) <> x.value AND (x.id BETWEEN 7 AND x.id AND x.value IN (2e0, 2e0, x.value))) GROUP BY x.customer;
-- generated: 412
SELECT IF(LEAST(DATE '2024-01-31', x.placed) > y.since, x.customer, x.customer) AS k0, x.paid AS k1, COUNT(*) AS a0 FROM orders x JOIN customers y ON x.customer = y.customer AND (y.since IS NULL OR 'Straße' IS DISTINCT FROM y.region) WHERE LEFT(y.customer, 2) NOT IN ('view', 'zz') GROUP BY IF(LEAST(DATE '2024-01-31', x.placed) > y.since, x.customer, x.customer), x.paid HAVING VAR_POP(EXP(x.id)) IS NOT NULL;
-- generated: 413
WITH t AS (SELECT customer, MAX(quantity) AS v FROM orders WHERE (product || product) IS NOT NULL GROUP BY customer) SELECT customer, v FROM t WHERE v > (SELECT AVG(v) FROM t);
-- generated: 414
WITH t AS (SELECT customer, COUNT(*) AS v FROM orders GROUP BY customer) SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t;
-- generated: 415
SELECT id, DENSE_RANK() OVER (ORDER BY quantity NULLS LAST) AS w0, RANK() OVER (PARTITION BY product ORDER BY quantity) AS w1, MIN(quantity) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w2 FROM orders WHERE 7 BETWEEN 0.5 AND amount;
-- generated: 416
SELECT x.customer AS k0, COALESCE(x.paid, x.paid) AS k1, AVG(IF((NOT (x.quantity > x.quantity AND x.placed >= x.placed)), 0.5, x.amount)) AS a0, MEDIAN(EXP(x.quantity)) AS a1, SUM(DISTINCT NULLIF(x.amount, x.amount)) AS a2 FROM orders x WHERE IF((x.placed > x.placed OR x.id > x.id), -1, x.quantity) IS NULL GROUP BY x.customer, COALESCE(x.paid, x.paid) HAVING COUNT(*) > 1;
-- generated: 417
-- ordered
SELECT id, 'a' AS k FROM events WHERE 3 IS NULL ORDER BY k NULLS LAST, id;
-- generated: 418
SELECT id, COUNT(value) OVER (ORDER BY id) AS w0, MIN(value) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS w1 FROM events WHERE QUARTER(DATE '2024-01-31') = id;
-- generated: 419
-- ordered
SELECT id, FALSE AS k FROM events ORDER BY k NULLS LAST, id;
-- generated: 420
SELECT DISTINCT y.customer AS v0, CASE WHEN LENGTH(y.kind) IS DISTINCT FROM x.quantity THEN x.customer END AS v1 FROM orders x LEFT JOIN events y ON x.customer = y.customer;
