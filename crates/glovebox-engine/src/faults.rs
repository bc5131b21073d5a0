//! What fails beneath an engine that does its work: disks and receivers' stores, in simulation.

use std::fmt;
use std::io;

use crate::UndeliveredCause;

/// Asked before each step that touches a disk or a receiver's store, and once after an object is
/// published; what it answers is what the step comes to. A house has none.
pub trait Faults: fmt::Debug + Send + Sync {
    /// Before a kept file is made, written or synced.
    ///
    /// # Errors
    /// What the disk shall say.
    fn keep(&self) -> io::Result<()>;

    /// Before a kept file is read.
    ///
    /// # Errors
    /// What the disk shall say.
    fn unseal(&self) -> io::Result<()>;

    /// Before the folder for spilled rows is made.
    ///
    /// # Errors
    /// What the disk shall say.
    fn spill(&self) -> io::Result<()>;

    /// Before an object is published.
    ///
    /// # Errors
    /// What the receiver's store shall say: nothing is there.
    fn publish(&self) -> Result<(), UndeliveredCause>;

    /// After an object was published.
    ///
    /// # Errors
    /// What the receiver's store shall say although the object is there.
    fn published(&self) -> Result<(), UndeliveredCause>;
}
