//! Random rooms, of which the interpreter knows all that the house does.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use datafusion::arrow::compute::cast;
use glovebox_catalog::TableLocation;
use glovebox_engine::Input;
use glovebox_fixture::{Room, parse};
use glovebox_model::{Accountant, AutoRefresh, PrivacyTerms, TableName, Timestamp};
use glovebox_policy::clear;
use glovebox_privacy::{Priced, Terms, price};
use glovebox_sim::generate::Random;
use glovebox_sim::plans::{Budget, Data, Declared, Kind, TABLES, Value};
use glovebox_sql::{arrow_schema, bind};
use tempfile::TempDir;

/// A room, and what is known of it.
pub(super) struct Known {
    room: Room,
    /// C and R of each table of users.
    declared: Vec<(&'static str, u32, u32)>,
    /// The public keys of `clicks.grp`.
    keys: Vec<&'static str>,
    pub(super) budget: Budget,
}

impl Known {
    pub(super) fn new(random: &mut Random) -> Self {
        let keys: Vec<&'static str> =
            if random.chance(40) { vec!["g0", "g1", "g9"] } else { Vec::new() };
        let (groups, rows) = (random.between(1, 3), random.between(1, 4));
        let (more_groups, more_rows) = (random.between(1, 3), random.between(1, 4));
        let pure = random.chance(30);
        let budget = Budget {
            epsilon: *random.pick(&[1, 3, 10]),
            noise: *random.pick(&[10, 30, 100]),
            delta_atto: *random.pick(&[1_000_000_000_000, 37_000_000_000]),
            pure,
        };
        let accountant = if pure { "pure" } else { "zcdp" };
        let public = match keys.is_empty() {
            true => String::new(),
            false => "keys grp (g0, g1, g9)".to_owned(),
        };
        let text = format!(
            r#"
member runner can query, can receive
  table audience (uid text, segment text, w int)
  rule custom any query by runner
member owner
  table clicks (uid text, grp text, x int, d double, price decimal(8,2))
  rule custom any query by runner user uid
    bounds x "-5" to 10, d 0 to 2, price 0 to 100
    groups per user {groups} rows per group {rows} accountant {accountant} {public}
  table visits (uid text, page text, n bigint)
  rule custom any query by runner user uid
    bounds n 0 to 50 groups per user {more_groups} rows per group {more_rows} accountant {accountant}
  table sites (uid text, host text, m int)
  rule custom any query by runner user uid
    bounds m "-3" to 3 groups per user 1 rows per group 1 accountant {accountant} population other
"#
        );
        let room = parse(&text).unwrap_or_else(|it| panic!("{it:?}"));
        let whole = |it: usize| u32::try_from(it).unwrap();
        let declared = vec![
            ("clicks", whole(groups), whole(rows)),
            ("visits", whole(more_groups), whole(more_rows)),
            ("sites", 1, 1),
        ];
        Self { room, declared, keys, budget }
    }

    /// Of the tables that a query reads the strictest count.
    pub(super) fn strictest(&self, sql: &str) -> Declared {
        let read = || self.declared.iter().filter(|it| sql.contains(it.0));
        Declared {
            groups: read().map(|it| it.1).min().unwrap_or(1),
            rows: read().map(|it| it.2).min().unwrap_or(1),
            keys: self.keys.clone(),
        }
    }

    pub(super) fn priced(&self, sql: &str) -> Result<Priced, String> {
        let rules = self.room.rules(self.room.runner().unwrap().account);
        let bound = bind(sql, &self.room.schema(), Timestamp::from_millis(0));
        let bound = bound.map_err(|it| format!("{it:?}"))?;
        let owner = rules.tables[&TableName::new("clicks").unwrap()].owner;
        let accountant = if self.budget.pure { Accountant::Pure } else { Accountant::Zcdp };
        let budget = PrivacyTerms {
            epsilon: self.budget.epsilon,
            users_noise: self.budget.noise,
            auto_refresh: AutoRefresh::None,
            accountant,
            delta_atto: self.budget.delta_atto,
        };
        let terms = Terms { budgets: BTreeMap::from([(owner, budget)]) };
        let cleared = clear(bound, &rules).map_err(|it| format!("{it:?}"))?;
        price(cleared, &terms).map_err(|it| format!("{it:?}"))
    }

    /// A table as the lower plan reads it.
    pub(super) fn batch(&self, data: &Data, name: &TableName) -> (Vec<String>, RecordBatch) {
        let described = &self.room.schema().tables[name].columns;
        let rows = &data.tables[name.as_str()];
        let table = TABLES.iter().find(|it| it.name == name.as_str()).unwrap();
        let columns = described.iter().zip(table.columns).enumerate().map(|(at, (column, own))| {
            let kind = arrow_schema(std::slice::from_ref(column)).field(0).data_type().clone();
            let values = rows.iter().map(|it| &it[at]);
            let array: ArrayRef = match own.1 {
                Kind::Text => Arc::new(
                    values
                        .map(|it| match it {
                            Value::Text(it) => Some(it.as_str()),
                            _ => None,
                        })
                        .collect::<StringArray>(),
                ),
                Kind::Double => Arc::new(
                    values
                        .map(|it| match it {
                            Value::Double(it) => Some(*it),
                            _ => None,
                        })
                        .collect::<Float64Array>(),
                ),
                Kind::Whole => Arc::new(
                    values
                        .map(|it| match it {
                            Value::Whole(it) => Some(*it),
                            _ => None,
                        })
                        .collect::<Int64Array>(),
                ),
                Kind::Decimal => {
                    let all: Decimal128Array = values
                        .map(|it| match it {
                            Value::Decimal(it) => Some(*it),
                            _ => None,
                        })
                        .collect();
                    Arc::new(all.with_precision_and_scale(8, 2).unwrap())
                }
            };
            cast(&array, &kind).unwrap()
        });
        let batch = RecordBatch::try_new(arrow_schema(described), columns.collect()).unwrap();
        (described.iter().map(|it| it.name.as_str().to_owned()).collect(), batch)
    }

    /// The tables as files.
    pub(super) fn inputs(
        &self,
        data: &Data,
        folder: &TempDir,
        (read, n_files): (&[TableName], usize),
    ) -> Vec<Input> {
        let root = folder.path().join("tables");
        std::fs::create_dir_all(root.join("db")).unwrap();
        let input = |table: &TableName| {
            let columns = self.room.schema().tables[table].columns.clone();
            let names: Vec<&str> = columns.iter().map(|it| it.name.as_str()).collect();
            // In several files the rows lie in the other order too.
            let mut rows = data.tables[table.as_str()].clone();
            if n_files > 1 {
                rows.reverse();
            }
            let parts = root.join("db").join(table.as_str());
            std::fs::create_dir_all(&parts).unwrap();
            for (at, part) in rows.chunks(rows.len().div_ceil(n_files).max(1)).enumerate() {
                let mut text = names.join(",") + "\n";
                for row in part {
                    let row: Vec<String> = row.iter().map(written).collect();
                    let _ = writeln!(text, "{}", row.join(","));
                }
                std::fs::write(parts.join(format!("{at}.csv")), text).unwrap();
            }
            if rows.is_empty() {
                std::fs::write(parts.join("0.csv"), names.join(",") + "\n").unwrap();
            }
            let location = TableLocation::folder(&root, "db", table.to_string());
            Input { table: table.clone(), location, columns }
        };
        read.iter().map(input).collect()
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::Decimal(it) => {
            let sign = if *it < 0 { "-" } else { "" };
            format!("{sign}{}.{:02}", it.abs() / 100, it.abs() % 100)
        }
        Value::Null => String::new(),
        Value::Double(it) if it.is_infinite() => {
            if *it > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
        }
        other => other.shown(),
    }
}
