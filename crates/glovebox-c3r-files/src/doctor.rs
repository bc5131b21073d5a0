//! `doctor`: what an encrypted table would still give away, before it leaves.

mod census;
mod findings;
mod report;

use glovebox_c3r::{Plan, Settings, Value};

use self::census::Census;
use self::findings::{Target, Weight};
use crate::input::{self, Reading};
use crate::progress::Progress;
use crate::{DoctorArgs, Failed, Surroundings, encrypt, names, settings};

/// Reads the file once and says what it found; `false` if there is something to warn of.
pub(crate) fn run(arguments: &DoctorArgs, world: &mut Surroundings<'_>) -> Result<bool, Failed> {
    names::check_input(&arguments.input)?;
    let format = names::format(arguments.kind.format, &arguments.input)?;
    let schema = encrypt::read_schema(&arguments.schema)?;
    let settings = settings::if_any(&arguments.origin, arguments.id.as_ref(), world)?;
    let reading = Reading {
        format,
        null: arguments.input_null.as_deref(),
        binary_as_string: arguments.binary_as_string,
        has_headers: schema.positions().is_none(),
    };
    let input = input::open(&arguments.input, &reading)?;
    // What the settings forbid is a finding here, not a failure.
    let lenient = Settings { allow_cleartext: true, ..settings.unwrap_or_default() };
    let plan = encrypt::plan(&schema, &input, lenient)?;
    let targets: Vec<Target> = plan
        .columns()
        .iter()
        .map(|it| Target { name: it.target.to_string(), source: it.slot, kind: it.kind })
        .collect();
    let census = count(&plan, &targets, input, arguments.show_values, world)?;
    let findings = findings::findings(&targets, &census, settings.as_ref());
    if arguments.speech.json {
        let json = report::json(&findings, &targets, &census);
        world.say(&format!("{}\n", serde_json::to_string_pretty(&json).unwrap_or_default()));
    } else {
        world.say(&report::text(&findings, &targets, &census));
    }
    Ok(findings.iter().all(|it| it.weight != Weight::Warning))
}

fn count(
    plan: &Plan,
    targets: &[Target],
    input: input::Input,
    keep: bool,
    world: &Surroundings<'_>,
) -> Result<Census, Failed> {
    let pairs = findings::pairs(targets);
    let mut census = Census::new(plan.used().len(), &pairs, keep);
    let mut source = input.rows(plan.used())?;
    let progress = Progress::begin(world.watched, "reading", source.whole());
    let mut scratch: Vec<u8> = Vec::new();
    let mut parts: Vec<Option<std::ops::Range<usize>>> = Vec::new();
    loop {
        let more = source.next(&mut |seen| {
            scratch.clear();
            parts.clear();
            for value in seen.values {
                parts.push(text_of(value, &mut scratch));
            }
            let bytes = |it: &Option<std::ops::Range<usize>>| scratch.get(it.clone()?);
            census.see(parts.iter().map(bytes));
            Ok(())
        })?;
        if !more {
            break;
        }
        if census.rows.is_multiple_of(4096) {
            progress.at(source.done(), census.rows);
        }
    }
    progress.end();
    Ok(census)
}

/// Appends a value as text, and says where it stands; `None` for NULL.
fn text_of(value: &Value<'_>, scratch: &mut Vec<u8>) -> Option<std::ops::Range<usize>> {
    if value.is_null() {
        return None;
    }
    let from = scratch.len();
    // A point in time beyond the calendar is as good as any other value here.
    let _ = value.write_text(scratch);
    Some(from..scratch.len())
}
