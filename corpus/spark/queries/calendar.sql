-- CURRENT_DATE: is stable
SELECT id, CURRENT_DATE = CURRENT_DATE() AS a, CURRENT_DATE > DATE '2024-01-01' AS b FROM moments;
-- CURRENT_TIMESTAMP: is stable
SELECT id, CURRENT_TIMESTAMP = NOW() AS a, CURRENT_TIMESTAMP() > TIMESTAMP '2024-01-01 00:00:00' AS b FROM moments;
-- DATE_ADD: days
SELECT id, DATE_ADD(d, 1) AS a, DATE_ADD(d, n) AS b, DATE_ADD(txt, 1) AS c FROM moments WHERE id <> 8;
-- DATE_ADD: beyond the calendar
SELECT id, DATE_ADD(d, 1) AS a FROM moments WHERE id = 8;
-- DATE_ADD: three arguments
SELECT id, DATE_ADD(MONTH, 1, t) AS a FROM moments WHERE id <> 8;
-- DATE_SUB: days
SELECT id, DATE_SUB(d, 1) AS a, DATE_SUB(t, n) AS b, DATE_SUB(txt, 1) AS c FROM moments;
-- DATEDIFF: days
SELECT id, DATEDIFF(d, e) AS a, DATEDIFF(t, txt) AS b, DATEDIFF('2024-03-01', '2024-02-28') AS c FROM moments;
-- DATE_DIFF: days
SELECT id, DATE_DIFF(d, e) AS a FROM moments;
-- DATE_DIFF: three arguments
SELECT id, DATEDIFF(MONTH, e, d) AS a, DATE_DIFF(YEAR, e, d) AS b FROM moments;
-- DATEADD: units
SELECT id, DATEADD(DAY, 1, t) AS a, DATEADD(MONTH, 1, t) AS b, DATEADD(HOUR, -1, t) AS c, DATEADD(YEAR, n, d) AS e1 FROM moments WHERE id <> 8;
-- TIMESTAMPADD: units
SELECT id, TIMESTAMPADD(WEEK, 1, t) AS a, TIMESTAMPADD(QUARTER, -1, t) AS b, TIMESTAMPADD(SECOND, n, t) AS c FROM moments WHERE id <> 8;
-- TIMESTAMPDIFF: units
SELECT id, TIMESTAMPDIFF(MONTH, e, t) AS a, TIMESTAMPDIFF(HOUR, d, t) AS b, TIMESTAMPDIFF(YEAR, t, e) AS c FROM moments;
-- ADD_MONTHS: columns
SELECT id, ADD_MONTHS(d, 1) AS a, ADD_MONTHS(d, -12) AS b, ADD_MONTHS(t, n) AS c FROM moments WHERE id <> 8;
-- ADD_MONTHS: ends of months
SELECT ADD_MONTHS('2024-02-29', 1) AS a, ADD_MONTHS('2024-01-31', 1) AS b, ADD_MONTHS('2023-03-31', -1) AS c, ADD_MONTHS('x', 1) AS d FROM one;
-- MONTHS_BETWEEN: columns
SELECT id, MONTHS_BETWEEN(d, e) AS a, MONTHS_BETWEEN(t, e) AS b, MONTHS_BETWEEN(t, e, FALSE) AS c FROM moments;
-- LAST_DAY: columns
SELECT id, LAST_DAY(d) AS a, LAST_DAY(t) AS b, LAST_DAY(txt) AS c FROM moments;
-- NEXT_DAY: columns
SELECT id, NEXT_DAY(d, 'MON') AS a, NEXT_DAY(d, 'sunday') AS b, NEXT_DAY(d, 'xx') AS c FROM moments WHERE id <> 8;
-- TRUNC: dates
SELECT id, TRUNC(d, 'YEAR') AS a, TRUNC(d, 'MM') AS b, TRUNC(d, 'week') AS c, TRUNC(d, 'Q') AS e1, TRUNC(d, 'DAY') AS g FROM moments;
-- TRUNC: units in a column
SELECT id, TRUNC(d, txt) AS a, TRUNC(d, NULL) AS b FROM moments;
-- DATE_TRUNC: units
SELECT id, DATE_TRUNC('YEAR', t) AS a, DATE_TRUNC('month', t) AS b, DATE_TRUNC('WEEK', t) AS c, DATE_TRUNC('hour', t) AS e1, DATE_TRUNC('nope', t) AS g FROM moments;
-- DATE_TRUNC: small units
SELECT id, DATE_TRUNC('MINUTE', t) AS a, DATE_TRUNC('SECOND', t) AS b, DATE_TRUNC('MILLISECOND', t) AS c, DATE_TRUNC('QUARTER', d) AS e1, DATE_TRUNC('DD', t) AS g FROM moments;
-- DATE_PART: fields
SELECT id, DATE_PART('year', d) AS a, DATE_PART('MONTH', t) AS b, DATE_PART('dow', d) AS c, DATE_PART('second', t) AS e1, DATE_PART('week', d) AS g FROM moments;
-- DATE_PART: more fields
SELECT id, DATE_PART('doy', d) AS a, DATE_PART('quarter', d) AS b, DATE_PART('dow_iso', d) AS c, DATE_PART('yearofweek', d) AS e1 FROM moments;
-- DATEPART: fields
SELECT id, DATEPART('day', d) AS a, DATEPART('hour', t) AS b FROM moments;
-- EXTRACT: fields
SELECT id, EXTRACT(YEAR FROM d) AS a, EXTRACT(MONTH FROM t) AS b, EXTRACT(DAY FROM d) AS c, EXTRACT(HOUR FROM t) AS e1, EXTRACT(MINUTE FROM t) AS g, EXTRACT(SECOND FROM t) AS h FROM moments;
-- EXTRACT: more fields
SELECT id, EXTRACT(DOW FROM d) AS a, EXTRACT(DOY FROM d) AS b, EXTRACT(WEEK FROM d) AS c, EXTRACT(QUARTER FROM d) AS e1 FROM moments;
-- EXTRACT: of text
SELECT id, EXTRACT(YEAR FROM txt) AS a, EXTRACT(HOUR FROM txt) AS b FROM moments;
-- YEAR: columns
SELECT id, YEAR(d) AS a, YEAR(t) AS b, YEAR(txt) AS c FROM moments;
-- MONTH: columns
SELECT id, MONTH(d) AS a, MONTH(t) AS b, MONTH(txt) AS c FROM moments;
-- DAY: columns
SELECT id, DAY(d) AS a, DAY(t) AS b, DAY(txt) AS c FROM moments;
-- DAYOFMONTH: columns
SELECT id, DAYOFMONTH(d) AS a, DAYOFMONTH(t) AS b FROM moments;
-- DAYOFWEEK: columns
SELECT id, DAYOFWEEK(d) AS a, WEEKDAY(d) AS b, DAYOFWEEK(txt) AS c FROM moments;
-- DAYOFYEAR: columns
SELECT id, DAYOFYEAR(d) AS a, DAYOFYEAR(t) AS b FROM moments;
-- WEEKOFYEAR: columns
SELECT id, WEEKOFYEAR(d) AS a, WEEKOFYEAR(e) AS b FROM moments;
-- QUARTER: columns
SELECT id, QUARTER(d) AS a, QUARTER(t) AS b FROM moments;
-- HOUR: columns
SELECT id, HOUR(t) AS a, HOUR(d) AS b, HOUR(txt) AS c FROM moments;
-- MINUTE: columns
SELECT id, MINUTE(t) AS a, MINUTE(txt) AS b FROM moments;
-- SECOND: columns
SELECT id, SECOND(t) AS a, SECOND(txt) AS b FROM moments;
-- TO_DATE: without a pattern
SELECT id, TO_DATE(txt) AS a, TO_DATE(t) AS b, TO_DATE(d) AS c FROM moments;
-- TO_DATE: with a pattern
SELECT TO_DATE('09/02/2024', 'dd/MM/yyyy') AS a, TO_DATE('2024-02-30', 'yyyy-MM-dd') AS b, TO_DATE('20240209', 'yyyyMMdd') AS c, TO_DATE(NULL, 'yyyy') AS d FROM one;
-- TO_DATE: names of months
SELECT TO_DATE('9 Feb 2024', 'd MMM yyyy') AS a, TO_DATE('February 9, 2024', 'MMMM d, yyyy') AS b FROM one;
-- TO_DATE: texts that do not fit
SELECT TO_DATE('2024-02-09 10:00', 'yyyy-MM-dd') AS a, TO_DATE('x', 'yyyy-MM-dd') AS b FROM one;
-- TO_TIMESTAMP: without a pattern
SELECT id, TO_TIMESTAMP(txt) AS a, TO_TIMESTAMP(d) AS b FROM moments;
-- TO_TIMESTAMP: with a pattern
SELECT TO_TIMESTAMP('2024-02-09 10:11:12', 'yyyy-MM-dd HH:mm:ss') AS a, TO_TIMESTAMP('09/02/24 1:05 PM', 'dd/MM/yy h:mm a') AS b, TO_TIMESTAMP('20240209101112', 'yyyyMMddHHmmss') AS c FROM one;
-- TO_TIMESTAMP: fractions
SELECT TO_TIMESTAMP('2024-02-09 10:11:12.345', 'yyyy-MM-dd HH:mm:ss.SSS') AS a, TO_TIMESTAMP('2024-02-09T10:11:12.5') AS b FROM one;
-- TO_UNIX_TIMESTAMP: columns
SELECT id, TO_UNIX_TIMESTAMP(txt, 'yyyy-MM-dd') AS a, TO_UNIX_TIMESTAMP(d) AS b FROM moments;
-- UNIX_TIMESTAMP: columns
SELECT id, UNIX_TIMESTAMP(t) AS a, UNIX_TIMESTAMP(d) AS b, UNIX_TIMESTAMP('2024-02-09 10:11:12') AS c FROM moments;
-- UNIX_TIMESTAMP: with a pattern
SELECT UNIX_TIMESTAMP('09/02/2024', 'dd/MM/yyyy') AS a, UNIX_TIMESTAMP('x', 'yyyy') AS b FROM one;
-- FROM_UNIXTIME: columns
SELECT id, FROM_UNIXTIME(id * 86400) AS a, FROM_UNIXTIME(n, 'yyyy-MM-dd HH:mm') AS b FROM moments;
-- UNIX_DATE: columns
SELECT id, UNIX_DATE(d) AS a, UNIX_MICROS(t) AS b, UNIX_MILLIS(t) AS c, UNIX_SECONDS(t) AS e1 FROM moments;
-- DATE_FROM_UNIX_DATE: columns
SELECT id, DATE_FROM_UNIX_DATE(n) AS a, TIMESTAMP_SECONDS(n) AS b, TIMESTAMP_MILLIS(n) AS c FROM moments;
-- DATE_FORMAT: patterns
SELECT id, DATE_FORMAT(t, 'yyyy-MM-dd') AS a, DATE_FORMAT(t, 'HH:mm:ss.SSS') AS b, DATE_FORMAT(d, 'EEEE, d MMMM yyyy') AS c, DATE_FORMAT(t, 'yy/M/d h a') AS e1 FROM moments;
-- DATE_FORMAT: more letters
SELECT id, DATE_FORMAT(d, 'D') AS a, DATE_FORMAT(d, 'E MMM') AS b, DATE_FORMAT(d, 'Q') AS c, DATE_FORMAT(d, '\'on\' dd') AS e1 FROM moments;
-- DATE_FORMAT: bad pattern
SELECT DATE_FORMAT(DATE '2024-02-09', 'nonsense!') AS a FROM one;
-- MAKE_DATE: columns
SELECT MAKE_DATE(2024, 2, 29) AS a, MAKE_DATE(2023, 2, 29) AS b, MAKE_DATE(2024, 13, 1) AS c, MAKE_DATE(NULL, 1, 1) AS d FROM one;
-- MAKE_TIMESTAMP: columns
SELECT MAKE_TIMESTAMP(2024, 2, 29, 1, 2, 3.5) AS a, MAKE_TIMESTAMP(2024, 2, 30, 1, 2, 3) AS b, MAKE_TIMESTAMP(2024, 2, 29, 24, 0, 0) AS c FROM one;
-- CONVERT_TIMEZONE: zones
SELECT id, CONVERT_TIMEZONE('UTC', 'America/New_York', TIMESTAMP_NTZ '2024-07-01 12:00:00') AS a FROM moments WHERE id = 1;
-- FROM_UTC_TIMESTAMP: zones
SELECT id, FROM_UTC_TIMESTAMP(t, 'Asia/Tokyo') AS a, TO_UTC_TIMESTAMP(t, 'America/New_York') AS b FROM moments WHERE id IN (1, 2, 5);
-- TIMESTAMP: cast by call
SELECT id, TIMESTAMP(txt) AS a, DATE(txt) AS b FROM moments;
-- dates: arithmetic with days
SELECT id, d + 1 AS a, d - 1 AS b FROM moments WHERE id <> 8;
-- dates: difference
SELECT id, CAST(d - e AS STRING) AS a FROM moments;
-- INTERVAL: added to dates
SELECT id, d + INTERVAL 1 MONTH AS a, d - INTERVAL 1 DAY AS b, d + INTERVAL '1' YEAR AS c FROM moments WHERE id <> 8;
-- INTERVAL: added to timestamps
SELECT id, t + INTERVAL 1 HOUR AS a, t - INTERVAL '30' MINUTE AS b, t + INTERVAL 2 WEEKS AS c, t + INTERVAL '1-2' YEAR TO MONTH AS e1 FROM moments WHERE id <> 8;
-- INTERVAL: several units
SELECT id, t + INTERVAL '1 2:03:04' DAY TO SECOND AS a, t + INTERVAL 1 DAY 2 HOURS AS b, t - INTERVAL '90' SECOND AS c FROM moments WHERE id <> 8;
-- INTERVAL: a date plus hours
SELECT id, d + INTERVAL 5 HOURS AS a FROM moments WHERE id <> 8;
-- INTERVAL: in a filter
SELECT id FROM moments WHERE t >= TIMESTAMP '2024-03-01 00:00:00' - INTERVAL 30 DAYS AND d < DATE '2024-03-01' + INTERVAL 1 MONTH;
-- INTERVAL: beyond the calendar
SELECT id, d + INTERVAL 1 YEAR AS a, t + INTERVAL 1 DAY AS b FROM moments WHERE id = 8;
-- WINDOW: of time
SELECT WINDOW(at, '1 hour').start AS a, COUNT(*) AS n FROM events GROUP BY WINDOW(at, '1 hour');
-- CURRENT_DATE: curdate and localtimestamp
SELECT CURDATE() = CURRENT_DATE AS a, LOCALTIMESTAMP() IS NOT NULL AS b FROM one;
-- DATE_TRUNC: of a date and of text
SELECT id, DATE_TRUNC('MONTH', d) AS a, DATE_TRUNC('MONTH', '2024-02-29 10:00:00') AS b FROM moments;
-- EXTRACT: of an interval between moments
SELECT id, DATEDIFF(t, d) AS a, HOUR(t) * 60 + MINUTE(t) AS b FROM moments;
-- INTERVAL: in CASE and BETWEEN
SELECT id, CASE WHEN d BETWEEN e - INTERVAL 1 MONTH AND e + INTERVAL 1 MONTH THEN 'near' ELSE 'far' END AS a FROM moments WHERE id <> 8;
-- TIMESTAMP_MICROS: columns
SELECT id, TIMESTAMP_MICROS(n) AS a, UNIX_MICROS(TIMESTAMP_MICROS(n)) AS b FROM moments;
-- SYSDATE: as a call, is not in Spark 3.5
SELECT SYSDATE() IS NULL AS a FROM one;
-- INTERVAL: units and strings
SELECT id, t + INTERVAL '1' DAY '2' HOURS AS a, t - INTERVAL 1 WEEK 2 DAYS 3 MINUTES AS b, d + INTERVAL 2 YEARS 3 MONTHS AS c, t + INTERVAL -1 DAY 2 HOURS AS e1 FROM moments WHERE id <> 8;
-- INTERVAL: from a unit to another
SELECT id, t + INTERVAL '1 02' DAY TO HOUR AS a, t + INTERVAL '1 02:03' DAY TO MINUTE AS b, t + INTERVAL '02:03' HOUR TO MINUTE AS c, t + INTERVAL '26:03:04.5' HOUR TO SECOND AS e1, t - INTERVAL '90:04' MINUTE TO SECOND AS f, t + INTERVAL '-1 02:03:04' DAY TO SECOND AS g FROM moments WHERE id <> 8;
-- INTERVAL: years to months
SELECT id, d + INTERVAL '1-2' YEAR TO MONTH AS a, t - INTERVAL '0-11' YEAR TO MONTH AS b, d + INTERVAL '-1-2' YEAR TO MONTH AS c FROM moments WHERE id <> 8;
-- INTERVAL: in one text
SELECT id, t + INTERVAL '1 day 2 hours' AS a, t - INTERVAL '3 weeks 1 second' AS b, d + INTERVAL '1 year 1 month' AS c FROM moments WHERE id <> 8;
-- INTERVAL: months and days together
SELECT id, t + INTERVAL 1 MONTH 2 DAYS AS a FROM moments WHERE id <> 8;
-- INTERVAL: beyond the unit before
SELECT id, t + INTERVAL '1 25' DAY TO HOUR AS a FROM moments WHERE id <> 8;
-- INTERVAL: thirteen months
SELECT id, d + INTERVAL '1-13' YEAR TO MONTH AS a FROM moments WHERE id <> 8;
-- INTERVAL: units behind each other in a filter
SELECT id FROM moments WHERE t > TIMESTAMP '2024-02-29 00:00:00' - INTERVAL 1 DAY 2 HOURS - INTERVAL 3 MINUTES AND id < 9;
-- FROM_UTC_TIMESTAMP: summer and winter
SELECT FROM_UTC_TIMESTAMP(TIMESTAMP '2024-07-01 12:00:00', 'America/New_York') AS a, FROM_UTC_TIMESTAMP(TIMESTAMP '2024-01-01 12:00:00', 'America/New_York') AS b, FROM_UTC_TIMESTAMP('1970-01-01 00:00:00', 'Asia/Kolkata') AS c, FROM_UTC_TIMESTAMP(TIMESTAMP '2050-07-01 12:00:00', 'Europe/Berlin') AS d FROM one;
-- FROM_UTC_TIMESTAMP: offsets and short names
SELECT id, FROM_UTC_TIMESTAMP(t, '+09:00') AS a, FROM_UTC_TIMESTAMP(t, '-0330') AS b, FROM_UTC_TIMESTAMP(t, 'PST') AS c, FROM_UTC_TIMESTAMP(t, 'UTC+1') AS e1, FROM_UTC_TIMESTAMP(t, 'Z') AS f, FROM_UTC_TIMESTAMP(t, 'EST') AS g, FROM_UTC_TIMESTAMP(t, '+5:30') AS h FROM moments WHERE id IN (1, 2, 3);
-- FROM_UTC_TIMESTAMP: no such zone
SELECT FROM_UTC_TIMESTAMP(TIMESTAMP '2024-07-01 12:00:00', 'Mars/Olympus') AS a FROM one;
-- FROM_UTC_TIMESTAMP: zones of rows
SELECT id, FROM_UTC_TIMESTAMP(t, CASE WHEN id = 1 THEN 'Asia/Tokyo' WHEN id = 2 THEN 'Europe/London' END) AS a FROM moments WHERE id IN (1, 2, 3);
-- FROM_UTC_TIMESTAMP: long ago
SELECT FROM_UTC_TIMESTAMP(TIMESTAMP '1890-01-01 00:00:00', 'America/New_York') AS a, FROM_UTC_TIMESTAMP(TIMESTAMP '1800-01-01 00:00:00', 'Asia/Tokyo') AS b, TO_UTC_TIMESTAMP(TIMESTAMP '1800-01-01 00:00:00', 'Europe/Amsterdam') AS c FROM one;
-- TO_UTC_TIMESTAMP: clocks put forward and back
SELECT TO_UTC_TIMESTAMP(TIMESTAMP '2024-03-31 02:30:00', 'Europe/Berlin') AS a, TO_UTC_TIMESTAMP(TIMESTAMP '2024-10-27 02:30:00', 'Europe/Berlin') AS b, TO_UTC_TIMESTAMP(TIMESTAMP '2011-12-30 12:00:00', 'Pacific/Apia') AS c, TO_UTC_TIMESTAMP(TIMESTAMP '2024-03-10 02:30:00', 'America/New_York') AS d, TO_UTC_TIMESTAMP(TIMESTAMP '2024-11-03 01:30:00', 'America/New_York') AS e FROM one;
-- CONVERT_TIMEZONE: between zones
SELECT id, CONVERT_TIMEZONE('America/Los_Angeles', 'Europe/Paris', t) AS a, CONVERT_TIMEZONE('Asia/Tokyo', t) AS b FROM moments WHERE id IN (1, 2, 3);
