//! Attacks on custom rules, judged against the tables of `corpus/standard.room`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use expect_test::{Expect, expect};
use glovebox_fixture::{Room, parse};
use glovebox_model::Mode;

use crate::room::judge;

fn room(mode: Mode) -> Room {
    parse(include_str!("../../../../corpus/standard.room")).unwrap().in_mode(mode)
}

/// Each query in one line: its codes in strict mode, then in the mode `aws`.
fn check(queries: &[&str], expected: Expect) {
    let (strict, aws) = (room(Mode::Strict), room(Mode::Aws));
    let mut shown = String::new();
    for sql in queries {
        let codes = |room: &Room| match judge(room, sql) {
            Ok(_) => "ok".to_owned(),
            Err(findings) => {
                let codes: BTreeSet<String> = findings
                    .iter()
                    .map(|it| match it.code.0 {
                        99 => format!("{}: {}", it.code, it.text),
                        _ => it.code.to_string().trim_start_matches("GB0").to_owned(),
                    })
                    .collect();
                codes.into_iter().collect::<Vec<_>>().join(" ")
            }
        };
        writeln!(shown, "{} | {} | {sql}", codes(&strict), codes(&aws)).unwrap();
    }
    expected.assert_eq(&shown);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a list of attacks with their verdicts")]
fn a_disallowed_column_does_not_reach_the_output() {
    check(
        &[
            "SELECT email FROM users",
            "SELECT u.* FROM users u",
            "SELECT age + 1 AS x FROM users",
            "SELECT x FROM (SELECT age AS x FROM users) t",
            "SELECT x FROM (SELECT y AS x FROM (SELECT age AS y FROM users) a) b",
            "SELECT email FROM (SELECT age AS x, email FROM users) t",
            "SELECT t.x FROM (SELECT email AS age, age AS x FROM users) t",
            "SELECT t.age FROM (SELECT email AS age, age AS x FROM users) t",
            "WITH users2 AS (SELECT gender AS age FROM users) SELECT age FROM users2",
            "WITH pets AS (SELECT name FROM users) SELECT name FROM pets",
            "SELECT email FROM users UNION SELECT name FROM users",
            "SELECT email FROM users UNION ALL SELECT owner_name FROM pets",
            "SELECT owner_name FROM pets INTERSECT SELECT name FROM users",
            "SELECT owner_name FROM pets EXCEPT SELECT name FROM users",
            "SELECT (SELECT MAX(age) FROM users) AS x FROM pets",
            "SELECT (SELECT COUNT(*) FROM users WHERE age > 3) AS x FROM pets",
            "SELECT EXISTS (SELECT 1 FROM users u WHERE u.name = p.owner_name) AS x FROM pets p",
            "SELECT p.gender FROM pets p WHERE EXISTS (SELECT 1 FROM users u WHERE u.name = p.owner_name)",
            "SELECT p.owner_name FROM pets p WHERE EXISTS (SELECT 1 FROM users u WHERE u.name = p.owner_name)",
            "SELECT p.owner_name FROM pets p WHERE p.owner_name IN (SELECT name FROM users)",
            "SELECT p.gender FROM pets p LEFT SEMI JOIN users u ON u.name = p.owner_name",
            "SELECT COUNT(*) OVER (PARTITION BY age) AS x FROM users",
            "SELECT ROW_NUMBER() OVER (ORDER BY age) AS x FROM users",
            "SELECT email FROM (SELECT email, ROW_NUMBER() OVER (ORDER BY age) AS n FROM users) t WHERE n = 1",
            "SELECT COUNT(*) AS n FROM users GROUP BY age",
            "SELECT gender, COUNT(*) AS n FROM (SELECT gender, name FROM users GROUP BY gender, name) t GROUP BY gender",
            "SELECT email FROM users ORDER BY age LIMIT 1",
            "SELECT email FROM (SELECT email FROM users ORDER BY age LIMIT 1) t",
            "SELECT email FROM users WHERE age IN (33)",
            "SELECT email FROM users WHERE age BETWEEN 3 AND 4",
            "SELECT email FROM users WHERE 33 = age",
            "SELECT email FROM users WHERE name LIKE 'M%'",
            "SELECT email FROM users WHERE ABS(age - 33) < LENGTH(email)",
            "SELECT email FROM users WHERE CASE WHEN age = 33 THEN TRUE ELSE FALSE END",
            "SELECT SUM(CASE WHEN gender = 'f' THEN 1 ELSE 0 END) AS n FROM users",
            "SELECT u.email FROM users u JOIN (VALUES (33)) AS v(a) ON u.age = v.a",
            "SELECT u.email FROM users u JOIN (SELECT 33 AS a) v ON u.age = v.a",
            "WITH v AS (SELECT 33 AS a FROM pets) SELECT u.email FROM users u JOIN v ON u.age = v.a",
            "SELECT p.gender FROM users u JOIN pets p ON u.name = p.owner_name WHERE p.owner_name = 'Mike'",
            "SELECT p.gender FROM users u JOIN pets p ON UPPER(u.name) = UPPER(p.owner_name)",
            "SELECT COUNT(p.owner_name) AS n FROM users u JOIN pets p ON u.name = p.owner_name",
            "SELECT MAX(p.owner_name) AS n FROM users u JOIN pets p ON u.name = p.owner_name",
            "SELECT name FROM users NATURAL JOIN pets",
            "SELECT u.gender FROM users u JOIN pets USING (name)",
            "SELECT email FROM users GROUP BY email HAVING MAX(age) > 3",
            "SELECT email FROM users WHERE age IS NULL",
            "SELECT email FROM users WHERE NULLIF(age, 33) IS NULL",
            "SELECT a.email FROM users a JOIN users b ON a.age = b.age",
            "SELECT COUNT(*) AS n FROM (SELECT age FROM users WHERE email = 'x' INTERSECT SELECT 33) t",
            "SELECT COUNT(*) AS n FROM (SELECT age FROM users WHERE email = 'x' EXCEPT SELECT 33) t",
            "SELECT COUNT(*) AS n FROM (SELECT age FROM users WHERE email = 'x' UNION SELECT 33) t",
            "SELECT COUNT(*) AS n FROM (SELECT age FROM users WHERE email = 'x' UNION ALL SELECT 33) t",
            "SELECT COUNT(*) AS n FROM (SELECT DISTINCT a FROM (SELECT age AS a FROM users UNION ALL SELECT 33) t) u",
            "SELECT COUNT(*) AS n FROM (SELECT a FROM (SELECT age AS a FROM users UNION ALL SELECT 33) t GROUP BY a) u",
            "SELECT COUNT(*) AS n FROM (SELECT CASE WHEN gender = 'f' THEN age ELSE 33 END AS a FROM users GROUP BY 1) u",
            "SELECT COUNT(*) AS n FROM (SELECT DISTINCT name FROM users) t",
            "SELECT gender FROM users WHERE 1 / (age - 33) IS NULL",
            "SELECT gender FROM users WHERE SUBSTR(email, age, 1) = 'x'",
            "SELECT gender FROM users WHERE REPEAT('a', age) = email",
            "SELECT gender FROM users WHERE ARRAY('a', 'b')[age] = 'b'",
            "SELECT gender FROM users QUALIFY ROW_NUMBER() OVER (ORDER BY age) = 1",
            "SELECT gender, email AS e, e || 'x' AS f FROM users",
            "SELECT age AS a, 1 AS b FROM users",
            "SELECT email AS age, age AS n FROM users",
        ],
        expect![[r#"
            ok | ok | SELECT email FROM users
            303 | 303 | SELECT u.* FROM users u
            303 | 303 | SELECT age + 1 AS x FROM users
            303 | 303 | SELECT x FROM (SELECT age AS x FROM users) t
            303 | 303 | SELECT x FROM (SELECT y AS x FROM (SELECT age AS y FROM users) a) b
            ok | ok | SELECT email FROM (SELECT age AS x, email FROM users) t
            303 | 303 | SELECT t.x FROM (SELECT email AS age, age AS x FROM users) t
            ok | ok | SELECT t.age FROM (SELECT email AS age, age AS x FROM users) t
            ok | ok | WITH users2 AS (SELECT gender AS age FROM users) SELECT age FROM users2
            303 | 303 | WITH pets AS (SELECT name FROM users) SELECT name FROM pets
            303 | 303 | SELECT email FROM users UNION SELECT name FROM users
            ok | ok | SELECT email FROM users UNION ALL SELECT owner_name FROM pets
            303 306 | 303 | SELECT owner_name FROM pets INTERSECT SELECT name FROM users
            303 306 | 303 | SELECT owner_name FROM pets EXCEPT SELECT name FROM users
            303 | 303 | SELECT (SELECT MAX(age) FROM users) AS x FROM pets
            303 304 | 303 | SELECT (SELECT COUNT(*) FROM users WHERE age > 3) AS x FROM pets
            303 | 303 | SELECT EXISTS (SELECT 1 FROM users u WHERE u.name = p.owner_name) AS x FROM pets p
            ok | ok | SELECT p.gender FROM pets p WHERE EXISTS (SELECT 1 FROM users u WHERE u.name = p.owner_name)
            306 | ok | SELECT p.owner_name FROM pets p WHERE EXISTS (SELECT 1 FROM users u WHERE u.name = p.owner_name)
            306 | ok | SELECT p.owner_name FROM pets p WHERE p.owner_name IN (SELECT name FROM users)
            ok | ok | SELECT p.gender FROM pets p LEFT SEMI JOIN users u ON u.name = p.owner_name
            303 | 303 | SELECT COUNT(*) OVER (PARTITION BY age) AS x FROM users
            303 | 303 | SELECT ROW_NUMBER() OVER (ORDER BY age) AS x FROM users
            304 | ok | SELECT email FROM (SELECT email, ROW_NUMBER() OVER (ORDER BY age) AS n FROM users) t WHERE n = 1
            305 | ok | SELECT COUNT(*) AS n FROM users GROUP BY age
            ok | ok | SELECT gender, COUNT(*) AS n FROM (SELECT gender, name FROM users GROUP BY gender, name) t GROUP BY gender
            305 | ok | SELECT email FROM users ORDER BY age LIMIT 1
            305 | ok | SELECT email FROM (SELECT email FROM users ORDER BY age LIMIT 1) t
            304 | ok | SELECT email FROM users WHERE age IN (33)
            304 | ok | SELECT email FROM users WHERE age BETWEEN 3 AND 4
            304 | ok | SELECT email FROM users WHERE 33 = age
            304 | ok | SELECT email FROM users WHERE name LIKE 'M%'
            304 306 | ok | SELECT email FROM users WHERE ABS(age - 33) < LENGTH(email)
            304 | ok | SELECT email FROM users WHERE CASE WHEN age = 33 THEN TRUE ELSE FALSE END
            ok | ok | SELECT SUM(CASE WHEN gender = 'f' THEN 1 ELSE 0 END) AS n FROM users
            304 | ok | SELECT u.email FROM users u JOIN (VALUES (33)) AS v(a) ON u.age = v.a
            304 | ok | SELECT u.email FROM users u JOIN (SELECT 33 AS a) v ON u.age = v.a
            304 | ok | WITH v AS (SELECT 33 AS a FROM pets) SELECT u.email FROM users u JOIN v ON u.age = v.a
            304 | ok | SELECT p.gender FROM users u JOIN pets p ON u.name = p.owner_name WHERE p.owner_name = 'Mike'
            ok | ok | SELECT p.gender FROM users u JOIN pets p ON UPPER(u.name) = UPPER(p.owner_name)
            ok | ok | SELECT COUNT(p.owner_name) AS n FROM users u JOIN pets p ON u.name = p.owner_name
            306 | ok | SELECT MAX(p.owner_name) AS n FROM users u JOIN pets p ON u.name = p.owner_name
            303 | 303 | SELECT name FROM users NATURAL JOIN pets
            ok | ok | SELECT u.gender FROM users u JOIN pets USING (name)
            304 | ok | SELECT email FROM users GROUP BY email HAVING MAX(age) > 3
            304 | ok | SELECT email FROM users WHERE age IS NULL
            304 | ok | SELECT email FROM users WHERE NULLIF(age, 33) IS NULL
            ok | ok | SELECT a.email FROM users a JOIN users b ON a.age = b.age
            304 | ok | SELECT COUNT(*) AS n FROM (SELECT age FROM users WHERE email = 'x' INTERSECT SELECT 33) t
            304 | ok | SELECT COUNT(*) AS n FROM (SELECT age FROM users WHERE email = 'x' EXCEPT SELECT 33) t
            304 | ok | SELECT COUNT(*) AS n FROM (SELECT age FROM users WHERE email = 'x' UNION SELECT 33) t
            ok | ok | SELECT COUNT(*) AS n FROM (SELECT age FROM users WHERE email = 'x' UNION ALL SELECT 33) t
            304 | ok | SELECT COUNT(*) AS n FROM (SELECT DISTINCT a FROM (SELECT age AS a FROM users UNION ALL SELECT 33) t) u
            304 | ok | SELECT COUNT(*) AS n FROM (SELECT a FROM (SELECT age AS a FROM users UNION ALL SELECT 33) t GROUP BY a) u
            304 | ok | SELECT COUNT(*) AS n FROM (SELECT CASE WHEN gender = 'f' THEN age ELSE 33 END AS a FROM users GROUP BY 1) u
            ok | ok | SELECT COUNT(*) AS n FROM (SELECT DISTINCT name FROM users) t
            304 | ok | SELECT gender FROM users WHERE 1 / (age - 33) IS NULL
            304 | ok | SELECT gender FROM users WHERE SUBSTR(email, age, 1) = 'x'
            304 | ok | SELECT gender FROM users WHERE REPEAT('a', age) = email
            304 | ok | SELECT gender FROM users WHERE ARRAY('a', 'b')[age] = 'b'
            304 | ok | SELECT gender FROM users QUALIFY ROW_NUMBER() OVER (ORDER BY age) = 1
            ok | ok | SELECT gender, email AS e, e || 'x' AS f FROM users
            303 | 303 | SELECT age AS a, 1 AS b FROM users
            303 | 303 | SELECT email AS age, age AS n FROM users
        "#]],
    );
}

#[test]
fn a_person_is_not_named_under_a_threshold() {
    check(
        &[
            "SELECT COUNT(*) AS n FROM imp",
            "SELECT COUNT(*) AS n FROM imp WHERE user_id = 'U-1'",
            "SELECT COUNT(*) AS n FROM imp WHERE user_id <> 'U-1'",
            "SELECT COUNT(*) AS n FROM imp WHERE user_id IN ('U-1', 'U-2')",
            "SELECT COUNT(*) AS n FROM imp WHERE user_id BETWEEN 'U-1' AND 'U-2'",
            "SELECT COUNT(*) AS n FROM imp WHERE MD5(user_id) = 'abc'",
            "SELECT COUNT(*) AS n FROM imp WHERE user_id RLIKE 'U-1'",
            "SELECT COUNT(*) AS n FROM imp WHERE CASE user_id WHEN 'U-1' THEN TRUE ELSE FALSE END",
            "SELECT COUNT(NULLIF(user_id, 'U-1')) AS n FROM imp",
            "SELECT user_id = 'U-1' AS me, COUNT(*) AS n FROM imp GROUP BY user_id = 'U-1'",
            "SELECT POSITION('U-1' IN user_id) AS p, COUNT(*) AS n FROM imp GROUP BY POSITION('U-1' IN user_id)",
            "SELECT SUBSTR('U-1', LENGTH(user_id)) AS p, COUNT(*) AS n FROM imp GROUP BY 1",
            "SELECT SUBSTR(user_id, 1, 3) AS p, COUNT(*) AS n FROM imp GROUP BY 1",
            "SELECT COUNT(*) AS n FROM imp i JOIN (VALUES ('U-1')) AS v(a) ON i.user_id = v.a",
            "WITH v AS (SELECT 'U-1' AS a FROM adv) SELECT COUNT(*) AS n FROM imp i JOIN v ON i.user_id = v.a",
            "SELECT COUNT(*) AS n FROM imp i JOIN adv a ON i.user_id = COALESCE(a.segment, 'U-1')",
            "SELECT COUNT(*) AS n FROM imp i JOIN (SELECT user_id FROM adv UNION ALL SELECT 'U-1') a ON i.user_id = a.user_id",
            "SELECT COUNT(*) AS n FROM imp i JOIN adv a ON i.user_id = a.user_id WHERE a.user_id = 'U-1'",
            "SELECT COUNT(*) AS n FROM imp i JOIN adv a ON i.user_id = a.user_id WHERE a.segment = 'x'",
            "SELECT COUNT(*) AS n FROM imp WHERE user_id = (SELECT MAX(user_id) FROM adv)",
            "SELECT COUNT(*) AS n FROM imp WHERE user_id IS NOT NULL",
            "SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id HAVING COUNT(DISTINCT user_id) > 5",
            "SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id HAVING MAX(user_id) = 'U-1'",
            "SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id ORDER BY campaign_id = 'C'",
            "SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id ORDER BY MAX(user_id) = 'U-1'",
        ],
        expect![[r#"
            ok | ok | SELECT COUNT(*) AS n FROM imp
            320 | 320 | SELECT COUNT(*) AS n FROM imp WHERE user_id = 'U-1'
            320 | 320 | SELECT COUNT(*) AS n FROM imp WHERE user_id <> 'U-1'
            320 | 320 | SELECT COUNT(*) AS n FROM imp WHERE user_id IN ('U-1', 'U-2')
            320 | 320 | SELECT COUNT(*) AS n FROM imp WHERE user_id BETWEEN 'U-1' AND 'U-2'
            320 | 320 | SELECT COUNT(*) AS n FROM imp WHERE MD5(user_id) = 'abc'
            320 | 320 | SELECT COUNT(*) AS n FROM imp WHERE user_id RLIKE 'U-1'
            320 | 320 | SELECT COUNT(*) AS n FROM imp WHERE CASE user_id WHEN 'U-1' THEN TRUE ELSE FALSE END
            320 321 | 320 321 | SELECT COUNT(NULLIF(user_id, 'U-1')) AS n FROM imp
            320 | 320 | SELECT user_id = 'U-1' AS me, COUNT(*) AS n FROM imp GROUP BY user_id = 'U-1'
            320 | 320 | SELECT POSITION('U-1' IN user_id) AS p, COUNT(*) AS n FROM imp GROUP BY POSITION('U-1' IN user_id)
            320 | 320 | SELECT SUBSTR('U-1', LENGTH(user_id)) AS p, COUNT(*) AS n FROM imp GROUP BY 1
            ok | ok | SELECT SUBSTR(user_id, 1, 3) AS p, COUNT(*) AS n FROM imp GROUP BY 1
            320 | 320 | SELECT COUNT(*) AS n FROM imp i JOIN (VALUES ('U-1')) AS v(a) ON i.user_id = v.a
            320 | 320 | WITH v AS (SELECT 'U-1' AS a FROM adv) SELECT COUNT(*) AS n FROM imp i JOIN v ON i.user_id = v.a
            320 | 320 | SELECT COUNT(*) AS n FROM imp i JOIN adv a ON i.user_id = COALESCE(a.segment, 'U-1')
            320 | 320 | SELECT COUNT(*) AS n FROM imp i JOIN (SELECT user_id FROM adv UNION ALL SELECT 'U-1') a ON i.user_id = a.user_id
            320 | ok | SELECT COUNT(*) AS n FROM imp i JOIN adv a ON i.user_id = a.user_id WHERE a.user_id = 'U-1'
            ok | ok | SELECT COUNT(*) AS n FROM imp i JOIN adv a ON i.user_id = a.user_id WHERE a.segment = 'x'
            ok | ok | SELECT COUNT(*) AS n FROM imp WHERE user_id = (SELECT MAX(user_id) FROM adv)
            ok | ok | SELECT COUNT(*) AS n FROM imp WHERE user_id IS NOT NULL
            ok | ok | SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id HAVING COUNT(DISTINCT user_id) > 5
            320 327 | 320 | SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id HAVING MAX(user_id) = 'U-1'
            ok | ok | SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id ORDER BY campaign_id = 'C'
            320 327 | 320 | SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id ORDER BY MAX(user_id) = 'U-1'
        "#]],
    );
}

#[test]
fn rows_of_single_people_do_not_come_out() {
    check(
        &[
            "SELECT user_id FROM imp",
            "SELECT amount FROM imp",
            "SELECT i.campaign_id, a.segment FROM imp i JOIN adv a ON i.user_id = a.user_id",
            "SELECT a.segment FROM adv a LEFT JOIN imp i ON i.user_id = a.user_id",
            "SELECT DISTINCT campaign_id FROM imp",
            "SELECT DISTINCT user_id FROM imp",
            "SELECT user_id, COUNT(*) AS n FROM imp GROUP BY user_id",
            "SELECT COUNT(*) AS n FROM imp GROUP BY user_id",
            "SELECT n, COUNT(*) AS m FROM (SELECT COUNT(*) AS n FROM imp GROUP BY user_id) x GROUP BY n",
            "SELECT AVG(n) AS m FROM (SELECT user_id, SUM(amount) AS n FROM imp GROUP BY user_id) x",
            "SELECT first, COUNT(*) AS n FROM (SELECT user_id, MIN(event_date) AS first, COUNT(*) AS k FROM imp GROUP BY user_id) x GROUP BY first",
            "SELECT * FROM (SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id) x",
            "SELECT SUM(n) AS m FROM (SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id) x",
            "SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id LIMIT 3",
            "SELECT COUNT(*) AS n FROM (SELECT * FROM imp LIMIT 1) x",
            "SELECT COUNT(*) AS n FROM (SELECT * FROM imp ORDER BY user_id LIMIT 1) x",
            "SELECT COUNT(*) AS n FROM imp WHERE RAND() < 0.1",
            "SELECT campaign_id, COUNT(*) AS n, RAND() AS r FROM imp GROUP BY campaign_id",
            "SELECT SUM(x) AS n FROM (SELECT LAG(amount) OVER (PARTITION BY campaign_id ORDER BY user_id) AS x FROM imp) t",
            "SELECT SUM(x) AS n, COUNT(*) AS m FROM (SELECT LAG(amount) OVER (PARTITION BY user_id ORDER BY user_id) AS x, COUNT(*) OVER (PARTITION BY user_id) AS c FROM imp) t",
            "SELECT COUNT(*) AS n FROM (SELECT ROW_NUMBER() OVER (ORDER BY amount) AS x FROM imp) t",
            "SELECT COUNT(*) AS n FROM (SELECT SUM(amount) OVER (ORDER BY amount ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) AS x FROM imp) t",
            "SELECT campaign_id, COUNT(*) AS n, COLLECT_LIST(amount) AS x FROM imp GROUP BY campaign_id",
            "SELECT campaign_id, COUNT(*) AS n, MEDIAN(amount) AS x FROM imp GROUP BY campaign_id",
            "SELECT campaign_id, MEDIAN(amount) AS x FROM imp GROUP BY campaign_id",
            "SELECT COUNT(*) AS n FROM adv WHERE user_id IN (SELECT user_id FROM imp)",
            "SELECT segment FROM adv WHERE user_id IN (SELECT user_id FROM imp)",
            "SELECT segment, (SELECT COUNT(*) FROM imp i WHERE i.user_id = a.user_id) AS n FROM adv a",
            "SELECT segment, (SELECT COUNT(*) FROM imp) AS n FROM adv",
            "SELECT segment FROM adv WHERE 'C' IN (SELECT campaign_id FROM imp GROUP BY campaign_id)",
            "SELECT segment FROM adv UNION ALL SELECT campaign_id FROM imp",
            "SELECT segment, COUNT(*) AS n FROM adv GROUP BY segment UNION ALL SELECT campaign_id, COUNT(*) FROM imp GROUP BY campaign_id",
            "SELECT campaign_id, COUNT(*) AS n FROM (SELECT campaign_id, user_id FROM imp UNION ALL SELECT campaign_id, user_id FROM imp) x GROUP BY campaign_id",
            "SELECT COUNT(*) AS n FROM (SELECT user_id FROM imp UNION SELECT user_id FROM imp) x",
            "SELECT COUNT(*) AS n FROM imp i JOIN visits v ON i.user_id = v.user_id",
            "SELECT COUNT(*) AS n FROM imp i JOIN imp j ON i.user_id = j.user_id",
            "SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id, zip",
            "WITH x AS (SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id) SELECT a.n FROM x a JOIN x b ON a.campaign_id = b.campaign_id",
        ],
        expect![[r#"
            323 | ok | SELECT user_id FROM imp
            323 | ok | SELECT amount FROM imp
            323 | ok | SELECT i.campaign_id, a.segment FROM imp i JOIN adv a ON i.user_id = a.user_id
            323 | ok | SELECT a.segment FROM adv a LEFT JOIN imp i ON i.user_id = a.user_id
            ok | ok | SELECT DISTINCT campaign_id FROM imp
            323 | ok | SELECT DISTINCT user_id FROM imp
            323 | ok | SELECT user_id, COUNT(*) AS n FROM imp GROUP BY user_id
            323 | ok | SELECT COUNT(*) AS n FROM imp GROUP BY user_id
            ok | ok | SELECT n, COUNT(*) AS m FROM (SELECT COUNT(*) AS n FROM imp GROUP BY user_id) x GROUP BY n
            ok | ok | SELECT AVG(n) AS m FROM (SELECT user_id, SUM(amount) AS n FROM imp GROUP BY user_id) x
            ok | ok | SELECT first, COUNT(*) AS n FROM (SELECT user_id, MIN(event_date) AS first, COUNT(*) AS k FROM imp GROUP BY user_id) x GROUP BY first
            ok | ok | SELECT * FROM (SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id) x
            ok | ok | SELECT SUM(n) AS m FROM (SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id) x
            ok | ok | SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id LIMIT 3
            324 | ok | SELECT COUNT(*) AS n FROM (SELECT * FROM imp LIMIT 1) x
            324 | ok | SELECT COUNT(*) AS n FROM (SELECT * FROM imp ORDER BY user_id LIMIT 1) x
            325 | ok | SELECT COUNT(*) AS n FROM imp WHERE RAND() < 0.1
            ok | ok | SELECT campaign_id, COUNT(*) AS n, RAND() AS r FROM imp GROUP BY campaign_id
            322 326 331 | 322 331 | SELECT SUM(x) AS n FROM (SELECT LAG(amount) OVER (PARTITION BY campaign_id ORDER BY user_id) AS x FROM imp) t
            ok | ok | SELECT SUM(x) AS n, COUNT(*) AS m FROM (SELECT LAG(amount) OVER (PARTITION BY user_id ORDER BY user_id) AS x, COUNT(*) OVER (PARTITION BY user_id) AS c FROM imp) t
            326 331 | 331 | SELECT COUNT(*) AS n FROM (SELECT ROW_NUMBER() OVER (ORDER BY amount) AS x FROM imp) t
            326 331 | 331 | SELECT COUNT(*) AS n FROM (SELECT SUM(amount) OVER (ORDER BY amount ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) AS x FROM imp) t
            327 | ok | SELECT campaign_id, COUNT(*) AS n, COLLECT_LIST(amount) AS x FROM imp GROUP BY campaign_id
            ok | ok | SELECT campaign_id, COUNT(*) AS n, MEDIAN(amount) AS x FROM imp GROUP BY campaign_id
            322 | 322 | SELECT campaign_id, MEDIAN(amount) AS x FROM imp GROUP BY campaign_id
            328 | 328 | SELECT COUNT(*) AS n FROM adv WHERE user_id IN (SELECT user_id FROM imp)
            328 | 328 | SELECT segment FROM adv WHERE user_id IN (SELECT user_id FROM imp)
            328 | 328 | SELECT segment, (SELECT COUNT(*) FROM imp i WHERE i.user_id = a.user_id) AS n FROM adv a
            ok | ok | SELECT segment, (SELECT COUNT(*) FROM imp) AS n FROM adv
            ok | ok | SELECT segment FROM adv WHERE 'C' IN (SELECT campaign_id FROM imp GROUP BY campaign_id)
            323 | ok | SELECT segment FROM adv UNION ALL SELECT campaign_id FROM imp
            ok | ok | SELECT segment, COUNT(*) AS n FROM adv GROUP BY segment UNION ALL SELECT campaign_id, COUNT(*) FROM imp GROUP BY campaign_id
            ok | ok | SELECT campaign_id, COUNT(*) AS n FROM (SELECT campaign_id, user_id FROM imp UNION ALL SELECT campaign_id, user_id FROM imp) x GROUP BY campaign_id
            ok | ok | SELECT COUNT(*) AS n FROM (SELECT user_id FROM imp UNION SELECT user_id FROM imp) x
            ok | ok | SELECT COUNT(*) AS n FROM imp i JOIN visits v ON i.user_id = v.user_id
            ok | ok | SELECT COUNT(*) AS n FROM imp i JOIN imp j ON i.user_id = j.user_id
            ok | ok | SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id, zip
            331 | 331 | WITH x AS (SELECT campaign_id, COUNT(*) AS n FROM imp GROUP BY campaign_id) SELECT a.n FROM x a JOIN x b ON a.campaign_id = b.campaign_id
        "#]],
    );
}

#[test]
fn what_is_not_listed_is_not_compared() {
    check(
        &[
            "SELECT campaign_id, COUNT(*) AS n FROM imp WHERE zip = '1' GROUP BY campaign_id",
            "SELECT zip, COUNT(*) AS n FROM imp GROUP BY zip",
            "SELECT zip, COUNT(*) AS n FROM imp GROUP BY zip HAVING zip = '1'",
            "SELECT COUNT(*) AS n FROM imp WHERE amount > 3",
            "SELECT zip, COUNT(*) AS n FROM imp GROUP BY zip HAVING SUM(amount) > 3",
            "SELECT zip, COUNT(*) AS n FROM imp GROUP BY zip HAVING COUNT(*) > 300",
            "SELECT COUNT(*) AS n FROM imp i JOIN (VALUES ('1')) AS v(z) ON i.zip = v.z",
            "SELECT COUNT(*) AS n FROM imp i JOIN adv a ON i.zip = a.zip",
            "SELECT COUNT(*) AS n FROM imp i JOIN adv a ON i.user_id = a.user_id AND i.campaign_id = a.segment",
            "SELECT COUNT(*) AS n FROM imp i JOIN adv a USING (user_id)",
            "SELECT COUNT(*) AS n FROM imp i NATURAL JOIN adv a",
            "SELECT COUNT(*) AS n FROM imp i, adv a WHERE i.user_id = a.user_id",
            "SELECT COUNT(*) AS n FROM imp WHERE zip IN (SELECT zip FROM adv)",
            "SELECT COUNT(*) AS n FROM imp WHERE zip = campaign_id",
            "SELECT COUNT(*) AS n FROM imp WHERE zip IS NULL",
            "SELECT COUNT(*) AS n FROM imp WHERE amount",
            "SELECT COUNT(*) AS n FROM imp WHERE campaign_id LIKE 'C%' AND event_date > '2026-01-01'",
            "SELECT COUNT(*) AS n FROM imp WHERE YEAR(event_date) = 2026",
            "SELECT COUNT(*) AS n FROM imp WHERE event_date > DATE '2026-01-01' + INTERVAL 3 DAYS",
            "WITH x AS (SELECT zip AS z FROM imp) SELECT COUNT(*) AS n FROM x WHERE z = '1'",
            "SELECT CASE WHEN zip = '1' THEN 'a' ELSE 'b' END AS k, COUNT(*) AS n FROM imp GROUP BY 1",
            "SELECT SIGN(amount - 50) AS k, COUNT(*) AS n FROM imp GROUP BY 1",
            "SELECT FLOOR(amount / 50) AS k, COUNT(*) AS n FROM imp GROUP BY 1",
            "SELECT amount % 2 AS k, COUNT(*) AS n FROM imp GROUP BY 1",
            "SELECT GREATEST(amount, 50) AS k, COUNT(*) AS n FROM imp GROUP BY 1",
            "SELECT ROUND(amount, 1) AS k, COUNT(*) AS n FROM imp GROUP BY 1",
            "SELECT SUBSTR(zip, 1, 2) AS k, COUNT(*) AS n FROM imp GROUP BY 1",
            "SELECT SPLIT(zip, '1') AS k, COUNT(*) AS n FROM imp GROUP BY 1",
            "SELECT REPLACE(zip, '1', '') AS k, COUNT(*) AS n FROM imp GROUP BY 1",
            "SELECT ELEMENT_AT(MAP('1', 'x'), zip) AS k, COUNT(*) AS n FROM imp GROUP BY 1",
            "SELECT ARRAY_CONTAINS(ARRAY('1', '2'), zip) AS k, COUNT(*) AS n FROM imp GROUP BY 1",
            "SELECT DECODE(zip, '1', 'a', 'b') AS k, COUNT(*) AS n FROM imp GROUP BY 1",
            "SELECT IF(zip = '1', 1, 0) AS k, COUNT(*) AS n FROM imp GROUP BY 1",
            "SELECT COUNT(*) FILTER (WHERE zip = '1') AS n FROM imp",
            "SELECT SUM(amount) AS s FROM imp",
            "SELECT SUM(amount * 2) AS s FROM imp",
            "SELECT SUM(CAST(amount AS INT)) AS s FROM imp",
            "SELECT SUM(amount) * 2 AS s FROM imp",
            "SELECT SUM(a.spend) AS s FROM (SELECT user_id, LENGTH(zip) AS spend FROM adv) a JOIN imp i ON i.user_id = a.user_id",
            "SELECT MAX(amount) AS m FROM imp",
            "SELECT MAX(amount) AS m, AVG(amount) AS a FROM imp",
            "SELECT AVG(amount), COUNT(DISTINCT zip), SUM(1) AS s FROM imp",
        ],
        expect![[r#"
            330 | 330 | SELECT campaign_id, COUNT(*) AS n FROM imp WHERE zip = '1' GROUP BY campaign_id
            ok | ok | SELECT zip, COUNT(*) AS n FROM imp GROUP BY zip
            330 | 330 | SELECT zip, COUNT(*) AS n FROM imp GROUP BY zip HAVING zip = '1'
            330 | 330 | SELECT COUNT(*) AS n FROM imp WHERE amount > 3
            330 | 330 | SELECT zip, COUNT(*) AS n FROM imp GROUP BY zip HAVING SUM(amount) > 3
            ok | ok | SELECT zip, COUNT(*) AS n FROM imp GROUP BY zip HAVING COUNT(*) > 300
            330 | 330 | SELECT COUNT(*) AS n FROM imp i JOIN (VALUES ('1')) AS v(z) ON i.zip = v.z
            331 | 331 | SELECT COUNT(*) AS n FROM imp i JOIN adv a ON i.zip = a.zip
            331 | 331 | SELECT COUNT(*) AS n FROM imp i JOIN adv a ON i.user_id = a.user_id AND i.campaign_id = a.segment
            ok | ok | SELECT COUNT(*) AS n FROM imp i JOIN adv a USING (user_id)
            331 | 331 | SELECT COUNT(*) AS n FROM imp i NATURAL JOIN adv a
            ok | ok | SELECT COUNT(*) AS n FROM imp i, adv a WHERE i.user_id = a.user_id
            331 | 331 | SELECT COUNT(*) AS n FROM imp WHERE zip IN (SELECT zip FROM adv)
            331 | 331 | SELECT COUNT(*) AS n FROM imp WHERE zip = campaign_id
            330 | ok | SELECT COUNT(*) AS n FROM imp WHERE zip IS NULL
            012 | 012 | SELECT COUNT(*) AS n FROM imp WHERE amount
            ok | ok | SELECT COUNT(*) AS n FROM imp WHERE campaign_id LIKE 'C%' AND event_date > '2026-01-01'
            ok | ok | SELECT COUNT(*) AS n FROM imp WHERE YEAR(event_date) = 2026
            ok | ok | SELECT COUNT(*) AS n FROM imp WHERE event_date > DATE '2026-01-01' + INTERVAL 3 DAYS
            330 | 330 | WITH x AS (SELECT zip AS z FROM imp) SELECT COUNT(*) AS n FROM x WHERE z = '1'
            330 | 330 | SELECT CASE WHEN zip = '1' THEN 'a' ELSE 'b' END AS k, COUNT(*) AS n FROM imp GROUP BY 1
            330 | ok | SELECT SIGN(amount - 50) AS k, COUNT(*) AS n FROM imp GROUP BY 1
            330 | ok | SELECT FLOOR(amount / 50) AS k, COUNT(*) AS n FROM imp GROUP BY 1
            330 | ok | SELECT amount % 2 AS k, COUNT(*) AS n FROM imp GROUP BY 1
            330 | 330 | SELECT GREATEST(amount, 50) AS k, COUNT(*) AS n FROM imp GROUP BY 1
            ok | ok | SELECT ROUND(amount, 1) AS k, COUNT(*) AS n FROM imp GROUP BY 1
            ok | ok | SELECT SUBSTR(zip, 1, 2) AS k, COUNT(*) AS n FROM imp GROUP BY 1
            330 | ok | SELECT SPLIT(zip, '1') AS k, COUNT(*) AS n FROM imp GROUP BY 1
            330 | ok | SELECT REPLACE(zip, '1', '') AS k, COUNT(*) AS n FROM imp GROUP BY 1
            011 | 011 | SELECT ELEMENT_AT(MAP('1', 'x'), zip) AS k, COUNT(*) AS n FROM imp GROUP BY 1
            330 | 330 | SELECT ARRAY_CONTAINS(ARRAY('1', '2'), zip) AS k, COUNT(*) AS n FROM imp GROUP BY 1
            330 | 330 | SELECT DECODE(zip, '1', 'a', 'b') AS k, COUNT(*) AS n FROM imp GROUP BY 1
            330 | 330 | SELECT IF(zip = '1', 1, 0) AS k, COUNT(*) AS n FROM imp GROUP BY 1
            310 330 | 310 330 | SELECT COUNT(*) FILTER (WHERE zip = '1') AS n FROM imp
            ok | ok | SELECT SUM(amount) AS s FROM imp
            321 | 321 | SELECT SUM(amount * 2) AS s FROM imp
            321 | 321 | SELECT SUM(CAST(amount AS INT)) AS s FROM imp
            ok | ok | SELECT SUM(amount) * 2 AS s FROM imp
            321 | 321 | SELECT SUM(a.spend) AS s FROM (SELECT user_id, LENGTH(zip) AS spend FROM adv) a JOIN imp i ON i.user_id = a.user_id
            322 | 322 | SELECT MAX(amount) AS m FROM imp
            ok | ok | SELECT MAX(amount) AS m, AVG(amount) AS a FROM imp
            ok | ok | SELECT AVG(amount), COUNT(DISTINCT zip), SUM(1) AS s FROM imp
        "#]],
    );
}
