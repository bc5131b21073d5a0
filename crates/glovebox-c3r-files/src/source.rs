//! Rows of an input, one after the other, whatever kind of file they come from.

use glovebox_c3r::Value;
use glovebox_c3r::parquet::Raw;

use crate::Failed;

/// A row of an input: the columns that were asked for, in that order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen<'a> {
    /// Its number; the first is 1.
    pub(crate) row: u64,
    /// Its values as the file holds them.
    pub(crate) raw: &'a [Raw<'a>],
    /// What they mean.
    pub(crate) values: &'a [Value<'a>],
}

/// What looks at a row.
pub(crate) type See<'a> = dyn FnMut(Seen<'_>) -> Result<(), Failed> + 'a;

/// An input, opened.
pub(crate) trait Source {
    /// Shows the next row; `false` if there is none.
    fn next(&mut self, see: &mut See<'_>) -> Result<bool, Failed>;

    /// How far it is, in whatever [`Source::whole`] counts.
    fn done(&self) -> u64;

    /// How much there is.
    fn whole(&self) -> u64;
}
