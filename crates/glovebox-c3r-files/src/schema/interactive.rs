//! Questions about every column, in the words of the Java client, so that a script that answers
//! them need not change.

use std::collections::BTreeSet;

use glovebox_c3r::{Header, MOST_COLUMNS};
use serde_json::{Value, json};

use super::{Ground, cannot_be_encrypted, reference};
use crate::{Failed, Surroundings};

const MOST_PADDING: usize = 10_000;

/// Asks for every column; `None` if no target was wished for.
pub(super) fn ask(ground: &Ground, world: &mut Surroundings<'_>) -> Result<Option<Value>, Failed> {
    let mut talk = Talk { ground, world, used: BTreeSet::new() };
    if !ground.allow_cleartext {
        talk.say("\nNOTE: Cleartext columns are not permitted for this collaboration\n");
        talk.say("      and will not be provided as an option in prompts.\n");
    }
    let mut columns = Vec::new();
    for index in 0..ground.columns.len() {
        columns.push(talk.targets(index)?);
    }
    if columns.iter().all(Vec::is_empty) {
        let supported = ground.columns.iter().any(|it| it.can_be_encrypted);
        talk.say(if supported || ground.allow_cleartext {
            "No target columns were specified.\n"
        } else {
            "No source columns could be considered for output:\n  \
             all columns were of an unsupported type and the\n  \
             specified collaboration does not allow cleartext.\n"
        });
        return Ok(None);
    }
    let columns = if ground.has_headers {
        Value::Array(columns.into_iter().flatten().collect())
    } else {
        Value::Array(columns.into_iter().map(Value::Array).collect())
    };
    Ok(Some(json!({"columns": columns, "headerRow": ground.has_headers})))
}

struct Talk<'t, 'w> {
    ground: &'t Ground,
    world: &'t mut Surroundings<'w>,
    used: BTreeSet<Header>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Cleartext,
    Fingerprint,
    Sealed,
}

impl Talk<'_, '_> {
    fn say(&mut self, text: &str) {
        self.world.say(text);
    }

    /// What the user types, without the line's end. No more input ends the command.
    fn line(&mut self) -> Result<String, Failed> {
        let mut line = String::new();
        let read = self.world.input.read_line(&mut line);
        match read.map_err(|_| Failed::new("the input cannot be read, or is not UTF-8"))? {
            0 => Err(Failed::new("the input ended before all questions were answered")),
            _ => {
                let line = line.strip_suffix('\n').unwrap_or(&line);
                Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
            }
        }
    }

    /// Asks until there is an answer.
    fn until<T>(
        &mut self,
        ask: impl Fn(&mut Self) -> Result<Option<T>, Failed>,
    ) -> Result<T, Failed> {
        loop {
            if let Some(answer) = ask(self)? {
                return Ok(answer);
            }
        }
    }

    /// The targets of a source column.
    fn targets(&mut self, index: usize) -> Result<Vec<Value>, Failed> {
        let ground = self.ground;
        let Some(column) = ground.columns.get(index) else { return Ok(Vec::new()) };
        let header = column.header.as_ref();
        let name = reference(header, index);
        self.say(&format!("\nExamining source {name}.\n"));
        if !column.can_be_encrypted {
            self.say(&cannot_be_encrypted(header, index, ground.allow_cleartext));
            if !ground.allow_cleartext {
                return Ok(Vec::new());
            }
        }
        let prompt = format!("Number of target columns from source {name}");
        let count = self.until(|talk| talk.number(&prompt, Some(1), MOST_COLUMNS))?;
        let mut targets = Vec::new();
        for number in 1..=count {
            let which = if count > 1 { format!("{number} of {count} ") } else { String::new() };
            self.say(&format!(
                "\nGathering information for target column {which}from source {name}.\n"
            ));
            targets.push(self.target(header, column.can_be_encrypted)?);
        }
        Ok(targets)
    }

    fn target(&mut self, source: Option<&Header>, can_be_encrypted: bool) -> Result<Value, Failed> {
        let kind = if can_be_encrypted {
            self.until(Self::kind)?
        } else {
            self.say("Cryptographic computing is not supported for this column's data type.\n");
            self.say("This column's data will be cleartext.\n");
            Kind::Cleartext
        };
        let target = self.until(|talk| talk.unused_header(source, kind))?;
        let mut entry = json!({"type": match kind {
            Kind::Cleartext => "cleartext",
            Kind::Fingerprint => "fingerprint",
            Kind::Sealed => "sealed",
        }});
        if kind == Kind::Sealed {
            entry["pad"] = self.pad(&target)?;
        }
        if let Some(source) = source {
            entry["sourceHeader"] = json!(source.as_str());
        }
        entry["targetHeader"] = json!(target.as_str());
        Ok(entry)
    }

    fn kind(&mut self) -> Result<Option<Kind>, Failed> {
        let clear = if self.ground.allow_cleartext { "[c]leartext, " } else { "" };
        self.say(&format!("Target column type: {clear}[f]ingerprint, or [s]ealed? "));
        let answer = self.line()?.to_lowercase();
        if answer.trim().is_empty() {
            self.say("Expected a column type, but found no input.\n");
            return Ok(None);
        }
        let kinds = [
            ("cleartext", Kind::Cleartext),
            ("fingerprint", Kind::Fingerprint),
            ("sealed", Kind::Sealed),
        ];
        let skipped = usize::from(!self.ground.allow_cleartext);
        let found = kinds.into_iter().skip(skipped).find(|(name, _)| name.starts_with(&answer));
        if found.is_none() {
            self.say(&format!("Expected a valid column type, but got `{answer}`.\n"));
        }
        Ok(found.map(|(_, kind)| kind))
    }

    fn unused_header(
        &mut self,
        source: Option<&Header>,
        kind: Kind,
    ) -> Result<Option<Header>, Failed> {
        let Some(header) = self.header_with_suffix(source, kind)? else { return Ok(None) };
        if self.used.insert(header.clone()) {
            return Ok(Some(header));
        }
        self.say(&format!(
            "Expected a unique target header, but `{header}` has already been used in this \
             schema.\n"
        ));
        Ok(None)
    }

    fn header_with_suffix(
        &mut self,
        source: Option<&Header>,
        kind: Kind,
    ) -> Result<Option<Header>, Failed> {
        let Some(header) = self.header(source)? else { return Ok(None) };
        let suffix = match kind {
            Kind::Cleartext => return Ok(Some(header)),
            Kind::Fingerprint => "_fingerprint",
            Kind::Sealed => "_sealed",
        };
        let prompt = format!("Add suffix `{suffix}` to header to indicate how it was encrypted");
        if !self.until(|talk| talk.yes(&prompt))? {
            return Ok(Some(header));
        }
        match Header::new(&format!("{header}{suffix}")) {
            Ok(header) => Ok(Some(header)),
            Err(error) => {
                self.say(&format!("Unable to add header suffix: {error}\n"));
                Ok(None)
            }
        }
    }

    fn header(&mut self, source: Option<&Header>) -> Result<Option<Header>, Failed> {
        match source {
            Some(source) => {
                self.say(&format!("Target column header name (default `{source}`)? "));
            }
            None => self.say("Target column header name? "),
        }
        let answer = self.line()?;
        if let (Some(source), true) = (source, answer.trim().is_empty()) {
            self.say(&format!("Using default name `{source}`.\n"));
            return Ok(Some(source.clone()));
        }
        match Header::new(&answer) {
            Ok(header) => {
                if header.as_str() != answer {
                    self.say(&format!("Target header was normalized to `{header}`.\n"));
                }
                Ok(Some(header))
            }
            Err(error) => {
                self.say(&format!("Expected a valid header name, but found a problem: {error}\n"));
                Ok(None)
            }
        }
    }

    fn pad(&mut self, target: &Header) -> Result<Value, Failed> {
        let kind = self.until(|talk| talk.pad_kind(target))?;
        let (prompt, default) = match kind {
            "NONE" => return Ok(json!({"type": "NONE"})),
            "FIXED" => (format!("Byte-length to pad cleartext to in `{target}`"), None),
            _ => {
                self.say(&format!(
                    "All values in `{target}` will be padded to the byte-length of the\n\
                     longest value plus a specified number of additional padding bytes.\n"
                ));
                ("How many additional padding bytes should be used".to_owned(), Some(0))
            }
        };
        let length = self.until(|talk| talk.number(&prompt, default, MOST_PADDING))?;
        Ok(json!({"type": kind, "length": length}))
    }

    fn pad_kind(&mut self, target: &Header) -> Result<Option<&'static str>, Failed> {
        self.say(&format!("`{target}` padding type: [n]one, [f]ixed, or [m]ax (default `max`)? "));
        let answer = self.line()?.to_lowercase();
        if answer.trim().is_empty() {
            return Ok(Some("MAX"));
        }
        let kinds = [("none", "NONE"), ("fixed", "FIXED"), ("max", "MAX")];
        let found = kinds.into_iter().find(|(name, _)| name.starts_with(&answer));
        if found.is_none() {
            self.say(&format!("Expected a valid padding type, but got `{answer}`.\n"));
        }
        Ok(found.map(|(_, kind)| kind))
    }

    fn number(
        &mut self,
        prompt: &str,
        default: Option<usize>,
        most: usize,
    ) -> Result<Option<usize>, Failed> {
        let shown = default.map(|it| format!(" (default `{it}`)")).unwrap_or_default();
        self.say(&format!("{prompt}{shown}? "));
        let answer = self.line()?.to_lowercase();
        if let Ok(number) = answer.parse::<i32>() {
            return match usize::try_from(number) {
                Ok(number) if number <= most => Ok(Some(number)),
                Ok(_) => {
                    self.say(&format!("Expected an integer >= 0 and <= {most}.\n"));
                    Ok(None)
                }
                Err(_) => {
                    self.say(&format!("Expected an integer >= 0, but found {number}.\n"));
                    Ok(None)
                }
            };
        }
        if !answer.trim().is_empty() {
            self.say(&format!("Expected an integer >= 0, but found `{answer}`.\n"));
            return Ok(None);
        }
        if default.is_none() {
            self.say("Expected an integer >= 0, but found no input.\n");
        }
        Ok(default)
    }

    fn yes(&mut self, prompt: &str) -> Result<Option<bool>, Failed> {
        self.say(&format!("{prompt}, [y]es or [n]o (default `yes`)? "));
        let answer = self.line()?.to_lowercase();
        if answer.trim().is_empty() || "yes".starts_with(&answer) {
            return Ok(Some(true));
        }
        if "no".starts_with(&answer) {
            return Ok(Some(false));
        }
        self.say(&format!("Expected [y]es or [n]o, but got `{answer}`.\n"));
        Ok(None)
    }
}
