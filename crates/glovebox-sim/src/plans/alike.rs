//! The same query in other words.

use super::tree::{Join, Plan, Relation, Select, Source};

/// The text with other names for everything that the query names itself.
pub fn renamed(text: &str) -> String {
    let (mut all, mut word, mut quoted) = (String::new(), String::new(), false);
    for character in text.chars().chain([' ']) {
        if character.is_ascii_alphanumeric() && !quoted {
            word.push(character);
            continue;
        }
        all.push_str(&other(&word));
        word.clear();
        all.push(character);
        quoted ^= character == '\'';
    }
    all
}

fn other(word: &str) -> String {
    let is_numbered = word.len() > 1 && word.chars().skip(1).all(|it| it.is_ascii_digit());
    match word.chars().next() {
        Some('a') if word.len() == 1 => "zebra".into(),
        Some('b') if word.len() == 1 => "ape".into(),
        Some(first @ ('c' | 'k' | 't' | 'v')) if is_numbered => {
            format!("own_{}_{first}", &word[1..])
        }
        _ => word.to_owned(),
    }
}

/// With the arms of every UNION ALL in the other order.
pub fn turned(plan: &Plan) -> Plan {
    Plan { source: turned_source(&plan.source), ..plan.clone() }
}

fn turned_source(it: &Source) -> Source {
    let join = it.join.as_ref();
    let join = join.map(|it| Join { with: turned_relation(&it.with), ..it.clone() });
    Source { from: turned_relation(&it.from), join, filter: it.filter.clone() }
}

fn turned_relation(it: &Relation) -> Relation {
    let select = |it: &Select| Select { source: turned_source(&it.source), ..it.clone() };
    match it {
        Relation::Table(it) => Relation::Table(*it),
        Relation::Select(it) => Relation::Select(Box::new(select(it))),
        Relation::Union(all) => Relation::Union(all.iter().rev().map(select).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_and_texts_and_columns_do_not() {
        let text = "WITH t0 AS (SELECT a.uid AS c0 FROM clicks a WHERE a.uid IN ('v0', 'a')) \
                    SELECT COUNT(a.c0) AS v0 FROM t0 a";
        let other = "WITH own_0_t AS (SELECT zebra.uid AS own_0_c FROM clicks zebra WHERE zebra.uid \
                     IN ('v0', 'a')) SELECT COUNT(zebra.own_0_c) AS own_0_v FROM own_0_t zebra ";
        assert_eq!(renamed(text), other);
    }
}
