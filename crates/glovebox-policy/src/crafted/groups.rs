//! `maxGroupsPerIdentity`: in how many groups of the runner's making a row of the owner may be.
//!
//! What is checked is the runner's own table, by itself. For that to say something about the
//! owner's rows, the query must have a shape in which every row of the owner's table meets only
//! those rows of the runner's whose key it has, and in which nothing but columns of those rows
//! makes groups. See `docs/decisions/0011-groups-per-key.md`.

use std::collections::BTreeSet;

use glovebox_model::{ColumnName, ColumnType, Rule, Span, TableName};
use glovebox_sql::rewrite::Crowding;
use glovebox_sql::{
    Block, Body, Bound, Expression, ExpressionKind, FormKind, PlanJoin, PlanUse, RelationOrigin,
    Source, functions,
};

use crate::{Refusal, RefusalKind, Rules};

// Refusal: GB0333 crafted-shape
//
// The owner limits in how many groups of yours one key of your table may stand. That is checked
// on your table by itself, so the query must show which of your columns are keys and which make
// groups: one table of yours, joined by `column = column` of one type, without VALUES, set
// operations, grouping sets or windows over single rows.
//
// ```
// SELECT a.segment, COUNT(*) FROM taps c JOIN adv a ON c.user_id = UPPER(a.user_id) GROUP BY a.segment
// ```
// ->
// ```
// SELECT a.segment, COUNT(*) FROM taps c JOIN adv a ON c.user_id = a.user_id GROUP BY a.segment
// ```

/// What must hold of the runner's table before anything of the query is read: nothing, when no
/// owner limits groups or the runner makes none. Or why the query has a shape in which the limit
/// cannot be checked.
pub(crate) fn crowdings(bound: &Bound, rules: &Rules) -> Result<Vec<Crowding>, Vec<Refusal>> {
    let Some(limited) = Limited::of(bound, rules) else { return Ok(Vec::new()) };
    let mut acc = Vec::new();
    limited.constructs(&mut acc);
    limited.windows(&mut acc);
    limited.group_keys(&mut acc);
    let mut crowdings = Vec::new();
    for asking in &limited.asking {
        match limited.crowdings_for(*asking) {
            Ok(found) => crowdings.extend(found),
            Err(refusal) => acc.push(*refusal),
        }
    }
    if acc.is_empty() { Ok(crowdings) } else { Err(acc) }
}

/// A query over a table whose owner limits groups.
struct Limited<'a> {
    bound: &'a Bound,
    rules: &'a Rules,
    /// The least limit.
    limit: u32,
    /// The scans of other members' tables that have a limit.
    asking: Vec<usize>,
    /// The scans of the runner's own tables.
    own: Vec<usize>,
    /// Everything that puts rows together.
    gathered: Vec<&'a PlanUse>,
}

impl<'a> Limited<'a> {
    fn of(bound: &'a Bound, rules: &'a Rules) -> Option<Self> {
        let lineage = &bound.facts().lineage;
        let (mut limits, mut asking, mut own) = (Vec::new(), Vec::new(), Vec::new());
        for (index, scan) in lineage.scans.iter().enumerate() {
            let ruled = rules.tables.get(&scan.table);
            if rules.is_runners(&scan.table) {
                own.push(index);
            } else if let Some(most) = ruled.and_then(|it| it.extension.max_groups_per_identity) {
                limits.push(most);
                asking.push(index);
            }
        }
        let limit = limits.into_iter().min()?;
        let gathered = lineage.groups.iter().chain(&lineage.distincts).collect();
        Some(Self { bound, rules, limit, asking, own, gathered })
    }

    fn table(&self, scan: usize) -> Option<&'a TableName> {
        self.bound.facts().lineage.scans.get(scan).map(|it| &it.table)
    }

    /// The table whose owner says the limit, for words.
    fn owner(&self) -> Option<&'a TableName> {
        self.asking.first().and_then(|it| self.table(*it))
    }

    /// Where a scan stands in the text.
    fn span(&self, scan: usize) -> Span {
        let scans = &self.bound.facts().lineage.scans;
        let blocks = &self.bound.facts().blocks;
        let found = scans.get(scan).and_then(|scan| {
            let is_it = |it: &&glovebox_sql::Relation| {
                matches!(&it.origin, RelationOrigin::Table(name) if *name == scan.table)
            };
            let named = blocks.relations.iter().filter(is_it).find(|it| it.alias == scan.alias);
            named.or_else(|| blocks.relations.iter().find(is_it))
        });
        found.map_or(Span { start: 0, end: 0 }, |it| it.span)
    }

    fn refusal(&self, span: Span, text: String) -> Refusal {
        let refusal = Refusal::new(RefusalKind::CraftedShape, span, text)
            .ask("take `maxGroupsPerIdentity` out of the extension of the table");
        match self.owner() {
            Some(table) => refusal.of(table),
            None => refusal,
        }
    }

    /// Constructs that make groups, or put a key into several, without a column of a table.
    fn constructs(&self, acc: &mut Vec<Refusal>) {
        for form in &self.bound.facts().statement.forms {
            let (what, help) = match form.kind {
                FormKind::Values => ("VALUES", "bring these rows as a table of your own"),
                FormKind::SetOperation => {
                    ("a set operation", "query each part by itself, or bring one table of your own")
                }
                FormKind::GroupingSets => {
                    ("more than one grouping of the same rows", "ask one grouping per query")
                }
                _ => continue,
            };
            acc.push(self.uncheckable(form.span, what).help(help));
        }
    }

    /// Windows put rows together as groups do; over the groups of the result they are harmless.
    fn windows(&self, acc: &mut Vec<Refusal>) {
        let facts = self.bound.facts();
        let written = facts.statement.forms.iter().filter(|it| it.kind == FormKind::Window);
        let mut spans: Vec<Span> = written.map(|it| it.span).collect();
        let root = facts.blocks.root().and_then(|it| facts.blocks.block(it));
        if let Some(block) = root.filter(|it| self.has_groups_for_rows(it)) {
            let mut harmless = Vec::new();
            block.order.iter().for_each(|it| each_window(it, &mut harmless));
            if let Body::Select(select) = &block.body {
                let outputs = select.outputs.iter().map(|it| &it.expression);
                outputs.chain(&select.qualify).for_each(|it| each_window(it, &mut harmless));
            }
            spans.retain(|it| !harmless.contains(it));
        }
        for span in spans {
            let help = "use the window on the grouped rows of the outermost SELECT";
            acc.push(self.uncheckable(span, "a window over rows that are not grouped").help(help));
        }
    }

    /// Whether the expressions of a block stand over groups: its own, or those of the only
    /// relation that it reads.
    fn has_groups_for_rows(&self, block: &Block) -> bool {
        let blocks = &self.bound.facts().blocks;
        let Body::Select(select) = &block.body else { return false };
        if select.grouped {
            return true;
        }
        let [only] = select.relations.as_slice() else { return false };
        let inner = match blocks.relation(*only).map(|it| &it.origin) {
            Some(RelationOrigin::Block(inner)) => blocks.block(*inner),
            Some(RelationOrigin::Table(_)) | None => None,
        };
        inner.is_some_and(|it| matches!(&it.body, Body::Select(inner) if inner.grouped))
    }

    /// Keys of groups that are no function of the rows that meet.
    fn group_keys(&self, acc: &mut Vec<Refusal>) {
        let from_elsewhere =
            |it: &str| matches!(it, "outer" | "exists" | "in subquery" | "scalar subquery");
        let is_bad = |it: &&String| functions::is_volatile(it) || from_elsewhere(it);
        let bad = self.gathered.iter().flat_map(|it| &it.functions).find(is_bad);
        if let (Some(name), Some(asking)) = (bad, self.asking.first()) {
            let what = if from_elsewhere(name) {
                "a group key that is computed by a subquery".to_owned()
            } else {
                format!("a group key that is computed by {}", name.to_uppercase())
            };
            let help = "group by columns";
            acc.push(self.uncheckable(self.span(*asking), &what).help(help));
        }
    }

    /// What must hold so that each row of one table of the owner's is in so many groups at most.
    fn crowdings_for(&self, asking: usize) -> Result<Vec<Crowding>, Box<Refusal>> {
        let sources: BTreeSet<&Source> =
            self.gathered.iter().flat_map(|it| it.plain.iter().chain(&it.aggregated)).collect();
        let is_made_outside = sources.iter().any(|it| it.scan != asking);
        let own = match self.own.as_slice() {
            [] => return Ok(Vec::new()),
            [only] => *only,
            [_, second, ..] if is_made_outside => return Err(Box::new(self.one_table(*second))),
            [..] => return Ok(Vec::new()),
        };
        let matches = self.matches(own, asking);
        let equated = matches.iter().filter(|(_, it)| sources.contains(it));
        let equated: Vec<&ColumnName> = equated.map(|(mine, _)| &mine.column).collect();
        if !is_made_outside && equated.is_empty() {
            return Ok(Vec::new());
        }
        let keys = self.keys(own, asking, &matches)?;
        let groups = if sources.iter().all(|it| it.scan == own || it.scan == asking) {
            let mine = sources.iter().filter(|it| it.scan == own).map(|it| &it.column);
            Some(mine.chain(equated).cloned().collect())
        } else {
            None
        };
        let crowding =
            |keys| Crowding { scan: own, keys, groups: groups.clone(), limit: self.limit };
        Ok(keys.into_iter().map(crowding).collect())
    }

    /// The join in which two scans meet.
    fn meeting(&self, one: usize, other: usize) -> Option<&'a PlanJoin> {
        self.bound.facts().lineage.joins.iter().find(|it| {
            let across = |a: &usize, b: &usize| it.left.contains(a) && it.right.contains(b);
            across(&one, &other) || across(&other, &one)
        })
    }

    /// The columns of the runner's scan that are matched, each with what it is matched with.
    fn matches(&self, own: usize, asking: usize) -> Vec<(&'a Source, &'a Source)> {
        let equalities = self.meeting(own, asking).map(|it| it.equalities.as_slice());
        let pairs = equalities.unwrap_or_default().iter().filter_map(|(one, other)| {
            if one.scan == own && other.scan == asking {
                Some((one, other))
            } else if one.scan == asking && other.scan == own {
                Some((other, one))
            } else {
                None
            }
        });
        pairs.collect()
    }

    /// The keys by which rows of the runner's meet those of the owner's: the columns of one key
    /// must all agree; several keys are alternatives.
    fn keys(
        &self,
        own: usize,
        asking: usize,
        matches: &[(&Source, &Source)],
    ) -> Result<Vec<BTreeSet<ColumnName>>, Box<Refusal>> {
        let Some(join) = self.meeting(own, asking).filter(|_| !matches.is_empty()) else {
            return Err(Box::new(self.unmatched(own, asking)));
        };
        for (mine, theirs) in matches {
            let types = (self.bound.column_type(mine), self.bound.column_type(theirs));
            if !matches!(types, (Some(mine), Some(theirs)) if one_to_one(mine, theirs)) {
                return Err(Box::new(self.other_type(mine, theirs)));
            }
        }
        let column = |(mine, _): &(&Source, &Source)| mine.column.clone();
        if !join.has_or {
            let identities = self.identities(asking);
            let known = matches.iter().filter(|(_, it)| identities.contains(&&it.column));
            let of_identity: BTreeSet<ColumnName> = known.map(column).collect();
            let all = matches.iter().map(column).collect();
            return Ok(vec![if of_identity.is_empty() { all } else { of_identity }]);
        }
        let theirs: BTreeSet<&Source> = matches.iter().map(|(_, it)| *it).collect();
        let is_only_these = matches.len() == join.equalities.len();
        if join.pure && is_only_these && theirs.len() == matches.len() {
            Ok(matches.iter().map(|it| BTreeSet::from([column(it)])).collect())
        } else {
            Err(Box::new(self.alternatives(own)))
        }
    }

    /// The columns that tell people of a table apart, as its owner says.
    fn identities(&self, scan: usize) -> BTreeSet<&'a ColumnName> {
        let ruled = self.table(scan).and_then(|it| self.rules.tables.get(it));
        match ruled.and_then(|it| it.rule.as_ref()) {
            Some(Rule::Aggregation(rule)) => {
                rule.output_constraints().iter().map(|it| &it.column).collect()
            }
            Some(Rule::Custom(rule)) => rule.threshold().iter().map(|it| &it.identity).collect(),
            Some(Rule::List(_)) | None => BTreeSet::new(),
        }
    }

    fn uncheckable(&self, span: Span, what: &str) -> Refusal {
        let table = self.owner().map_or_else(String::new, ToString::to_string);
        self.refusal(
            span,
            format!(
                "{what} cannot be used with table `{table}`, whose owner limits in how many \
                 groups one key of your table may stand"
            ),
        )
    }

    fn named(&self, scan: usize) -> String {
        self.table(scan).map_or_else(String::new, ToString::to_string)
    }

    fn one_table(&self, second: usize) -> Refusal {
        self.uncheckable(self.span(second), "a second table of yours")
            .help("bring one table in which they are joined already, or group by columns of others")
    }

    fn unmatched(&self, own: usize, asking: usize) -> Refusal {
        let (mine, theirs) = (self.named(own), self.named(asking));
        let text = format!(
            "your table `{mine}` makes groups and is not joined with table `{theirs}` by \
             `column = column`, so that its keys could be counted"
        );
        self.refusal(self.span(own), text)
            .help(format!("JOIN `{theirs}` ON columns as they are, without functions or casts"))
    }

    fn other_type(&self, mine: &Source, theirs: &Source) -> Refusal {
        let type_of = |it: &Source| {
            self.bound
                .column_type(it)
                .map_or_else(|| "another type".to_owned(), |it| it.to_string())
        };
        let text = format!(
            "your column `{}` ({}) is matched with `{}` ({}) of table `{}`: as text, 1 and 01 \
             would be two keys for one person",
            mine.column,
            type_of(mine),
            theirs.column,
            type_of(theirs),
            self.named(theirs.scan),
        );
        self.refusal(self.span(mine.scan), text)
            .help("bring the column in the type that the other one has")
    }

    fn alternatives(&self, own: usize) -> Refusal {
        let text = format!(
            "your table `{}` is matched in alternative ways that do not each have a column of \
             their own on the other side",
            self.named(own)
        );
        self.refusal(self.span(own), text)
            .help("in the condition of the join, put `a = b OR c = d` with four different columns")
    }
}

/// Whether equal values of these types are equal keys: no two values of one are one of the other.
fn one_to_one(mine: ColumnType, theirs: ColumnType) -> bool {
    let is_whole = |it| {
        matches!(
            it,
            ColumnType::Bigint | ColumnType::Int | ColumnType::Smallint | ColumnType::Tinyint
        )
    };
    mine == theirs || (is_whole(mine) && is_whole(theirs))
}

/// The places of windows in an expression of one block.
fn each_window(expression: &Expression, spans: &mut Vec<Span>) {
    if matches!(expression.kind, ExpressionKind::Window { .. }) {
        spans.push(expression.span);
    }
    expression.parts().into_iter().for_each(|it| each_window(it, spans));
}
