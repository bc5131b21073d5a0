//! Error against share of the budget.

use glovebox_privacy::{Allowance, Calibration};

use super::*;

#[test]
fn a_share_of_the_budget_buys_the_least_noise_that_fits_into_it() {
    for accountant in [Accountant::Zcdp, Accountant::Pure] {
        let mut world = World::new(3, 2, "", &[vec![]]);
        world.budget.accountant = accountant;
        if accountant == Accountant::Pure {
            world.room = parse(
                &ROOM
                    .replace("GROUPS", "3")
                    .replace("ROWS", "2")
                    .replace("KEYS", "accountant pure"),
            )
            .unwrap();
        }
        let priced = world.priced("SELECT grp, COUNT(*), AVG(x) FROM clicks GROUP BY grp");
        let n_vectors = priced.noising().unwrap().n_vectors;
        assert_eq!(n_vectors, 4, "a count, the two behind an average, and who appears");
        let PrivacyTerms { epsilon, delta_atto, .. } = world.budget;
        let whole = Allowance::new(accountant, epsilon, delta_atto).total.loss_nano;
        let shown = priced.accuracy(&world.budget);
        assert_eq!(shown.len(), 7);
        let mut before = f64::INFINITY;
        for it in shown {
            let most = whole / 100 * u64::from(it.share_percent);
            let at = it.at.unwrap();
            assert!(at.cost.loss_nano <= most + 100);
            let less = Calibration::new(accountant, at.users_noise - 1, 3);
            let dearer = less.is_ok_and(|it| it.loss_nano(n_vectors) > most);
            assert!(dearer || at.users_noise == 1, "{} %", it.share_percent);
            let [count, average] = at.columns.as_slice() else { panic!("two columns") };
            let half = count.error.half_width.unwrap();
            assert!(half <= before && count.by_rows.is_empty());
            before = half;
            assert_eq!((average.error.half_width, average.by_rows.len()), (None, 3));
            assert!(average.by_rows.windows(2).all(|pair| pair[1] <= pair[0]));
            let [seldom, mostly] = at.appears.unwrap();
            assert!(seldom < mostly);
        }
        assert!(
            world.priced("SELECT COUNT(*) FROM clicks").accuracy(&world.budget)[0]
                .at
                .as_ref()
                .is_some_and(|it| it.appears.is_none())
        );
    }
}
