//! The ledger, verified from copies and the heads that members kept, by its own crate alone.

use glovebox_ledger::{Export, TreeName, verify};
use glovebox_store::Reader;

use crate::house::stuck::{Done, Stuck};
use crate::house::world::World;

impl World {
    async fn copy(&self, tree: TreeName) -> Done<Export> {
        let copy = self.store().ledger_export(tree, 0, u64::MAX, Reader::Operator).await?;
        let copy = copy.ok_or_else(|| Stuck::new("a tree is gone"))?;
        // As it travels.
        Export::parse(&copy.to_json()).ok_or_else(|| Stuck::new("a copy cannot be read"))
    }

    /// Every collaboration's tree that has grown holds, and goes on from the head that was kept of
    /// it.
    pub(in crate::house) async fn check_ledger(&mut self) -> Done<()> {
        for tree in self.store().ledger_trees().await? {
            let is_account = matches!(tree, TreeName::Account(_));
            let head = self.store().ledger_head(tree).await?;
            if !is_account && head.as_ref() != self.heads.get(&tree.to_string()) {
                self.check_tree(tree).await?;
            }
        }
        Ok(())
    }

    async fn check_tree(&mut self, tree: TreeName) -> Done<()> {
        if self.newest.is_some() {
            // The heads that members keep are of the newest files.
            return Ok(());
        }
        let copy = self.copy(tree).await?;
        let name = tree.to_string();
        match verify(&copy, self.heads.get(&name)) {
            Ok(report) => {
                self.heads.insert(name, report.head);
            }
            Err(broken) => self.find("ledger", broken.to_string()),
        }
        Ok(())
    }

    /// Every tree of the house holds, also as a member sees it.
    pub(super) async fn check_all_trees(&mut self) -> Done<()> {
        for tree in self.store().ledger_trees().await? {
            self.check_tree(tree).await?;
        }
        for place in 0..self.state.places.len() {
            let id = self.state.places[place].id;
            let caller = self.state.people[1].caller();
            let Ok(copy) = self.room.collaboration_ledger(&caller, id, 0).await else { continue };
            if let Err(broken) = verify(&copy, None) {
                self.find("ledger", format!("a member's copy: {broken}"));
            }
        }
        Ok(())
    }

    /// An older copy has come back: whoever kept a newer head sees it.
    pub(in crate::house) async fn notice_restore(&mut self) -> Done<()> {
        for tree in self.store().ledger_trees().await? {
            let copy = self.copy(tree).await?;
            let Some(kept) = self.heads.get(&tree.to_string()) else { continue };
            let is_older = copy.head.size < kept.size;
            if is_older && verify(&copy, Some(kept)).is_ok() {
                self.find("ledger", "a kept head does not tell that entries are gone".to_owned());
            }
        }
        Ok(())
    }

    /// Every query that a tree tells of has ended.
    pub(super) async fn check_brackets(&mut self) -> Done<()> {
        for place in 0..self.state.places.len() {
            let copy = self.copy(TreeName::Collaboration(self.state.places[place].id)).await?;
            let asked = self.state.asked.iter().filter(|it| it.place == place).count();
            if let Ok(report) = verify(&copy, None) {
                let (open, submitted) = (report.queries.open, report.queries.submitted);
                if open > 0 || submitted != asked as u64 {
                    let text =
                        format!("{open} of {submitted} queries are open, {asked} were asked");
                    self.find("bracket", text);
                }
            }
        }
        Ok(())
    }
}
