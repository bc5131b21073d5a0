//! Decoders that strangers' bytes may make panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a decoder gives; `None` when it panics: on a hostile file, which is then corrupt.
pub(super) fn caught<T>(decode: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(decode)).ok()
}
