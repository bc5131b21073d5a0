//! Texts that try to take long, or to break the house, before any rule has said no.

use std::time::Instant;

use crate::room::bind;

fn deep(open: &str, inside: &str, close: &str, times: usize) -> String {
    format!("{}{inside}{}", open.repeat(times), close.repeat(times))
}

fn list(times: usize, item: impl Fn(usize) -> String) -> String {
    (0..times).map(item).collect::<Vec<_>>().join(",")
}

#[test]
fn explore() {
    let n: usize = std::env::var("N").ok().and_then(|it| it.parse().ok()).unwrap_or(14);
    let m: usize = std::env::var("M").ok().and_then(|it| it.parse().ok()).unwrap_or(2000);
    let mut texts = Vec::new();
    for word in [
        "ceil",
        "floor",
        "cast",
        "not ",
        "position",
        "extract",
        "substring",
        "overlay",
        "convert",
        "try_cast",
        "trim",
        "case when",
        "upper",
        "array",
        "map",
        "interval",
        "exists",
        "struct",
        "if",
        "in",
        "xmlelement",
        "date",
        "timestamp",
        "state in",
        "count",
        "match",
        "all",
        "any",
        "left",
        "listagg",
        "lambda",
        "prior ",
        "connect_by_root ",
        "values",
        "unnest",
        "{fn upper",
        "grouping sets",
        "cube",
        "rollup",
        "safe_cast",
        "state = any",
        "state between 1 and",
        "state like",
        "- ",
        "date_trunc",
        "current_date",
        "row",
        "null",
        "true",
        "default",
    ] {
        texts.push(format!("SELECT {} FROM returns", deep(&format!("{word}("), "1 1", ")", n)));
    }
    texts.push(format!("SELECT * FROM {}", deep("(", "returns 1", ")", n)));
    texts.push(format!("SELECT * FROM {}", deep("(returns join ", "returns 1", ")", n)));
    texts.push(format!("SELECT * FROM {}", deep("((returns) join ", "returns 1", ")", n)));
    texts.push(format!("SELECT * FROM returns where {}", deep("state in ((", "1 1", "))", n)));
    texts.push(format!("SELECT * FROM returns where {}", deep("(state in (", "1 1", "))", n)));
    texts.push(format!("SELECT * FROM returns where {}", deep("(((", "1 1", ")))", n)));
    texts.push(format!("SELECT {} FROM returns", deep("(select ", "1 1", ")", n)));
    texts.push(format!("SELECT {} FROM returns", deep("exists (select ", "1 1", ")", n)));
    texts.push(format!("SELECT {} FROM returns", deep("f(select ", "1 1", ")", n)));
    texts.push(format!("SELECT {} FROM returns", deep("array(select ", "1 1", ")", n)));
    texts
        .push(format!("SELECT {} FROM returns", deep("sum(1) over (partition by ", "1 1", ")", n)));
    texts.push(format!("SELECT CAST(state AS {}INT FROM returns", "ARRAY<".repeat(2_400)));
    texts.push(format!("SELECT {}INT FROM returns", "ARRAY<".repeat(2_400)));
    texts.push(format!("SELECT CAST(state AS INT{}) FROM returns", "[]".repeat(2_000)));
    texts.push(format!("SELECT 1 FROM returns {}", "JOIN returns ".repeat(2_000)));
    texts.push(format!("SELECT {} FROM returns", list(m, |it| it.to_string())));
    texts.push(format!("SELECT {0} FROM returns GROUP BY {0}", list(m, |it| (it + 1).to_string())));
    texts.push(format!(
        "SELECT {0}, SUM(returned) FROM returns GROUP BY {0}",
        list(m, |it| format!("'{it}'"))
    ));
    texts.push(format!(
        "SELECT SUM(returned) FROM returns GROUP BY state ORDER BY {}",
        list(m, |_| "1".into())
    ));
    texts.push(format!(
        "SELECT {}, ABS(DATE '2020-01-01') AS z FROM returns",
        list(m, |it| format!("'{it}'"))
    ));
    texts.push(format!(
        "SELECT SUM(returned) AS x FROM returns WHERE price_dim IN ({}) HAVING {} x > 1",
        list(200_000, |_| "1".into()),
        "x > 1 AND ".repeat(1_600)
    ));
    texts.push(format!(
        "SELECT SUM(returned) AS x FROM returns WHERE state IN ({})",
        list(60_000, |it| format!("'{it}'"))
    ));
    texts.push(format!(
        "SELECT SUM(returned) AS x FROM returns WHERE price_dim IN ({})",
        list(60_000, |it| format!("'{it}'"))
    ));
    texts.push("SELECT SUM(d) AS x FROM \"odd name-x\" WHERE d > 0.0001 AND d > .5 AND d < 1e-5 AND d + 0.00001 > d * 0.000000001 AND d / 0.000001 > 0.1 AND d > 0.00000000000000000000000000000000000001".to_owned());
    texts.push("SELECT SUM(d) AS x FROM \"odd name-x\" WHERE ABS(0.0001) > 0 AND ROUND(0.0001, 2) > 0 AND CEIL(0.0001) > 0 AND FLOOR(00.0001) > TRUNC(0.0001)".to_owned());
    texts.push(format!(
        "SELECT SUM(returned) FROM returns WHERE {}",
        deep("(state = ", "state", ")", 45)
    ));
    texts
        .push(format!("SELECT SUM(returned) FROM returns WHERE state = '{}'", "x".repeat(490_000)));
    texts.push(format!("SELECT SUM(returned) AS \"{}\" FROM returns", "x".repeat(490_000)));
    texts.push(format!(
        "SELECT SUM(returned) FROM returns WHERE state LIKE '{}'",
        "%".repeat(490_000)
    ));
    texts.push(format!("SELECT SUM(returned) FROM returns /* {} */", "/* */".repeat(90_000)));
    texts.push(format!("SELECT SUM(returned) FROM returns {}", "/* ".repeat(90_000)));
    texts.push(format!("SELECT SUM(returned) FROM returns {}", "-- x\n".repeat(90_000)));
    for text in &texts {
        let before = Instant::now();
        let shown: String = text.chars().take(70).collect();
        let outcome = match bind(text) {
            Ok(bound) => match bound.into_total() {
                Ok(_) => "bound".to_owned(),
                Err(error) => format!("not total {error}"),
            },
            Err(faults) => {
                let mut codes: Vec<_> = faults.iter().map(|it| it.fault.code().0).collect();
                codes.dedup();
                format!("{codes:?}")
            }
        };
        eprintln!("{:>6} ms {} {shown}: {outcome}", before.elapsed().as_millis(), text.len());
    }
}
