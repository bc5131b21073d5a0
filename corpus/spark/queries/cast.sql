-- CAST: text to int
SELECT id, CAST(txt AS INT) AS a, CAST(txt AS BIGINT) AS b, CAST(txt AS SMALLINT) AS c FROM numbers;
-- CAST: text to double
SELECT id, CAST(txt AS DOUBLE) AS a, CAST(txt AS FLOAT) AS b FROM numbers;
-- CAST: text to decimal
SELECT id, CAST(txt AS DECIMAL(10,2)) AS a, CAST(txt AS DECIMAL(38,0)) AS b FROM numbers;
-- CAST: texts of numbers
SELECT CAST('+5' AS INT) AS a, CAST('1e3' AS INT) AS b, CAST('.5' AS DOUBLE) AS c, CAST('5.' AS DOUBLE) AS d, CAST('1d' AS DOUBLE) AS e, CAST('inf' AS DOUBLE) AS f, CAST('-Infinity' AS DOUBLE) AS g, CAST('0x10' AS INT) AS h FROM one;
-- CAST: texts that are too big
SELECT CAST('2147483648' AS INT) AS a, CAST('9223372036854775808' AS BIGINT) AS b, CAST('1e400' AS DOUBLE) AS c, CAST('99999999999' AS DECIMAL(5,0)) AS d, CAST('-129' AS TINYINT) AS e FROM one;
-- CAST: text to boolean
SELECT CAST('true' AS BOOLEAN) AS a, CAST('T' AS BOOLEAN) AS b, CAST('yes' AS BOOLEAN) AS c, CAST('1' AS BOOLEAN) AS d, CAST('off' AS BOOLEAN) AS e, CAST(' y ' AS BOOLEAN) AS f, CAST('2' AS BOOLEAN) AS g FROM one;
-- CAST: text to date
SELECT id, CAST(txt AS DATE) AS a FROM moments;
-- CAST: texts of dates
SELECT CAST('2024' AS DATE) AS a, CAST('2024-2' AS DATE) AS b, CAST('2024-02-09 junk' AS DATE) AS c, CAST('2024-02-09Tjunk' AS DATE) AS d, CAST(' 2024-02-09 ' AS DATE) AS e, CAST('24-02-09' AS DATE) AS f, CAST('2024-02-09x' AS DATE) AS g FROM one;
-- CAST: text to timestamp
SELECT id, CAST(txt AS TIMESTAMP) AS a FROM moments;
-- CAST: texts of timestamps
SELECT CAST('2024-02-09 1:2:3' AS TIMESTAMP) AS a, CAST('2024-02-09T01:02' AS TIMESTAMP) AS b, CAST('2024-02-09 01:02:03.123456789' AS TIMESTAMP) AS c, CAST('2024-02-09 24:00:00' AS TIMESTAMP) AS d, CAST('2024-02-09 01' AS TIMESTAMP) AS e FROM one;
-- CAST: timestamps with zones
SELECT CAST('2024-02-09 01:02:03+02:00' AS TIMESTAMP) AS a, CAST('2024-02-09 01:02:03 Europe/Paris' AS TIMESTAMP) AS b, CAST('2024-02-09 01:02:03Z' AS TIMESTAMP) AS c FROM one;
-- CAST: a time of day to timestamp
SELECT CAST('10:11:12' AS TIMESTAMP) IS NULL AS a FROM one;
-- CAST: number to text
SELECT id, CAST(i AS STRING) AS a, CAST(m AS STRING) AS b, CAST(d AS STRING) AS c, CAST(w AS STRING) AS e, CAST(b AS VARCHAR(20)) AS g FROM numbers;
-- CAST: float to text
SELECT id, CAST(f AS STRING) AS a FROM numbers;
-- CAST: others to text
SELECT id, CAST(d AS STRING) AS a, CAST(t AS STRING) AS b FROM moments;
-- CAST: boolean
SELECT id, CAST(a AS STRING) AS v, CAST(a AS INT) AS w, CAST(b AS DOUBLE) AS x, CAST(b AS DECIMAL(3,1)) AS y FROM flags;
-- CAST: number to boolean
SELECT id, CAST(i AS BOOLEAN) AS a, CAST(d AS BOOLEAN) AS b, CAST(m AS BOOLEAN) AS c FROM numbers;
-- CAST: double to int
SELECT id, CAST(d AS INT) AS a, CAST(d AS BIGINT) AS b FROM numbers WHERE id NOT IN (6, 7, 10, 11, 12);
-- CAST: double to int beyond
SELECT id, CAST(d AS INT) AS a, CAST(d AS BIGINT) AS b FROM numbers WHERE id IN (6, 7, 10, 11, 12);
-- CAST: bigint to int
SELECT id, CAST(b AS INT) AS a, CAST(i AS TINYINT) AS c FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 12);
-- CAST: bigint to int beyond
SELECT id, CAST(b AS INT) AS a, CAST(i AS TINYINT) AS c FROM numbers WHERE id IN (6, 7, 9, 10, 13, 14);
-- CAST: decimals
SELECT id, CAST(m AS INT) AS a, CAST(m AS DECIMAL(5,1)) AS b, CAST(w AS DECIMAL(10,2)) AS c, CAST(m AS DOUBLE) AS e, CAST(d AS DECIMAL(10,3)) AS g, CAST(i AS DECIMAL(4,1)) AS h FROM numbers;
-- CAST: date and timestamp
SELECT id, CAST(d AS TIMESTAMP) AS a, CAST(t AS DATE) AS b FROM moments;
-- CAST: timestamp to number
SELECT id, CAST(t AS BIGINT) AS a, CAST(t AS DOUBLE) AS b FROM moments;
-- CAST: number to timestamp
SELECT id, CAST(n AS TIMESTAMP) AS a, CAST(1.5 AS TIMESTAMP) AS b FROM moments;
-- CAST: varchar and char are text
SELECT id, CAST(s AS VARCHAR(3)) AS a FROM texts;
-- CAST: with two colons
SELECT '7'::INT AS a, s::STRING AS b FROM texts;
-- CAST: names of types
SELECT CAST(1 AS LONG) AS a, CAST(1 AS SHORT) AS b, CAST(1 AS BYTE) AS c, CAST(1 AS REAL) AS d, CAST(1 AS DEC(3,1)) AS e, CAST(1 AS NUMERIC) AS f, CAST(1 AS INTEGER) AS g FROM one;
-- CAST: binary
SELECT id, HEX(CAST(s AS BINARY)) AS a FROM texts;
-- TRY_CAST: columns
SELECT id, TRY_CAST(txt AS INT) AS a, TRY_CAST(txt AS DATE) AS b FROM numbers;
-- CAST: functions named as types
SELECT INT('5') AS a, STRING(5) AS b, DOUBLE('1.5') AS c, BIGINT('7') AS d, BOOLEAN('true') AS e, DECIMAL('3') AS f FROM one;
-- CAST: a date is not a number
SELECT CAST(d AS INT) AS a FROM moments;
-- CONVERT: is Redshift's
SELECT CONVERT(INT, '12') AS a FROM one;
-- CAST: timestamps with regions and short names
SELECT CAST('2024-07-01 12:00:00 America/New_York' AS TIMESTAMP) AS a, CAST('2024-01-01T12:00:00PST' AS TIMESTAMP) AS b, CAST('2024-03-31 02:30:00 Europe/Berlin' AS TIMESTAMP) AS c, CAST('2024-01-01 12:00:00 Mars/Olympus' AS TIMESTAMP) AS d, CAST('2024-01-01 12:00:00 UTC+3' AS TIMESTAMP) AS e1, CAST('2024-01-01 12:00:00+03:00:30' AS TIMESTAMP) AS f, CAST('2024-01-01 12:00:00 asia/tokyo' AS TIMESTAMP) AS g, CAST('2024-01-01 12:00:00 +3' AS TIMESTAMP) AS h, CAST('2024-01-01 12:00:00-1:30' AS TIMESTAMP) AS i, TIMESTAMP '2024-01-01 12:00:00 Asia/Tokyo' AS j FROM one;
