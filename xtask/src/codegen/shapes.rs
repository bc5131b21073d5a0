//! Types and constraint tables of all shapes, one file per noun.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::{Result, bail};

use super::exceptions::{BY_HAND, WRONG_MAXIMA};
use super::model::{Kind, Member, Model, Shape};
use super::names::{capital, field, screaming, variant};
use super::nouns;

/// Distinct patterns, each named after the first shape that has it.
pub(crate) struct Patterns(BTreeMap<String, String>);

impl Patterns {
    /// Collects the patterns of the model.
    pub(crate) fn of(model: &Model) -> Self {
        let mut names = BTreeMap::new();
        for shape in &model.shapes {
            if let Kind::Text { pattern: Some(pattern), .. } = &shape.kind {
                names.entry(pattern.clone()).or_insert_with(|| screaming(&shape.name));
            }
        }
        Self(names)
    }

    /// The file of patterns.
    pub(crate) fn file(&self) -> Result<String> {
        let mut out = String::from(
            "//! Every distinct pattern of the model.\n\nuse crate::pattern::{self, Pattern};\n",
        );
        let mut sorted: Vec<_> = self.0.iter().collect();
        sorted.sort_by_key(|(_, name)| name.as_str());
        for (pattern, name) in &sorted {
            if pattern.contains("\"##") {
                bail!("pattern of {name} cannot be quoted");
            }
            let by_hand = BY_HAND.iter().find(|(text, _)| text == pattern);
            let make = match by_hand {
                Some((_, function)) => format!("by_hand(r##\"{pattern}\"##, pattern::{function})"),
                None if pattern.contains("(?!") || pattern.contains(r"\u") => {
                    bail!("the pattern of {name} must be written by hand: {pattern}")
                }
                None => format!("regex(r##\"{pattern}\"##)"),
            };
            writeln!(out, "\npub(crate) static {name}: Pattern = Pattern::{make};")?;
        }
        let all: Vec<_> = sorted.iter().map(|(_, name)| format!("&{name}")).collect();
        writeln!(
            out,
            "\n/// All patterns, for tests.\npub static ALL: &[&Pattern] = &[{}];",
            all.join(", ")
        )?;
        Ok(out)
    }
}

/// One file per noun: `(noun, content)`.
pub(crate) fn files(model: &Model, patterns: &Patterns) -> Result<Vec<(&'static str, String)>> {
    let mut files = Vec::new();
    for noun in nouns::all() {
        let title = capital(&noun.replace('_', " "));
        let mut out = format!("//! {title}: types and constraints.\n\nuse super::prelude::*;\n");
        for shape in model.shapes.iter().filter(|s| nouns::of(&s.name) == noun) {
            out.push('\n');
            out.push_str(&one(model, shape, patterns)?);
        }
        files.push((noun, out));
    }
    Ok(files)
}

/// The module that gathers the nouns, with the list of all shapes.
pub(crate) fn gather(model: &Model) -> Result<String> {
    let mut out = String::from("//! Types and constraints of all shapes, by noun.\n\n");
    for noun in nouns::all() {
        writeln!(out, "mod {noun};")?;
    }
    for noun in nouns::all() {
        writeln!(out, "pub use self::{noun}::*;")?;
    }
    out.push_str("\n/// What the files of nouns need.\nmod prelude {\n    pub(super) use std::collections::BTreeMap;\n\n    pub(super) use super::*;\n    pub(super) use crate::generated::patterns;\n    pub(super) use crate::sensitive::Sensitive;\n    pub(super) use crate::shape::{Shape, UNLIMITED};\n    pub(super) use crate::time::Timestamp;\n    pub(super) use crate::wire::{enumeration, structure, union};\n}\n");
    let all: Vec<_> = model.shapes.iter().map(|s| format!("&{}", screaming(&s.name))).collect();
    let shape = "crate::shape::Shape";
    writeln!(
        out,
        "\n/// All shapes, in the model's order.\npub static SHAPES: &[&{shape}] = &[{}];",
        all.join(", ")
    )?;
    Ok(out)
}

fn one(model: &Model, shape: &Shape, patterns: &Patterns) -> Result<String> {
    let name = &shape.name;
    let table = screaming(name);
    let entry = |make: String| format!("pub(crate) static {table}: Shape = Shape::{make};\n");
    Ok(match &shape.kind {
        Kind::Boolean => entry(format!("boolean(\"{name}\")")),
        Kind::Timestamp => entry(format!("timestamp(\"{name}\")")),
        Kind::Document => entry(format!("document(\"{name}\")")),
        Kind::Integer { min, max } => {
            entry(format!("integer(\"{name}\", {}, {})", whole(*min), whole(*max)))
        }
        Kind::Number { min, max } => {
            entry(format!("number(\"{name}\", {}, {})", real(*min), real(*max)))
        }
        Kind::Text { min, max, pattern } => {
            let (max, comment) = maximum(name, *max)?;
            let pattern = match pattern {
                Some(text) => format!("Some(&patterns::{})", patterns.0[text]),
                None => "None".to_owned(),
            };
            format!("{comment}{}", entry(format!("text(\"{name}\", {min}, {max}, {pattern})")))
        }
        Kind::List { member, min, max } => {
            entry(format!("list(\"{name}\", &{}, {min}, {})", screaming(member), limit(*max)))
        }
        Kind::Map { key, value, min, max } => entry(format!(
            "map(\"{name}\", &{}, &{}, {min}, {})",
            screaming(key),
            screaming(value),
            limit(*max)
        )),
        Kind::Choice(values) => {
            let mut out = format!("enumeration! {{\n    {name} {table} {{\n");
            for value in values {
                writeln!(out, "        {} = \"{value}\",", variant(value))?;
            }
            out + "    }\n}\n"
        }
        Kind::Structure { members, .. } => structure(model, shape, &table, members)?,
        Kind::Union(members) => {
            let mut out = format!("union! {{\n    {name} {table} {{\n");
            for member in members {
                let variant = capital(&member.name);
                let ty = rust_type(model, &member.shape)?;
                let inner = screaming(&member.shape);
                writeln!(out, "        {variant} \"{}\" {ty} => {inner},", member.name)?;
            }
            out + "    }\n}\n"
        }
    })
}

fn structure(model: &Model, shape: &Shape, table: &str, members: &[Member]) -> Result<String> {
    let debug = if shape.sensitive { "sensitive" } else { "plain" };
    let mut out = format!("structure! {{\n    {debug} {} {table} {{\n", shape.name);
    for member in members {
        let need = if member.required { "required" } else { "optional" };
        writeln!(
            out,
            "        {} \"{}\" {need} {} {} => {},",
            field(&member.name),
            member.name,
            member.location,
            rust_type(model, &member.shape)?,
            screaming(&member.shape),
        )?;
    }
    Ok(out + "    }\n}\n")
}

/// The Rust type of a shape.
pub(crate) fn rust_type(model: &Model, name: &str) -> Result<String> {
    let shape = model.shape(name)?;
    let plain = match &shape.kind {
        Kind::Boolean => "bool".to_owned(),
        Kind::Integer { min, .. } if *min == i64::MIN => "i64".to_owned(),
        Kind::Integer { .. } => "i32".to_owned(),
        Kind::Number { .. } => "f64".to_owned(),
        Kind::Text { .. } => "String".to_owned(),
        Kind::Timestamp => "Timestamp".to_owned(),
        Kind::Document => "serde_json::Value".to_owned(),
        Kind::List { member, .. } => format!("Vec<{}>", rust_type(model, member)?),
        Kind::Map { value, .. } => format!("BTreeMap<String, {}>", rust_type(model, value)?),
        Kind::Choice(_) | Kind::Structure { .. } | Kind::Union(_) => return Ok(name.to_owned()),
    };
    Ok(if shape.sensitive { format!("Sensitive<{plain}>") } else { plain })
}

fn maximum(name: &str, max: Option<u64>) -> Result<(String, String)> {
    let Some(wrong) = WRONG_MAXIMA.iter().find(|wrong| wrong.shape == name) else {
        return Ok((limit(max), String::new()));
    };
    if max != Some(wrong.model) {
        bail!("the maximum of {name} is no longer {}: review the exception", wrong.model);
    }
    let comment = format!("// The model's maximum is {}: {}.\n", wrong.model, wrong.reason);
    Ok((wrong.ours.to_string(), comment))
}

fn limit(max: Option<u64>) -> String {
    max.map_or_else(|| "UNLIMITED".to_owned(), |max| max.to_string())
}

fn whole(bound: i64) -> String {
    match bound {
        i64::MIN => "i64::MIN".to_owned(),
        i64::MAX => "i64::MAX".to_owned(),
        bound if bound == i64::from(i32::MIN) => "i32::MIN as i64".to_owned(),
        bound if bound == i64::from(i32::MAX) => "i32::MAX as i64".to_owned(),
        bound => bound.to_string(),
    }
}

fn real(bound: f64) -> String {
    if bound == f64::MIN {
        "f64::MIN".to_owned()
    } else if bound == f64::MAX {
        "f64::MAX".to_owned()
    } else {
        format!("{bound:?}")
    }
}
