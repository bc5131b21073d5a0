//! What halts a house over its clock, by a reckoning of our own.

use crate::house::stuck::Done;
use crate::house::world::World;

/// So many milliseconds a clock may be off before nothing is opened by it.
const TOLERANCE: i64 = 15 * 60 * 1000;

impl World {
    /// Whether the clock was set by too much since it was last compared with the steady one. After
    /// a start of the machine nobody can tell.
    fn is_set(&self) -> bool {
        let (now, since) = (self.clock.compared(), self.state.compared);
        now.starts == since.starts && (now.ahead - since.ahead).abs() > TOLERANCE
    }

    /// Whether the clock lies too far behind the newest moment that was recorded.
    fn is_behind(&self) -> bool {
        let newest = self.state.newest;
        newest - self.clock.millis() > TOLERANCE && newest > self.state.accepted
    }

    /// A query is opened or charged, at this moment by the clock, after all that was recorded: by
    /// no clock that jumped, unless an operator has said since that it is right. Within a step only
    /// time passes.
    pub(super) fn check_clock(&mut self, query: usize, (at, moment): (i64, i64)) {
        let what = if self.state.halted {
            "after a jump of the clock that was seen"
        } else if self.is_set() {
            "by a clock that was set"
        } else if moment - at > TOLERANCE && moment > self.state.accepted {
            "by a clock that went back"
        } else {
            return;
        };
        self.find("clock", format!("query {query} is opened or charged {what}"));
    }

    /// The house looks at its clock: from then on a jump halts it, also one that is undone.
    pub(in crate::house) async fn watch_clock(&mut self) -> Done<()> {
        let jumped = self.state.halted || self.is_set() || self.is_behind();
        let seen = self.store().watch_clock().await?.is_some();
        if jumped && !seen {
            self.find("clock", "the house does not see that its clock jumped".into());
        }
        self.state.halted = jumped;
        if self.state.compared.starts != self.clock.compared().starts {
            self.state.compared = self.clock.compared();
        }
        Ok(())
    }

    /// An operator says that the clock is right, if there is a jump to forget.
    pub(in crate::house) async fn accept_clock(&mut self) -> Done<()> {
        let jumped = self.state.halted || self.is_set() || self.is_behind();
        let accepted = self.store().accept_clock().await?.is_some();
        if jumped && !accepted {
            self.find("clock", "the house knows of no jump of its clock".into());
        }
        if accepted {
            self.state.halted = false;
            self.state.compared = self.clock.compared();
            self.note("the operator says that the clock is right".into());
            self.seen.count("the clock is accepted");
        }
        Ok(())
    }
}
