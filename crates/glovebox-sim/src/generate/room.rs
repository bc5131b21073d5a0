//! Random rooms: members, tables with odd data, and rules.

use std::collections::BTreeMap;

use glovebox_model::{
    AccountId, AggregateFunction, AggregationDraft, AggregationRule, ColumnName, ColumnType,
    JoinOperators, ListRule, OutputConstraint, Rule, ScalarFunction, TableName,
};
use glovebox_policy::{RuledTable, Rules};
use glovebox_sql::{Schema, TableSchema};

use super::Random;
use crate::oracle::{Kind, Value};

/// A collaboration over tiny tables.
#[derive(Debug, Clone)]
pub struct Room {
    /// The tables; member 0 runs the queries.
    pub tables: Vec<Table>,
}

/// A tiny table with its rule.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its association name.
    pub name: String,
    /// Which member owns it.
    pub owner: usize,
    /// Its columns.
    pub columns: Vec<Field>,
    /// Its rows, one value for each column.
    pub rows: Vec<Vec<Value>>,
    /// What its owner allows.
    pub rule: RuleSpec,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The type of its values.
    pub kind: Kind,
    /// Whether queries cannot name it.
    pub hidden: bool,
}

/// A rule in terms of places of columns.
#[derive(Debug, Clone)]
pub struct RuleSpec {
    /// Whether it is a list rule; the rest that does not concern list rules is empty then.
    pub list: bool,
    /// `aggregateColumns`
    pub aggregates: Vec<(AggregateFunction, usize)>,
    /// `joinColumns`
    pub joins: Vec<usize>,
    /// `joinRequired`
    pub join_required: bool,
    /// `OR` beside `AND` in `allowedJoinOperators`
    pub or: bool,
    /// `dimensionColumns`, or `listColumns`
    pub dimensions: Vec<usize>,
    /// `scalarFunctions`
    pub functions: Vec<ScalarFunction>,
    /// `outputConstraints`
    pub minimums: Vec<(usize, u32)>,
}

/// Functions that rules of random rooms may grant: those that the oracle knows.
pub const FUNCTIONS: [ScalarFunction; 11] = [
    ScalarFunction::Abs,
    ScalarFunction::Cast,
    ScalarFunction::Ceiling,
    ScalarFunction::Coalesce,
    ScalarFunction::Extract,
    ScalarFunction::Floor,
    ScalarFunction::Lower,
    ScalarFunction::Rtrim,
    ScalarFunction::Substring,
    ScalarFunction::Trim,
    ScalarFunction::Upper,
];

const AGGREGATES: [AggregateFunction; 5] = [
    AggregateFunction::Avg,
    AggregateFunction::Count,
    AggregateFunction::CountDistinct,
    AggregateFunction::Sum,
    AggregateFunction::SumDistinct,
];

impl Room {
    /// A room of two or three members with rules of one kind.
    pub fn random(random: &mut Random) -> Self {
        let list = random.chance(30);
        let members = random.between(2, 3);
        let mut tables = Vec::new();
        for owner in 0..members {
            for _ in 0..if random.chance(20) { 2 } else { 1 } {
                let name = format!("t{}", tables.len());
                tables.push(Table::random(random, name, owner, list));
            }
        }
        Self { tables }
    }

    /// The account of a member.
    pub fn account(member: usize) -> AccountId {
        format!("{:012}", member + 1).parse().expect("twelve digits")
    }

    /// What queries can name.
    pub fn schema(&self) -> Schema {
        let tables = self.tables.iter().map(|table| {
            let (hidden, shown) = table.columns.iter().partition::<Vec<_>, _>(|it| it.hidden);
            let columns = |fields: Vec<&Field>| fields.into_iter().map(Field::described).collect();
            (table.model_name(), TableSchema { columns: columns(shown), hidden: columns(hidden) })
        });
        Schema { tables: tables.collect() }
    }

    /// What owners say.
    pub fn rules(&self) -> Rules {
        let tables: BTreeMap<_, _> = self
            .tables
            .iter()
            .map(|table| {
                let ruled = RuledTable {
                    owner: Self::account(table.owner),
                    owner_name: format!("Member {}", table.owner),
                    configured_table: None,
                    rule: Some(table.rule.rule(table)),
                    extension: glovebox_model::Extension::default(),
                };
                (table.model_name(), ruled)
            })
            .collect();
        Rules {
            runner: Self::account(0),
            analysis: glovebox_policy::Analysis::Direct,
            encryption: glovebox_model::EncryptionMetadata::default(),
            tables,
        }
    }
}

impl Field {
    /// The column in the model's words.
    pub fn described(&self) -> glovebox_model::Column {
        let kind = match self.kind {
            Kind::Bigint => ColumnType::Bigint,
            Kind::Boolean => ColumnType::Boolean,
            Kind::Date => ColumnType::Date,
            Kind::Decimal(precision, scale) => ColumnType::Decimal { precision, scale },
            Kind::Double => ColumnType::Double,
            Kind::Int => ColumnType::Int,
            Kind::Text => ColumnType::String,
        };
        glovebox_model::Column { name: column_name(&self.name), kind }
    }
}

fn column_name(name: &str) -> ColumnName {
    ColumnName::new(name).expect("generated names are legal")
}

impl Table {
    /// Its name in the model's words.
    pub fn model_name(&self) -> TableName {
        TableName::new(&self.name).expect("generated names are legal")
    }

    fn random(random: &mut Random, name: String, owner: usize, list: bool) -> Self {
        let mut columns = Vec::new();
        let mut field = |name: &str, kind: Kind, hidden: bool| {
            columns.push(Field { name: name.to_owned(), kind, hidden });
        };
        // Two keys that meet across tables although their types differ.
        let keys = [Kind::Text, Kind::Int, Kind::Bigint, Kind::Text];
        field("key", *random.pick(&keys), false);
        field("other_key", *random.pick(&keys), false);
        let kinds = [
            Kind::Text,
            Kind::Int,
            Kind::Bigint,
            Kind::Double,
            Kind::Decimal(6, 2),
            Kind::Date,
            Kind::Boolean,
        ];
        for index in 0..random.between(3, 5) {
            field(&format!("c{index}"), *random.pick(&kinds), false);
        }
        field("person", Kind::Text, random.chance(50));
        let most = if random.chance(10) { 2 } else { 16 };
        let rows = (0..random.between(most / 4, most))
            .map(|_| {
                let value = |(index, it): (usize, &Field)| match index {
                    0 | 1 => key(random, it.kind),
                    _ if it.name == "person" => person(random),
                    _ => value(random, it.kind),
                };
                columns.iter().enumerate().map(value).collect()
            })
            .collect();
        let rule = RuleSpec::random(random, &columns, list);
        Self { name, owner, columns, rows, rule }
    }
}

/// Keys are few, so that tables meet.
fn key(random: &mut Random, kind: Kind) -> Value {
    if random.chance(8) {
        return Value::Null;
    }
    let number = random.between(1, 4);
    match kind {
        Kind::Text if random.chance(10) => Value::text(*random.pick(&["x", "", "1.5", "01"])),
        Kind::Text if random.chance(20) => Value::text(format!(" {number}")),
        Kind::Text => Value::text(number.to_string()),
        _ => Value::Integer(number as i64),
    }
}

fn person(random: &mut Random) -> Value {
    if random.chance(10) { Value::Null } else { Value::text(format!("p{}", random.between(0, 9))) }
}

/// A value, odd ones included. Doubles are sums of halves, so that adding them is exact.
pub(super) fn value(random: &mut Random, kind: Kind) -> Value {
    if random.chance(12) {
        return Value::Null;
    }
    match kind {
        Kind::Bigint if random.chance(4) => Value::Integer(i64::MAX - 1),
        Kind::Bigint | Kind::Int => Value::Integer(random.between(0, 8) as i64 - 3),
        Kind::Boolean => Value::Boolean(random.chance(50)),
        Kind::Date => Value::Date(19_700 + random.between(0, 4) as i32 * 100),
        Kind::Decimal(_, scale) => Value::Decimal(random.between(0, 900) as i128 - 300, scale),
        Kind::Double if random.chance(6) => Value::Double(f64::NAN),
        Kind::Double if random.chance(10) => Value::Double(-0.0),
        Kind::Double => Value::Double(random.between(0, 10) as f64 / 2.0 - 2.0),
        Kind::Text => {
            let words = [
                "a",
                "b",
                "B",
                "Zürich",
                " a",
                "a ",
                "",
                "1",
                " 1 ",
                "1.5",
                "-2",
                "1e1",
                "NaN",
                "50%",
                "a_b",
                "true",
                "2023-12-09",
                "2023-12-9 x",
                "null",
            ];
            Value::text(*random.pick(&words))
        }
    }
}

impl RuleSpec {
    fn random(random: &mut Random, columns: &[Field], list: bool) -> Self {
        let shown = |index: usize| !columns.get(index).is_some_and(|it| it.hidden);
        let person = columns.len() - 1;
        let mut spec = Self {
            list,
            aggregates: Vec::new(),
            joins: if random.chance(70) { vec![0] } else { vec![0, 1] },
            join_required: random.chance(40),
            or: random.chance(40),
            dimensions: Vec::new(),
            functions: FUNCTIONS.iter().copied().filter(|_| random.chance(60)).collect(),
            minimums: vec![(person, 2)],
        };
        if random.chance(20) {
            spec.minimums.push((0, 2));
        }
        for (index, field) in columns.iter().enumerate() {
            let role = random.between(0, 9);
            let taken = spec.joins.contains(&index);
            if taken && (list || role > 4) || !shown(index) {
                continue;
            }
            if list || role > 4 {
                spec.dimensions.push(index);
                continue;
            }
            for function in AGGREGATES {
                let counts =
                    matches!(function, AggregateFunction::Count | AggregateFunction::CountDistinct);
                let adds = !matches!(field.kind, Kind::Boolean | Kind::Date);
                if (counts || adds) && random.chance(70) {
                    spec.aggregates.push((function, index));
                }
            }
        }
        if spec.aggregates.is_empty() {
            spec.aggregates.push((AggregateFunction::CountDistinct, 0));
        }
        spec
    }

    /// The rule in the model's words.
    pub fn rule(&self, table: &Table) -> Rule {
        let names = |places: &[usize]| -> Vec<ColumnName> {
            places.iter().map(|it| column_name(&table.columns[*it].name)).collect()
        };
        let operators = JoinOperators { and: true, or: self.or };
        if self.list {
            let rule = ListRule::new(names(&self.joins), operators, names(&self.dimensions));
            return Rule::List(rule.expect("a generated rule is legal"));
        }
        let aggregates = self.aggregates.iter().map(|(function, place)| {
            let column = column_name(&table.columns[*place].name);
            glovebox_model::Aggregate { function: *function, column }
        });
        let minimums = self.minimums.iter().map(|(place, minimum)| OutputConstraint {
            column: column_name(&table.columns[*place].name),
            minimum: *minimum,
        });
        let draft = AggregationDraft {
            aggregates: aggregates.collect(),
            join_columns: names(&self.joins),
            join_required: self.join_required,
            join_operators: operators,
            dimensions: names(&self.dimensions),
            scalar_functions: self.functions.clone(),
            output_constraints: minimums.collect(),
        };
        Rule::Aggregation(AggregationRule::new(draft).expect("a generated rule is legal"))
    }
}
