-- ROW_NUMBER: by customer
SELECT id, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY id) AS v FROM orders;
-- ROW_NUMBER: descending
SELECT id, ROW_NUMBER() OVER (ORDER BY placed DESC, id) AS v FROM orders;
-- ROW_NUMBER: latest row
SELECT id, customer FROM (SELECT id, customer, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY placed DESC, id DESC) AS r FROM orders) q WHERE r = 1;
-- RANK: ties
SELECT id, RANK() OVER (ORDER BY amount) AS v, RANK() OVER (PARTITION BY product ORDER BY amount DESC) AS w FROM orders;
-- DENSE_RANK: ties
SELECT id, DENSE_RANK() OVER (ORDER BY amount) AS v, DENSE_RANK() OVER (ORDER BY product NULLS LAST) AS w FROM orders;
-- PERCENT_RANK: ties
SELECT id, PERCENT_RANK() OVER (ORDER BY amount) AS v FROM orders;
-- CUME_DIST: ties
SELECT id, CUME_DIST() OVER (ORDER BY amount) AS v, CUME_DIST() OVER (PARTITION BY product ORDER BY quantity) AS w FROM orders;
-- NTILE: buckets
SELECT id, NTILE(4) OVER (ORDER BY id) AS v, NTILE(3) OVER (PARTITION BY product ORDER BY id) AS w FROM orders;
-- LAG: offsets
SELECT id, LAG(amount) OVER (ORDER BY id) AS a, LAG(amount, 2) OVER (ORDER BY id) AS b, LAG(id, 1, -1) OVER (PARTITION BY customer ORDER BY id) AS c FROM orders;
-- LEAD: offsets
SELECT id, LEAD(amount) OVER (ORDER BY id) AS a, LEAD(amount, 2) OVER (ORDER BY id) AS b, LEAD(id, 1, -1) OVER (PARTITION BY customer ORDER BY id) AS c FROM orders;
-- FIRST_VALUE: frames
SELECT id, FIRST_VALUE(product) OVER (PARTITION BY customer ORDER BY id) AS a, FIRST_VALUE(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS b FROM orders;
-- LAST_VALUE: frames
SELECT id, LAST_VALUE(product) OVER (PARTITION BY customer ORDER BY id) AS a, LAST_VALUE(id) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS b FROM orders;
-- FIRST: window
SELECT id, FIRST(id) OVER (PARTITION BY product ORDER BY id) AS a, LAST(id) OVER (PARTITION BY product ORDER BY id) AS b FROM orders;
-- FIRST_VALUE: ignoring NULLs
SELECT id, FIRST_VALUE(amount) IGNORE NULLS OVER (PARTITION BY customer ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS a FROM orders;
-- NTH_VALUE: frames
SELECT id, NTH_VALUE(id, 2) OVER (PARTITION BY customer ORDER BY id) AS a FROM orders;
-- SUM OVER: running
SELECT id, SUM(amount) OVER (PARTITION BY customer ORDER BY id) AS a, SUM(quantity) OVER (ORDER BY id) AS b FROM orders;
-- SUM OVER: whole partition
SELECT id, SUM(amount) OVER (PARTITION BY product) AS a, SUM(quantity) OVER () AS b FROM orders;
-- SUM OVER: ties share the range
SELECT id, SUM(quantity) OVER (ORDER BY placed) AS a, SUM(quantity) OVER (ORDER BY placed ROWS UNBOUNDED PRECEDING) IS NOT NULL AS b FROM orders;
-- SUM OVER: rows frame
SELECT id, SUM(quantity) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS a, SUM(amount) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS b FROM orders;
-- SUM OVER: range frame
SELECT id, SUM(quantity) OVER (ORDER BY id RANGE BETWEEN 2 PRECEDING AND CURRENT ROW) AS a, SUM(id) OVER (ORDER BY quantity RANGE BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING) AS b FROM orders;
-- COUNT OVER: forms
SELECT id, COUNT(*) OVER (PARTITION BY product) AS a, COUNT(customer) OVER (ORDER BY id) AS b FROM orders;
-- AVG OVER: moving
SELECT id, AVG(amount) OVER (PARTITION BY customer ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS a, AVG(quantity) OVER (PARTITION BY product) AS b FROM orders;
-- MIN OVER: running
SELECT id, MIN(amount) OVER (ORDER BY id) AS a, MAX(placed) OVER (PARTITION BY customer ORDER BY id) AS b FROM orders;
-- STDDEV OVER: partitions
SELECT id, STDDEV(value) OVER (PARTITION BY kind) AS a, VAR_POP(value) OVER (PARTITION BY kind) AS b FROM events;
-- SKEWNESS OVER: partitions
SELECT id, SKEWNESS(value) OVER (PARTITION BY kind) AS a FROM events;
-- APPROX_COUNT_DISTINCT OVER: partitions
SELECT id, APPROX_COUNT_DISTINCT(customer) OVER (PARTITION BY product) AS a FROM orders;
-- window: named
SELECT id, SUM(quantity) OVER w AS a, COUNT(*) OVER w AS b FROM orders WINDOW w AS (PARTITION BY customer ORDER BY id);
-- window: over groups
SELECT product, SUM(amount) AS s, RANK() OVER (ORDER BY SUM(amount) DESC) AS r FROM orders GROUP BY product;
-- window: share of total
SELECT id, amount / SUM(amount) OVER (PARTITION BY customer) AS share FROM orders;
-- window: difference to the one before
SELECT id, amount - LAG(amount) OVER (PARTITION BY customer ORDER BY placed, id) AS change, DATEDIFF(placed, LAG(placed) OVER (PARTITION BY customer ORDER BY placed, id)) AS days FROM orders;
-- window: in ORDER BY
-- ordered
SELECT id, ROW_NUMBER() OVER (ORDER BY amount, id) AS r FROM orders ORDER BY r DESC;
-- window: NULLS LAST
SELECT id, ROW_NUMBER() OVER (ORDER BY amount NULLS LAST, id) AS a, ROW_NUMBER() OVER (ORDER BY amount DESC NULLS FIRST, id) AS b FROM orders;
-- QUALIFY: is not in Spark 3.5
SELECT id FROM orders QUALIFY ROW_NUMBER() OVER (PARTITION BY customer ORDER BY id) = 1;
-- RANK: of descending NULLs
SELECT id, RANK() OVER (ORDER BY amount DESC) AS a, DENSE_RANK() OVER (PARTITION BY paid ORDER BY product DESC) AS b FROM orders;
-- LAG: default of another row
SELECT id, LAG(product, 1, 'none') OVER (PARTITION BY customer ORDER BY id) AS a, LEAD(amount, 1, 0) OVER (ORDER BY id) AS b FROM orders;
-- COUNT OVER: distinct rows in a frame
SELECT id, COUNT(*) OVER (PARTITION BY customer ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS a FROM orders;
-- AVG OVER: whole table
SELECT id, amount - AVG(amount) OVER () AS a FROM orders;
-- MAX OVER: of texts
SELECT id, MAX(product) OVER (PARTITION BY customer) AS a, MIN(placed) OVER () AS b FROM orders;
-- window: two partitions in one query
SELECT id, ROW_NUMBER() OVER (PARTITION BY product ORDER BY id) AS a, ROW_NUMBER() OVER (PARTITION BY paid ORDER BY id DESC) AS b FROM orders;
-- window: with WHERE and ORDER BY
-- ordered
SELECT id, SUM(quantity) OVER (ORDER BY id) AS running FROM orders WHERE paid ORDER BY running DESC, id;
-- SUM OVER: range of days
SELECT id, SUM(quantity) OVER (ORDER BY placed RANGE BETWEEN INTERVAL 7 DAYS PRECEDING AND CURRENT ROW) AS a, COUNT(*) OVER (PARTITION BY customer ORDER BY placed RANGE BETWEEN INTERVAL '30' DAY PRECEDING AND INTERVAL 1 WEEK FOLLOWING) AS b FROM orders;
-- SUM OVER: range of hours
SELECT id, SUM(value) OVER (ORDER BY at RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW) AS a, COUNT(*) OVER (PARTITION BY customer ORDER BY at RANGE BETWEEN INTERVAL '1 02:00:00' DAY TO SECOND PRECEDING AND INTERVAL '0 00:00:30' DAY TO SECOND FOLLOWING) AS b, COUNT(*) OVER (ORDER BY at DESC RANGE BETWEEN INTERVAL 30 MINUTES PRECEDING AND INTERVAL 10 MINUTES FOLLOWING) AS c FROM events;
-- SUM OVER: range of days over moments
SELECT id, COUNT(*) OVER (ORDER BY seen RANGE BETWEEN INTERVAL 7 DAYS PRECEDING AND INTERVAL 2 DAYS FOLLOWING) AS a, SUM(quantity) OVER (PARTITION BY customer ORDER BY seen RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS b FROM orders;
-- SUM OVER: range between hours of two units
SELECT id, COUNT(*) OVER (ORDER BY at RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND INTERVAL 30 SECONDS FOLLOWING) AS a FROM events;
-- SUM OVER: range of days backwards
SELECT id, COUNT(*) OVER (ORDER BY placed DESC RANGE BETWEEN INTERVAL 10 DAYS PRECEDING AND INTERVAL 2 DAYS FOLLOWING) AS a, MAX(amount) OVER (ORDER BY placed RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL 1 DAY FOLLOWING) AS b FROM orders;
-- SUM OVER: range of hours over days
SELECT id, COUNT(*) OVER (ORDER BY placed RANGE BETWEEN INTERVAL 36 HOURS PRECEDING AND CURRENT ROW) AS a FROM orders;
-- SUM OVER: range of months
SELECT id, COUNT(*) OVER (ORDER BY placed RANGE BETWEEN INTERVAL 1 MONTH PRECEDING AND CURRENT ROW) AS a FROM orders;
-- SUM OVER: range of a number of days
SELECT id, COUNT(*) OVER (ORDER BY placed RANGE BETWEEN 7 PRECEDING AND CURRENT ROW) AS a FROM orders;
-- SUM OVER: range of a number of days backwards
SELECT id, SUM(quantity) OVER (PARTITION BY customer ORDER BY placed DESC RANGE BETWEEN 30 PRECEDING AND 10 FOLLOWING) AS a, MAX(amount) OVER (ORDER BY placed RANGE BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING) AS b, COUNT(*) OVER (ORDER BY placed NULLS LAST RANGE 3 PRECEDING) AS c FROM orders;
-- SUM OVER: range of days over a number
SELECT id, COUNT(*) OVER (ORDER BY quantity RANGE BETWEEN INTERVAL 7 DAYS PRECEDING AND CURRENT ROW) AS a FROM orders;
