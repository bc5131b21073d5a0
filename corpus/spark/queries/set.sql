-- UNION: distinct
SELECT customer FROM orders UNION SELECT customer FROM customers;
-- UNION ALL: all
SELECT customer FROM orders UNION ALL SELECT customer FROM customers;
-- UNION ALL: types meet
SELECT quantity AS v FROM orders UNION ALL SELECT amount FROM orders;
-- UNION ALL: text beside number
SELECT customer AS v FROM orders UNION ALL SELECT id FROM orders;
-- UNION ALL: three branches
SELECT 'o' AS src, COUNT(*) AS n FROM orders UNION ALL SELECT 'c', COUNT(*) FROM customers UNION ALL SELECT 'e', COUNT(*) FROM events;
-- UNION ALL: date beside timestamp
SELECT placed AS v FROM orders UNION ALL SELECT seen FROM orders;
-- UNION: NULL column
SELECT id, NULL AS v FROM orders UNION SELECT id, product FROM orders;
-- UNION: with ORDER BY and LIMIT
-- ordered
SELECT customer FROM orders UNION SELECT customer FROM customers ORDER BY customer DESC LIMIT 4;
-- UNION: in a subquery
SELECT v, COUNT(*) AS n FROM (SELECT customer AS v FROM orders UNION ALL SELECT customer FROM events) q GROUP BY v;
-- UNION: parentheses
(SELECT customer FROM orders WHERE quantity = 1) UNION (SELECT customer FROM customers WHERE age = 34);
-- UNION: different numbers of columns
SELECT id, customer FROM orders UNION SELECT customer FROM customers;
-- INTERSECT: distinct
SELECT customer FROM orders INTERSECT SELECT customer FROM customers;
-- INTERSECT: all
SELECT customer FROM orders INTERSECT ALL SELECT customer FROM events;
-- INTERSECT: all, with other multiplicities
SELECT customer FROM orders INTERSECT ALL SELECT customer FROM customers;
-- INTERSECT: before UNION
SELECT customer FROM customers UNION SELECT customer FROM orders INTERSECT SELECT customer FROM events;
-- EXCEPT: distinct
SELECT customer FROM customers EXCEPT SELECT customer FROM orders;
-- EXCEPT: all
SELECT customer FROM orders EXCEPT ALL SELECT customer FROM customers;
-- EXCEPT: minus
SELECT customer FROM customers MINUS SELECT customer FROM orders;
