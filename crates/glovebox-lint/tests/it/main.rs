//! Known truths about rules, and that the linter tells them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod lint;
mod suggest;
