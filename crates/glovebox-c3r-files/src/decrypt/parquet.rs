//! placeholder
use super::{Done, Job};
use crate::publish::Pending;
use crate::Failed;
pub(super) fn decrypt(_: &Job<'_>, _: Option<&Pending>) -> Result<Done, Failed> { Err(Failed::new("no")) }
