-- UPPER: columns
SELECT id, UPPER(s) AS v FROM texts;
-- UPPER: literals
SELECT UPPER('straße') AS a, UPPER('') AS b, UPPER(NULL) AS c, UPPER('ǆ ﬁ') AS d FROM one;
-- LOWER: columns
SELECT id, LOWER(s) AS v FROM texts;
-- LOWER: literals
SELECT LOWER('ÀÉ İ') AS a, LOWER('ΑΣ') AS b, LOWER(NULL) AS c FROM one;
-- LENGTH: columns
SELECT id, LENGTH(s) AS v, LENGTH(t) AS w FROM texts;
-- LENGTH: other types
SELECT LENGTH(12345) AS a, LENGTH('🦀') AS b, LENGTH(1.50) AS c, LENGTH(TRUE) AS d FROM one;
-- LENGTH: char_length and character_length
SELECT id, CHAR_LENGTH(s) AS v, CHARACTER_LENGTH(s) AS w, LEN(s) AS l FROM texts;
-- BIT_LENGTH: columns
SELECT id, BIT_LENGTH(s) AS v, OCTET_LENGTH(s) AS w FROM texts;
-- CONCAT: columns
SELECT id, CONCAT(s, '-', t) AS v FROM texts;
-- CONCAT: numbers
SELECT id, CONCAT(id, ':', n) AS v, CONCAT('one') AS w FROM texts;
-- ||: columns
SELECT id, s || t AS v, 'x' || n AS w FROM texts;
-- CONCAT_WS: columns
SELECT id, CONCAT_WS('-', s, t, n) AS v FROM texts;
-- CONCAT_WS: separator is NULL
SELECT id, CONCAT_WS(t, 'a', s, 'b') AS v, CONCAT_WS('/') AS w FROM texts;
-- SUBSTR: starts and lengths
SELECT id, SUBSTR(s, 2) AS a, SUBSTR(s, 0, 2) AS b, SUBSTR(s, -3, 2) AS c, SUBSTR(s, n, 3) AS d FROM texts;
-- SUBSTR: odd lengths
SELECT id, SUBSTR(s, 2, -1) AS a, SUBSTR(s, 2, 0) AS b, SUBSTR(s, -100, 99) AS c, SUBSTR(s, 1, n) AS d FROM texts;
-- SUBSTR: extremes
SELECT SUBSTR('abcdef', 2147483647, 1) AS a, SUBSTR('abcdef', -2147483648, 2147483647) AS b, SUBSTR('abcdef', 2, 2147483647) AS c FROM one;
-- SUBSTRING: from for
SELECT id, SUBSTRING(s FROM 2 FOR 3) AS a, SUBSTRING(s FROM 2) AS b, SUBSTRING(s, 3) AS c FROM texts;
-- SUBSTRING_INDEX: columns
SELECT id, SUBSTRING_INDEX(s, 'a', 2) AS a, SUBSTRING_INDEX(s, ' ', -1) AS b, SUBSTRING_INDEX(s, t, 0) AS c FROM texts;
-- LEFT: columns
SELECT id, LEFT(s, 3) AS a, LEFT(s, 0) AS b, LEFT(s, -1) AS c, LEFT(s, n) AS d FROM texts;
-- RIGHT: columns
SELECT id, RIGHT(s, 3) AS a, RIGHT(s, 0) AS b, RIGHT(s, -1) AS c, RIGHT(s, n) AS d FROM texts;
-- TRIM: columns
SELECT id, TRIM(s) AS a, TRIM(BOTH FROM s) AS b, TRIM(LEADING FROM s) AS c, TRIM(TRAILING FROM s) AS d FROM texts;
-- TRIM: sets of characters
SELECT id, TRIM(BOTH 'ax' FROM s) AS a, TRIM(LEADING t FROM s) AS b, TRIM(TRAILING 'ce' FROM s) AS c FROM texts;
-- TRIM: what is not a space
SELECT TRIM('\t a \n') AS a, TRIM('\u00a0a\u00a0') AS b, TRIM(BOTH '' FROM ' a ') AS c FROM one;
-- BTRIM: columns
SELECT id, BTRIM(s) AS a, BTRIM(s, 'ax') AS b, BTRIM(s, t) AS c FROM texts;
-- LTRIM: columns
SELECT id, LTRIM(s) AS a FROM texts;
-- LTRIM: characters first
SELECT id, LTRIM('ap ', s) AS a FROM texts;
-- RTRIM: columns
SELECT id, RTRIM(s) AS a FROM texts;
-- RTRIM: characters first
SELECT id, RTRIM('ed ', s) AS a FROM texts;
-- LPAD: columns
SELECT id, LPAD(s, 8, 'xy') AS a, LPAD(s, 3, '*') AS b, LPAD(s, 10) AS c, LPAD(s, n, t) AS d FROM texts;
-- LPAD: odd
SELECT LPAD('abc', 6, '') AS a, LPAD('abc', -1, 'x') AS b, LPAD('', 3, '日本') AS c, LPAD(NULL, 3, 'x') AS d FROM one;
-- RPAD: columns
SELECT id, RPAD(s, 8, 'xy') AS a, RPAD(s, 3, '*') AS b, RPAD(s, 10) AS c, RPAD(s, n, t) AS d FROM texts;
-- RPAD: odd
SELECT RPAD('abc', 6, '') AS a, RPAD('abc', -1, 'x') AS b, RPAD('', 3, '日本') AS c, RPAD('a', 3, NULL) AS d FROM one;
-- REPEAT: columns
SELECT id, REPEAT(t, 3) AS a, REPEAT(s, n) AS b, REPEAT('ab', 0) AS c, REPEAT('ab', -1) AS d FROM texts WHERE n IS NULL OR n < 50;
-- REPLACE: columns
SELECT id, REPLACE(s, t, '-') AS a, REPLACE(s, 'a') AS b, REPLACE(s, '', '!') AS c FROM texts;
-- REPLACE: overlapping
SELECT REPLACE('aaaa', 'aa', 'b') AS a, REPLACE('abc', 'b', NULL) AS b, REPLACE('', '', 'x') AS c, REPLACE('abc', 'abc', '') AS d FROM one;
-- REVERSE: columns
SELECT id, REVERSE(s) AS a, REVERSE(id) AS b FROM texts;
-- TRANSLATE: columns
SELECT id, TRANSLATE(s, 'abc', 'xy') AS a, TRANSLATE(s, 'aa', 'xy') AS b, TRANSLATE(s, '', 'x') AS c, TRANSLATE(s, t, '') AS d FROM texts;
-- POSITION: in
SELECT id, POSITION('a' IN s) AS a, POSITION(t IN s) AS b, POSITION('' IN s) AS c FROM texts;
-- POSITION: as a call
SELECT id, POSITION('a', s) AS a, POSITION('a', s, 3) AS b FROM texts;
-- LOCATE: columns
SELECT id, LOCATE('a', s) AS a, LOCATE('a', s, 3) AS b, LOCATE('a', s, 0) AS c, LOCATE('', s, 2) AS d, LOCATE(t, s, -1) AS e FROM texts;
-- INSTR: columns
SELECT id, INSTR(s, 'a') AS a, INSTR(s, t) AS b, INSTR(s, '') AS c FROM texts;
-- CHARINDEX: columns
SELECT id, CHARINDEX('a', s) AS a FROM texts;
-- ASCII: columns
SELECT id, ASCII(s) AS a, ASCII(n) AS b FROM texts;
-- CHR: numbers
SELECT CHR(65) AS a, CHR(0) AS b, CHR(-1) AS c, CHR(256) AS d, CHR(321) AS e, CHR(NULL) AS f FROM one;
-- CHR: columns
SELECT id, CHR(n + 64) AS a, CHAR(n + 96) AS b FROM texts;
-- INITCAP: columns
SELECT id, INITCAP(s) AS a FROM texts;
-- INITCAP: word boundaries
SELECT INITCAP('hello-world o\'neil x\ty') AS a, INITCAP('  two  spaces') AS b, INITCAP('ÉCOLE élan') AS c FROM one;
-- SPLIT_PART: columns
SELECT id, SPLIT_PART(s, ',', 1) AS a, SPLIT_PART(s, ',', -1) AS b, SPLIT_PART(s, ' ', 2) AS c, SPLIT_PART(s, '', 1) AS d FROM texts;
-- SPLIT_PART: beyond the parts
SELECT SPLIT_PART('a,b', ',', 5) AS a, SPLIT_PART('a,b', ',', -5) AS b, SPLIT_PART(NULL, ',', 1) AS c, SPLIT_PART('a.b', '.', 2) AS d FROM one;
-- SPLIT_PART: part number zero
SELECT SPLIT_PART('a,b', ',', 0) AS a FROM one;
-- SPACE: numbers
SELECT id, SPACE(n) AS a FROM texts;
-- OVERLAY: forms
SELECT OVERLAY('Spark SQL' PLACING '_' FROM 6) AS a, OVERLAY('Spark SQL' PLACING 'ANSI ' FROM 7 FOR 0) AS b, OVERLAY('abc' PLACING 'xyz' FROM -1 FOR 1) AS c FROM one;
-- OVERLAY: as a call
SELECT id, OVERLAY(s, '--', 2, 3) AS a FROM texts;
-- STARTSWITH: columns
SELECT id, STARTSWITH(s, t) AS a, STARTSWITH(s, '') AS b FROM texts;
-- ENDSWITH: columns
SELECT id, ENDSWITH(s, t) AS a, ENDSWITH(s, '') AS b FROM texts;
-- CONTAINS: columns
SELECT id, CONTAINS(s, t) AS a, CONTAINS(s, '') AS b FROM texts;
-- LEVENSHTEIN: columns
SELECT id, LEVENSHTEIN(s, t) AS a, LEVENSHTEIN('kitten', 'sitting') AS b FROM texts;
-- SOUNDEX: columns
SELECT id, SOUNDEX(s) AS a FROM texts;
-- FORMAT_NUMBER: places
SELECT id, FORMAT_NUMBER(m, 1) AS a, FORMAT_NUMBER(i, 0) AS b FROM numbers;
-- FORMAT_STRING: forms
SELECT FORMAT_STRING('%s is %d', 'x', 3) AS a, FORMAT_STRING('%5.2f|%05d|%%', CAST(2.5 AS DOUBLE), 42) AS b FROM one;
-- ELT: columns
SELECT ELT(1, 'a', 'b') AS a, ELT(2, 'a', 'b') AS b, ELT(3, 'a', 'b') AS c FROM one;
-- FIND_IN_SET: columns
SELECT FIND_IN_SET('b', 'a,b,c') AS a, FIND_IN_SET('x', 'a') AS b, FIND_IN_SET('a,b', 'a,b') AS c, FIND_IN_SET('', ',a') AS d FROM one;
-- UUID: is a new text
SELECT id, LENGTH(UUID()) AS a FROM texts;
-- LIKE: patterns
SELECT id, s LIKE '%a%' AS a, s LIKE '_' AS b, s LIKE '' AS c, s LIKE t AS d, s NOT LIKE 'A%' AS e FROM texts;
-- LIKE: escapes
SELECT id, s LIKE '%\%%' AS a, s LIKE '%\_%' AS b, s LIKE '%!%%' ESCAPE '!' AS c, s LIKE '%\n%' AS d FROM texts;
-- LIKE: bad escape
SELECT id, s LIKE 'a\\bc' AS a FROM texts WHERE id = 1;
-- ILIKE: patterns
SELECT id, s ILIKE '%A%' AS a, s ILIKE 'STRASSE' AS b, s NOT ILIKE '%case%' AS c FROM texts;
-- LIKE ANY: lists
SELECT id, s LIKE ANY ('%a%', 'x') AS a, s LIKE ALL ('%a%', '%b%') AS b FROM texts;
-- RLIKE: patterns
SELECT id, s RLIKE '[0-9]+' AS a, s RLIKE '^a' AS b, s RLIKE '(?i)CASE' AS c, s NOT RLIKE '\\s' AS d FROM texts;
-- RLIKE: regexp and functions
SELECT id, s REGEXP 'a{2}' AS a, REGEXP_LIKE(s, '^[A-Z]') AS b, REGEXP(s, 'b$') AS c FROM texts;
-- RLIKE: classes of Unicode
SELECT id, s RLIKE '\\w' AS a, s RLIKE '\\p{L}' AS b, s RLIKE '^.$' AS c, s RLIKE '\\bcase\\b' AS d FROM texts;
-- RLIKE: bad pattern
SELECT s RLIKE '(' AS a FROM texts WHERE id = 1;
-- RLIKE: back reference
SELECT s RLIKE '(a)\\1' AS a FROM texts;
-- RLIKE: look ahead
SELECT s RLIKE 'a(?=b)' AS a FROM texts;
-- REGEXP_REPLACE: columns
SELECT id, REGEXP_REPLACE(s, '[aeiou]', '*') AS a, REGEXP_REPLACE(s, '(\\w+) (\\w+)', '$2 $1') AS b, REGEXP_REPLACE(s, '', '-') AS c FROM texts;
-- REGEXP_REPLACE: position
SELECT id, REGEXP_REPLACE(s, 'a', 'X', 3) AS a FROM texts;
-- REGEXP_REPLACE: NULL
SELECT REGEXP_REPLACE(NULL, 'a', 'b') AS a, REGEXP_REPLACE('a', NULL, 'b') AS b, REGEXP_REPLACE('a', 'a', NULL) AS c FROM one;
-- REGEXP_EXTRACT: groups
SELECT id, REGEXP_EXTRACT(s, '(\\w+) (\\w+)', 2) AS a, REGEXP_EXTRACT(s, '([a-z])([a-z])') AS b, REGEXP_EXTRACT(s, '[0-9]+', 0) AS c FROM texts;
-- REGEXP_EXTRACT: a group that does not exist
SELECT REGEXP_EXTRACT('abc', 'a(b)', 3) AS a FROM one;
-- REGEXP_EXTRACT: an optional group
SELECT REGEXP_EXTRACT('ac', 'a(b)?c', 1) AS a FROM one;
-- REGEXP_SUBSTR: columns
SELECT id, REGEXP_SUBSTR(s, '[0-9]+') AS a, REGEXP_SUBSTR(s, 'a+') AS b FROM texts;
-- REGEXP_COUNT: columns
SELECT id, REGEXP_COUNT(s, 'a') AS a, REGEXP_COUNT(s, '[a-z]+') AS b, REGEXP_COUNT(s, '') AS c FROM texts;
-- REGEXP_INSTR: columns
SELECT id, REGEXP_INSTR(s, 'a') AS a, REGEXP_INSTR(s, '[0-9]') AS b FROM texts;
-- BASE64: columns
SELECT id, BASE64(s) AS a FROM texts;
-- UNBASE64: columns
SELECT id, CAST(UNBASE64(s) AS STRING) AS a FROM texts WHERE id IN (3, 4, 20);
-- UNBASE64: bad input
SELECT CAST(UNBASE64('a') AS STRING) AS a FROM one;
-- HEX: columns
SELECT id, HEX(s) AS a, HEX(n) AS b FROM texts;
-- HEX: numbers
SELECT id, HEX(b) AS a FROM numbers;
-- UNHEX: columns
SELECT id, CAST(UNHEX(t) AS STRING) AS a, HEX(UNHEX('abc')) AS b, UNHEX('xyz') IS NULL AS c FROM texts;
-- ENCODE: charsets
SELECT id, HEX(ENCODE(s, 'UTF-8')) AS a FROM texts;
-- ENCODE: other charsets
SELECT HEX(ENCODE('aé', 'ISO-8859-1')) AS a, HEX(ENCODE('aé', 'UTF-16BE')) AS b, HEX(ENCODE('aé', 'US-ASCII')) AS c FROM one;
-- DECODE: charset
SELECT id, DECODE(ENCODE(s, 'utf-8'), 'utf-8') AS a FROM texts;
-- DECODE: search and result
SELECT id, DECODE(n, 1, 'one', 2, 'two', 'many') AS a, DECODE(s, 'x', 1, NULL, 0) AS b FROM texts;
-- TO_CHAR: numbers
SELECT TO_CHAR(454, '999') AS a, TO_CHAR(454.00, '000D00') AS b, TO_CHAR(12454, '99G999') AS c FROM one;
-- TO_NUMBER: texts
SELECT TO_NUMBER('454', '999') AS a, TO_NUMBER('12,454.8', '99,999.9') AS b FROM one;
-- LISTAGG: is not in Spark 3.5
SELECT LISTAGG(s, ',') AS a FROM texts;
-- STR_TO_MAP: pairs
SELECT STR_TO_MAP('a:1,b:2', ',', ':') AS a FROM one;
-- UPPER: ucase and lcase
SELECT id, UCASE(s) AS a, LCASE(s) AS b FROM texts;
-- STRPOS: is not in Spark 3.5
SELECT id, STRPOS(s, 'a') AS a FROM texts;
-- REGEXP_EXTRACT_ALL: columns
SELECT id, ARRAY_JOIN(REGEXP_EXTRACT_ALL(s, '([a-z])[a-z]', 1), '|') AS a, SIZE(REGEXP_EXTRACT_ALL(s, '[0-9]+', 0)) AS b FROM texts;
-- TRIM: leading and trailing words
SELECT id, TRIM(LEADING ' ' FROM s) AS a, TRIM(TRAILING FROM s) AS b FROM texts;
-- SUBSTR: of what is no text
SELECT SUBSTR(123456, 2, 3) AS a, SUBSTR(DATE '2024-02-29', 1, 4) AS b, LEFT(12.50, 3) AS c, UPPER(TRUE) AS d FROM one;
-- texts: NULL everywhere
SELECT UPPER(NULL) AS a, CONCAT(NULL, 'x') AS b, CONCAT_WS(NULL, 'x') AS c, REPLACE('x', NULL, 'y') AS d, LPAD(NULL, 2, 'x') AS e, SPLIT_PART('x', NULL, 1) AS f, INSTR('x', NULL) AS g FROM one;
-- texts: nested calls
SELECT id, UPPER(SUBSTR(TRIM(REPLACE(s, 'a', 'bb')), 1, LENGTH(t) + 2)) AS a FROM texts;
-- literals: escapes
SELECT 'a\tb\nc\rd\be' AS a, '\a\f\v\q\é' AS b, '\'\"\\' AS c, '\u00e9\u2603' AS d, '\U0001F980\U00000041' AS e, '\101\179\2' AS f, '\\u0041' AS g FROM one;
-- literals: two halves of a character
SELECT '\ud83e\udd80' AS a, LENGTH('\u00a0x') AS b, ASCII('\u00a0') AS c FROM one;
-- literals: escapes that are cut short
SELECT '\u12' AS a, '\U1234567' AS b, '\uzzzz' AS c, '\Z' = '\u001A' AS d FROM one;
-- literals: half a character
SELECT LENGTH('\ud83e') AS a FROM one;
-- literals: escapes of LIKE
SELECT '100\%' AS a, '\_x' AS b, '100%' LIKE '100\%' AS c, '1000' LIKE '100\%' AS d, 'a_b' LIKE 'a\_b' AS e1 FROM one;
-- literals: escapes in a filter
SELECT id FROM texts WHERE s LIKE '%\u00e9%' OR s = 'tab\tnew\nline' OR s = '\u0041da Lovelace';
-- LIKE ANY: with NOT and NULL
SELECT id, s NOT LIKE ANY ('%a%', '%e%') AS a, s NOT LIKE ALL ('%a%', '%e%') AS b, s LIKE SOME ('%x%', NULL) AS c, s LIKE ALL ('%', NULL) AS d, s NOT LIKE ANY ('%', NULL) AS e1 FROM texts;
-- LIKE ANY: columns as patterns
SELECT id, s LIKE ANY (t, CONCAT('%', t, '%')) AS a, s LIKE ALL ('%', CONCAT('%', t, '%')) AS b FROM texts;
-- LIKE ANY: in a filter
SELECT id FROM texts WHERE s LIKE ANY ('A%', '%hopper') AND NOT s LIKE ALL ('%q%', '%"%') OR n LIKE ANY ('1', '2');
-- LIKE ANY: one pattern, and escapes
SELECT id, s LIKE ANY ('100\%%') AS a, s LIKE ALL ('%\_%') AS b FROM texts;
