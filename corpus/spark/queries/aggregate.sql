-- COUNT: all forms
SELECT COUNT(*) AS a, COUNT(1) AS b, COUNT(customer) AS c, COUNT(DISTINCT customer) AS d, COUNT(NULL) AS e FROM orders;
-- COUNT: no rows
SELECT COUNT(*) AS a, COUNT(x) AS b, COUNT(DISTINCT x) AS c FROM none;
-- COUNT: several columns
SELECT COUNT(customer, product) AS a, COUNT(DISTINCT customer, product) AS b FROM orders;
-- COUNT: by group
SELECT product, COUNT(*) AS a, COUNT(amount) AS b, COUNT(DISTINCT customer) AS c FROM orders GROUP BY product;
-- COUNT_IF: columns
SELECT product, COUNT_IF(quantity > 1) AS a, COUNT_IF(paid) AS b FROM orders GROUP BY product;
-- SUM: kinds
SELECT SUM(quantity) AS a, SUM(amount) AS b, SUM(DISTINCT amount) AS c FROM orders;
-- SUM: no rows
SELECT SUM(x) AS a, SUM(DISTINCT x) AS b FROM none;
-- SUM: by group
SELECT customer, SUM(amount) AS a, SUM(quantity) AS b, SUM(quantity * amount) AS c FROM orders GROUP BY customer;
-- SUM: doubles
SELECT SUM(value) AS a FROM events;
-- SUM: NaN and infinities
SELECT SUM(d) AS a FROM numbers WHERE id IN (1, 10, 11);
-- SUM: text
SELECT SUM(txt) AS a FROM numbers WHERE id IN (1, 2, 4, 9, 14);
-- SUM: beyond bigint
SELECT SUM(b) AS a FROM numbers WHERE id IN (2, 6);
-- SUM: decimals beyond
SELECT SUM(w) AS a FROM numbers;
-- AVG: kinds
SELECT AVG(quantity) AS a, AVG(amount) AS b, AVG(DISTINCT quantity) AS c FROM orders;
-- AVG: no rows
SELECT AVG(x) AS a FROM none;
-- AVG: by group
SELECT customer, AVG(amount) AS a, AVG(quantity) AS b, MEAN(quantity) AS c FROM orders GROUP BY customer;
-- AVG: doubles
SELECT kind, AVG(value) AS a FROM events GROUP BY kind;
-- MIN: kinds
SELECT MIN(customer) AS a, MIN(amount) AS b, MIN(placed) AS c, MIN(seen) AS d, MIN(paid) AS e FROM orders;
-- MIN: NaN
SELECT MIN(d) AS a, MAX(d) AS b, MIN(f) AS c, MAX(f) AS e FROM numbers;
-- MAX: kinds
SELECT MAX(customer) AS a, MAX(amount) AS b, MAX(placed) AS c, MAX(seen) AS d, MAX(paid) AS e FROM orders;
-- MAX: by group
SELECT product, MAX(amount) AS a, MIN(quantity) AS b FROM orders GROUP BY product;
-- MAX: no rows
SELECT MAX(x) AS a, MIN(s) AS b FROM none;
-- STDDEV: kinds
SELECT STDDEV(value) AS a, STDDEV_SAMP(value) AS b, STD(value) AS c, STDDEV(id) AS d FROM events;
-- STDDEV: by group
SELECT kind, STDDEV(value) AS a, STDDEV_POP(value) AS b FROM events GROUP BY kind;
-- STDDEV_SAMP: one row
SELECT STDDEV_SAMP(x) AS a, STDDEV_POP(x) AS b, VAR_SAMP(x) AS c, VAR_POP(x) AS d FROM one;
-- STDDEV_POP: decimals
SELECT STDDEV_POP(amount) AS a, STDDEV(quantity) AS b FROM orders;
-- VAR_SAMP: kinds
SELECT VAR_SAMP(value) AS a, VARIANCE(value) AS b FROM events;
-- VAR_POP: kinds
SELECT VAR_POP(value) AS a, VAR_POP(quantity) AS b FROM events CROSS JOIN orders;
-- VAR_POP: no rows
SELECT VAR_POP(x) AS a, VAR_SAMP(x) AS b, STDDEV(x) AS c, SKEWNESS(x) AS d FROM none;
-- SKEWNESS: kinds
SELECT SKEWNESS(value) AS a, SKEWNESS(id) AS b FROM events;
-- KURTOSIS: kinds
SELECT KURTOSIS(value) AS a, KURTOSIS(id) AS b FROM events;
-- CORR: kinds
SELECT CORR(amount, quantity) AS a FROM orders;
-- COVAR_POP: kinds
SELECT COVAR_POP(amount, quantity) AS a, COVAR_SAMP(amount, quantity) AS b FROM orders;
-- APPROX_COUNT_DISTINCT: few values
SELECT APPROX_COUNT_DISTINCT(customer) AS a, APPROX_COUNT_DISTINCT(quantity) AS b FROM orders;
-- APPROX_COUNT_DISTINCT: by group
SELECT product, APPROX_COUNT_DISTINCT(customer) AS a FROM orders GROUP BY product;
-- PERCENTILE: kinds
SELECT PERCENTILE(quantity, 0.5) AS a, PERCENTILE(value, 0.25) AS b FROM orders CROSS JOIN events;
-- PERCENTILE: edges
SELECT PERCENTILE(value, 0) AS a, PERCENTILE(value, 1) AS b, PERCENTILE(value, 0.9) AS c FROM events;
-- PERCENTILE: several
SELECT PERCENTILE(value, ARRAY(0.25, 0.75))[1] AS a FROM events;
-- APPROX_PERCENTILE: few values
SELECT APPROX_PERCENTILE(value, 0.5) AS a, PERCENTILE_APPROX(quantity, 0.9) AS b, APPROX_PERCENTILE(value, 0.5, 100) AS c FROM events CROSS JOIN orders;
-- APPROX_PERCENTILE: by group
SELECT product, APPROX_PERCENTILE(amount, 0.5) AS a FROM orders GROUP BY product;
-- MEDIAN: kinds
SELECT MEDIAN(value) AS a, MEDIAN(id) AS b FROM events;
-- MEDIAN: by group
SELECT product, MEDIAN(amount) AS a, MEDIAN(quantity) AS b FROM orders GROUP BY product;
-- PERCENTILE_CONT: within group
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY value) AS a FROM events;
-- COLLECT_LIST: sorted
SELECT product, ARRAY_JOIN(SORT_ARRAY(COLLECT_LIST(customer)), ',') AS a FROM orders GROUP BY product;
-- COLLECT_SET: sorted
SELECT product, ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(customer)), ',') AS a, SIZE(COLLECT_SET(quantity)) AS b FROM orders GROUP BY product;
-- BOOL_AND: groups
SELECT product, BOOL_AND(paid) AS a, EVERY(quantity > 0) AS b FROM orders GROUP BY product;
-- BOOL_OR: groups
SELECT product, BOOL_OR(paid) AS a, ANY(quantity > 2) AS b, SOME(paid) AS c FROM orders GROUP BY product;
-- BIT_AND: groups
SELECT product, BIT_AND(quantity) AS a, BIT_OR(quantity) AS b, BIT_XOR(quantity) AS c FROM orders GROUP BY product;
-- ANY_VALUE: groups of one value
SELECT customer, ANY_VALUE(customer) AS a FROM orders GROUP BY customer;
-- FIRST: groups of one value
SELECT customer, FIRST(customer) AS a, LAST(customer) AS b FROM orders GROUP BY customer;
-- MIN_BY: groups
SELECT product, MIN_BY(id, quantity * 100 + id) AS a, MAX_BY(customer, id) AS b FROM orders GROUP BY product;
-- MODE: one mode
SELECT MODE(product) AS a FROM orders;
-- GROUPING SETS: two sets
SELECT product, customer, COUNT(*) AS n FROM orders GROUP BY GROUPING SETS ((product), (customer), ());
-- ROLLUP: two columns
SELECT product, customer, COUNT(*) AS n FROM orders GROUP BY ROLLUP (product, customer);
-- CUBE: two columns
SELECT product, paid, COUNT(*) AS n FROM orders GROUP BY CUBE (product, paid);
-- GROUPING: of a rollup
SELECT product, GROUPING(product) AS g, COUNT(*) AS n FROM orders GROUP BY ROLLUP (product);
-- FILTER clause: of aggregates
SELECT product, COUNT(*) FILTER (WHERE quantity > 1) AS a, SUM(amount) FILTER (WHERE paid) AS b FROM orders GROUP BY product;
-- GROUP BY: expression
SELECT YEAR(placed) AS y, MONTH(placed) AS m, SUM(amount) AS a FROM orders GROUP BY YEAR(placed), MONTH(placed);
-- GROUP BY: ordinal and alias
SELECT UPPER(product) AS p, COUNT(*) AS n FROM orders GROUP BY 1;
-- GROUP BY: alias
SELECT UPPER(product) AS p, COUNT(*) AS n FROM orders GROUP BY p;
-- GROUP BY: ALL
SELECT product, paid, COUNT(*) AS n FROM orders GROUP BY ALL;
-- GROUP BY: a case
SELECT CASE WHEN quantity > 1 THEN 'many' ELSE 'few' END AS k, AVG(amount) AS a FROM orders GROUP BY CASE WHEN quantity > 1 THEN 'many' ELSE 'few' END;
-- GROUP BY: NaN and zeros are one group
SELECT d, COUNT(*) AS n FROM (SELECT d FROM numbers UNION ALL SELECT -d FROM numbers) q GROUP BY d;
-- GROUP BY: what is not grouped
SELECT product, amount FROM orders GROUP BY product;
-- GROUP BY: no aggregate
SELECT product, paid FROM orders GROUP BY product, paid;
-- HAVING: aggregates
SELECT product, COUNT(*) AS n FROM orders GROUP BY product HAVING COUNT(*) > 1 AND SUM(amount) > 20;
-- HAVING: alias
SELECT product, COUNT(*) AS n FROM orders GROUP BY product HAVING n > 2;
-- HAVING: key
SELECT product, COUNT(*) AS n FROM orders GROUP BY product HAVING product LIKE 'c%';
-- HAVING: without groups
SELECT COUNT(*) AS n FROM orders HAVING COUNT(*) > 100;
-- aggregates: arithmetic
SELECT product, SUM(amount) / COUNT(*) AS a, ROUND(AVG(amount), 1) AS b, SUM(amount) - MIN(amount) AS c FROM orders GROUP BY product;
-- aggregates: of a case
SELECT SUM(CASE WHEN product = 'tea' THEN amount ELSE 0 END) AS a, COUNT(CASE WHEN paid THEN 1 END) AS b FROM orders;
-- aggregates: cast inside
SELECT SUM(CAST(quantity AS DOUBLE)) AS a, AVG(CAST(amount AS DOUBLE)) AS b, MAX(CAST(placed AS STRING)) AS c FROM orders;
-- DISTINCT: rows
SELECT DISTINCT product, paid FROM orders;
-- DISTINCT: with NaN
SELECT DISTINCT d FROM numbers;
-- DISTINCT: over groups
SELECT DISTINCT COUNT(*) AS n FROM orders GROUP BY product;
-- COLLECT_LIST: array_agg
SELECT product, ARRAY_JOIN(SORT_ARRAY(ARRAY_AGG(customer)), ',') AS a FROM orders GROUP BY product;
-- COLLECT_LIST: as a result
SELECT SORT_ARRAY(COLLECT_LIST(quantity)) AS a FROM orders;
-- PERCENTILE_DISC: within group
SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY value) AS a FROM events;
-- SUM: inside an expression of groups
SELECT product, SUM(quantity) * 2 + COUNT(*) AS a, CONCAT(product, ':', CAST(COUNT(*) AS STRING)) AS b FROM orders GROUP BY product;
-- COUNT: of expressions
SELECT COUNT(amount + quantity) AS a, COUNT(DISTINCT YEAR(placed)) AS b, COUNT(DISTINCT amount, product) AS c FROM orders;
-- HAVING: over a join
SELECT c.region, COUNT(DISTINCT o.customer) AS n FROM customers c JOIN orders o ON c.customer = o.customer GROUP BY c.region HAVING COUNT(DISTINCT o.customer) >= 2;
-- ROLLUP: with HAVING
SELECT product, SUM(quantity) AS n FROM orders GROUP BY ROLLUP (product) HAVING SUM(quantity) > 3;
-- CUBE: of one column with NULL keys
SELECT customer, COUNT(*) AS n FROM orders GROUP BY CUBE (customer);
-- ROLLUP: of no rows
SELECT s, COUNT(*) AS n FROM none GROUP BY ROLLUP (s);
-- CUBE: of no rows
SELECT s, COUNT(*) AS n FROM none GROUP BY CUBE (s);
-- GROUPING SETS: of no rows
SELECT s, COUNT(*) AS n FROM none GROUP BY GROUPING SETS ((s), ());
-- APPROX_DISTINCT: is not in Spark 3.5
SELECT APPROX_DISTINCT(customer) AS a FROM orders;
-- STRING_AGG: is not in Spark 3.5
SELECT STRING_AGG(product, ',') AS a FROM orders WHERE id < 3;
-- GROUPING: of two columns
SELECT product, customer, GROUPING(product) AS g, GROUPING(customer) AS h, COUNT(*) AS n FROM orders GROUP BY CUBE (product, customer);
-- GROUPING: id of all columns
SELECT product, customer, GROUPING_ID() AS g, GROUPING_ID(product, customer) AS h, COUNT(*) AS n FROM orders GROUP BY GROUPING SETS ((product, customer), (product), ());
-- GROUPING: in HAVING and ORDER BY
-- ordered
SELECT product, COUNT(*) AS n FROM orders GROUP BY ROLLUP (product) HAVING GROUPING(product) = 1 OR COUNT(*) > 1 ORDER BY GROUPING(product), product;
-- GROUPING: inside an expression
SELECT CASE WHEN GROUPING(product) = 1 THEN 'all' ELSE product END AS p, SUM(quantity) AS q FROM orders GROUP BY product WITH ROLLUP;
-- GROUPING: without sets
SELECT product, GROUPING(product) AS g FROM orders GROUP BY product;
