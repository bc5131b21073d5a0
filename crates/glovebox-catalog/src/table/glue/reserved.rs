//! Words that the catalog's parser takes for its own, so that a key of that name is none to it.
//!
//! Expressions of GetPartitions are parsed with JSQLParser, which has no quotes for names there.
//! A word too many costs a longer list of partitions; one too few fails every query that filters
//! on the key. Names of units of time are names to it, and common ones of keys.

const WORDS: &str = "\
    ALL ANALYSE ANALYZE AND ANY AS ASC BETWEEN BOTH BY CASE CASEWHEN CHECK CONNECT \
    CONNECT_BY_ROOT CONSTRAINT CREATE CROSS CURRENT DEFAULT DESC DISTINCT DOUBLE ELSE END EXCEPT \
    EXCLUDE EXISTS FALSE FETCH FINAL FOR FORCE FOREIGN FROM FULL GROUP GROUPING HAVING IF IGNORE \
    IIF ILIKE IN INDEX INNER INTERSECT INTERVAL INTO IS JOIN KEY LATERAL LEFT LIKE LIMIT MINUS \
    NATURAL NOCYCLE NOT NULL OFFSET ON ONLY OPTIMIZE OR ORDER OUTER OUTPUT OVERLAPS OVERWRITE \
    PARTITION PIVOT PRIMARY PROCEDURE PUBLIC QUALIFY RECURSIVE REGEXP REPLACE RETURNING RIGHT \
    SEL SELECT SEMI SET SOME SQL_CACHE SQL_CALC_FOUND_ROWS SQL_NO_CACHE START STRAIGHT_JOIN \
    SYSDATE TABLE TABLES THEN TOP TRAILING TRUE UNBOUNDED UNION UNIQUE UNPIVOT USE USING VALUE \
    VALUES VARYING WHEN WHERE WINDOW WITH XMLSERIALIZE XOR";

/// Whether a name is one of them, in any case.
pub(super) fn is_word(name: &str) -> bool {
    WORDS.split_ascii_whitespace().any(|it| it.eq_ignore_ascii_case(name))
}
