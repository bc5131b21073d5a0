//! Families of attacks: what an attacker would ask, made of the rule's own columns.

mod crafted;
mod literal;
mod oracle;
mod smuggling;
mod subtraction;

use glovebox_model::{ColumnName, ColumnType, Rule};

use crate::target::{CRAFTED, Crafted, Target};

/// One try.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    /// What the attacker's own table holds.
    pub(crate) crafted: Crafted,
    /// The same in words.
    pub(crate) preparation: &'static str,
    /// One query, or two whose answers are compared.
    pub(crate) queries: Vec<String>,
}

/// One kind of attack.
pub(crate) struct Family {
    /// Stable, for programs.
    pub(crate) name: &'static str,
    /// What the attacker learns when it works.
    pub(crate) learns: &'static str,
    pub(crate) attempts: fn(&Target) -> Vec<Attempt>,
}

/// Every family, in the order in which they are tried.
pub(crate) const FAMILIES: &[Family] = &[
    Family {
        name: "literal-probe",
        learns: "whether a row with known values is in the table, or what it holds",
        attempts: literal::attempts,
    },
    Family {
        name: "small-domain",
        learns: "that a rare value is in the table",
        attempts: literal::domains,
    },
    Family {
        name: "differencing",
        learns: "what one person adds, as the difference of two answers",
        attempts: subtraction::attempts,
    },
    Family {
        name: "crafted-single",
        learns: "whether one person is in the table, by a table of the attacker that holds nobody else",
        attempts: crafted::single,
    },
    Family {
        name: "crafted-padded",
        learns: "whether one person is in the table, by a table of just enough known people and that one",
        attempts: crafted::padded,
    },
    Family {
        name: "crafted-groups",
        learns: "who of many is in the table, one group of padding for each",
        attempts: crafted::groups,
    },
    Family {
        name: "crafted-copies",
        learns: "whether one person is in the table, by many copies of one key",
        attempts: crafted::copies,
    },
    Family {
        name: "smuggling",
        learns: "one person's value, hidden in CASE, arithmetic or a choice of functions",
        attempts: smuggling::attempts,
    },
    Family {
        name: "having-order",
        learns: "one person's value, by which groups HAVING leaves or ORDER BY puts first",
        attempts: oracle::having_order,
    },
    Family {
        name: "error-overflow",
        learns: "one bit of a person, by whether the query fails or overflows",
        attempts: oracle::errors,
    },
];

impl Target {
    /// What can stand in SELECT, as far as the rule's type goes; the judge decides.
    pub(crate) fn heads(&self) -> Vec<String> {
        match &self.rule {
            Rule::Aggregation(rule) => rule
                .aggregates()
                .iter()
                .map(|it| {
                    let name = it.function.aws_name();
                    match name.strip_suffix("_DISTINCT") {
                        Some(name) => format!("{name}(DISTINCT t.{})", quoted(&it.column)),
                        None => format!("{name}(t.{})", quoted(&it.column)),
                    }
                })
                .collect(),
            Rule::Custom(_) => {
                let person = quoted(&self.person);
                let mut heads = vec!["COUNT(*)".into(), format!("COUNT(DISTINCT t.{person})")];
                let number = self.columns.iter().find(|it| is_number(it.kind));
                heads.extend(number.map(|it| format!("SUM(t.{})", quoted(&it.name))));
                heads.push(format!("t.{person}"));
                heads
            }
            Rule::List(rule) => {
                rule.list_columns().iter().map(|it| format!("DISTINCT t.{}", quoted(it))).collect()
            }
        }
    }

    /// What can stand in FROM: the table, and the table joined with the attacker's own.
    pub(crate) fn sources(&self) -> [String; 2] {
        let table = quoted_text(self.table.as_str());
        [format!("{table} t"), self.joined()]
    }

    /// The table joined with the attacker's own.
    pub(crate) fn joined(&self) -> String {
        let table = quoted_text(self.table.as_str());
        format!("{table} t JOIN {CRAFTED} c ON t.{} = c.key", quoted(&self.link))
    }

    /// Everybody, as an attacker's table.
    pub(crate) fn everybody(&self) -> Crafted {
        let mine = self.secret(&self.link).map(str::to_owned);
        self.others().into_iter().chain(mine).map(|key| (key, "all".to_owned(), 1)).collect()
    }

    /// The victim's value in a column as a literal.
    pub(crate) fn literal(&self, column: &ColumnName) -> Option<String> {
        let text = self.secret(column)?;
        let number = self.kind(column).is_some_and(is_number);
        Some(if number { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) })
    }

    /// The minimum that the rule sets, 2 when it sets none.
    pub(crate) fn minimum(&self) -> usize {
        let minimum = match &self.rule {
            Rule::Aggregation(rule) => rule.output_constraints().iter().map(|it| it.minimum).max(),
            Rule::Custom(rule) => rule.threshold().map(|it| it.minimum),
            Rule::List(_) => None,
        };
        minimum.unwrap_or(2) as usize
    }
}

/// Columns whose values are numbers.
pub(crate) fn is_number(kind: ColumnType) -> bool {
    match kind {
        ColumnType::Bigint
        | ColumnType::Decimal { .. }
        | ColumnType::Double
        | ColumnType::Float
        | ColumnType::Int
        | ColumnType::Smallint
        | ColumnType::Tinyint => true,
        ColumnType::Binary
        | ColumnType::Boolean
        | ColumnType::Date
        | ColumnType::String
        | ColumnType::Timestamp => false,
    }
}

/// A name as SQL takes it, whatever it is.
pub(crate) fn quoted(name: &ColumnName) -> String {
    quoted_text(name.as_str())
}

fn quoted_text(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
