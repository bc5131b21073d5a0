//! Heads that come with a member's own queries: checked against the one kept before, and kept.

use anyhow::{Context, Result, bail};
use glovebox_ledger::{Export, Head, TreeName};
use serde_json::Value;

use crate::heads::Heads;
use crate::{Client, Surroundings, output};

/// Keeps the heads of the ledger that records the queries of one membership. A server that shows
/// another past is not believed, but the query and its result are there all the same: what is
/// wrong is said loudly, and nothing stops.
#[derive(Debug)]
pub(crate) struct Keeper {
    heads: Heads,
    tree: TreeName,
}

impl Keeper {
    /// The keeper for a membership; `None` if there is no place to keep heads in.
    pub(crate) fn of(
        client: &Client,
        membership: &str,
        surroundings: &Surroundings,
    ) -> Option<Self> {
        let heads = Heads::new(&surroundings.environment.config_folder()?);
        told(tree(client, membership).map(|tree| Self { heads, tree }))
    }

    /// The `from` of a request whose answer is to be compared with what is kept.
    pub(crate) fn from(&self) -> String {
        let kept: Option<Head> = told(self.heads.kept(self.tree)).flatten();
        kept.map(|it| format!("from={}", it.size)).unwrap_or_default()
    }

    /// Checks and keeps the head that came with an answer.
    pub(crate) fn keep(&self, answer: &Value) {
        told(self.check_and_keep(answer));
    }

    fn check_and_keep(&self, answer: &Value) -> Result<()> {
        let ledger = answer.get("ledger").context("the answer holds no head of the ledger")?;
        let export = Export::parse(&ledger.to_string());
        let export = export.context("the server's ledger cannot be read")?;
        if export.head.tree != self.tree {
            bail!("the server shows the head of {}, not of {}", export.head.tree, self.tree);
        }
        self.heads.check_and_keep(&export)
    }
}

fn tree(client: &Client, membership: &str) -> Result<TreeName> {
    let answer = client.call("GET", &format!("/memberships/{membership}"), "", None)?;
    let collaboration = answer
        .pointer("/membership/collaborationId")
        .and_then(Value::as_str)
        .context("the membership names no collaboration")?;
    Ok(format!("collaboration/{collaboration}").parse()?)
}

fn told<T>(result: Result<T>) -> Option<T> {
    if let Err(error) = &result {
        output::warn(&format!("the head of the ledger was not kept: {error:#}"));
    }
    result.ok()
}

#[cfg(test)]
mod tests {
    use glovebox_ledger::{Entry, Event, SigningKey, Tree};
    use glovebox_model::{Id, Timestamp};
    use serde_json::json;

    use super::*;

    /// The head of a tree of `size` entries that all say `digit`, with the proof since `from`.
    fn answer(place: u8, digit: char, from: u64, size: u64) -> Value {
        let name = TreeName::Collaboration(Id::from_random([place; 16]));
        let account = digit.to_string().repeat(12).parse().unwrap();
        let entry = Entry::new(Timestamp::from_millis(7), Event::AccountCreated { account });
        let mut tree = Tree::default();
        for _ in 0..size {
            tree.append(entry.leaf());
        }
        let key = SigningKey::from_seed(&[1; 32]);
        let head = Head::sign(name, tree.size(), tree.root(), Timestamp::from_millis(9), &key);
        let consistency = tree.consistency(from, size).unwrap_or_default();
        let export = Export { head, from, entries: vec![], consistency };
        json!({ "ledger": serde_json::to_value(export).unwrap() })
    }

    #[test]
    fn a_head_that_came_with_a_query_is_kept_only_if_it_continues_the_last() {
        let folder = tempfile::tempdir().unwrap();
        let tree = TreeName::Collaboration(Id::from_random([1; 16]));
        let keeper = Keeper { heads: Heads::new(folder.path()), tree };
        assert_eq!(keeper.from(), "");
        keeper.check_and_keep(&answer(1, '1', 3, 3)).unwrap();
        assert_eq!(keeper.from(), "from=3");
        keeper.check_and_keep(&answer(1, '1', 3, 7)).unwrap();
        assert_eq!(keeper.from(), "from=7");
        for (what, bad) in [
            ("another past", answer(1, '2', 7, 9)),
            ("entries are gone", answer(1, '1', 5, 5)),
            ("another tree", answer(2, '1', 7, 9)),
            ("no proof", answer(1, '1', 9, 9)),
            ("no head", json!({})),
        ] {
            assert!(keeper.check_and_keep(&bad).is_err(), "{what}");
            assert_eq!(keeper.from(), "from=7", "{what}");
        }
        keeper.check_and_keep(&answer(1, '1', 7, 9)).unwrap();
        assert_eq!(keeper.from(), "from=9");
    }
}
