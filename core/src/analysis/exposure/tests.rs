//! Small sets: shares of both families, what counts whole, what counts nothing.

use super::{difference, exposure};
use crate::Gate;

fn of(policy: &str) -> (f64, f64) {
    let text = format!(
        "use intlpartnersmgt set opaque = \"cvm\" policy p {{ {policy} }} policy b {{ allow * from 0.0.0.0/2 }} user u {{ attach p }}"
    );
    let gate = Gate::compile(text.as_str()).unwrap_or_else(|e| panic!("{text}\n{e:?}"));
    let found = exposure(&gate).unwrap();
    assert_eq!(found.principals.len(), 1);
    assert_eq!(found.principals[0].total, found.total);
    (found.total.v4, found.total.v6)
}

#[test]
fn shares_of_addresses() {
    assert_eq!(of(""), (0.0, 0.0));
    assert_eq!(of("allow PayOrders"), (1.0, 1.0));
    assert_eq!(of("allow PayOrders, ForceQN"), (2.0, 2.0));
    assert_eq!(of("allow PayOrders from 0.0.0.0/1"), (0.5, 0.0));
    assert_eq!(of("allow PayOrders from 0.0.0.0/0, ::/0"), (1.0, 1.0));
    assert_eq!(of("allow PayOrders from 8000::/1").0, 0.0);
    assert!((of("allow PayOrders from 8000::/1").1 - 0.5).abs() < 1e-9);
    assert_eq!(of("allow PayOrders deny PayOrders from 0.0.0.0/2"), (0.75, 1.0));
    // A call without an address is from nowhere.
    assert_eq!(of("allow PayOrders from 0.0.0.0/32"), (1.0 / 4_294_967_296.0, 0.0));
}

#[test]
fn what_depends_counts_as_allowed() {
    assert_eq!(of("allow PayOrders when mfa is true"), (1.0, 1.0));
    assert_eq!(of("allow PayOrders from 0.0.0.0/1 when mfa is true"), (0.5, 0.0));
    assert_eq!(of("allow PayOrders deny PayOrders when mfa is true"), (1.0, 1.0));
    // An action that is handed no address counts whole, or not at all.
    assert_eq!(of("allow QueryUser from 0.0.0.0/1"), (0.0, 0.0));
    assert_eq!(of("allow QueryUser"), (1.0, 1.0));
    assert_eq!(of("allow cvm:Run on \"qcs::cvm:::x\""), (1.0, 1.0));
    // In doubt it counts whole.
    assert_eq!(of("allow PayOrders when qcs:ip like \"10.*\""), (1.0, 1.0));
}

#[test]
fn categories_principals_and_what_changes() {
    let set = |rest: &str| {
        let text = format!("use intlpartnersmgt policy p {{ allow PayOrders, QueryUser }} policy q {{ {rest} }}
            user 1 {{ attach p }} user 2 {{ attach q }} role r {{ attach p within q }} group g {{ attach p }}");
        exposure(&Gate::compile(text.as_str()).unwrap()).unwrap()
    };
    let (old, new) = (set("allow PayOrders from 0.0.0.0/1"), set("allow read"));
    let names: Vec<&str> = old.principals.iter().map(|one| one.principal.as_str()).collect();
    assert_eq!(names, ["user:1", "user:2", "role:r"]);
    assert_eq!((old.categories["write"].v4, old.categories["read"].v4), (2.0, 1.0));
    let change = difference(&old, &new);
    assert_eq!((change.categories["write"].v4, change.categories["read"].v4), (-1.0, 132.0));
    assert_eq!(change.principals.iter().map(|one| one.total.v4).collect::<Vec<_>>(), [130.5, 0.5]);
    assert_eq!(difference(&new, &new).principals, []);
}
