//! The engine behind its three doors, over real files.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod crowded;
mod deliver;
mod execute;
mod hanging;
mod honest;
mod hostile;
mod house;
mod private;
mod results;
mod withheld;
