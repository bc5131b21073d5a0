//! Lists, page by page.

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Continue after this position; `None` starts.
    pub after: Option<i64>,
    /// At most so many items, 1..=100.
    pub limit: u32,
}

impl PageRequest {
    /// The largest page, and the one given when nothing is said.
    pub const MAX: u32 = 100;

    /// The first page, as large as pages get.
    pub fn first() -> Self {
        Self { after: None, limit: Self::MAX }
    }
}

/// One part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Where the next part continues; `None` at the end.
    pub next: Option<i64>,
}

impl<T> Page<T> {
    /// The same page with its items turned into something else.
    pub fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(to).collect(), next: self.next }
    }
}
