//! What flows into one value of a nested query, and how it got there.

use std::collections::{BTreeMap, BTreeSet};

use glovebox_sql::RelationId;

/// A column of one reference of a base table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Base<'a> {
    /// The reference, wherever in the text it stands.
    pub(crate) relation: RelationId,
    /// The folded name of the column.
    pub(crate) column: &'a str,
}

/// The ways by which a column reaches a value: a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Way(u8);

impl Way {
    /// Row by row.
    pub(crate) const VALUE: Self = Self(1);
    /// Through an aggregate that is no count.
    pub(crate) const AGGREGATED: Self = Self(2);
    /// Through a count.
    pub(crate) const COUNTED: Self = Self(4);
    /// As a partition key of a window.
    pub(crate) const PARTITION: Self = Self(8);
    /// As an order key of a window.
    pub(crate) const ORDER: Self = Self(16);
    /// As what decides about the rows of a subquery.
    pub(crate) const DECIDES: Self = Self(32);

    /// Both ways.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any of these ways is one of them.
    pub(crate) const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    /// After an aggregate: counts only count.
    fn aggregated(self, counts: bool) -> Self {
        let values = Self::VALUE.and(Self::AGGREGATED);
        let passed = Self(self.0 & !values.0);
        match (self.has(values), counts) {
            (false, _) => passed,
            (true, true) => passed.and(Self::COUNTED),
            (true, false) => passed.and(Self::AGGREGATED),
        }
    }
}

/// What flows into one value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Flow<'a> {
    /// The columns, each with its ways.
    pub(crate) bases: BTreeMap<Base<'a>, Way>,
    /// Whether the value can be a constant of the text, or be made of one.
    pub(crate) literal: bool,
    /// Whether it is a column in some rows and a constant in others.
    pub(crate) either: bool,
    /// Whether arithmetic mixed a column with a constant.
    pub(crate) shifted: bool,
    /// Whether columns were held against each other: a difference, a sum.
    pub(crate) apart: bool,
    /// Whether anything was computed on the way.
    pub(crate) computed: bool,
    /// Whether something stands in it that cannot be followed.
    pub(crate) unknown: bool,
}

impl<'a> Flow<'a> {
    /// One column as it is.
    pub(crate) fn of(base: Base<'a>) -> Self {
        Self { bases: BTreeMap::from([(base, Way::VALUE)]), ..Self::default() }
    }

    /// A constant of the text.
    pub(crate) fn constant() -> Self {
        Self { literal: true, ..Self::default() }
    }

    /// What cannot be followed.
    pub(crate) fn unknown() -> Self {
        Self { unknown: true, ..Self::default() }
    }

    /// Takes in another flow.
    pub(crate) fn take(&mut self, other: &Self) {
        for (base, way) in &other.bases {
            let known = self.bases.entry(*base).or_default();
            *known = known.and(*way);
        }
        self.literal |= other.literal;
        self.either |= other.either;
        self.shifted |= other.shifted;
        self.apart |= other.apart;
        self.computed |= other.computed;
        self.unknown |= other.unknown;
    }

    /// Several flows in one value.
    pub(crate) fn join(flows: impl IntoIterator<Item = Self>) -> Self {
        let mut joined = Self::default();
        for flow in flows {
            joined.take(&flow);
        }
        joined
    }

    /// Several flows one of which is the value, row by row.
    pub(crate) fn one_of(flows: &[Self]) -> Self {
        let mut joined = Self::default();
        for flow in flows {
            joined.take(flow);
        }
        let constant = |it: &Self| it.literal && it.bases.is_empty();
        joined.either |= !joined.bases.is_empty() && flows.iter().any(constant);
        joined
    }

    /// Takes in the columns of another flow, all by one way.
    pub(crate) fn take_as(&mut self, other: &Self, way: Way) {
        for base in other.bases.keys() {
            let known = self.bases.entry(*base).or_default();
            *known = known.and(way);
        }
        self.unknown |= other.unknown;
    }

    /// The same flow after an aggregate function.
    pub(crate) fn aggregated(mut self, counts: bool) -> Self {
        for way in self.bases.values_mut() {
            *way = way.aggregated(counts);
        }
        self.shifted = false;
        self.apart = false;
        self
    }

    /// The same flow, with something done to it.
    pub(crate) fn computed(mut self) -> Self {
        self.computed = true;
        self
    }

    /// The columns that reach it by any of these ways.
    pub(crate) fn by(&self, any: Way) -> impl Iterator<Item = Base<'a>> {
        self.bases.iter().filter(move |(_, way)| way.has(any)).map(|(base, _)| *base)
    }

    /// The columns that it is as they are: one, or one of each side of a set operation.
    pub(crate) fn plain(&self) -> BTreeSet<Base<'a>> {
        if self.computed || self.unknown { BTreeSet::new() } else { self.by(Way::VALUE).collect() }
    }

    /// Whether it is nothing but this column.
    pub(crate) fn is_bare(&self, base: Base<'_>) -> bool {
        !self.computed
            && !self.unknown
            && !self.literal
            && self.bases.len() == 1
            && self.bases.iter().all(|(it, way)| *it == base && *way == Way::VALUE)
    }
}
