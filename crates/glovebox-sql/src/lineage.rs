//! Where the values of one column come from, as extraction carries it from node to node.

use std::collections::BTreeSet;

use crate::facts::{PlanOutput, PlanUse, Source};

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
    /// The column counted, when this is the hidden count of a guard.
    pub(crate) guard: Option<Source>,
}

impl Flow {
    /// The flow of a scan's own column.
    pub(crate) fn of(source: Source) -> Self {
        Self { plain: BTreeSet::from([source.clone()]), bare: Some(source), ..Self::default() }
    }

    /// Several flows met in one value.
    pub(crate) fn join<'f>(flows: impl IntoIterator<Item = &'f Self>) -> Self {
        let mut joined = Self::default();
        for flow in flows {
            joined.plain.extend(flow.plain.iter().cloned());
            joined.aggregated.extend(flow.aggregated.iter().cloned());
            joined.functions.extend(flow.functions.iter().cloned());
        }
        joined
    }

    /// The same flow after a function or an operator.
    pub(crate) fn through(mut self, function: &str) -> Self {
        self.functions.insert(function.to_owned());
        self.bare = None;
        self.guard = None;
        self
    }

    /// The same flow after an aggregate.
    pub(crate) fn aggregate(self) -> Self {
        let Self { plain, mut aggregated, functions, bare: _, guard: _ } = self;
        aggregated.extend(plain);
        Self { plain: BTreeSet::new(), aggregated, functions, bare: None, guard: None }
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
