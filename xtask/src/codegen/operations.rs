//! The table of operations and that of modelled errors.

use std::fmt::Write;

use anyhow::{Context, Result};

use super::model::{Kind, Model};
use super::names::screaming;

/// The file of operations.
pub(crate) fn operations(model: &Model) -> Result<String> {
    let mut out = String::from(
        "//! All operations of the model.\n\nuse super::shapes::*;\nuse crate::operation::operations;\n\noperations! {\n",
    );
    for operation in &model.operations {
        let errors: Vec<_> = operation.errors.iter().map(|e| short(e)).collect();
        let flags = [operation.idempotent, operation.readonly];
        writeln!(
            out,
            "    {} {} \"{}\" {} {} {} {} {} [{}] {} {},",
            operation.name,
            operation.method,
            operation.uri,
            operation.success,
            operation.input,
            screaming(&operation.input),
            operation.output,
            screaming(&operation.output),
            errors.join(" "),
            flags[0],
            flags[1],
        )?;
    }
    Ok(out + "}\n")
}

/// The file of modelled errors.
pub(crate) fn errors(model: &Model) -> Result<String> {
    let mut out = String::from(
        "//! All errors of the model with their status codes.\n\nuse super::shapes::*;\nuse crate::error::modelled;\n\nmodelled! {\n",
    );
    for shape in &model.shapes {
        if let Kind::Structure { status: Some(status), .. } = &shape.kind {
            writeln!(out, "    {} {} {status},", short(&shape.name), shape.name)?;
        }
    }
    model.shapes.iter().find(|s| s.name == "ValidationException").context("no errors")?;
    Ok(out + "}\n")
}

fn short(name: &str) -> &str {
    name.strip_suffix("Exception").unwrap_or(name)
}
