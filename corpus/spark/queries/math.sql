-- +: integers
SELECT id, i + 1 AS a, si + ti AS b, i + b AS c FROM numbers WHERE id NOT IN (6, 7);
-- +: beyond the type
SELECT id, i + 1 AS a, b + 1 AS c, ti + ti AS e FROM numbers WHERE id IN (6, 7);
-- +: decimals
SELECT id, m + 1 AS a, m + m AS b, m + w AS c, m + 0.005 AS e FROM numbers;
-- +: doubles
SELECT id, d + 1 AS a, d + m AS b, f + 1 AS c, d + d AS e FROM numbers;
-- +: text
SELECT id, txt + 1 AS a, '5' + '6' AS b, txt + 0.5 AS c FROM numbers;
-- -: all kinds
SELECT id, i - 1 AS a, m - 0.5 AS b, d - 1 AS c, m - m AS e FROM numbers WHERE id <> 7;
-- -: sign
SELECT id, -i AS a, -m AS b, -d AS c, +i AS e, - -si AS g FROM numbers WHERE id <> 7;
-- -: sign of the least
SELECT -i AS a, -b AS c, -ti AS e FROM numbers WHERE id = 7;
-- *: all kinds
SELECT id, i * 2 AS a, m * m AS b, d * 0.5 AS c, w * 2 AS e FROM numbers WHERE id NOT IN (6, 7);
-- *: beyond the type
SELECT id, i * 2 AS a, b * 2 AS c, d * 10 AS e FROM numbers WHERE id IN (6, 7);
-- *: decimals beyond 38 digits
SELECT id, w * w AS a, w * 1000000000 AS c, w * m AS e FROM numbers;
-- /: all kinds
SELECT id, i / 2 AS a, 7 / i AS b, m / 3 AS c, d / 0 AS e, m / d AS g FROM numbers;
-- /: decimals
SELECT id, 1.0 / 3 AS a, m / 0.03 AS b, w / m AS c, m / w AS e, 1 / m AS g FROM numbers;
-- /: by zero
SELECT id, 1 / 0 AS a, i / 0 AS b, m / 0.00 AS c, 0.0 / 0.0 AS e, d / 0.0 AS g FROM numbers;
-- %: all kinds
SELECT id, i % 3 AS a, -i % 3 AS b, m % 1 AS c, d % 2 AS e, i % 0 AS g FROM numbers WHERE id NOT IN (7);
-- %: decimals
SELECT id, m % 0.7 AS a, w % 3 AS b, 10 % m AS c FROM numbers;
-- MOD: calls
SELECT id, MOD(i, 3) AS a, MOD(m, 1.5) AS b, MOD(i, 0) AS c FROM numbers;
-- PMOD: calls
SELECT id, PMOD(i, 3) AS a, PMOD(i, -3) AS b, PMOD(m, 1.5) AS c, PMOD(d, 2) AS e, PMOD(i, 0) AS g FROM numbers;
-- DIV: calls
SELECT id, i DIV 2 AS a, b DIV 0 AS c, m DIV 0.7 AS e FROM numbers;
-- ABS: all kinds
SELECT id, ABS(i) AS a, ABS(m) AS b, ABS(d) AS c, ABS(txt) AS e, ABS(f) AS g FROM numbers WHERE id <> 7;
-- ABS: of the least
SELECT ABS(i) AS a, ABS(b) AS c, ABS(si) AS e FROM numbers WHERE id = 7;
-- CEIL: all kinds
SELECT id, CEIL(m) AS a, CEIL(i) AS b, CEILING(w) AS c FROM numbers;
-- CEIL: doubles
SELECT id, CEIL(d) AS a, CEILING(f) AS b, CEIL('1.2') AS c FROM numbers WHERE id NOT IN (6, 7, 10, 11, 12);
-- CEIL: doubles beyond bigint
SELECT id, CEIL(d) AS a FROM numbers WHERE id IN (6, 7, 10, 11, 12);
-- CEIL: places
SELECT CEIL(3.1411, 3) AS a, CEIL(-12.345, 1) AS b, CEIL(1234, -2) AS c FROM one;
-- FLOOR: all kinds
SELECT id, FLOOR(m) AS a, FLOOR(i) AS b, FLOOR(w) AS c FROM numbers;
-- FLOOR: doubles
SELECT id, FLOOR(d) AS a, FLOOR(f) AS b, FLOOR('-1.2') AS c FROM numbers WHERE id NOT IN (6, 7, 10, 11, 12);
-- FLOOR: doubles beyond bigint
SELECT id, FLOOR(d) AS a FROM numbers WHERE id IN (6, 7, 10, 11, 12);
-- FLOOR: places
SELECT FLOOR(3.1411, 3) AS a, FLOOR(-12.345, 1) AS b, FLOOR(1234, -2) AS c FROM one;
-- ROUND: all kinds
SELECT id, ROUND(m) AS a, ROUND(m, 1) AS b, ROUND(d) AS c, ROUND(d, 2) AS e, ROUND(i) AS g FROM numbers;
-- ROUND: negative places
SELECT id, ROUND(i, -1) AS a, ROUND(m, -1) AS b, ROUND(d, -2) AS c FROM numbers WHERE id NOT IN (6, 7);
-- ROUND: halves
SELECT ROUND(2.5) AS a, ROUND(-2.5) AS b, ROUND(CAST(2.5 AS DOUBLE)) AS c, ROUND(CAST(0.125 AS DOUBLE), 2) AS d, ROUND(CAST(1.005 AS DOUBLE), 2) AS e, ROUND('2.675', 2) AS f FROM one;
-- ROUND: beyond the type
SELECT ROUND(i, -1) AS a, ROUND(b, -1) AS c, ROUND(m, 5) AS e FROM numbers WHERE id IN (6, 7);
-- BROUND: halves
SELECT BROUND(2.5) AS a, BROUND(3.5) AS b, BROUND(-2.5) AS c, BROUND(CAST(2.5 AS DOUBLE)) AS d, BROUND(25, -1) AS e FROM one;
-- TRUNC: of a number is Redshift's
SELECT TRUNC(1.987) AS a FROM one;
-- SQRT: columns
SELECT id, SQRT(d) AS a, SQRT(i) AS b, SQRT(m) AS c, SQRT('x') AS e FROM numbers;
-- CBRT: columns
SELECT id, CBRT(d) AS a, CBRT(i) AS b FROM numbers;
-- EXP: columns
SELECT id, EXP(d) AS a, EXP(m) AS b, EXP(1) AS c FROM numbers;
-- EXPM1: columns
SELECT id, EXPM1(d) AS a, LOG1P(d) AS b FROM numbers;
-- LN: columns
SELECT id, LN(d) AS a, LN(i) AS b, LN(m) AS c FROM numbers;
-- LOG: one argument
SELECT id, LOG(d) AS a, LOG(i) AS b FROM numbers;
-- LOG: two arguments
SELECT id, LOG(2, d) AS a, LOG(10, i) AS b, LOG(d, 8) AS c, LOG(1, 5) AS e FROM numbers;
-- LOG10: columns
SELECT id, LOG10(d) AS a, LOG10(i) AS b FROM numbers;
-- LOG2: columns
SELECT id, LOG2(d) AS a, LOG2(i) AS b FROM numbers;
-- POWER: columns
SELECT id, POWER(d, 2) AS a, POWER(i, 0.5) AS b, POW(2, ti) AS c, POWER(0, -1) AS e, POWER(-8, 1.0 / 3) AS g FROM numbers;
-- POWER: NaN
SELECT id, POWER(d, 0) AS a, POWER(1, d) AS b FROM numbers;
-- SIGN: columns
SELECT id, SIGN(i) AS a, SIGNUM(m) AS b, SIGN(d) AS c FROM numbers;
-- SIN: columns
SELECT id, SIN(d) AS a, SIN(i) AS b FROM numbers WHERE id NOT IN (6, 7);
-- COS: columns
SELECT id, COS(d) AS a, COS(i) AS b FROM numbers WHERE id NOT IN (6, 7);
-- TAN: columns
SELECT id, TAN(d) AS a, TAN(i) AS b FROM numbers WHERE id NOT IN (6, 7);
-- COT: columns
SELECT id, COT(d) AS a FROM numbers WHERE id NOT IN (6, 7);
-- ASIN: columns
SELECT id, ASIN(d) AS a, ASIN(0.5) AS b, ASIN(i) AS c FROM numbers;
-- ACOS: columns
SELECT id, ACOS(d) AS a, ACOS(0.5) AS b, ACOS(i) AS c FROM numbers;
-- ATAN: columns
SELECT id, ATAN(d) AS a FROM numbers;
-- ATAN2: columns
SELECT id, ATAN2(d, 1) AS a, ATAN2(1, d) AS b, ATAN2(0, -1) AS c FROM numbers;
-- SINH: columns
SELECT id, SINH(m) AS a, COSH(m) AS b, TANH(d) AS c FROM numbers WHERE id NOT IN (6, 7, 14);
-- DEGREES: columns
SELECT id, DEGREES(m) AS a, RADIANS(d) AS b FROM numbers;
-- PI: constants
SELECT PI() AS a, E() AS b FROM one;
-- HYPOT: columns
SELECT id, HYPOT(d, 1) AS a, HYPOT(3, 4) AS b FROM numbers;
-- RAND: within bounds
SELECT id, RAND() >= 0 AND RAND() < 1 AS a FROM numbers;
-- RAND: with a seed
SELECT id, RANDOM(7) >= 0 AS a, RAND(7) < 1 AS b FROM numbers;
-- FACTORIAL: numbers
SELECT id, FACTORIAL(i) AS a, FACTORIAL(20) AS b, FACTORIAL(21) AS c FROM numbers;
-- SHIFTLEFT: numbers
SELECT id, SHIFTLEFT(i, 1) AS a, SHIFTRIGHT(i, 1) AS b, SHIFTRIGHTUNSIGNED(i, 1) AS c FROM numbers;
-- SHIFTLEFT: bigint and far
SELECT id, SHIFTLEFT(b, 2) AS a, SHIFTLEFT(1, 33) AS c, SHIFTRIGHT(b, 65) AS e FROM numbers;
-- &: bits
SELECT id, i & 6 AS a, i | 6 AS b, i ^ 6 AS c, ~i AS e FROM numbers;
-- &: bigint
SELECT id, b & 255 AS a, b | 255 AS c, ~b AS e FROM numbers;
-- BIT_COUNT: numbers
SELECT id, BIT_COUNT(i) AS a, BIT_COUNT(b) AS c FROM numbers;
-- WIDTH_BUCKET: columns
SELECT id, WIDTH_BUCKET(d, 0, 10, 5) AS a, WIDTH_BUCKET(5.3, 0.2, 10.6, 5) AS b, WIDTH_BUCKET(d, 10, 0, 5) AS c FROM numbers;
-- WIDTH_BUCKET: no buckets
SELECT WIDTH_BUCKET(1, 0, 10, 0) AS a, WIDTH_BUCKET(1, 5, 5, 3) AS b FROM one;
-- CONV: bases
SELECT CONV('100', 2, 10) AS a, CONV('ff', 16, 10) AS b, CONV(-10, 16, -10) AS c, CONV('zz', 10, 2) AS d FROM one;
-- BIN: numbers
SELECT id, BIN(i) AS a FROM numbers;
-- RINT: doubles
SELECT id, RINT(d) AS a FROM numbers;
-- NEGATIVE: numbers
SELECT id, NEGATIVE(m) AS a, POSITIVE(m) AS b FROM numbers;
-- literals: numbers
SELECT 1 AS a, 1.50 AS b, 1e3 AS c, 12345678901 AS d, -0.0 AS e, .5 AS f, 9223372036854775807 AS g FROM one;
-- literals: with a suffix
SELECT 1L AS a, 1.5D AS b, 2S AS c, 3Y AS d, 1.5BD AS e, 1.5F AS f FROM one;
-- literals: texts
SELECT 'it''s' AS a, 'tab\there' AS b, 'q\'q' AS c, 'snow\u2603' AS d, '\\' AS e FROM one;
-- literals: adjacent texts
SELECT 'a' 'b' AS a FROM one;
-- literals: typed
SELECT DATE '2024-02-29' AS a, TIMESTAMP '2024-02-29 01:02:03' AS b, TRUE AS c, NULL AS d FROM one;
-- literals: binary
SELECT X'1F' AS a FROM one;
-- TRY_ADD: NULL beyond the type
SELECT id, TRY_ADD(m, 1) AS a, TRY_SUBTRACT(m, 1) AS b, TRY_MULTIPLY(m, 2) AS c, TRY_DIVIDE(m, 0) AS e FROM numbers;
-- +: NULL
SELECT 1 + NULL AS a, NULL * 2.5 AS b, -CAST(NULL AS INT) AS c, ABS(NULL) AS d, ROUND(NULL, 1) AS e FROM one;
-- *: nested
SELECT id, (m + 1) * (m - 1) / 3 AS a, (i + 1) % 4 * 2 AS b FROM numbers WHERE id NOT IN (6, 7);
-- precedence: of operators
SELECT 1 + 2 * 3 AS a, (1 + 2) * 3 AS b, 10 - 4 - 3 AS c, 8 / 4 / 2 AS d, -2 * 3 AS e, 7 % 4 * 2 AS f, NOT 1 = 2 AND TRUE AS g, 1 = 1 OR 1 = 2 AND 1 = 3 AS h FROM one;
-- SINH: inverses
SELECT id, ASINH(d) AS a, ACOSH(i) AS b, ATANH(m / 1000) AS c FROM numbers WHERE id NOT IN (6, 7, 10, 11, 12);
-- SEC: columns
SELECT id, SEC(m) AS a, CSC(d) AS b FROM numbers WHERE id NOT IN (6, 7);
-- BITAND: as calls, is not in Spark 3.5
SELECT id, BITAND(i, 6) AS a, BITOR(i, 6) AS b, BITXOR(i, 6) AS c, BITNOT(i) AS e FROM numbers;
