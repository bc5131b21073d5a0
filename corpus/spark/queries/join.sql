-- INNER JOIN: on a key
SELECT o.id, c.region FROM orders o INNER JOIN customers c ON o.customer = c.customer;
-- INNER JOIN: two conditions
SELECT o.id, e.id AS event FROM orders o JOIN events e ON o.customer = e.customer AND e.at <= o.seen;
-- INNER JOIN: expressions
SELECT o.id, c.customer AS c FROM orders o JOIN customers c ON UPPER(o.customer) = UPPER(c.customer) AND o.quantity < c.age;
-- INNER JOIN: inequality
SELECT a.id, b.id AS id2 FROM orders a JOIN orders b ON a.amount > b.amount AND a.product = b.product;
-- INNER JOIN: three tables
SELECT o.id, c.region, e.kind FROM orders o JOIN customers c ON o.customer = c.customer JOIN events e ON e.customer = c.customer;
-- INNER JOIN: self
SELECT a.id, b.id AS other FROM orders a JOIN orders b ON a.customer = b.customer AND a.id < b.id;
-- INNER JOIN: OR
SELECT o.id, c.age FROM orders o JOIN customers c ON o.customer = c.customer OR o.quantity > 4;
-- INNER JOIN: NULL safe
SELECT o.id, c.age FROM orders o JOIN customers c ON o.customer <=> c.customer;
-- INNER JOIN: doubles with NaN
SELECT a.id, b.id AS id2 FROM numbers a JOIN numbers b ON a.d = b.d;
-- LEFT JOIN: on a key
SELECT o.id, c.region FROM orders o LEFT JOIN customers c ON o.customer = c.customer;
-- LEFT JOIN: condition on the right
SELECT o.id, c.region FROM orders o LEFT OUTER JOIN customers c ON o.customer = c.customer AND c.age > 40;
-- LEFT JOIN: condition on the left
SELECT o.id, c.region FROM orders o LEFT JOIN customers c ON o.customer = c.customer AND o.quantity = 1;
-- LEFT JOIN: filter afterwards
SELECT o.id FROM orders o LEFT JOIN customers c ON o.customer = c.customer WHERE c.customer IS NULL;
-- LEFT JOIN: two of them
SELECT c.customer, o.id, e.id AS event FROM customers c LEFT JOIN orders o ON c.customer = o.customer LEFT JOIN events e ON c.customer = e.customer AND e.kind = 'click';
-- RIGHT JOIN: on a key
SELECT o.id, c.customer FROM orders o RIGHT JOIN customers c ON o.customer = c.customer;
-- FULL JOIN: on a key
SELECT o.id, c.customer, c.region FROM orders o FULL OUTER JOIN customers c ON o.customer = c.customer;
-- FULL JOIN: aggregated
SELECT c.region, COUNT(o.id) AS n, SUM(o.amount) AS s FROM orders o FULL JOIN customers c ON o.customer = c.customer GROUP BY c.region;
-- CROSS JOIN: all pairs
SELECT c.customer, o.x FROM customers c CROSS JOIN one o;
-- CROSS JOIN: by comma
SELECT c.customer, o.id FROM customers c, orders o WHERE c.customer = o.customer;
-- NATURAL JOIN: one column
SELECT customer, region, amount FROM orders NATURAL JOIN customers;
-- USING: one column
SELECT customer, o.id, c.region FROM orders o JOIN customers c USING (customer);
-- USING: left
SELECT customer, o.id, c.region FROM orders o LEFT JOIN customers c USING (customer);
-- USING: full
SELECT customer, o.id, c.region FROM orders o FULL JOIN customers c USING (customer);
-- LEFT SEMI JOIN: on a key
SELECT c.customer FROM customers c LEFT SEMI JOIN orders o ON c.customer = o.customer;
-- LEFT ANTI JOIN: on a key
SELECT c.customer FROM customers c LEFT ANTI JOIN orders o ON c.customer = o.customer;
-- LATERAL JOIN: subquery
SELECT c.customer, q.n FROM customers c, LATERAL (SELECT COUNT(*) AS n FROM orders o WHERE o.customer = c.customer) q;
-- joins: star of one table
SELECT c.* FROM customers c JOIN orders o ON c.customer = o.customer AND o.product = 'cake';
-- joins: parentheses
SELECT o.id, c.region, e.kind FROM orders o JOIN (customers c JOIN events e ON c.customer = e.customer) ON o.customer = c.customer;
