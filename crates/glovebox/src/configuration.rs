//! Settings: flags and variables over `DIR/glovebox.toml` over defaults, parsed once.

mod limits;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use glovebox_model::Mode as ModelMode;
use glovebox_room::Quotas;
use serde::Deserialize;

use crate::arguments::limits::LimitArgs;
use crate::arguments::operations::WatchingArgs;
use crate::arguments::{Mode, ServeArgs};
use crate::configuration::limits::QueryLimits;
use crate::logs::Format;

/// A number of bytes, written with or without a unit (`KiB`, `MiB`, `GiB`, `TiB`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub(crate) struct Bytes(pub(crate) u64);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Number(u64),
    Text(String),
}

impl TryFrom<Written> for Bytes {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Number(bytes) => Ok(Self(bytes)),
            Written::Text(text) => text.parse(),
        }
    }
}

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("{text:?} is no size: write bytes, or a number and KiB, MiB, GiB, TiB");
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let shift = match text.get(digits.len()..).unwrap_or_default() {
            "" => 0,
            "KiB" => 10,
            "MiB" => 20,
            "GiB" => 30,
            "TiB" => 40,
            _ => return Err(wrong()),
        };
        let number: u64 = digits.trim().parse().map_err(|_| wrong())?;
        number.checked_mul(1 << shift).map(Self).ok_or_else(wrong)
    }
}

/// `DIR/glovebox.toml`. A name that is not known here is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    listen: Option<SocketAddr>,
    region: Option<String>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    plaintext: Option<bool>,
    default_mode: Option<String>,
    query_memory: Option<Bytes>,
    result_bytes: Option<Bytes>,
    slots: Option<u32>,
    query_time: Option<u32>,
    query_spill: Option<Bytes>,
    process_memory: Option<Bytes>,
    #[serde(default)]
    egress_allow: Vec<String>,
    egress_ca: Option<PathBuf>,
    metrics: Option<SocketAddr>,
    log: Option<String>,
    log_format: Option<String>,
    drain: Option<u32>,
    #[serde(default)]
    quotas: FileQuotas,
}

/// `[quotas]`: the table of AWS, changed where the operator says so.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FileQuotas {
    collaborations_per_account: Option<u64>,
    members_per_collaboration: Option<u64>,
    memberships_per_account: Option<u64>,
    tables_per_account: Option<u64>,
    columns_per_allowlist: Option<u64>,
    associations_per_membership: Option<u64>,
    templates_per_membership: Option<u64>,
    access_budgets_per_collaboration: Option<u64>,
    change_requests_per_collaboration: Option<u64>,
    rule_bytes: Option<u64>,
    tags_per_resource: Option<u64>,
    running_queries_per_membership: Option<u64>,
    waiting_queries_per_membership: Option<u64>,
    explains_per_minute: Option<u64>,
}

/// What `serve` runs with.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The data directory.
    pub(crate) data_dir: PathBuf,
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// The region in ARNs.
    pub(crate) region: String,
    /// Certificate chain and key, PEM files.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    /// How rules are read whose owners say nothing.
    pub(crate) default_mode: ModelMode,
    /// Memory of one query, bytes; `None` leaves it to the engine.
    pub(crate) query_memory: Option<u64>,
    /// The largest result, bytes.
    pub(crate) result_bytes: u64,
    /// How many queries run at once, and what each may take.
    pub(crate) limits: QueryLimits,
    /// What each account may have.
    pub(crate) quotas: Quotas,
    /// Addresses that connections may reach although they are the house's own.
    pub(crate) egress_allow: Vec<String>,
    /// Certificates that connections trust beside those of the system, a PEM file.
    pub(crate) egress_ca: Option<PathBuf>,
    /// Where the operator's monitoring looks.
    pub(crate) metrics: Option<SocketAddr>,
    /// What is logged, if the operator says.
    pub(crate) log: Option<String>,
    /// How it is logged.
    pub(crate) log_format: Format,
    /// How long the doors stay open after the signal to stop.
    pub(crate) drain: Duration,
}

impl Settings {
    /// The settings of a house at `data_dir`, from its file and the defaults.
    pub(crate) fn of(data_dir: &Path) -> Result<Self> {
        Self::from_file(data_dir, file(data_dir)?)
    }

    /// The settings of `serve`: what it was told, then the file, then the defaults.
    pub(crate) fn of_serve(arguments: &ServeArgs) -> Result<Self> {
        let data_dir = &arguments.data.data_dir;
        let file = file(data_dir)?;
        let plaintext = arguments.plaintext || file.plaintext.unwrap_or(false);
        let aws = match arguments.default_mode {
            Some(mode) => mode == Mode::Aws,
            None => match file.default_mode.as_deref() {
                None | Some("strict") => false,
                Some("aws") => true,
                Some(other) => bail!("default-mode {other:?}: it is \"strict\" or \"aws\""),
            },
        };
        let mut settings = Self::from_file(data_dir, file)?;
        settings.default_mode = if aws { ModelMode::Aws } else { ModelMode::Strict };
        settings.listen = arguments.listen.unwrap_or(settings.listen);
        if let Some(region) = &arguments.region {
            settings.region.clone_from(region);
        }
        if let (Some(cert), Some(key)) = (&arguments.tls_cert, &arguments.tls_key) {
            settings.tls = Some((cert.clone(), key.clone()));
        }
        settings.query_memory = arguments.query_memory.map(|it| it.0).or(settings.query_memory);
        settings.result_bytes = arguments.result_bytes.map_or(settings.result_bytes, |it| it.0);
        if !arguments.egress_allow.is_empty() {
            settings.egress_allow.clone_from(&arguments.egress_allow);
        }
        if let Some(file) = &arguments.egress_ca {
            settings.egress_ca = Some(file.clone());
        }
        settings.limits = settings.limits.changed(&arguments.limits)?;
        let WatchingArgs { metrics, log, log_format, drain } = &arguments.watching;
        settings.metrics = metrics.or(settings.metrics);
        settings.log = log.clone().or(settings.log);
        settings.log_format = log_format.unwrap_or(settings.log_format);
        settings.drain = drain.map_or(settings.drain, seconds);
        settings.check(plaintext)?;
        Ok(settings)
    }

    fn from_file(data_dir: &Path, file: File) -> Result<Self> {
        let log_format = file.log_format.as_deref().unwrap_or("text");
        let limits = LimitArgs {
            slots: file.slots,
            query_time: file.query_time,
            query_spill: file.query_spill,
            process_memory: file.process_memory,
        };
        Ok(Self {
            data_dir: data_dir.to_owned(),
            listen: file.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8930))),
            region: file.region.unwrap_or_else(|| "us-east-1".to_owned()),
            tls: file.tls_cert.zip(file.tls_key),
            default_mode: ModelMode::Strict,
            query_memory: file.query_memory.map(|it| it.0),
            result_bytes: file.result_bytes.map_or(1 << 30, |it| it.0),
            limits: QueryLimits::default().changed(&limits)?,
            quotas: file.quotas.over(Quotas::default()),
            egress_allow: file.egress_allow,
            egress_ca: file.egress_ca,
            metrics: file.metrics,
            log: file.log,
            log_format: log_format.parse().map_err(anyhow::Error::msg)?,
            drain: file.drain.map_or(Duration::ZERO, seconds),
        })
    }

    fn check(&self, plaintext: bool) -> Result<()> {
        if self.tls.is_none() && !self.listen.ip().is_loopback() && !plaintext {
            bail!(
                "{} can be reached from other machines: give --tls-cert and --tls-key, or, behind \
                 a proxy that does TLS, --plaintext",
                self.listen
            );
        }
        if let Some(metrics) = self.metrics.filter(|it| !it.ip().is_loopback() && !plaintext) {
            bail!(
                "{metrics} can be reached from other machines, and figures are shown there to \
                 whoever asks: listen on this machine, or give --plaintext"
            );
        }
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.region.is_empty() || self.region.len() > 32 || !self.region.chars().all(legal) {
            bail!("a region has up to 32 lower-case letters, digits and dashes");
        }
        Ok(())
    }
}

fn seconds(count: u32) -> Duration {
    Duration::from_secs(count.into())
}

impl FileQuotas {
    fn over(self, base: Quotas) -> Quotas {
        let Self {
            collaborations_per_account,
            members_per_collaboration,
            memberships_per_account,
            tables_per_account,
            columns_per_allowlist,
            associations_per_membership,
            templates_per_membership,
            access_budgets_per_collaboration,
            change_requests_per_collaboration,
            rule_bytes,
            tags_per_resource,
            running_queries_per_membership,
            waiting_queries_per_membership,
            explains_per_minute,
        } = self;
        let mut quotas = base;
        for (slot, value) in [
            (&mut quotas.collaborations_per_account, collaborations_per_account),
            (&mut quotas.members_per_collaboration, members_per_collaboration),
            (&mut quotas.memberships_per_account, memberships_per_account),
            (&mut quotas.tables_per_account, tables_per_account),
            (&mut quotas.columns_per_allowlist, columns_per_allowlist),
            (&mut quotas.associations_per_membership, associations_per_membership),
            (&mut quotas.templates_per_membership, templates_per_membership),
            (&mut quotas.access_budgets_per_collaboration, access_budgets_per_collaboration),
            (&mut quotas.change_requests_per_collaboration, change_requests_per_collaboration),
            (&mut quotas.rule_bytes, rule_bytes),
            (&mut quotas.tags_per_resource, tags_per_resource),
            (&mut quotas.running_queries_per_membership, running_queries_per_membership),
            (&mut quotas.waiting_queries_per_membership, waiting_queries_per_membership),
            (&mut quotas.explains_per_minute, explains_per_minute),
        ] {
            *slot = value.unwrap_or(*slot);
        }
        quotas
    }
}

fn file(data_dir: &Path) -> Result<File> {
    let path = data_dir.join("glovebox.toml");
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let file: File = toml::from_str(&text).with_context(|| path.display().to_string())?;
            if file.tls_cert.is_some() != file.tls_key.is_some() {
                bail!("{}: tls-cert and tls-key go together", path.display());
            }
            Ok(file)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(File::default()),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::arguments::{Command, Glovebox};

    fn settings(folder: &Path, flags: &[&str]) -> Result<Settings> {
        let fixed = ["glovebox", "serve", "--data-dir", folder.to_str().unwrap()];
        let parsed = Glovebox::try_parse_from(fixed.iter().chain(flags)).unwrap();
        let Command::Serve(arguments) = parsed.command else { panic!("serve") };
        Settings::of_serve(&arguments)
    }

    #[test]
    fn flags_come_before_the_file_and_the_file_before_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let defaults = settings(folder.path(), &[]).unwrap();
        assert_eq!(defaults.listen.to_string(), "127.0.0.1:8930");
        assert_eq!((defaults.region.as_str(), defaults.result_bytes), ("us-east-1", 1 << 30));

        let text = "listen = \"127.0.0.1:1\"\nregion = \"eu-west-1\"\nresult-bytes = \"2MiB\"\n\
                    [quotas]\nmemberships-per-account = 7\n";
        std::fs::write(folder.path().join("glovebox.toml"), text).unwrap();
        let found = settings(folder.path(), &["--region", "eu-x-2"]).unwrap();
        assert_eq!(found.listen.to_string(), "127.0.0.1:1");
        assert_eq!((found.region.as_str(), found.result_bytes), ("eu-x-2", 2 << 20));
        assert_eq!(found.quotas.memberships_per_account, 7);
        assert_eq!(found.quotas.tables_per_account, Quotas::default().tables_per_account);
    }

    #[test]
    fn a_name_that_means_nothing_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["listne = \"127.0.0.1:1\"", "[quotas]\nqueries = 1", "result-bytes = \"1GB\""]
        {
            std::fs::write(folder.path().join("glovebox.toml"), text).unwrap();
            assert!(settings(folder.path(), &[]).is_err(), "{text}");
        }
    }

    #[test]
    fn listening_beyond_this_machine_needs_tls_or_a_word() {
        let folder = tempfile::tempdir().unwrap();
        for open in ["0.0.0.0:8930", "[::]:8930", "10.0.0.1:80"] {
            assert!(settings(folder.path(), &["--listen", open]).is_err(), "{open}");
            assert!(settings(folder.path(), &["--listen", open, "--plaintext"]).is_ok(), "{open}");
            assert!(settings(folder.path(), &["--metrics", open]).is_err(), "{open}");
        }
        assert!(settings(folder.path(), &["--metrics", "127.0.0.1:9464"]).is_ok());
        assert!(settings(folder.path(), &["--listen", "[::1]:0"]).is_ok());
    }

    #[test]
    fn tables_are_judged_strictly_unless_the_operator_says_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let mode = |given: &[&str]| settings(folder.path(), given).unwrap().default_mode;
        assert_eq!(mode(&[]), ModelMode::Strict);
        assert_eq!(mode(&["--default-mode", "aws"]), ModelMode::Aws);
        std::fs::write(folder.path().join("glovebox.toml"), "default-mode = \"aws\"").unwrap();
        assert_eq!(mode(&[]), ModelMode::Aws);
        assert_eq!(mode(&["--default-mode", "strict"]), ModelMode::Strict);
        std::fs::write(folder.path().join("glovebox.toml"), "default-mode = \"lax\"").unwrap();
        assert!(settings(folder.path(), &[]).is_err());
    }

    #[test]
    fn sizes_have_binary_units() {
        assert_eq!("512MiB".parse(), Ok(Bytes(512 << 20)));
        assert_eq!("10".parse(), Ok(Bytes(10)));
        for bad in ["", "MiB", "1GB", "-1", "1.5GiB", "99999999TiB"] {
            assert!(bad.parse::<Bytes>().is_err(), "{bad}");
        }
    }
}
