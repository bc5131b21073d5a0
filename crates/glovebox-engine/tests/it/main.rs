//! The engine behind its three doors, over real files.

mod deliver;
mod execute;
mod house;
mod results;
