//! The tables of the model: what each shape is and what constrains it.

use crate::pattern::Pattern;

/// No maximum in the model; the body's size is the limit.
pub const UNLIMITED: usize = usize::MAX;

/// One shape of the model.
#[derive(Debug)]
pub struct Shape {
    /// AWS's name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
}

/// Inclusive bounds of a length (in Unicode characters) or of a number of elements.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// At least.
    pub min: usize,
    /// At most; [`UNLIMITED`] if the model has no maximum.
    pub max: usize,
}

/// What a shape is, with its constraints.
#[derive(Debug)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number, bounds included.
    Integer {
        /// At least.
        min: i64,
        /// At most.
        max: i64,
    },
    /// A finite number, bounds included.
    Number {
        /// At least.
        min: f64,
        /// At most.
        max: f64,
    },
    /// A string.
    Text {
        /// Its length.
        size: Size,
        /// What all of it must match.
        pattern: Option<&'static Pattern>,
    },
    /// One of these strings.
    Choice(&'static [&'static str]),
    /// Seconds since 1970, with a fraction.
    Timestamp,
    /// A list.
    List {
        /// Of what.
        member: &'static Shape,
        /// How many.
        size: Size,
    },
    /// An object with free keys.
    Map {
        /// The keys' shape, a text.
        key: &'static Shape,
        /// The values' shape.
        value: &'static Shape,
        /// How many.
        size: Size,
    },
    /// An object with these members.
    Structure(&'static [Member]),
    /// An object with exactly one of these members.
    Union(&'static [Member]),
    /// Any JSON.
    Document,
}

/// One member of a structure or union.
#[derive(Debug)]
pub struct Member {
    /// Its name on the wire.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// Where a request carries it.
    pub location: Location,
    /// Its shape.
    pub shape: &'static Shape,
}

/// Where a request carries a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// The JSON body.
    Body,
    /// A label of the path.
    Label,
    /// The query string.
    Query,
}

impl Shape {
    pub(crate) const fn boolean(name: &'static str) -> Self {
        Self { name, kind: Kind::Boolean }
    }

    pub(crate) const fn timestamp(name: &'static str) -> Self {
        Self { name, kind: Kind::Timestamp }
    }

    pub(crate) const fn document(name: &'static str) -> Self {
        Self { name, kind: Kind::Document }
    }

    pub(crate) const fn integer(name: &'static str, min: i64, max: i64) -> Self {
        Self { name, kind: Kind::Integer { min, max } }
    }

    pub(crate) const fn number(name: &'static str, min: f64, max: f64) -> Self {
        Self { name, kind: Kind::Number { min, max } }
    }

    pub(crate) const fn text(
        name: &'static str,
        min: usize,
        max: usize,
        pattern: Option<&'static Pattern>,
    ) -> Self {
        Self { name, kind: Kind::Text { size: Size { min, max }, pattern } }
    }

    pub(crate) const fn choice(name: &'static str, values: &'static [&'static str]) -> Self {
        Self { name, kind: Kind::Choice(values) }
    }

    pub(crate) const fn list(
        name: &'static str,
        member: &'static Shape,
        min: usize,
        max: usize,
    ) -> Self {
        Self { name, kind: Kind::List { member, size: Size { min, max } } }
    }

    pub(crate) const fn map(
        name: &'static str,
        key: &'static Shape,
        value: &'static Shape,
        min: usize,
        max: usize,
    ) -> Self {
        Self { name, kind: Kind::Map { key, value, size: Size { min, max } } }
    }

    pub(crate) const fn structure(name: &'static str, members: &'static [Member]) -> Self {
        Self { name, kind: Kind::Structure(members) }
    }

    pub(crate) const fn union(name: &'static str, members: &'static [Member]) -> Self {
        Self { name, kind: Kind::Union(members) }
    }

    /// The members of a structure or union; none of anything else.
    pub fn members(&self) -> &'static [Member] {
        match self.kind {
            Kind::Structure(members) | Kind::Union(members) => members,
            _ => &[],
        }
    }
}
