//! How many queries run at once, and what each may take.

use clap::Args;

use crate::configuration::Bytes;

/// Limits of queries; `docs/limits.md` says what each does.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct LimitArgs {
    /// Queries that run at once [default: as many as there are cores]
    #[arg(long, value_name = "COUNT", env = "GLOVEBOX_SLOTS", hide_env_values = true)]
    pub(crate) slots: Option<u32>,
    /// Seconds that a query may read and compute [default: 3600]
    #[arg(long, value_name = "SECONDS", env = "GLOVEBOX_QUERY_TIME", hide_env_values = true)]
    pub(crate) query_time: Option<u32>,
    /// Disk for spilled rows of one query, such as 64GiB [default: 64GiB]
    #[arg(long, value_name = "BYTES", env = "GLOVEBOX_QUERY_SPILL", hide_env_values = true)]
    pub(crate) query_spill: Option<Bytes>,
    /// Memory of the whole process of a query [default: 3 times --query-memory and 1GiB]
    #[arg(long, value_name = "BYTES", env = "GLOVEBOX_PROCESS_MEMORY", hide_env_values = true)]
    pub(crate) process_memory: Option<Bytes>,
}
