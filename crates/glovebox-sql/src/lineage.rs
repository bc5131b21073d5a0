//! Where the values of one column come from, as extraction carries it from node to node.

use std::collections::BTreeSet;

use crate::facts::{PlanOutput, PlanSide, PlanUse, Source};

/// What flows in one column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Flow {
    /// Columns whose values flow in without passing an aggregate.
    pub(crate) plain: BTreeSet<Source>,
    /// Columns whose values flow in through an aggregate.
    pub(crate) aggregated: BTreeSet<Source>,
    /// Functions and operators on the way.
    pub(crate) functions: BTreeSet<String>,
    /// The column itself, when it is nothing but that (implicit casts aside).
    pub(crate) bare: Option<Source>,
    /// The columns one of which it is in each row (where it is not NULL), when it is nothing
    /// but that: several after a set operation.
    pub(crate) one_of: BTreeSet<Source>,
    /// The columns counted, when this is the hidden count of a guard.
    pub(crate) guard: BTreeSet<Source>,
    /// Whether it is NULL in every row, by a literal.
    pub(crate) null: bool,
    /// Columns whose values flow in, also through an aggregate that is no count.
    pub(crate) values: BTreeSet<Source>,
    /// Whether an order of rows flows in.
    pub(crate) ordered: bool,
}

impl Flow {
    /// The flow of a scan's own column.
    pub(crate) fn of(source: Source) -> Self {
        let one_of = BTreeSet::from([source.clone()]);
        let (plain, values) = (one_of.clone(), one_of.clone());
        Self { plain, values, bare: Some(source), one_of, ..Self::default() }
    }

    /// Several flows met in one value.
    pub(crate) fn join<'f>(flows: impl IntoIterator<Item = &'f Self>) -> Self {
        let mut joined = Self::default();
        for flow in flows {
            joined.plain.extend(flow.plain.iter().cloned());
            joined.aggregated.extend(flow.aggregated.iter().cloned());
            joined.functions.extend(flow.functions.iter().cloned());
            joined.values.extend(flow.values.iter().cloned());
            joined.ordered |= flow.ordered;
        }
        joined
    }

    /// Columns in one place of the branches of a set operation.
    pub(crate) fn union<'f>(flows: impl IntoIterator<Item = &'f Self> + Clone) -> Self {
        let mut joined = Self::join(flows.clone());
        let all = |of: fn(&Self) -> &BTreeSet<Source>| -> BTreeSet<Source> {
            let surely = flows.clone().into_iter().all(|it| it.null || !of(it).is_empty());
            let found = flows.clone().into_iter().flat_map(of);
            if surely { found.cloned().collect() } else { BTreeSet::new() }
        };
        joined.one_of = all(|it| &it.one_of);
        joined.guard = all(|it| &it.guard);
        joined.null = flows.clone().into_iter().all(|it| it.null);
        joined
    }

    /// The same flow after a function or an operator.
    pub(crate) fn through(mut self, function: &str) -> Self {
        self.functions.insert(function.to_owned());
        self.bare = None;
        self.one_of.clear();
        self.guard.clear();
        self.null = false;
        self
    }

    /// The same flow after an aggregate.
    pub(crate) fn aggregate(self) -> Self {
        let Self { plain, mut aggregated, functions, values, ordered, .. } = self;
        aggregated.extend(plain);
        Self { aggregated, functions, values, ordered, ..Self::default() }
    }

    /// Whether any column flows in, by whatever way.
    pub(crate) fn has_columns(&self) -> bool {
        !self.plain.is_empty() || !self.aggregated.is_empty()
    }

    pub(crate) fn as_side(&self) -> PlanSide {
        PlanSide { values: self.values.clone(), ordered: self.ordered }
    }

    pub(crate) fn as_use(&self) -> PlanUse {
        PlanUse {
            plain: self.plain.clone(),
            aggregated: self.aggregated.clone(),
            functions: self.functions.clone(),
        }
    }

    pub(crate) fn as_output(&self) -> PlanOutput {
        PlanOutput {
            plain: self.plain.clone(),
            aggregated: self.aggregated.clone(),
            functions: self.functions.clone(),
        }
    }
}
