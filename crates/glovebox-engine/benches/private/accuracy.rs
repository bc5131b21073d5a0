//! Errors of released numbers against the exact bounded truth, beside their declared intervals.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use datafusion::arrow::array::{Array, Float64Array, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use glovebox_privacy::{Draw, NotDrawn, Ratio, SecureDraw};

use crate::{Fault, Scene};

const GROUPS: u64 = 8;
const USERS: u64 = 6000;
const SQL: &str = "SELECT campaign, COUNT(DISTINCT uid) AS users, COUNT(*) AS n, \
                   SUM(amount) AS total, AVG(amount) AS mean FROM pub GROUP BY campaign";

/// Draws nothing.
struct Still;

impl Draw for Still {
    fn discrete_gaussian(&mut self, _: Ratio) -> Result<i128, NotDrawn> {
        Ok(0)
    }

    fn discrete_laplace(&mut self, _: Ratio) -> Result<i128, NotDrawn> {
        Ok(0)
    }
}

/// What was seen of one column.
#[derive(Default)]
struct Seen {
    inside: u32,
    all: u32,
    error: f64,
    half_width: f64,
}

/// Makes the tables, then releases the query so many times.
pub(crate) async fn measured(folder: &Path, runs: u32) -> Result<(), Fault> {
    let tables = folder.join("tables/db");
    std::fs::create_dir_all(&tables)?;
    std::fs::write(tables.join("pub.csv"), clicks())?;
    std::fs::write(tables.join("adv.csv"), "uid,segment\nu1,a\n")?;
    let scene = Scene::new(folder, 3)?;
    let (_, truth) = scene.answer(SQL, true, &mut Still).await?;
    let truth = numbers(&truth)?;
    let mut seen: BTreeMap<&str, Seen> = BTreeMap::new();
    let mut draw = SecureDraw::new()?;
    for _ in 0..runs {
        let (_, found) = scene.answer(SQL, true, &mut draw).await?;
        let found = numbers(&found)?;
        for name in ["users", "n", "total", "mean"] {
            let seen = seen.entry(name).or_default();
            for (group, columns) in &found {
                let of = |from: &BTreeMap<String, f64>, name: &str| {
                    from.get(name).copied().ok_or("a column is missing")
                };
                let value = of(columns, name)?;
                let low = of(columns, &format!("{name}_low"))?;
                let high = of(columns, &format!("{name}_high"))?;
                let truth = of(truth.get(group).ok_or("a group that nobody is in")?, name)?;
                seen.all += 1;
                seen.inside += u32::from(low <= truth && truth <= high);
                seen.error += (value - truth).abs();
                seen.half_width += (high - low) / 2.0;
            }
        }
    }
    println!("{runs} releases of {GROUPS} groups of {} persons", USERS * 3 / GROUPS);
    for (name, Seen { inside, all, error, half_width }) in seen {
        let n = f64::from(all);
        println!(
            "  {name:6} mean error {:10.2}, mean half width {:10.2}, coverage {:.2} % of {all}",
            error / n,
            half_width / n,
            100.0 * f64::from(inside) / n
        );
    }
    println!("  aim: coverage between 94 and 97 %");
    Ok(())
}

/// Each person in three groups, with one to four rows in each: nothing for the sample to choose.
/// Some amounts are NULL, some outside the bounds.
fn clicks() -> String {
    let mut text = String::from("uid,campaign,amount\n");
    for user in 0..USERS {
        for place in 0..3 {
            for row in 0..=(user + place) % 4 {
                let amount = match (user * 7 + row * 13 + place * 5) % 29 {
                    0 => String::new(),
                    1 => "1000000".to_owned(),
                    it => (it * 4).to_string(),
                };
                let _ = writeln!(text, "u{user},c{},{amount}", (user + place * 3) % GROUPS);
            }
        }
    }
    text
}

/// The numbers of each group, by column.
fn numbers(batches: &[RecordBatch]) -> Result<BTreeMap<String, BTreeMap<String, f64>>, Fault> {
    let mut found: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    for batch in batches {
        let keys = cast(batch.column_by_name("campaign").ok_or("no keys")?, &DataType::Utf8)?;
        let keys = keys.as_any().downcast_ref::<StringArray>().ok_or("no keys")?;
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            if field.name() == "campaign" {
                continue;
            }
            let column = cast(column, &DataType::Float64)?;
            let column = column.as_any().downcast_ref::<Float64Array>().ok_or("no numbers")?;
            for row in 0..batch.num_rows() {
                let group = found.entry(keys.value(row).to_owned()).or_default();
                group.insert(field.name().clone(), column.value(row));
            }
        }
    }
    Ok(found)
}
