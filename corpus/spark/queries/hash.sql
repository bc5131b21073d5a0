-- MD5: columns
SELECT id, MD5(s) AS a FROM texts;
-- SHA: columns
SELECT id, SHA(s) AS a FROM texts;
-- SHA1: columns
SELECT id, SHA1(s) AS a FROM texts;
-- SHA2: lengths
SELECT id, SHA2(s, 256) AS a, SHA2(s, 512) AS b, SHA2(s, 0) AS c, SHA2(s, 224) AS d, SHA2(s, 384) AS e FROM texts;
-- SHA2: unknown length
SELECT id, SHA2(s, 100) AS a, SHA2(s, n) AS b FROM texts;
-- XXHASH64: texts
SELECT id, XXHASH64(s) AS a, XXHASH64(s, t) AS b FROM texts;
-- XXHASH64: numbers
SELECT id, XXHASH64(i) AS a, XXHASH64(b) AS c, XXHASH64(d) AS e, XXHASH64(m) AS g, XXHASH64(w) AS h, XXHASH64(ti, si) AS k FROM numbers;
-- XXHASH64: others
SELECT id, XXHASH64(d) AS a, XXHASH64(t) AS b, XXHASH64(d, t, txt) AS c FROM moments;
-- XXHASH64: booleans and floats
SELECT XXHASH64(TRUE) AS a, XXHASH64(NULL) AS b, XXHASH64(CAST(1.5 AS FLOAT)) AS c FROM one;
-- HASH: texts
SELECT id, HASH(s) AS a, HASH(s, t) AS b FROM texts;
-- HASH: numbers
SELECT id, HASH(i) AS a, HASH(b) AS c, HASH(d) AS e, HASH(m) AS g FROM numbers;
-- CRC32: columns
SELECT id, CRC32(s) AS a FROM texts;
-- AES_ENCRYPT: with a key
SELECT HEX(AES_ENCRYPT('text', '0000111122223333', 'ECB', 'PKCS')) AS a FROM one;
-- AES_DECRYPT: with a key
SELECT CAST(AES_DECRYPT(AES_ENCRYPT('text', '0000111122223333', 'ECB', 'PKCS'), '0000111122223333', 'ECB', 'PKCS') AS STRING) AS a FROM one;
-- HLL_SKETCH_AGG: estimates
SELECT HLL_SKETCH_ESTIMATE(HLL_SKETCH_AGG(customer)) AS a FROM orders;
-- HLL_UNION: estimates
SELECT HLL_SKETCH_ESTIMATE(HLL_UNION(HLL_SKETCH_AGG(customer), HLL_SKETCH_AGG(product))) AS a FROM orders;
-- HLL_UNION_AGG: estimates
SELECT HLL_SKETCH_ESTIMATE(HLL_UNION_AGG(k)) AS a FROM (SELECT HLL_SKETCH_AGG(customer) AS k FROM orders GROUP BY product) q;
