//! Rows of an input, one after the other, whatever kind of file they come from.

use glovebox_c3r::Value;

use crate::Failed;

/// What looks at a row: its number, the first is 1, and its values.
pub(crate) type See<'a> = dyn FnMut(u64, &[Value<'_>]) -> Result<(), Failed> + 'a;

/// An input, opened.
pub(crate) trait Source {
    /// Shows the next row; `false` if there is none.
    fn next(&mut self, see: &mut See<'_>) -> Result<bool, Failed>;

    /// How far it is, in whatever [`Source::whole`] counts.
    fn done(&self) -> u64;

    /// How much there is.
    fn whole(&self) -> u64;
}
