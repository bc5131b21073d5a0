-- FROM subquery: filter
SELECT q.customer, q.total FROM (SELECT customer, SUM(amount) AS total FROM orders GROUP BY customer) q WHERE q.total > 10;
-- FROM subquery: without alias
SELECT customer FROM (SELECT customer FROM orders WHERE quantity > 1);
-- FROM subquery: joined
SELECT c.region, q.n FROM customers c JOIN (SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer) q ON c.customer = q.customer;
-- FROM subquery: nested
SELECT AVG(total) AS a FROM (SELECT customer, SUM(n) AS total FROM (SELECT customer, quantity AS n FROM orders WHERE paid) p GROUP BY customer) q;
-- FROM subquery: renamed columns
SELECT a, b FROM (SELECT customer, quantity FROM orders) AS q(a, b) WHERE b > 1;
-- FROM subquery: limited
SELECT COUNT(*) AS n FROM (SELECT id FROM orders ORDER BY id LIMIT 3) q;
-- scalar subquery: filter
SELECT id FROM orders WHERE amount > (SELECT AVG(amount) FROM orders);
-- scalar subquery: select list
SELECT id, amount - (SELECT MIN(amount) FROM orders) AS v FROM orders;
-- scalar subquery: no rows
SELECT id, (SELECT MAX(x) FROM none) AS v FROM orders;
-- scalar subquery: correlated
SELECT c.customer, (SELECT SUM(o.amount) FROM orders o WHERE o.customer = c.customer) AS v FROM customers c;
-- scalar subquery: correlated count
SELECT c.customer, (SELECT COUNT(*) FROM orders o WHERE o.customer = c.customer) AS v FROM customers c;
-- scalar subquery: correlated filter
SELECT o.id FROM orders o WHERE o.amount > (SELECT AVG(p.amount) FROM orders p WHERE p.product = o.product);
-- scalar subquery: more than one row
SELECT (SELECT customer FROM orders) AS v FROM one;
-- IN subquery: keys
SELECT customer FROM customers WHERE customer IN (SELECT customer FROM orders WHERE product = 'cake');
-- IN subquery: not in
SELECT customer FROM customers WHERE customer NOT IN (SELECT customer FROM orders WHERE customer IS NOT NULL);
-- IN subquery: not in with NULL
SELECT customer FROM customers WHERE customer NOT IN (SELECT customer FROM orders);
-- IN subquery: not in an empty set
SELECT customer FROM customers WHERE customer NOT IN (SELECT s FROM none);
-- IN subquery: correlated
SELECT c.customer FROM customers c WHERE 'tea' IN (SELECT o.product FROM orders o WHERE o.customer = c.customer);
-- IN subquery: types meet
SELECT id FROM orders WHERE id IN (SELECT txt FROM numbers);
-- IN subquery: as a value
SELECT customer, customer IN (SELECT customer FROM orders) AS v FROM customers;
-- EXISTS: correlated
SELECT c.customer FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND o.paid);
-- EXISTS: not
SELECT c.customer FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer);
-- EXISTS: uncorrelated
SELECT COUNT(*) AS n FROM customers WHERE EXISTS (SELECT 1 FROM none);
-- EXISTS: with inequality
SELECT o.id FROM orders o WHERE EXISTS (SELECT 1 FROM orders p WHERE p.customer = o.customer AND p.id <> o.id AND p.amount >= o.amount);
-- EXISTS: in OR
SELECT c.customer FROM customers c WHERE c.age > 60 OR EXISTS (SELECT 1 FROM events e WHERE e.customer = c.customer AND e.kind = 'click');
-- HAVING subquery: compared
SELECT product, SUM(amount) AS s FROM orders GROUP BY product HAVING SUM(amount) > (SELECT AVG(amount) FROM orders);
-- FROM subquery: three levels
SELECT MAX(n) AS m FROM (SELECT region, COUNT(*) AS n FROM (SELECT DISTINCT c.region, o.customer FROM customers c JOIN orders o ON c.customer = o.customer) p GROUP BY region) q;
-- scalar subquery: arithmetic
SELECT id, amount / (SELECT SUM(amount) FROM orders) AS share FROM orders;
-- IN subquery: in HAVING
SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer HAVING customer IN (SELECT customer FROM events);
-- EXISTS: two of them
SELECT c.customer FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer) AND NOT EXISTS (SELECT 1 FROM events e WHERE e.customer = c.customer);
-- scalar subquery: count of what is never true
SELECT c.customer, (SELECT COUNT(*) FROM orders o WHERE o.customer = c.customer AND o.placed <> o.placed) AS v FROM customers c;
-- EXISTS: as a value
SELECT c.customer, EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer) AS has, NOT EXISTS (SELECT o.id FROM orders o WHERE o.customer = c.customer AND o.paid) AS none FROM customers c;
-- EXISTS: inside CASE
SELECT c.customer, CASE WHEN EXISTS (SELECT 1 FROM events e WHERE e.customer = c.customer AND e.kind = 'click') THEN 'clicked' WHEN c.age > 40 THEN 'older' ELSE 'other' END AS what FROM customers c;
-- EXISTS: uncorrelated, as a value
SELECT id, EXISTS (SELECT 1 FROM none) AS a, EXISTS (SELECT customer FROM customers WHERE age > 50) AS b FROM orders;
-- EXISTS: of grouped rows, as a value
SELECT id, EXISTS (SELECT customer FROM orders GROUP BY customer HAVING COUNT(*) > 2) AS a, EXISTS (SELECT id FROM orders WHERE paid UNION SELECT id FROM events) AS b, EXISTS (SELECT COUNT(*) FROM none) AS c, EXISTS (SELECT DISTINCT s FROM none) AS d FROM orders;
-- EXISTS: in an aggregate
SELECT SUM(CASE WHEN EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer) THEN 1 ELSE 0 END) AS n FROM customers c;
-- EXISTS: in ORDER BY
-- ordered
SELECT c.customer FROM customers c ORDER BY EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer) DESC, c.customer;
-- EXISTS: limited, as a value
SELECT c.customer, EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer LIMIT 1) AS a, EXISTS (SELECT 1 FROM orders LIMIT 0) AS b FROM customers c;
-- IN subquery: uncorrelated, as a value
SELECT c.customer, c.customer IN (SELECT customer FROM orders WHERE paid) AS a, c.age NOT IN (SELECT quantity FROM orders WHERE quantity IS NOT NULL) AS b, c.region IN (SELECT s FROM none) AS d FROM customers c;
-- IN subquery: with NULL, as a value
SELECT c.customer, c.score IN (SELECT value FROM events) AS a, c.age IN (SELECT quantity FROM orders) AS b, NULL IN (SELECT x FROM none) AS d FROM customers c;
