-- WITH: one
WITH big AS (SELECT customer, amount FROM orders WHERE amount > 9) SELECT customer, COUNT(*) AS n FROM big GROUP BY customer;
-- WITH: two, the second uses the first
WITH a AS (SELECT customer, quantity FROM orders), b AS (SELECT customer, SUM(quantity) AS q FROM a GROUP BY customer) SELECT b.customer, b.q, c.region FROM b LEFT JOIN customers c ON b.customer = c.customer;
-- WITH: used twice
WITH t AS (SELECT customer, SUM(amount) AS s FROM orders GROUP BY customer) SELECT x.customer, y.customer AS other FROM t x JOIN t y ON x.s < y.s;
-- WITH: shadows a table
WITH customers AS (SELECT customer, 1 AS age FROM orders) SELECT SUM(age) AS n FROM customers;
-- WITH: names of columns
WITH t(a, b) AS (SELECT customer, quantity FROM orders) SELECT a, MAX(b) AS m FROM t GROUP BY a;
-- WITH: nested
SELECT n FROM (WITH t AS (SELECT COUNT(*) AS n FROM orders) SELECT n FROM t) q;
-- WITH: inner shadows outer
WITH t AS (SELECT 1 AS v FROM one) SELECT v FROM (WITH t AS (SELECT 2 AS v FROM one) SELECT v FROM t) q;
-- WITH: in a subquery of WHERE
WITH t AS (SELECT customer FROM events WHERE kind = 'click') SELECT id FROM orders WHERE customer IN (SELECT customer FROM t);
-- WITH: union inside
WITH t AS (SELECT customer FROM orders UNION ALL SELECT customer FROM events) SELECT customer, COUNT(*) AS n FROM t GROUP BY customer;
-- WITH: window inside
WITH r AS (SELECT id, customer, amount, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY amount DESC, id) AS k FROM orders) SELECT customer, SUM(amount) AS s FROM r WHERE k <= 2 GROUP BY customer;
-- WITH RECURSIVE: numbers
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT n FROM t;
-- WITH: a chain of three
WITH a AS (SELECT customer, amount FROM orders WHERE amount IS NOT NULL), b AS (SELECT customer, AVG(amount) AS m FROM a GROUP BY customer), c AS (SELECT customer FROM b WHERE m > 8) SELECT customer FROM c;
-- WITH: not used
WITH t AS (SELECT customer FROM orders) SELECT region FROM customers;
-- WITH: full join of two
WITH a AS (SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer), b AS (SELECT customer, COUNT(*) AS n FROM events GROUP BY customer) SELECT COALESCE(a.customer, b.customer) AS customer, a.n AS orders, b.n AS events FROM a FULL JOIN b ON a.customer = b.customer;
