//! Two tables compared cell by cell: what `--verify` rests on.

use super::Table;
use super::layer::{Address, Layer};
use super::words::word;
use crate::address::{Family, address};
use std::collections::BTreeSet;

impl Table {
    /// Compares every cell of every policy; the error is the first difference. Gives the number of cells.
    pub(crate) fn compare(&self, other: &Table) -> Result<u64, String> {
        self.same_actions(other)?;
        let names = |table: &Table| table.claimable.policies.clone();
        if names(self) != names(other) {
            return Err("the policies have other names".to_owned());
        }
        let (mut cells, mut found) = (0, Ok(()));
        let both = self.policies.iter().zip(&other.policies).zip(&self.claimable.policies);
        for ((here, there), (name, _)) in both {
            for (service, facts) in self.actions.services() {
                match (here.sheet(service), there.sheet(service)) {
                    (None, None) => {}
                    (Some(a), Some(b)) => a.look(&here.rules, facts, |a| {
                        b.look(&there.rules, facts, |b| {
                            cells += (a.segments() as u64 + 1) * facts.width as u64;
                            let differs = first(a, b, facts.width);
                            if let (Ok(()), Some((action, at))) = (&found, differs) {
                                found = Err(self.told(name, (service, action, at), [a, b]));
                            }
                        });
                    }),
                    _ => return Err(format!("policy `{name}` speaks of other services")),
                }
            }
        }
        found.map(|()| cells)
    }

    fn same_actions(&self, other: &Table) -> Result<(), String> {
        let (here, there) = (self.actions.catalogs(), other.actions.catalogs());
        let same = here.services().map(|(_, s)| s).eq(there.services().map(|(_, s)| s));
        if same { Ok(()) } else { Err("the catalogs are others".to_owned()) }
    }

    fn told(&self, policy: &str, (service, action, at): (u32, u32, Address), both: [&Layer; 2]) -> String {
        let names = self.actions.catalogs().services().nth(service as usize).map(|(_, s)| s);
        let name =
            names.and_then(|s| Some(format!("{}:{}", s.service, s.actions.get(action as usize)?.name)));
        let place =
            at.map_or("without address".to_owned(), |(family, bits)| format!("at {}", address(family, bits)));
        let [here, there] = both.map(|layer| layer.at(action, at).cell().as_str());
        format!("policy `{policy}`, `{}` {place}: {here} here, {there} there", name.unwrap_or_default())
    }
}

/// The first action and address at which two layers differ: nothing changes between the starts of both.
fn first(a: &Layer, b: &Layer, width: usize) -> Option<(u32, Address)> {
    if a.own_words() == b.own_words() {
        return None;
    }
    let starts = |family: Family| {
        let both = a.starts(family).chain(b.starts(family)).map(|(start, _)| start);
        both.collect::<BTreeSet<u128>>().into_iter().map(move |start| Some((family, start)))
    };
    let mut places = starts(Family::V4).chain(starts(Family::V6)).chain([None]);
    places.find_map(|at| {
        let differs = |action: &u32| a.at(*action, at).cell() != b.at(*action, at).cell();
        (0..word(width)).find(differs).map(|action| (action, at))
    })
}

#[cfg(test)]
mod tests {
    use crate::Gate;

    fn check(a: &str, b: &str, expected: Result<u64, &str>) {
        let gate = |text: &str| {
            Gate::compile(format!("use intlpartnersmgt\n{text}\nuser 1 {{ attach p }}")).unwrap()
        };
        let found = gate(a).compare(&gate(b));
        assert_eq!(found.as_ref().map(|n| *n).map_err(String::as_str), expected, "{a} / {b}");
    }

    #[test]
    fn every_cell_is_compared_and_the_first_difference_is_told() {
        let p = "policy p { allow PayOrders from 10.0.0.0/8 }";
        // Three segments of IPv4, one of IPv6, and no address.
        check(p, p, Ok(5 * 238));
        let narrow = "policy p { allow PayOrders from 10.0.0.0/9 }";
        let told = "policy `p`, `intlpartnersmgt:PayOrders` at 10.128.0.0: allow here, none there";
        check(p, narrow, Err(told));
        check(p, "policy q { allow PayOrders } policy p { }", Err("the policies have other names"));
    }

    #[test]
    fn what_lies_beside_the_cells_is_compared_too() {
        let p = "policy p { allow PayOrders since 2026-01-01T00:00:00Z }";
        let q = p.replace("2026", "2027");
        let found = |a: &str, b: &str| {
            let gate = |text: &str| Gate::compile(format!("use intlpartnersmgt {text}")).unwrap();
            gate(a).compare(&gate(b))
        };
        assert!(found(p, p).is_ok());
        assert!(found(p, &q).is_err());
    }
}
