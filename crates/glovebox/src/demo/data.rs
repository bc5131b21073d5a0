//! The example's data, carried in the binary, and its place in a data directory.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};

/// The database that the tables lie in.
pub(super) const DATABASE: &str = "airlines";

const FLIGHTS: &[u8] = include_bytes!("../../../../examples/airlines/data/flights.parquet");
const PLANES: &[u8] = include_bytes!("../../../../examples/airlines/data/planes.parquet");

/// Puts each member's table where it looks for tables, unless it is there already.
pub(super) fn lay_out(data_dir: &Path, airline: &str, manufacturer: &str) -> Result<()> {
    // A source of its own: tables over one source protect its users alike, or none is queried.
    for (account, name, bytes) in [
        (airline, "flights.parquet", FLIGHTS),
        (airline, "departures.parquet", FLIGHTS),
        (manufacturer, "planes.parquet", PLANES),
    ] {
        let folder = data_dir.join("accounts").join(account).join("tables").join(DATABASE);
        let path = folder.join(name);
        if fs::metadata(&path).is_ok_and(|it| it.len() == bytes.len() as u64) {
            continue;
        }
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(&folder)?;
            let mut file = fs::File::create(&path)?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().with_context(|| path.display().to_string())?;
    }
    Ok(())
}
