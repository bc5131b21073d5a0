-- GET_JSON_OBJECT: fields
SELECT id, GET_JSON_OBJECT(j, '$.a') AS a, GET_JSON_OBJECT(j, '$.b') AS b, GET_JSON_OBJECT(j, '$.c') AS c, GET_JSON_OBJECT(j, '$.d') AS d FROM documents;
-- GET_JSON_OBJECT: paths
SELECT id, GET_JSON_OBJECT(j, '$.a.b.c') AS a, GET_JSON_OBJECT(j, '$.c[1]') AS b, GET_JSON_OBJECT(j, '$[0].a') AS c, GET_JSON_OBJECT(j, '$[*].a') AS d FROM documents;
-- GET_JSON_OBJECT: quoted keys
SELECT id, GET_JSON_OBJECT(j, '$[\'a b\']') AS a, GET_JSON_OBJECT(j, '$[\'a.b\']') AS b, GET_JSON_OBJECT(j, '$.ü') AS c, GET_JSON_OBJECT(j, '$.A') AS d FROM documents;
-- GET_JSON_OBJECT: the whole
SELECT id, GET_JSON_OBJECT(j, '$') AS a FROM documents;
-- GET_JSON_OBJECT: bad paths
SELECT id, GET_JSON_OBJECT(j, 'a') AS a, GET_JSON_OBJECT(j, '') AS b, GET_JSON_OBJECT(j, '$.') AS c, GET_JSON_OBJECT(j, '$[') AS d, GET_JSON_OBJECT(j, NULL) AS e FROM documents;
-- TO_JSON: structs
SELECT id, TO_JSON(NAMED_STRUCT('s', s, 'n', n)) AS a FROM texts;
-- TO_JSON: arrays
SELECT id, TO_JSON(ARRAY(n, 1)) AS a, TO_JSON(ARRAY(s, t)) AS b FROM texts;
-- TO_JSON: arrays of other types
SELECT id, TO_JSON(ARRAY(m, 0.5)) AS a, TO_JSON(ARRAY(d)) AS b FROM numbers;
-- TO_JSON: arrays of moments
SELECT id, TO_JSON(ARRAY(d, e)) AS a, TO_JSON(ARRAY(t)) AS b FROM moments;
-- TO_JSON: maps
SELECT id, TO_JSON(MAP('k', s)) AS b FROM texts;
-- TO_JSON: other types
SELECT id, TO_JSON(STRUCT(d, t)) AS a FROM moments WHERE id IN (1, 4, 5);
-- JSON_ARRAY_LENGTH: documents
SELECT id, JSON_ARRAY_LENGTH(j) AS a, JSON_ARRAY_LENGTH('[1,2,3]') AS b FROM documents;
-- FROM_JSON: a struct
SELECT id, FROM_JSON(j, 'a INT').a AS a FROM documents;
-- JSON_TUPLE: fields
SELECT JSON_TUPLE('{"a":1,"b":2}', 'a', 'b') AS (a, b) FROM one;
