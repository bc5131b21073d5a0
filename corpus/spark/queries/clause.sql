-- SELECT: star
SELECT * FROM customers;
-- SELECT: star of an alias
SELECT c.*, 1 AS extra FROM customers c;
-- SELECT: names are not case sensitive
SELECT CUSTOMER AS a, Customers.Region AS b FROM CUSTOMERS;
-- SELECT: quoted names
SELECT `customer` AS `a`, `c`.`region` AS b FROM `customers` AS `c`;
-- SELECT: without FROM
SELECT 1 AS a, 'x' AS b;
-- SELECT: alias without AS
SELECT customer a, age + 1 b FROM customers c;
-- SELECT: comments
SELECT /* one */ customer -- two
FROM customers /* three */ WHERE age > 30;
-- SELECT: lateral alias
SELECT age + 1 AS a, a * 2 AS b FROM customers;
-- SELECT: EXCEPT columns
SELECT * EXCEPT (score, since) FROM customers;
-- WHERE: three values
SELECT customer FROM customers WHERE NOT (age > 40);
-- WHERE: combined
SELECT id FROM orders WHERE (product = 'tea' OR product = 'cake') AND NOT paid IS FALSE AND amount BETWEEN 5 AND 50;
-- WHERE: constant
SELECT id FROM orders WHERE 1 = 0;
-- WHERE: a boolean column
SELECT id FROM orders WHERE paid;
-- WHERE: a window is refused
SELECT id FROM orders WHERE ROW_NUMBER() OVER (ORDER BY id) = 1;
-- WHERE: an aggregate is refused
SELECT id FROM orders WHERE SUM(amount) > 1;
-- ORDER BY: columns
-- ordered
SELECT id, product FROM orders ORDER BY product, id DESC;
-- ORDER BY: NULLs first and last
-- ordered
SELECT id FROM orders ORDER BY amount NULLS LAST, id;
-- ORDER BY: descending
-- ordered
SELECT id FROM orders ORDER BY amount DESC, id;
-- ORDER BY: descending, NULLs first
-- ordered
SELECT id FROM orders ORDER BY amount DESC NULLS FIRST, id;
-- ORDER BY: NaN is the greatest
-- ordered
SELECT id, d FROM numbers ORDER BY d, id;
-- ORDER BY: texts by bytes
-- ordered
SELECT id, s FROM texts ORDER BY s, id;
-- ORDER BY: ordinals
-- ordered
SELECT product, id FROM orders ORDER BY 1 DESC, 2;
-- ORDER BY: expressions
-- ordered
SELECT id FROM orders ORDER BY ABS(amount), id;
-- ORDER BY: an alias
-- ordered
SELECT id, quantity * 2 AS q FROM orders ORDER BY q, id;
-- ORDER BY: what is not selected
-- ordered
SELECT id FROM orders ORDER BY product NULLS LAST, quantity, id;
-- ORDER BY: aggregates
-- ordered
SELECT product FROM orders GROUP BY product ORDER BY COUNT(*) DESC, product;
-- ORDER BY: ALL
-- ordered
SELECT product, id FROM orders ORDER BY ALL;
-- LIMIT: of an order
-- ordered
SELECT id FROM orders ORDER BY id LIMIT 3;
-- LIMIT: zero
SELECT id FROM orders ORDER BY id LIMIT 0;
-- LIMIT: more than there is
SELECT id FROM orders ORDER BY id LIMIT 1000;
-- OFFSET: of an order
-- ordered
SELECT id FROM orders ORDER BY id LIMIT 3 OFFSET 2;
-- SORT BY: rows
SELECT id FROM orders SORT BY id;
-- CLUSTER BY: rows
SELECT id FROM orders CLUSTER BY id;
-- DISTRIBUTE BY: rows
SELECT id FROM orders DISTRIBUTE BY customer;
-- LATERAL VIEW: explode
SELECT id, part FROM texts LATERAL VIEW EXPLODE(SPLIT(s, ',')) p AS part;
-- PIVOT: sums
SELECT * FROM (SELECT customer, product, quantity FROM orders) PIVOT (SUM(quantity) FOR product IN ('tea' AS tea, 'cake' AS cake));
-- UNPIVOT: columns
SELECT * FROM (SELECT id, quantity, id + 1 AS other FROM orders) UNPIVOT (v FOR name IN (quantity, other));
-- TABLESAMPLE: everything
SELECT id FROM orders TABLESAMPLE (100 PERCENT);
-- hint BROADCAST: join
SELECT /*+ BROADCAST(c) */ o.id, c.region FROM orders o JOIN customers c ON o.customer = c.customer;
-- hint MERGE: join
SELECT /*+ MERGE(c) */ o.id, c.region FROM orders o JOIN customers c ON o.customer = c.customer;
-- hint SHUFFLE_HASH: join
SELECT /*+ SHUFFLE_HASH(c) */ o.id, c.region FROM orders o JOIN customers c ON o.customer = c.customer;
-- hint SHUFFLE_REPLICATE_NL: join
SELECT /*+ SHUFFLE_REPLICATE_NL(c) */ o.id, c.region FROM orders o JOIN customers c ON o.customer = c.customer;
-- hint COALESCE: partitions
SELECT /*+ COALESCE(1) */ id FROM orders;
-- hint REPARTITION: partitions
SELECT /*+ REPARTITION(3) */ id FROM orders;
-- hint REBALANCE: partitions
SELECT /*+ REBALANCE */ id FROM orders;
-- CACHE TABLE: a query of it
CACHE TABLE cached AS SELECT id, amount FROM orders WHERE paid; SELECT COUNT(*) AS n, SUM(id) AS s FROM cached;
-- CACHE TABLE: two, one lazy and without AS
CACHE LAZY TABLE cached SELECT customer, age FROM customers; CACHE TABLE older AS SELECT * FROM cached WHERE age > 40; SELECT customer FROM older;
-- TOP: is Redshift's
SELECT TOP 3 id FROM orders;
-- GETDATE: is Redshift's
SELECT GETDATE() IS NULL AS a FROM one;
-- SYSDATE: is Redshift's
SELECT SYSDATE IS NULL AS a FROM one;
-- SIMILAR TO: is Redshift's
SELECT s SIMILAR TO 'a%' AS a FROM texts;
-- EXPLAIN: is not a query
EXPLAIN SELECT id FROM orders;
-- INSERT: is not a query
INSERT INTO one VALUES (1);
