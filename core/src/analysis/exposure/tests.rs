//! Small sets: shares of both families, what counts whole, what counts nothing.

use super::{difference, exposure, matrix};
use crate::Gate;
use crate::model::PolicyId;

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

#[test]
fn a_matrix_puts_those_together_to_whom_the_same_is_open_up_to_a_limit() {
    use passgate_grammar::limits::REPORT_CALLERS;
    for count in [REPORT_CALLERS, REPORT_CALLERS + 1] {
        let users: String = (0..count).map(|n| format!("user {n} {{ attach p{} }}\n", n % 2)).collect();
        let text = format!(
            "use intlpartnersmgt set opaque = \"cvm\" policy p0 {{ allow PayOrders from 0.0.0.0/1 }}
             policy p1 {{ allow cvm:Run, ForceQN }} {users}"
        );
        let found = matrix(None, &Gate::compile(text.as_str()).unwrap()).unwrap();
        assert_eq!((found.asked, found.all, found.columns.len()), (REPORT_CALLERS, count, 2));
        // To those with the second policy more is open, and they come first.
        assert_eq!(found.columns[0].principals[0], "user:1");
        assert_eq!(found.columns[0].principals.len(), count / 2);
        let at = found.actions.iter().position(|(action, _)| action == "intlpartnersmgt:PayOrders").unwrap();
        let opening = &found.openings[found.columns[1].cells[at][1].unwrap()];
        assert_eq!((opening.reach.v4, opening.reach.v6), (0.5, 0.0));
        assert_eq!(opening.places.as_ref().unwrap().prefixes()[0].to_string(), "0.0.0.0/1");
        assert_eq!(found.columns[1].cells[at][0], None);
    }
}

#[test]
fn of_many_actions_the_first_are_shown_and_all_are_counted() {
    use crate::analysis::calls::Calls;
    use crate::analysis::what;
    use crate::catalog::Catalogs;
    use passgate_grammar::limits::REPORT_ACTIONS;
    let builtin: usize = Catalogs::builtin().services().map(|(_, service)| service.actions.len()).sum();
    for all in [REPORT_ACTIONS, REPORT_ACTIONS + 1] {
        let own = all - builtin;
        let rows = (0..own).map(|n| format!("{{\"name\": \"N{n:04}\", \"category\": \"read\"}}"));
        let catalog =
            format!("{{\"service\": \"shop\", \"actions\": [{}]}}", rows.collect::<Vec<_>>().join(", "));
        let last = format!("policy p {{ allow shop:N{:04} }} user 1 {{}} user 2 {{ attach p }}", own - 1);
        let gate = Gate::compile([
            ("passgate.toml", "catalogs = ['shop.json']".to_owned()),
            ("shop.json", catalog),
            ("a.gate", last),
        ])
        .unwrap();
        let principals = ["user:1".to_owned(), "user:2".to_owned()];
        let answered = what::matrix(&gate, &principals, &Calls::default()).unwrap();
        let found = matrix(None, &gate).unwrap();
        // What is not shown is told apart all the same.
        assert_eq!((answered.columns.len(), found.columns.len()), (2, 2));
        assert_eq!((answered.actions.len(), found.actions.len()), (REPORT_ACTIONS, REPORT_ACTIONS));
        assert!(answered.columns.iter().all(|column| column.cells.len() == REPORT_ACTIONS));
        assert!(found.columns.iter().all(|column| column.cells.len() == REPORT_ACTIONS));
        assert_eq!((answered.actions_all, found.actions_all), (all, all));
        assert_eq!(found.new.total.v4, 1.0);
    }
}

#[test]
fn a_matrix_of_two_sets_tells_whom_each_knows() {
    let set = |rest: &str| {
        let text = format!(
            "use intlpartnersmgt policy p {{ allow PayOrders }} policy q {{ allow PayOrders from 0.0.0.0/1 }} {rest}"
        );
        Gate::compile(text.as_str()).unwrap()
    };
    let old = set("user 1 { attach p } user 2 { attach p } user anyone { attach p }");
    let mut model = set("user 1 { attach q } user 3 {} user anyone { attach p }").model().clone();
    let q = model.policies.iter().position(|policy| policy.name.as_ref() == "q").unwrap();
    model.everyone.push(PolicyId(u32::try_from(q).unwrap()));
    let new = Gate::from_model(model).unwrap();
    let found = matrix(Some(&old), &new).unwrap();
    let at = found.actions.iter().position(|(action, _)| action == "intlpartnersmgt:PayOrders").unwrap();
    let told: Vec<(String, [Option<f64>; 2])> = found
        .columns
        .iter()
        .map(|column| {
            let share = |place: Option<usize>| place.map(|place| found.openings[place].reach.value());
            (column.principals.join(" "), column.cells[at].map(share))
        })
        .collect();
    let expected = [
        ("user:2", [Some(1.0), None]),
        ("user:1", [Some(1.0), Some(0.25)]),
        ("user:3 anyone", [None, Some(0.25)]),
        ("user:anyone", [Some(1.0), Some(1.0)]),
    ];
    assert_eq!(told, expected.map(|(names, shares)| (names.to_owned(), shares)));
    let told: serde_json::Value = serde_json::from_str(&super::matrix_to_json(&found)).unwrap();
    assert_eq!((&told["old"]["exposure"], &told["new"]["exposure"]), (&3.0.into(), &1.75.into()));
    assert_eq!(told["change"]["categories"]["write"]["v6"], -2.0);
    assert_eq!(told["columns"][0]["change"]["categories"]["write"]["v4"], -1.0);
}
