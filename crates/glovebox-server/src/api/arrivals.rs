//! Bodies that are still arriving, from whoever: none takes the room of those who are quicker.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::wire::network;

/// All bodies that are arriving, by the order in which they began.
#[derive(Debug, Clone, Default)]
pub(super) struct Arrivals(Arc<Mutex<Bodies>>);

#[derive(Debug, Default)]
struct Bodies {
    begun: u64,
    arriving: BTreeMap<u64, Body>,
}

#[derive(Debug)]
struct Body {
    peer: Option<IpAddr>,
    bytes: usize,
    sent_away: Arc<Notify>,
}

/// One body while it arrives.
#[derive(Debug)]
pub(super) struct Arrival {
    all: Arrivals,
    number: u64,
    sent_away: Arc<Notify>,
}

impl Arrivals {
    fn lock(&self) -> MutexGuard<'_, Bodies> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A body begins to arrive.
    pub(super) fn begin(&self, peer: Option<IpAddr>) -> Arrival {
        let mut bodies = self.lock();
        bodies.begun += 1;
        let (number, sent_away) = (bodies.begun, Arc::new(Notify::new()));
        let body = Body { peer: peer.map(network), bytes: 0, sent_away: Arc::clone(&sent_away) };
        bodies.arriving.insert(number, body);
        drop(bodies);
        Arrival { all: self.clone(), number, sent_away }
    }
}

impl Arrival {
    /// Counts what came; false if all that is arriving from the same peer is more than `share`.
    pub(super) fn grew(&self, bytes: usize, share: usize) -> bool {
        let mut bodies = self.all.lock();
        let Some(mine) = bodies.arriving.get_mut(&self.number) else { return false };
        mine.bytes += bytes;
        let peer = mine.peer;
        let from_there = bodies.arriving.values().filter(|it| it.peer == peer);
        from_there.map(|it| it.bytes).sum::<usize>() <= share
    }

    /// Sends bodies away that began before this one and are not here yet, the oldest first, until
    /// they leave so many bytes. If they do not have as many, none is sent away.
    pub(super) fn make_room(&self, bytes: usize) -> bool {
        let mut bodies = self.all.lock();
        let older = bodies.arriving.range(..self.number);
        if older.map(|(_, it)| it.bytes).sum::<usize>() < bytes {
            return false;
        }
        let mut left = 0;
        while left < bytes {
            let Some((_, oldest)) = bodies.arriving.pop_first() else { break };
            oldest.sent_away.notify_one();
            left += oldest.bytes;
        }
        true
    }

    /// Waits until this body has to leave for others.
    pub(super) async fn sent_away(&self) {
        self.sent_away.notified().await;
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.all.lock().arriving.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn one_peer_has_one_share_and_cannot_get_more_by_other_addresses() {
        let arrivals = Arrivals::default();
        let first = arrivals.begin(peer("2001:db8:0:1::1"));
        let second = arrivals.begin(peer("2001:db8:0:1:ffff::2"));
        let other = arrivals.begin(peer("2001:db8:0:2::1"));
        assert!(first.grew(6, 10));
        assert!(!second.grew(6, 10));
        assert!(other.grew(6, 10));
        drop(second);
        assert!(first.grew(4, 10));
        assert!(!first.grew(1, 10));
    }

    #[tokio::test]
    async fn the_oldest_that_is_not_here_yet_leaves_first() {
        let arrivals = Arrivals::default();
        let [slow, slower, mine, younger] =
            ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"].map(|it| arrivals.begin(peer(it)));
        assert!([&slow, &slower, &mine, &younger].iter().all(|it| it.grew(10, 100)));
        assert!(mine.make_room(5));
        slow.sent_away().await;
        // Only what began before it: the rest is younger, and not to blame.
        assert!(!mine.make_room(11));
        assert!(slower.grew(0, 100));
        assert!(mine.make_room(10));
        slower.sent_away().await;
        assert!(!mine.make_room(1));
        assert!(younger.grew(1, 100) && !slow.grew(1, 100));
    }
}
