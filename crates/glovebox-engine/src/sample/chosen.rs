//! The groups that count for each user, and where their contributions are added up.
//!
//! Of millions of users each row looks at another: memory is what costs. A user's first groups
//! therefore stand in one place, found by one look; the others are found by their numbers.

use std::collections::BTreeMap;

/// Groups that stand together.
const TOGETHER: usize = 4;
/// No group, no place, nothing behind.
const NONE: u32 = u32::MAX;

/// A group of a user.
#[derive(Clone, Copy)]
pub(super) struct Chosen {
    pub(super) group: u32,
    /// Where its contributions are.
    pub(super) place: u32,
}

#[derive(Clone, Copy)]
struct Part {
    groups: [Chosen; TOGETHER],
    /// The ones behind, or [`NONE`].
    next: u32,
}

impl Part {
    const EMPTY: Self =
        Self { groups: [Chosen { group: NONE, place: NONE }; TOGETHER], next: NONE };
}

#[derive(Clone, Copy)]
struct User {
    first: Part,
    n_groups: u32,
    /// No group of the user has a greater hash; [`u64::MAX`] when that is not known.
    greatest: u64,
}

/// The groups of users.
#[derive(Default)]
pub(super) struct ChosenGroups {
    users: Vec<User>,
    behind: Vec<Part>,
    /// The places of those behind, by user and group.
    places: BTreeMap<(u32, u32), u32>,
}

impl ChosenGroups {
    /// Makes room for a user; the first look at it.
    pub(super) fn see(&mut self, user: u32) -> u32 {
        let user = user as usize;
        if user >= self.users.len() {
            let nobody = User { first: Part::EMPTY, n_groups: 0, greatest: u64::MAX };
            self.users.resize(user + 1, nobody);
        }
        self.users.get(user).map_or(0, |it| it.n_groups)
    }

    /// The groups of a user.
    pub(super) fn of(&self, user: u32) -> impl Iterator<Item = Chosen> {
        let first = self.users.get(user as usize).map(|it| &it.first);
        let all = std::iter::successors(first, |it| self.behind.get(it.next as usize));
        all.flat_map(|it| it.groups).filter(|it| it.group != NONE)
    }

    /// Where contributions to a group are added up, if it counts.
    pub(super) fn place(&self, user: u32, group: u32) -> Option<u32> {
        let it = self.users.get(user as usize)?;
        let near = it.first.groups.iter().find(|it| it.group == group);
        let far = || self.places.get(&(user, group)).copied();
        near.map(|it| it.place)
            .or_else(|| if it.n_groups as usize > TOGETHER { far() } else { None })
    }

    /// Whether a group with this hash is known to come behind all of the user's.
    pub(super) fn is_behind(&self, user: u32, hash: u64) -> bool {
        self.users.get(user as usize).is_some_and(|it| hash > it.greatest)
    }

    /// No group of the user has a greater hash.
    pub(super) fn greatest(&mut self, user: u32, hash: u64) {
        if let Some(it) = self.users.get_mut(user as usize) {
            it.greatest = hash;
        }
    }

    /// Adds a group that does not count yet to a user that was seen; `None` if there are too many.
    pub(super) fn push(&mut self, user: u32, chosen: Chosen) -> Option<()> {
        let Self { users, behind, places } = self;
        let number = user;
        let user = users.get_mut(user as usize)?;
        let fresh = u32::try_from(behind.len()).ok().filter(|it| *it != NONE)?;
        let filled = user.n_groups as usize;
        user.n_groups = user.n_groups.checked_add(1)?;
        if filled < TOGETHER {
            *user.first.groups.get_mut(filled)? = chosen;
            return Some(());
        }
        places.insert((number, chosen.group), chosen.place);
        // What is behind the first ones is filled from its front: the last added stands first.
        if filled.is_multiple_of(TOGETHER) {
            behind.push(Part { next: user.first.next, ..Part::EMPTY });
            user.first.next = fresh;
        }
        let part = behind.get_mut(user.first.next as usize)?;
        *part.groups.get_mut(filled % TOGETHER)? = chosen;
        Some(())
    }

    /// Puts a group in place of another one of the user.
    pub(super) fn replace(&mut self, user: u32, old: u32, new: u32) -> Option<()> {
        let Self { users, behind, places } = self;
        if let Some(place) = places.remove(&(user, old)) {
            places.insert((user, new), place);
        }
        let user = users.get_mut(user as usize)?;
        user.greatest = u64::MAX;
        let holds = |it: &Part| it.groups.iter().any(|it| it.group == old);
        let mut part = &mut user.first;
        if !holds(part) {
            let mut at = part.next as usize;
            while !holds(behind.get(at)?) {
                at = behind.get(at)?.next as usize;
            }
            part = behind.get_mut(at)?;
        }
        part.groups.iter_mut().find(|it| it.group == old)?.group = new;
        Some(())
    }

    /// All groups of all users.
    pub(super) fn all(&self) -> impl Iterator<Item = Chosen> {
        let parts = self.users.iter().map(|it| &it.first).chain(&self.behind);
        parts.flat_map(|it| it.groups).filter(|it| it.group != NONE)
    }

    /// About how much memory they take.
    pub(super) fn bytes(&self) -> usize {
        self.users.capacity() * size_of::<User>()
            + self.behind.capacity() * size_of::<Part>()
            + self.places.len() * 24
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_found_and_replaced_wherever_they_stand() {
        let mut chosen = ChosenGroups::default();
        assert_eq!(chosen.see(1), 0);
        for group in 0..11 {
            chosen.push(1, Chosen { group, place: 100 + group }).unwrap();
            assert_eq!(chosen.see(1), group + 1);
        }
        for group in 0..11 {
            assert_eq!(chosen.place(1, group), Some(100 + group));
            chosen.replace(1, group, 50 + group).unwrap();
            assert_eq!(chosen.place(1, group), None);
            assert_eq!(chosen.place(1, 50 + group), Some(100 + group));
        }
        assert_eq!((chosen.of(1).count(), chosen.of(0).count(), chosen.of(2).count()), (11, 0, 0));
        assert_eq!(chosen.all().map(|it| it.place).sum::<u32>(), (100..111).sum::<u32>());
        assert_eq!(chosen.replace(1, 3, 4), None);
    }
}
