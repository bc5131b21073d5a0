//! `schema`: a table schema for a file, to be edited or talked over.

mod interactive;
mod template;

use std::io::Write;

use glovebox_c3r::Header;
use serde_json::Value;

use crate::input::{SourceColumn, columns};
use crate::publish::{self, Pending};
use crate::{Failed, Format, SchemaArgs, Surroundings, names, settings};

/// What is known before the first question.
pub(crate) struct Ground {
    /// The file's columns, in its order.
    columns: Vec<SourceColumn>,
    /// Whether columns may be left in cleartext.
    allow_cleartext: bool,
    has_headers: bool,
}

/// Makes the schema and writes it.
pub(crate) fn run(arguments: &SchemaArgs, world: &mut Surroundings<'_>) -> Result<(), Failed> {
    let format = names::format(arguments.kind.format, &arguments.input)?;
    if format == Format::Parquet && arguments.no_headers {
        return Err(Failed::new("--noHeaders is for CSV: a Parquet file always names its columns"));
    }
    names::check_input(&arguments.input)?;
    let target = names::schema(arguments.output.as_deref(), &arguments.input);
    publish::check(&target, &arguments.input, arguments.overwrite)?;
    let has_headers = !arguments.no_headers;
    let columns = columns(&arguments.input, format, has_headers)?;
    let allow_cleartext = match settings::if_any(&arguments.origin, arguments.id.as_ref(), world)? {
        Some(settings) => settings.allow_cleartext,
        None => true,
    };
    let ground = Ground { columns, allow_cleartext, has_headers };
    let file = arguments.input.file_name().unwrap_or_default().display().to_string();
    world.say(&format!("\nA schema file will be generated for file {file}.\n"));
    let made = if arguments.mode.interactive {
        interactive::ask(&ground, world)?
    } else {
        Some(template::make(&ground, world))
    };
    let Some(schema) = made else { return Ok(()) };
    write(arguments, &target, &schema)?;
    if arguments.mode.interactive {
        world.say(&format!("Schema written to {}.\n", target.display()));
    } else {
        world.note(&format!(
            "wrote a template to `{}`: choose a type for every column, choose a pad for sealed \
             columns and take it away from the others",
            target.display()
        ));
    }
    Ok(())
}

fn write(arguments: &SchemaArgs, target: &std::path::Path, schema: &Value) -> Result<(), Failed> {
    let text = serde_json::to_string_pretty(schema)
        .map_err(|_| Failed::new("the schema could not be written as JSON"))?;
    let pending = Pending::create(target, &arguments.input, arguments.overwrite)?;
    let mut file = pending.writing();
    file.write_all(text.as_bytes()).map_err(|it| pending.failed(&it))?;
    pending.publish()
}

/// How a column is called in sentences.
fn reference(header: Option<&Header>, index: usize) -> String {
    match header {
        Some(header) => format!("column `{header}`"),
        None => Header::positional(index).to_string(),
    }
}

/// What is said of a column that cannot be encrypted.
fn cannot_be_encrypted(header: Option<&Header>, index: usize, allow_cleartext: bool) -> String {
    let end = if allow_cleartext {
        "used for cryptographic computing. Any target column(s) generated\n         \
         from this column will be cleartext."
    } else {
        "used for cryptographic computing. This column is being skipped\n         \
         because the collaboration does not permit cleartext columns."
    };
    format!(
        "WARNING: {} contains non-string data and cannot be\n         {end}\n",
        reference(header, index)
    )
}
