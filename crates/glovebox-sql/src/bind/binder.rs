//! One binding under way: what was found so far, and the small decisions all clauses share.

use datafusion::sql::sqlparser::ast::{Expr, Ident, ObjectName, ObjectNamePart};
use glovebox_model::Span;

use super::parameter::Parameters;
use super::scope::{Relation, Scope};
use super::text::Text;
use super::window::NamedWindow;
use crate::error::{Fault, Unbound};
use crate::facts::{BlockId, Blocks, Expression, Form, FormKind};
use crate::limits::{MAX_DEPTH, MAX_FINDINGS, MAX_WORDS};
use crate::schema::Schema;

/// Prefixes that AWS reserves for its own objects (SQL reference, "Names").
const RESERVED_PREFIXES: [&str; 12] = [
    "__gb",
    "padb_",
    "pg_",
    "stcs_",
    "stl_",
    "stll_",
    "stv_",
    "svcs_",
    "svl_",
    "svv_",
    "sys_",
    "systable_",
];

/// Column names that AWS reserves.
const RESERVED_NAMES: [&str; 7] = ["oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// The state of one binding.
#[derive(Debug)]
pub(super) struct Binder<'a> {
    pub(super) text: Text,
    pub(super) schema: &'a Schema,
    /// What `:name` stands for.
    pub(super) parameters: Parameters<'a>,
    pub(super) faults: Vec<Unbound>,
    pub(super) forms: Vec<Form>,
    /// How many names of the first `WITH` are those of `CACHE TABLE`.
    pub(super) n_cached: usize,
    /// Named queries in sight.
    pub(super) ctes: Vec<NamedQuery>,
    /// Every query block so far.
    pub(super) blocks: Blocks,
    /// The windows of `WINDOW` in sight.
    pub(super) windows: Vec<NamedWindow>,
    /// Base table references seen so far.
    pub(super) n_tables: usize,
    /// Base tables in the plan so far: a named query is planned anew wherever it is named.
    pub(super) n_planned: usize,
    /// Conditions of `CASE` around what is being bound.
    pub(super) n_conditions: usize,
    /// Words that aliases have stood for so far.
    pub(super) substituted: usize,
}

/// A query of `WITH`, or one whose place is known.
#[derive(Debug, Clone)]
pub(super) struct NamedQuery {
    /// Folded; empty when it has none.
    pub(super) name: String,
    /// Its columns, folded.
    pub(super) columns: Vec<String>,
    /// What it is.
    pub(super) block: BlockId,
    /// Base tables that stand in the plan for it each time.
    pub(super) n_planned: usize,
}

/// A named item of a select list that other clauses may refer to.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// Folded.
    pub(super) name: String,
    /// The item, names resolved.
    pub(super) node: Expr,
    /// The same for rules.
    pub(super) expression: Expression,
    /// How many words it comes to, those of aliases inside it written out.
    pub(super) words: usize,
}

/// Where an expression stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'s> {
    /// What names mean.
    pub(super) scope: &'s Scope<'s>,
    /// The select list, where aliases can be named and are meant first.
    pub(super) aliases: &'s [Named],
    /// The items before this one in the select list: meant when there is no such column.
    pub(super) lateral: &'s [Named],
    /// Whether aggregate calls may stand here.
    pub(super) aggregates: bool,
    /// Whether windowed calls may stand here.
    pub(super) windows: bool,
    /// How deep.
    pub(super) depth: usize,
    /// Whether this is the outermost block.
    pub(super) outermost: bool,
}

impl<'s> Place<'s> {
    /// One level deeper.
    pub(super) fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    /// The relations of this block.
    pub(super) fn relations(self) -> &'s [Relation] {
        self.scope.relations
    }
}

impl<'a> Binder<'a> {
    pub(super) fn new(text: Text, schema: &'a Schema, parameters: Parameters<'a>) -> Self {
        Self {
            text,
            schema,
            parameters,
            faults: Vec::new(),
            forms: Vec::new(),
            n_cached: 0,
            ctes: Vec::new(),
            blocks: Blocks::default(),
            windows: Vec::new(),
            n_tables: 0,
            n_planned: 0,
            n_conditions: 0,
            substituted: 0,
        }
    }
}

impl Binder<'_> {
    /// Notes what is wrong.
    pub(super) fn fault(&mut self, fault: Fault, span: Span) {
        if self.faults.len() < MAX_FINDINGS {
            self.faults.push(fault.at(span));
        }
    }

    /// Refuses a construct outside the grammar.
    pub(super) fn unsupported(&mut self, construct: &'static str, span: Span) {
        self.fault(Fault::Unsupported { construct }, span);
    }

    /// Refuses a construct when it is there.
    pub(super) fn refuse(&mut self, there: bool, construct: &'static str, span: Span) {
        if there {
            self.unsupported(construct, span);
        }
    }

    /// Notes a form.
    pub(super) fn form(&mut self, kind: FormKind, span: Span) {
        self.forms.push(Form { kind, span });
    }

    /// Whether the depth is exceeded; notes it once.
    pub(super) fn too_deep(&mut self, depth: usize, span: Span) -> bool {
        let beyond = depth > MAX_DEPTH;
        if beyond && !self.faults.iter().any(|it| it.fault == Fault::TooDeep) {
            self.fault(Fault::TooDeep, span);
        }
        beyond
    }

    /// Takes an alias for good: checks it and folds it.
    pub(super) fn new_name(&mut self, ident: &Ident) -> String {
        let span = self.text.ident(ident);
        let printable = ident.value.chars().all(|c| c == ' ' || c.is_ascii_graphic());
        if ident.value.is_empty() || ident.value.len() > 127 || !printable {
            self.fault(Fault::BadName, span);
        }
        let folded = ident.value.to_ascii_lowercase();
        if is_reserved(&folded) {
            self.fault(Fault::ReservedName { name: ident.value.clone() }, span);
        }
        folded
    }

    /// Lets a name stand for so many words, within the limit on words.
    pub(super) fn substitute(&mut self, words: usize) -> bool {
        self.substituted = self.substituted.saturating_add(words.max(1));
        let beyond = self.substituted > MAX_WORDS;
        if beyond && !self.faults.iter().any(|it| it.fault == Fault::TooManyWords) {
            self.faults.push(Fault::TooManyWords.whole());
        }
        !beyond
    }

    /// Where an object name stands.
    pub(super) fn object(&self, name: &ObjectName) -> Span {
        let idents: Vec<Ident> = name.0.iter().filter_map(|it| it.as_ident().cloned()).collect();
        self.text.idents(&idents)
    }
}

/// Whether no query may introduce this folded name.
pub(super) fn is_reserved(folded: &str) -> bool {
    RESERVED_NAMES.contains(&folded)
        || RESERVED_PREFIXES.iter().any(|prefix| folded.starts_with(prefix))
}

/// A name of one part.
pub(super) fn single(name: &ObjectName) -> Option<&Ident> {
    match name.0.as_slice() {
        [ObjectNamePart::Identifier(ident)] => Some(ident),
        _ => None,
    }
}

/// A folded identifier that the planner takes as it stands.
pub(super) fn exact(name: &str) -> Ident {
    Ident::with_quote('"', name)
}
