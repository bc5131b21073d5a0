//! Properties of reading and writing, over all operations.

use glovebox_aws_api::{Location, Operation, Query, judge, route, validate};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::samples::sample;

fn chooser(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    }
}

fn operations() -> impl Strategy<Value = Operation> {
    prop::sample::select(Operation::ALL)
}

/// Any small JSON.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|n| json!(n)),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-z0-9]{1,6}", inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Puts another value somewhere into this one.
fn damage(value: &mut Value, with: Value, choose: &mut dyn FnMut(usize) -> usize) {
    let inner = match value {
        Value::Array(items) if !items.is_empty() => {
            let at = choose(items.len());
            items.get_mut(at)
        }
        Value::Object(map) if !map.is_empty() => {
            let at = choose(map.len());
            map.values_mut().nth(at)
        }
        _ => None,
    };
    match inner {
        Some(inner) if choose(4) != 0 => damage(inner, with, choose),
        Some(inner) => *inner = with,
        None => *value = with,
    }
}

proptest! {
    #[test]
    fn what_is_valid_is_accepted_and_keeps_its_meaning(op in operations(), seed in any::<u64>()) {
        let facts = op.facts();
        for (shape, retype) in [
            (facts.input, Operation::retype_input as fn(Operation, &Value) -> Option<Value>),
            (facts.output, Operation::retype_output),
        ] {
            let value = sample(shape, &mut chooser(seed));
            prop_assert_eq!(validate(shape, &value), []);
            let once = retype(op, &value).unwrap();
            prop_assert_eq!(validate(shape, &once), []);
            prop_assert_eq!(retype(op, &once).unwrap(), once.clone());
            prop_assert_eq!(keys(&once), keys(&value));
        }
    }

    #[test]
    fn whatever_is_judged_valid_fits_its_type(
        op in operations(), seed in any::<u64>(), with in json()
    ) {
        let mut choose = chooser(seed);
        let mut value = sample(op.facts().input, &mut choose);
        damage(&mut value, with, &mut choose);
        if validate(op.facts().input, &value).is_empty() {
            prop_assert!(op.retype_input(&value).is_some(), "{:?} {}", op, value);
        }
    }

    #[test]
    fn a_request_survives_the_wire(op in operations(), seed in any::<u64>()) {
        let mut value = sample(op.facts().input, &mut chooser(seed));
        // A query string cannot say "an empty list": for a required one that is a violation.
        if value.get("tagKeys") == Some(&json!([])) {
            value["tagKeys"] = json!(["a"]);
        }
        let (path, query, body) = sent(op, &value);
        let (found, labels) = route(op.facts().method, &path).unwrap();
        prop_assert_eq!(found, op);
        let read = judge(op, &labels, &Query::parse(&query).unwrap(), &body).unwrap();
        prop_assert_eq!(sorted(&read), sorted(&value));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(op in operations(), body in prop::collection::vec(any::<u8>(), 0..100), query in "\\PC{0,50}") {
        let path = op.facts().uri.replace(['{', '}'], "");
        let (_, labels) = route(op.facts().method, &path).unwrap();
        if let Some(query) = Query::parse(&query) {
            let _ = judge(op, &labels, &query, &body);
        }
    }
}

/// The request as a client sends it, made from the table alone.
fn sent(op: Operation, value: &Value) -> (String, String, Vec<u8>) {
    let escape = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let plain = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    let (mut path, mut query, mut body) = (op.facts().uri.to_owned(), Vec::new(), Map::new());
    for member in op.facts().input.members() {
        let Some(inner) = value.get(member.name) else { continue };
        match member.location {
            Location::Label => {
                path = path.replace(&format!("{{{}}}", member.name), &escape(&plain(inner)));
            }
            Location::Query => {
                let one = std::slice::from_ref(inner);
                for item in inner.as_array().map_or(one, Vec::as_slice) {
                    query.push(format!("{}={}", member.name, escape(&plain(item))));
                }
            }
            Location::Body => {
                body.insert(member.name.to_owned(), inner.clone());
            }
        }
    }
    (path, query.join("&"), Value::Object(body).to_string().into_bytes())
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<_> = map.iter().map(|(k, v)| (k.clone(), sorted(v))).collect();
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(pairs.into_iter().collect())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// All paths of keys in a value.
fn keys(value: &Value) -> Vec<String> {
    let mut out: Vec<String> = match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(k, v)| {
                let inner = keys(v).into_iter().map(move |rest| format!("{k}.{rest}"));
                inner.chain([k.clone()]).collect::<Vec<_>>()
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(keys).collect(),
        _ => vec![],
    };
    out.sort();
    out
}
