//! What must not work: each text with all that is said about it.

use std::time::Instant;

use expect_test::{Expect, expect};
use glovebox_sql::Fault;

use crate::room::{bind, refusal};

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&refusal(text));
}

fn each(texts: &[&str], expected: Expect) {
    let all: String = texts
        .iter()
        .map(|it| format!("{it}\n  {}", refusal(it).replace("\nGB", "\n  GB")))
        .collect();
    expected.assert_eq(&all);
}

#[test]
fn only_one_select_can_run() {
    each(
        &[
            "SELECT SUM(returned) FROM returns; SELECT 1",
            "SELECT SUM(returned) FROM returns;",
            "SELECT SUM(returned) FROM returns;;",
            "SELECT SUM(returned) FROM returns; -- DROP TABLE returns",
            "EXPLAIN SELECT SUM(returned) FROM returns",
            "EXPLAIN ANALYZE SELECT SUM(returned) FROM returns",
            "INSERT INTO returns VALUES (1)",
            "WITH x AS (SELECT 1) INSERT INTO returns SELECT * FROM x",
            "WITH x AS (DELETE FROM returns) SELECT * FROM x",
            "SHOW TABLES",
            "DESCRIBE returns",
            "SET a = 1",
            "COPY returns TO 'x'",
            "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
            "CACHE TABLE t AS SELECT 1",
            "PREPARE x AS SELECT 1",
            "TABLE returns",
            "FROM returns SELECT state",
            "VALUES (1)",
            "SELECT 1",
            "SELECT",
            "/* SELECT 1 */",
            "SELECT SUM(returned) FROM returns /* ; SELECT 1 /* nested */ */ -- ; x",
            "SELECT SUM(returned) FROM returns INTO OUTFILE 'x'",
            "SELECT SUM(returned) INTO x FROM returns",
            "SELECT SUM(returned) FROM returns FOR UPDATE",
        ],
        expect![[r#"
            SELECT SUM(returned) FROM returns; SELECT 1
              GB0006 several-statements at `SELECT`: only one statement can run at a time
            SELECT SUM(returned) FROM returns;
              bound: ["sum(returned)"]
            SELECT SUM(returned) FROM returns;;
              GB0006 several-statements at `;`: only one statement can run at a time
            SELECT SUM(returned) FROM returns; -- DROP TABLE returns
              bound: ["sum(returned)"]
            EXPLAIN SELECT SUM(returned) FROM returns
              GB0005 not-a-select at `EXPLAIN`: only a SELECT can run here
            EXPLAIN ANALYZE SELECT SUM(returned) FROM returns
              GB0005 not-a-select at `EXPLAIN`: only a SELECT can run here
            INSERT INTO returns VALUES (1)
              GB0005 not-a-select at `INSERT`: only a SELECT can run here
            WITH x AS (SELECT 1) INSERT INTO returns SELECT * FROM x
              GB0007 unsupported-construct at `WITH x AS (SELECT 1) INSERT INTO returns SELECT * FROM x`: a change of data cannot be used here
            WITH x AS (DELETE FROM returns) SELECT * FROM x
              GB0007 unsupported-construct at `WITH x AS (DELETE FROM returns) SELECT * FROM x`: a change of data cannot be used here
            SHOW TABLES
              GB0005 not-a-select at `SHOW`: only a SELECT can run here
            DESCRIBE returns
              GB0005 not-a-select at `DESCRIBE`: only a SELECT can run here
            SET a = 1
              GB0005 not-a-select at `SET`: only a SELECT can run here
            COPY returns TO 'x'
              GB0005 not-a-select at `COPY`: only a SELECT can run here
            CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'
              GB0005 not-a-select at `CREATE`: only a SELECT can run here
            CACHE TABLE t AS SELECT 1
              GB0005 not-a-select at `CACHE`: only a SELECT can run here
            PREPARE x AS SELECT 1
              GB0005 not-a-select at `PREPARE`: only a SELECT can run here
            TABLE returns
              GB0005 not-a-select at `TABLE`: only a SELECT can run here
            FROM returns SELECT state
              GB0005 not-a-select at `FROM`: only a SELECT can run here
            VALUES (1)
              GB0007 unsupported-construct at `VALUES (1)`: a query without a select list cannot be used here
            SELECT 1
              bound: ["1"]
            SELECT
              GB0004 syntax at ``: this is not SQL that can be read here
            /* SELECT 1 */
              GB0001 empty-text at `-`: there is no query in the text
            SELECT SUM(returned) FROM returns /* ; SELECT 1 /* nested */ */ -- ; x
              bound: ["sum(returned)"]
            SELECT SUM(returned) FROM returns INTO OUTFILE 'x'
              GB0004 syntax at `OUTFILE`: this is not SQL that can be read here
            SELECT SUM(returned) INTO x FROM returns
              GB0007 unsupported-construct at `SELECT`: INTO cannot be used here
            SELECT SUM(returned) FROM returns FOR UPDATE
              GB0007 unsupported-construct at `SELECT`: FOR UPDATE cannot be used here
        "#]],
    );
}

#[test]
fn tables_have_one_name_and_no_other() {
    each(
        &[
            "SELECT SUM(returned) FROM db.returns",
            "SELECT SUM(returned) FROM datafusion.public.returns",
            "SELECT SUM(returned) FROM information_schema.tables",
            "SELECT SUM(returned) FROM \"public.returns\"",
            "SELECT SUM(returned) FROM 'returns.csv'",
            "SELECT SUM(returned) FROM \"/etc/passwd\"",
            "SELECT SUM(returned) FROM read_csv('x')",
            "SELECT SUM(returned) FROM range(1, 2)",
            "SELECT SUM(returned) FROM LATERAL (SELECT returned FROM returns) x",
            "SELECT SUM(returned) FROM returns TABLESAMPLE (10 PERCENT)",
            "SELECT SUM(returned) FROM returns PIVOT (SUM(returned) FOR state IN ('NY'))",
            "SELECT SUM(returned) FROM UNNEST([1]) x",
            "SELECT SUM(returned) FROM returns AS r (a, b)",
            "SELECT SUM(returned) FROM returns r JOIN sales r ON r.hashedemail = r.hashedemail",
            "SELECT SUM(returned) FROM RETURNS",
            "SELECT SUM(\"Returned\") FROM `Returns`",
            "SELECT SUM(returns.returned) FROM returns r",
            "SELECT SUM(r.returned) FROM returns \"r\"",
            "SELECT COUNT(n) FROM \"odd name-x\" WHERE \"a b\" = 'x'",
            "SELECT COUNT(n) FROM odd name-x",
        ],
        expect![[r#"
            SELECT SUM(returned) FROM db.returns
              GB0008 unknown-table at `db.returns`: there is no table `db.returns`
            SELECT SUM(returned) FROM datafusion.public.returns
              GB0008 unknown-table at `datafusion.public.returns`: there is no table `datafusion.public.returns`
            SELECT SUM(returned) FROM information_schema.tables
              GB0008 unknown-table at `information_schema.tables`: there is no table `information_schema.tables`
            SELECT SUM(returned) FROM "public.returns"
              GB0008 unknown-table at `"public.returns"`: there is no table `public.returns`
            SELECT SUM(returned) FROM 'returns.csv'
              GB0008 unknown-table at `SELECT SUM(returned) FROM 'returns.csv'`: there is no table `returns.csv`
            SELECT SUM(returned) FROM "/etc/passwd"
              GB0008 unknown-table at `"/etc/passwd"`: there is no table `/etc/passwd`
            SELECT SUM(returned) FROM read_csv('x')
              GB0007 unsupported-construct at `read_csv`: a table function cannot be used here
              GB0008 unknown-table at `read_csv`: there is no table `read_csv`
            SELECT SUM(returned) FROM range(1, 2)
              GB0007 unsupported-construct at `range`: a table function cannot be used here
              GB0008 unknown-table at `range`: there is no table `range`
            SELECT SUM(returned) FROM LATERAL (SELECT returned FROM returns) x
              GB0007 unsupported-construct at `(SELECT returned FROM returns) x`: LATERAL cannot be used here
            SELECT SUM(returned) FROM returns TABLESAMPLE (10 PERCENT)
              GB0007 unsupported-construct at `returns`: TABLESAMPLE cannot be used here
            SELECT SUM(returned) FROM returns PIVOT (SUM(returned) FOR state IN ('NY'))
              GB0007 unsupported-construct at `returns PIVOT (SUM(returned) FOR state IN ('NY'`: PIVOT cannot be used here
            SELECT SUM(returned) FROM UNNEST([1]) x
              GB0008 unknown-table at `UNNEST`: there is no table `UNNEST`
              GB0007 unsupported-construct at `UNNEST([1]) x`: a table function cannot be used here
            SELECT SUM(returned) FROM returns AS r (a, b)
              GB0007 unsupported-construct at `returns AS r`: a column list after a table's name cannot be used here
            SELECT SUM(returned) FROM returns r JOIN sales r ON r.hashedemail = r.hashedemail
              GB0018 duplicate-table-name at `sales r`: two tables of this query are called `r`
              GB0010 ambiguous-column at `r.hashedemail`: column `r.hashedemail` is in more than one table of this query
              GB0010 ambiguous-column at `r.hashedemail`: column `r.hashedemail` is in more than one table of this query
            SELECT SUM(returned) FROM RETURNS
              bound: ["sum(returned)"]
            SELECT SUM("Returned") FROM `Returns`
              bound: ["sum(returned)"]
            SELECT SUM(returns.returned) FROM returns r
              GB0009 unknown-column at `returns.returned`: there is no column `returns.returned` here
            SELECT SUM(r.returned) FROM returns "r"
              bound: ["sum(returned)"]
            SELECT COUNT(n) FROM "odd name-x" WHERE "a b" = 'x'
              bound: ["count(n)"]
            SELECT COUNT(n) FROM odd name-x
              GB0004 syntax at `-`: this is not SQL that can be read here
        "#]],
    );
}

#[test]
fn a_hidden_column_reads_as_one_that_never_was() {
    let shape = |name: &str| {
        let texts = [
            format!("SELECT {name}, SUM(returned) FROM returns GROUP BY {name}"),
            format!("SELECT SUM(r.returned) FROM returns r WHERE r.{name} = 'tv'"),
            format!("SELECT COUNT(DISTINCT {name}) FROM returns"),
            format!("SELECT SUM(returned) FROM returns r JOIN panel p ON r.{name} = p.region"),
            format!("SELECT SUM(returned) FROM returns r JOIN panel p USING ({name})"),
            format!("SELECT SUM(returned) FROM returns ORDER BY {name}"),
            format!("SELECT SUM(returned) FROM returns HAVING MAX({name}) > 1"),
            format!(
                "SELECT SUM(returned) FROM returns WHERE state IN (SELECT {name} FROM returns)"
            ),
        ];
        texts.iter().map(|it| refusal(it).replace(name, "NAME")).collect::<String>()
    };
    assert_eq!(shape("producttype"), shape("producttypo"));
    assert_eq!(shape("producttype"), shape("no_such_col"));
    check(
        "SELECT producttype, SUM(nothing) FROM returns GROUP BY producttype",
        expect![[r#"
            GB0009 unknown-column at `producttype`: there is no column `producttype` here
            GB0009 unknown-column at `nothing`: there is no column `nothing` here
        "#]],
    );
}

#[test]
fn names_resolve_where_they_stand_and_nowhere_else() {
    each(
        &[
            "SELECT state AS s, SUM(returned) FROM returns WHERE s = 'NY' GROUP BY state",
            "SELECT UPPER(state) AS s, SUM(returned) FROM returns GROUP BY s",
            "SELECT hashedemail FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail",
            "SELECT state, SUM(returned) AS state FROM returns GROUP BY state",
            "SELECT state, SUM(returned) AS STATE FROM returns GROUP BY 1",
            "SELECT state, SUM(returned) FROM returns GROUP BY 3",
            "SELECT state, SUM(returned) FROM returns GROUP BY 0",
            "SELECT state, SUM(returned) FROM returns GROUP BY 2",
            "SELECT state, SUM(returned) FROM returns GROUP BY state ORDER BY 9",
            "SELECT r.state, s.demoseg, SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail",
            "SELECT state, UPPER(state), SUM(returned) FROM returns GROUP BY UPPER(state)",
            "SELECT SUM(returned), SUM(returned) FROM returns",
            "SELECT SUM(returned) FROM returns HAVING state = 'NY'",
            "SELECT SUM(returned) FROM returns ORDER BY state",
            "SELECT SUM(returned) AS __gb_guard_0 FROM returns",
            "SELECT SUM(returned) AS pg_x FROM returns __gb_t",
            "SELECT SUM(returned) AS \"\" FROM returns",
            "SELECT SUM(returned) AS ctid FROM returns",
            "SELECT SUM(returned) AS \"a\u{308}\" FROM returns",
            "SELECT SUM(returned) FROM r\u{435}turns",
            "SELECT SUM(r\u{435}turned) FROM returns",
            "SELECT r.*, SUM(x.returned) FROM returns x",
            "SELECT x.y.z.w FROM returns x",
            "SELECT nothing, nobody, SUM(nowhere) FROM noone WHERE never = 1",
            "SELECT r.nothing FROM returns r JOIN noone n ON r.nobody = n.x",
        ],
        expect![[r#"
            SELECT state AS s, SUM(returned) FROM returns WHERE s = 'NY' GROUP BY state
              GB0009 unknown-column at `s`: there is no column `s` here
            SELECT UPPER(state) AS s, SUM(returned) FROM returns GROUP BY s
              bound: ["s", "sum(returned)"]
            SELECT hashedemail FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
              GB0010 ambiguous-column at `hashedemail`: column `hashedemail` is in more than one table of this query
            SELECT state, SUM(returned) AS state FROM returns GROUP BY state
              GB0014 duplicate-output-name at `SUM(returned) AS state`: two columns of the result are called `state`
            SELECT state, SUM(returned) AS STATE FROM returns GROUP BY 1
              GB0014 duplicate-output-name at `SUM(returned) AS STATE`: two columns of the result are called `STATE`
            SELECT state, SUM(returned) FROM returns GROUP BY 3
              GB0021 ordinal-out-of-range at `3`: there is no column number 3 in the select list
            SELECT state, SUM(returned) FROM returns GROUP BY 0
              GB0021 ordinal-out-of-range at `0`: there is no column number 0 in the select list
            SELECT state, SUM(returned) FROM returns GROUP BY 2
              GB0022 aggregate-misplaced at `2`: an aggregate function cannot stand here
            SELECT state, SUM(returned) FROM returns GROUP BY state ORDER BY 9
              GB0021 ordinal-out-of-range at `9`: there is no column number 9 in the select list
            SELECT r.state, s.demoseg, SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
              GB0016 not-in-group-by at `r.state`: every column outside an aggregate function must be in GROUP BY: r.state, s.demoseg
            SELECT state, UPPER(state), SUM(returned) FROM returns GROUP BY UPPER(state)
              GB0016 not-in-group-by at `state`: every column outside an aggregate function must be in GROUP BY: returns.state
            SELECT SUM(returned), SUM(returned) FROM returns
              GB0014 duplicate-output-name at `SUM(returned)`: two columns of the result are called `sum(returned)`
            SELECT SUM(returned) FROM returns HAVING state = 'NY'
              GB0016 not-in-group-by at `state`: every column outside an aggregate function must be in GROUP BY: returns.state
            SELECT SUM(returned) FROM returns ORDER BY state
              GB0016 not-in-group-by at `state`: every column outside an aggregate function must be in GROUP BY: returns.state
            SELECT SUM(returned) AS __gb_guard_0 FROM returns
              GB0013 reserved-name at `__gb_guard_0`: the name `__gb_guard_0` is reserved
            SELECT SUM(returned) AS pg_x FROM returns __gb_t
              GB0013 reserved-name at `pg_x`: the name `pg_x` is reserved
              GB0013 reserved-name at `__gb_t`: the name `__gb_t` is reserved
            SELECT SUM(returned) AS "" FROM returns
              GB0019 bad-name at `""`: a name here has 1 to 127 printable ASCII characters
            SELECT SUM(returned) AS ctid FROM returns
              GB0013 reserved-name at `ctid`: the name `ctid` is reserved
            SELECT SUM(returned) AS "ä" FROM returns
              GB0019 bad-name at `"ä"`: a name here has 1 to 127 printable ASCII characters
            SELECT SUM(returned) FROM rеturns
              GB0008 unknown-table at `rеturns`: there is no table `rеturns`
            SELECT SUM(rеturned) FROM returns
              GB0009 unknown-column at `rеturned`: there is no column `rеturned` here
            SELECT r.*, SUM(x.returned) FROM returns x
              GB0008 unknown-table at `r.*`: there is no table `r`
            SELECT x.y.z.w FROM returns x
              GB0007 unsupported-construct at `x.y.z.w`: a name of more than two parts cannot be used here
            SELECT nothing, nobody, SUM(nowhere) FROM noone WHERE never = 1
              GB0008 unknown-table at `noone`: there is no table `noone`
            SELECT r.nothing FROM returns r JOIN noone n ON r.nobody = n.x
              GB0009 unknown-column at `r.nothing`: there is no column `r.nothing` here
              GB0008 unknown-table at `noone`: there is no table `noone`
              GB0009 unknown-column at `r.nobody`: there is no column `r.nobody` here
        "#]],
    );
}

#[test]
fn functions_are_a_closed_list_however_they_are_spelt() {
    each(
        &[
            "SELECT version()",
            "SELECT random() FROM returns",
            "SELECT \"SUM\"(returned) FROM returns",
            "SELECT pg_catalog.sum(returned) FROM returns",
            "SELECT __gb_add(returned, 1) FROM returns",
            "SELECT \"__GB_COERCE\"(returned, 'string') FROM returns",
            "SELECT POSITION('a' IN state) FROM returns",
            "SELECT [1, 2, 3]",
            "SELECT ARRAY[1]",
            "SELECT STRUCT(1)",
            "SELECT state ~ 'x' FROM returns",
            "SELECT state RLIKE 'x' FROM returns",
            "SELECT state SIMILAR TO 'x' FROM returns",
            "SELECT state ILIKE 'x' FROM returns",
            "SELECT returned & 1 FROM returns",
            "SELECT returned = ANY (SELECT 1) FROM returns",
            "SELECT CAST(state AS ARRAY<INT>) FROM returns",
            "SELECT state::regclass FROM returns",
            "SELECT SUM(returned ORDER BY state) FROM returns",
            "SELECT SUM(returned) IGNORE NULLS FROM returns",
            "SELECT SUM(SUM(returned)) FROM returns",
            "SELECT SUM(returned) FROM returns WHERE SUM(returned) > 1",
            "SELECT SUM(returned) FROM returns GROUP BY SUM(returned)",
            "SELECT SUM() FROM returns",
            "SELECT SUM FROM returns",
            "SELECT SUM(*) FROM returns",
            "SELECT UPPER() FROM returns",
            "SELECT UPPER(state, state, state) FROM returns",
            "SELECT UPPER(DISTINCT state) FROM returns",
            "SELECT SUM(returned), ABS('a', 'b') AS x FROM returns",
            "SELECT ROW_NUMBER() OVER (ORDER BY state) FROM returns",
            "SELECT LISTAGG(state) WITHIN GROUP (ORDER BY state) FROM returns",
            "SELECT STRING_AGG(r.state, ',') WITHIN GROUP (ORDER BY STATE ASC) FROM returns r",
            "SELECT LISTAGG(state) WITHIN GROUP (ORDER BY state DESC) FROM returns",
            "SELECT LISTAGG(state) WITHIN GROUP (ORDER BY returned) FROM returns",
            "SELECT LISTAGG(state) WITHIN GROUP (ORDER BY state, returned) FROM returns",
            "SELECT LISTAGG(state) WITHIN GROUP (ORDER BY 1) FROM returns",
            "SELECT LISTAGG(state) WITHIN GROUP (ORDER BY state) OVER (PARTITION BY returned) FROM returns",
            "SELECT LISTAGG(state) WITHIN GROUP (ORDER BY returned) OVER () FROM returns",
            "SELECT ARRAY_AGG(state) WITHIN GROUP (ORDER BY state) FROM returns",
            "SELECT MAX(state) WITHIN GROUP (ORDER BY state) FROM returns",
            "SELECT UPPER(state) WITHIN GROUP (ORDER BY state) FROM returns",
            "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY returned) FROM returns",
            "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY returned, price_dim) FROM returns",
            "SELECT PERCENTILE_CONT(returned, 0.5) WITHIN GROUP (ORDER BY price_dim) FROM returns",
            "SELECT PERCENTILE(returned) WITHIN GROUP (ORDER BY price_dim) FROM returns",
            "SELECT ? FROM returns",
            "SELECT $1 FROM returns",
            "SELECT :x FROM returns",
            "SELECT @@version",
            "SELECT X'00' FROM returns",
            "SELECT SUM(returned) FROM returns WHERE returned > 99999999999999999999",
            "SELECT SUM(returned) FROM returns WHERE returned > 1e999999999",
            "SELECT INTERVAL '1' DAY FROM returns",
        ],
        expect![[r#"
            SELECT version()
              GB0011 unknown-function at `version`: there is no function `version`
            SELECT random() FROM returns
              bound: ["random()"]
            SELECT "SUM"(returned) FROM returns
              bound: ["sum(returned)"]
            SELECT pg_catalog.sum(returned) FROM returns
              GB0011 unknown-function at `pg_catalog.sum`: there is no function `pg_catalog.sum`
            SELECT __gb_add(returned, 1) FROM returns
              GB0011 unknown-function at `__gb_add`: there is no function `__gb_add`
            SELECT "__GB_COERCE"(returned, 'string') FROM returns
              GB0011 unknown-function at `"__GB_COERCE"`: there is no function `"__GB_COERCE"`
            SELECT POSITION('a' IN state) FROM returns
              bound: ["locate(a, state)"]
            SELECT [1, 2, 3]
              GB0007 unsupported-construct at `1, 2, 3`: a nested value cannot be used here
            SELECT ARRAY[1]
              GB0007 unsupported-construct at `1`: a nested value cannot be used here
            SELECT STRUCT(1)
              GB0011 unknown-function at `STRUCT`: there is no function `STRUCT`
            SELECT state ~ 'x' FROM returns
              GB0007 unsupported-construct at `state ~ 'x'`: this operator cannot be used here
            SELECT state RLIKE 'x' FROM returns
              bound: ["rlike(state, x)"]
            SELECT state SIMILAR TO 'x' FROM returns
              GB0007 unsupported-construct at `state SIMILAR TO 'x'`: SIMILAR TO cannot be used here
            SELECT state ILIKE 'x' FROM returns
              bound: ["ilike(state, x)"]
            SELECT returned & 1 FROM returns
              bound: ["bitand(returned, 1)"]
            SELECT returned = ANY (SELECT 1) FROM returns
              GB0007 unsupported-construct at `returned = ANY (SELECT 1)`: ANY or ALL cannot be used here
            SELECT CAST(state AS ARRAY<INT>) FROM returns
              GB0012 wrong-arguments at `CAST(state AS ARRAY<INT>)`: the number or the types of the arguments do not fit
            SELECT state::regclass FROM returns
              GB0007 unsupported-construct at `state::regclass`: this type cannot be used here
            SELECT SUM(returned ORDER BY state) FROM returns
              GB0007 unsupported-construct at `SUM(returned ORDER BY state)`: a clause inside an aggregate function cannot be used here
            SELECT SUM(returned) IGNORE NULLS FROM returns
              GB0007 unsupported-construct at `SUM(returned)`: IGNORE NULLS or RESPECT NULLS cannot be used here
            SELECT SUM(SUM(returned)) FROM returns
              GB0022 aggregate-misplaced at `SUM(returned)`: an aggregate function cannot stand here
            SELECT SUM(returned) FROM returns WHERE SUM(returned) > 1
              GB0022 aggregate-misplaced at `SUM(returned)`: an aggregate function cannot stand here
            SELECT SUM(returned) FROM returns GROUP BY SUM(returned)
              GB0022 aggregate-misplaced at `SUM(returned)`: an aggregate function cannot stand here
            SELECT SUM() FROM returns
              GB0012 wrong-arguments at `SUM()`: the number or the types of the arguments do not fit
            SELECT SUM FROM returns
              GB0009 unknown-column at `SUM`: there is no column `SUM` here
            SELECT SUM(*) FROM returns
              GB0012 wrong-arguments at `SUM(*)`: the number or the types of the arguments do not fit
            SELECT UPPER() FROM returns
              GB0012 wrong-arguments at `UPPER()`: the number or the types of the arguments do not fit
            SELECT UPPER(state, state, state) FROM returns
              GB0012 wrong-arguments at `UPPER(state, state, state)`: the number or the types of the arguments do not fit
            SELECT UPPER(DISTINCT state) FROM returns
              GB0007 unsupported-construct at `UPPER(DISTINCT state)`: DISTINCT in a scalar function cannot be used here
            SELECT SUM(returned), ABS('a', 'b') AS x FROM returns
              GB0012 wrong-arguments at `ABS('a', 'b')`: the number or the types of the arguments do not fit
            SELECT ROW_NUMBER() OVER (ORDER BY state) FROM returns
              bound: ["window(row_number(), state)"]
            SELECT LISTAGG(state) WITHIN GROUP (ORDER BY state) FROM returns
              bound: ["withingroup(listagg(state), state)"]
            SELECT STRING_AGG(r.state, ',') WITHIN GROUP (ORDER BY STATE ASC) FROM returns r
              bound: ["withingroup(string_agg(state, ,), state)"]
            SELECT LISTAGG(state) WITHIN GROUP (ORDER BY state DESC) FROM returns
              GB0007 unsupported-construct at `LISTAGG(state)`: LISTAGG in another order than that of its values cannot be used here
            SELECT LISTAGG(state) WITHIN GROUP (ORDER BY returned) FROM returns
              GB0007 unsupported-construct at `LISTAGG(state)`: LISTAGG in another order than that of its values cannot be used here
            SELECT LISTAGG(state) WITHIN GROUP (ORDER BY state, returned) FROM returns
              GB0007 unsupported-construct at `LISTAGG(state)`: WITHIN GROUP with several expressions cannot be used here
            SELECT LISTAGG(state) WITHIN GROUP (ORDER BY 1) FROM returns
              GB0007 unsupported-construct at `LISTAGG(state)`: LISTAGG in another order than that of its values cannot be used here
            SELECT LISTAGG(state) WITHIN GROUP (ORDER BY state) OVER (PARTITION BY returned) FROM returns
              bound: ["window(withingroup(listagg(state), state), returned)"]
            SELECT LISTAGG(state) WITHIN GROUP (ORDER BY returned) OVER () FROM returns
              GB0007 unsupported-construct at `LISTAGG(state)`: LISTAGG in another order than that of its values cannot be used here
            SELECT ARRAY_AGG(state) WITHIN GROUP (ORDER BY state) FROM returns
              GB0007 unsupported-construct at `ARRAY_AGG(state)`: WITHIN GROUP behind this function cannot be used here
            SELECT MAX(state) WITHIN GROUP (ORDER BY state) FROM returns
              GB0007 unsupported-construct at `MAX(state)`: WITHIN GROUP behind this function cannot be used here
            SELECT UPPER(state) WITHIN GROUP (ORDER BY state) FROM returns
              GB0007 unsupported-construct at `UPPER(state)`: WITHIN GROUP behind this function cannot be used here
            SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY returned) FROM returns
              bound: ["withingroup(percentile_cont(0.5), returned)"]
            SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY returned, price_dim) FROM returns
              GB0007 unsupported-construct at `PERCENTILE_CONT(0.5)`: WITHIN GROUP with several expressions cannot be used here
            SELECT PERCENTILE_CONT(returned, 0.5) WITHIN GROUP (ORDER BY price_dim) FROM returns
              GB0007 unsupported-construct at `PERCENTILE_CONT(returned, 0.5)`: WITHIN GROUP behind this function cannot be used here
            SELECT PERCENTILE(returned) WITHIN GROUP (ORDER BY price_dim) FROM returns
              GB0007 unsupported-construct at `PERCENTILE(returned)`: WITHIN GROUP behind this function cannot be used here
            SELECT ? FROM returns
              GB0007 unsupported-construct at `?`: a placeholder without a name cannot be used here
            SELECT $1 FROM returns
              GB0007 unsupported-construct at `$1`: a placeholder without a name cannot be used here
            SELECT :x FROM returns
              GB0007 unsupported-construct at `:x`: a parameter cannot be used here
            SELECT @@version
              GB0004 syntax at `version`: this is not SQL that can be read here
            SELECT X'00' FROM returns
              bound: ["00"]
            SELECT SUM(returned) FROM returns WHERE returned > 99999999999999999999
              GB0007 unsupported-construct at `99999999999999999999`: a number of this size or form cannot be used here
            SELECT SUM(returned) FROM returns WHERE returned > 1e999999999
              GB0007 unsupported-construct at `1e999999999`: a number of this size or form cannot be used here
            SELECT INTERVAL '1' DAY FROM returns
              GB0007 unsupported-construct at `'1'`: an INTERVAL that is not added to a date or subtracted from one cannot be used here
        "#]],
    );
}

#[test]
fn size_and_depth_end_in_a_refusal_quickly() {
    let deep = |open: &str, inside: &str, close: &str, times: usize| {
        format!("{}{inside}{}", open.repeat(times), close.repeat(times))
    };
    let texts = [
        format!("SELECT {} FROM returns", deep("(", "1", ")", 10_000)),
        format!("SELECT {} FROM returns", deep("(", "1", ")", 49)),
        format!("SELECT SUM(returned) FROM {}", deep("(", "returns", ")", 10_000)),
        format!("SELECT SUM(returned) FROM {}", deep("(", "returns", ")", 40)),
        deep("SELECT * FROM (", "SELECT * FROM returns", ") x", 40),
        deep("SELECT * FROM ((", "SELECT * FROM returns", ") x)", 22),
        deep("SELECT * FROM ((", "SELECT * FROM returns", "", 22),
        format!(
            "SELECT SUM(returned) FROM returns WHERE {}",
            deep("state IN ((SELECT state FROM returns WHERE ", "TRUE", "))", 22)
        ),
        format!(
            "SELECT SUM(returned) FROM returns WHERE {}",
            deep("EXISTS (SELECT 1 FROM returns WHERE ", "TRUE", ")", 45)
        ),
        format!("SELECT {} FROM returns", deep("UPPER(", "state", ")", 10_000)),
        format!("SELECT {} FROM returns", deep("CASE WHEN TRUE THEN ", "1", " END", 1_000)),
        format!("SELECT SUM(returned) FROM returns WHERE {} TRUE", "NOT ".repeat(4_000)),
        format!("SELECT {}1 FROM returns", "- ".repeat(4_000)),
        format!("SELECT {}1 FROM returns", "1 + ".repeat(4_000)),
        format!("SELECT 1{} FROM returns", "::int".repeat(2_000)),
        format!("SELECT SUM(returned) FROM returns WHERE state{}", " IS NULL".repeat(2_000)),
        format!(
            "SELECT SUM(returned) FROM returns WHERE {}FALSE",
            "state = 'x' OR ".repeat(10_000)
        ),
        format!("SELECT SUM(returned) FROM returns WHERE {}FALSE", "state = 'x' OR ".repeat(1_600)),
        format!(
            "SELECT SUM(returned) FROM returns WHERE {}FALSE",
            "(state = 'x' AND TRUE) OR ".repeat(900)
        ),
        format!("SELECT SUM(returned) FROM returns{}", " UNION ALL SELECT 1".repeat(1_000)),
        format!("SELECT 1{}", " UNION ALL SELECT 1".repeat(60)),
        format!("SELECT SUM(returned) FROM returns{}", " JOIN sales ON TRUE".repeat(1_000)),
        format!(
            "SELECT COUNT(*) FROM returns{}",
            (0..20).map(|it| format!(", returns r{it}")).collect::<String>()
        ),
        format!(
            "WITH {} a AS (SELECT 1 AS x) SELECT x FROM a",
            (0..60).map(|it| format!("b{it} AS (SELECT 1 AS x),")).collect::<String>()
        ),
        format!(
            "SELECT {}1 AS z FROM returns",
            (0..900).map(|it| format!("state AS s{it},")).collect::<String>()
        ),
        format!(
            "SELECT {} AS x FROM returns ORDER BY {}1",
            vec!["returned"; 40].join("+"),
            "x+1,".repeat(500)
        ),
        format!("SELECT SUM(returned) FROM returns WHERE returned IN ({}1)", "1,".repeat(20_000)),
        "x".repeat(500_001),
        " ".repeat(499_999),
    ];
    let started = Instant::now();
    for text in &texts {
        let before = Instant::now();
        let shown: String = text.chars().take(60).collect();
        let outcome = match bind(text) {
            Ok(_) => "bound".to_owned(),
            Err(faults) => {
                format!("{:?}", faults.iter().map(|it| it.fault.code().0).collect::<Vec<_>>())
            }
        };
        println!("{:>6} ms {shown}: {outcome}", before.elapsed().as_millis());
    }
    assert!(started.elapsed().as_secs() < 60);
    let fault = |text: &str| bind(text).map(|_| ()).map_err(|it| it[0].fault.clone());
    assert_eq!(fault(&texts[0]), Err(Fault::TooDeep));
    assert_eq!(fault(&texts[16]), Err(Fault::TooManyWords));
    assert_eq!(fault(&texts[17]), Ok(()));
}
