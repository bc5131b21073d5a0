//! Logs to stderr: lines for people, or JSON for machines.

mod json;

use std::fmt;
use std::str::FromStr;

use glovebox_cli::output;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt as lines, registry};

/// What is logged unless the operator says otherwise; `s3s` would log whole requests.
pub(crate) const FILTER: &str = "info,s3s=off";

/// How a line looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// An object per line, for machines.
    Json,
    /// Text, for people.
    #[default]
    Text,
}

/// What is logged, and how; the processes of queries log the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Logs {
    pub(crate) filter: String,
    pub(crate) format: Format,
}

impl FromStr for Format {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "json" => Ok(Self::Json),
            "text" => Ok(Self::Text),
            _ => Err("the format of logs is json or text"),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "json",
            Self::Text => "text",
        })
    }
}

impl Logs {
    /// From here on, this process logs to stderr.
    pub(crate) fn begin(&self) {
        let filter = EnvFilter::try_new(&self.filter).unwrap_or_else(|_| EnvFilter::new(FILTER));
        let filter = filter.and(filter_fn(may_be_logged));
        let layer = lines::layer().with_writer(std::io::stderr);
        let made = match self.format {
            Format::Json => {
                registry().with(layer.event_format(json::Lines).with_filter(filter)).try_init()
            }
            Format::Text => registry().with(layer.with_filter(filter)).try_init(),
        };
        drop(made); // someone else was first, in a test
    }
}

impl Logs {
    /// Says something to the operator: as a line of text, or of the log where machines read it.
    pub(crate) fn say(&self, text: &str) {
        match self.format {
            Format::Json => tracing::info!("{text}"),
            Format::Text => output::note(text),
        }
    }

    /// The same of something that the operator should not pass over.
    pub(crate) fn warn(&self, text: &str) {
        match self.format {
            Format::Json => tracing::warn!("{text}"),
            Format::Text => output::warn(text),
        }
    }
}

/// Whatever the filter says: what others log in detail may hold texts of queries, and headers.
fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    if target == "s3s" || target.starts_with("s3s::") {
        return false;
    }
    target.starts_with("glovebox") || *metadata.level() <= Level::WARN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_read_back() {
        for format in [Format::Json, Format::Text] {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        assert!("yaml".parse::<Format>().is_err());
    }
}
