//! The doors: cheats that must not compile, and the check at release.

mod cheats;
mod release;
