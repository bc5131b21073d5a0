//! Whose query is walked next: no membership waits behind the many of another.

use std::collections::BTreeMap;

use glovebox_store::Idle;

/// Memberships whose last turn is remembered; one that is forgotten was served long ago, and
/// comes first.
const REMEMBERED: usize = 10_000;

/// Who was served when.
#[derive(Debug, Default)]
pub(super) struct Fair {
    turns: BTreeMap<String, u64>,
    turn: u64,
}

impl Fair {
    /// The place of the next query in `idle`, the oldest of every membership first. It is of the
    /// membership that runs fewest, and of several that run as many, of the one whose last turn is
    /// longest ago: also where there are fewer slots than memberships, each has its turn.
    ///
    /// `runs` says how many a membership runs, of which it may have `most`; a result that is due
    /// is only delivered and takes no place. `may` leaves out those that cannot begin now.
    pub(super) fn next(
        &self,
        idle: &[Idle],
        (runs, most): (impl Fn(&str) -> usize, usize),
        may: impl Fn(&Idle) -> bool,
    ) -> Option<usize> {
        let claims = idle.iter().enumerate().filter(|(_, it)| may(it)).map(|(place, it)| {
            let runs = if it.is_due { 0 } else { runs(&it.membership) + it.held };
            (runs, self.turns.get(&it.membership).copied().unwrap_or(0), place)
        });
        claims.filter(|(runs, _, _)| *runs < most).min().map(|it| it.2)
    }

    /// A query of this membership begins.
    pub(super) fn served(&mut self, membership: &str) {
        self.turn = self.turn.saturating_add(1);
        self.turns.insert(membership.to_owned(), self.turn);
        if self.turns.len() > REMEMBERED {
            let oldest = self.turns.iter().min_by_key(|it| it.1).map(|it| it.0.clone());
            oldest.map(|it| self.turns.remove(&it));
        }
    }
}

/// Processes that only deliver, beside the slots; half as many of one membership.
const DELIVERERS: usize = 4;

/// Whether a process may begin for a query beside those that run: memberships, and whether they
/// only deliver. One that only delivers takes nobody's slot: a receiver's store that hangs holds
/// up nothing but other deliveries.
pub(super) fn has_place<'a>(
    slots: usize,
    running: impl Iterator<Item = (&'a str, bool)> + Clone,
    idle: &Idle,
) -> bool {
    let alike = running.filter(|(_, is_due)| *is_due == idle.is_due);
    if !idle.is_due {
        return alike.count() < slots;
    }
    let own = alike.clone().filter(|(membership, _)| *membership == idle.membership);
    own.count() < DELIVERERS / 2 && alike.count() < DELIVERERS
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use glovebox_model::Id;

    use super::*;

    /// A house with so many slots, and what waits in it: seq and membership, as the store lists it.
    struct House {
        slots: usize,
        fair: Fair,
        waiting: VecDeque<(u8, &'static str)>,
        running: Vec<&'static str>,
    }

    const MOST: usize = 5;

    fn idle(seq: u8, membership: &str) -> Idle {
        let (query, membership) = (Id::from_random([seq; 16]), membership.to_owned());
        Idle { query, membership, held: 0, is_due: false }
    }

    impl House {
        fn new(slots: usize) -> Self {
            let (waiting, running) = (VecDeque::new(), Vec::new());
            Self { slots, fair: Fair::default(), waiting, running }
        }

        /// The oldest of every membership, then their second, and so on.
        fn idle(&self) -> Vec<Idle> {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            let mut placed: Vec<(usize, u8, &str)> = Vec::new();
            for (seq, membership) in &self.waiting {
                let count = counts.entry(membership).or_default();
                placed.push((*count, *seq, membership));
                *count += 1;
            }
            placed.sort_unstable();
            placed.iter().map(|(_, seq, membership)| idle(*seq, membership)).collect()
        }

        /// Fills the free slots; whose queries began, in order.
        fn begin(&mut self) -> Vec<String> {
            let mut begun = Vec::new();
            while self.running.len() < self.slots {
                let idle = self.idle();
                let runs =
                    |membership: &str| self.running.iter().filter(|it| **it == membership).count();
                let Some(next) = self.fair.next(&idle, (runs, MOST), |_| true) else { break };
                let next = &idle[next];
                let seq =
                    self.waiting.iter().position(|it| Id::from_random([it.0; 16]) == next.query);
                let (_, membership) = self.waiting.remove(seq.unwrap()).unwrap();
                self.fair.served(membership);
                self.running.push(membership);
                begun.push(membership.to_owned());
            }
            begun
        }

        /// The one that has run longest ends, and others begin.
        fn end(&mut self) -> Vec<String> {
            self.running.remove(0);
            self.begin()
        }
    }

    #[test]
    fn the_hundred_of_one_membership_do_not_hold_up_the_first_of_another() {
        for slots in [1, 2, 4] {
            let mut house = House::new(slots);
            (0..100).for_each(|seq| house.waiting.push_back((seq, "many")));
            assert_eq!(house.begin(), vec!["many"; slots]);
            house.waiting.push_back((200, "one"));
            assert_eq!(house.end(), ["one"], "with {slots} slots");
        }
    }

    #[test]
    fn memberships_take_turns_where_there_are_fewer_slots_than_they() {
        let mut house = House::new(1);
        for (start, membership) in [(0, "a"), (80, "b"), (160, "c")] {
            (start..start + 20).for_each(|seq| house.waiting.push_back((seq, membership)));
        }
        let mut begun = house.begin();
        for _ in 1..12 {
            begun.extend(house.end());
        }
        assert_eq!(begun, ["a", "b", "c"].repeat(4));
        // Who comes later is not ahead of those who wait for longer than a turn.
        house.waiting.push_back((250, "d"));
        let next: Vec<String> = (0..4).flat_map(|_| house.end()).collect();
        assert_eq!(next, ["d", "a", "b", "c"]);
    }

    #[test]
    fn who_always_asks_one_more_takes_its_turn_like_the_others() {
        let mut house = House::new(1);
        for (start, membership) in [(0, "b"), (100, "c")] {
            (start..start + 50).for_each(|seq| house.waiting.push_back((seq, membership)));
        }
        house.waiting.push_back((200, "eager"));
        house.begin();
        let mut begun = Vec::new();
        for seq in 201..231 {
            begun.extend(house.end());
            if begun.last().is_some_and(|it| it == "eager") {
                house.waiting.push_back((seq, "eager"));
            }
        }
        for membership in ["b", "c", "eager"] {
            assert_eq!(begun.iter().filter(|it| *it == membership).count(), 10, "{membership}");
        }
    }

    #[test]
    fn a_membership_runs_as_many_as_it_may_and_what_is_held_counts() {
        let mut house = House::new(20);
        (0..30).for_each(|seq| house.waiting.push_back((seq, "many")));
        assert_eq!(house.begin().len(), MOST);
        let fair = Fair::default();
        let held = Idle { held: MOST, ..idle(1, "private") };
        let none = |_: &str| 0;
        assert_eq!(fair.next(std::slice::from_ref(&held), (none, MOST), |_| true), None);
        // A result that is due needs no place, and comes before what would need one.
        let due = Idle { is_due: true, ..held.clone() };
        let runs = |it: &str| usize::from(it == "busy");
        assert_eq!(fair.next(&[idle(0, "busy"), held, due], (runs, MOST), |_| true), Some(2));
    }

    #[test]
    fn what_cannot_begin_now_is_passed_over_and_few_are_remembered() {
        let mut fair = Fair::default();
        let two = [idle(1, "a"), idle(2, "b")];
        let none = |_: &str| 0;
        assert_eq!(fair.next(&two, (none, MOST), |it| it.membership != "a"), Some(1));
        assert_eq!(fair.next(&two, (none, MOST), |_| false), None);
        for number in 0..REMEMBERED + 10 {
            fair.served(&number.to_string());
        }
        assert_eq!(fair.turns.len(), REMEMBERED);
        assert!(!fair.turns.contains_key("0") && fair.turns.contains_key("10"));
    }

    #[test]
    fn what_only_delivers_takes_nobodys_slot() {
        let due = |membership| Idle { is_due: true, ..idle(1, membership) };
        let has = |running: &[(&'static str, bool)], next: &Idle| {
            has_place(2, running.iter().copied(), next)
        };
        let deliver = [("a", true), ("a", true)];
        assert!(has(&deliver, &idle(2, "b")), "a slot is free");
        assert!(!has(&deliver, &due("a")), "two of its own deliver");
        assert!(has(&deliver, &due("b")));
        let many = [("a", true), ("a", true), ("b", true), ("b", true)];
        assert!(!has(&many, &due("c")), "others wait as well");
        let full = [("a", false), ("b", false), ("a", true)];
        assert!(!has(&full, &idle(3, "c")));
        assert!(has(&full, &due("b")));
    }
}
