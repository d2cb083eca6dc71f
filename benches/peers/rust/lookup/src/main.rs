//! Crates that find the longest prefix of an address, asked for the addresses of a workload with one condition and no
//! names: what the address part of a check is measured against.
use driver::{Load, Numbered, load_workload};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The prefixes of the first statement, and the requests' addresses.
struct Addresses {
    v4: Vec<(u32, u8)>,
    v6: Vec<(u128, u8)>,
    asked: Vec<IpAddr>,
}

fn addresses(base: &str) -> Addresses {
    let workload = load_workload(base);
    let condition = workload.policies[0].statements[0].ip.as_ref().expect("a condition on the address");
    let (mut v4, mut v6) = (Vec::new(), Vec::new());
    for cidr in &condition.cidrs {
        match cidr.parse().expect("a prefix") {
            ipnet::IpNet::V4(net) => v4.push((u32::from(net.network()), net.prefix_len())),
            ipnet::IpNet::V6(net) => v6.push((u128::from(net.network()), net.prefix_len())),
        }
    }
    let asked = workload.requests.iter().map(|(_, _, ip)| ip.parse().expect("an address")).collect();
    Addresses { v4, v6, asked }
}

/// Asks for each address of the range.
fn numbered(asked: Vec<IpAddr>, v4: impl Fn(u32) -> bool + 'static, v6: impl Fn(u128) -> bool + 'static) -> Numbered {
    Box::new(move |part, out| {
        for (address, answer) in asked[part].iter().zip(out) {
            *answer = match address {
                IpAddr::V4(address) => v4(u32::from(*address)),
                IpAddr::V6(address) => v6(u128::from(*address)),
            };
        }
    })
}

fn poptrie(base: &str) -> Load<Numbered> {
    let Addresses { v4, v6, asked } = addresses(base);
    Box::new(move || {
        let mut four = poptrie::Poptrie::<(u32, u8), ()>::new();
        let mut six = poptrie::Poptrie::<(u128, u8), ()>::new();
        for prefix in v4 {
            four.insert(prefix, ());
        }
        for prefix in v6 {
            six.insert(prefix, ());
        }
        numbered(asked, move |x| four.lookup(x).is_some(), move |x| six.lookup(x).is_some())
    })
}

fn treebitmap(base: &str) -> Load<Numbered> {
    use ip_network_table_deps_treebitmap::IpLookupTable;
    let Addresses { v4, v6, asked } = addresses(base);
    Box::new(move || {
        let (mut four, mut six) = (IpLookupTable::new(), IpLookupTable::new());
        for (bits, len) in v4 {
            four.insert(Ipv4Addr::from(bits), u32::from(len), ());
        }
        for (bits, len) in v6 {
            six.insert(Ipv6Addr::from(bits), u32::from(len), ());
        }
        numbered(
            asked,
            move |x| four.longest_match(x.into()).is_some(),
            move |x| six.longest_match(x.into()).is_some(),
        )
    })
}

fn prefix_trie(base: &str) -> Load<Numbered> {
    use ipnet::{Ipv4Net, Ipv6Net};
    use prefix_trie::PrefixSet;
    let Addresses { v4, v6, asked } = addresses(base);
    Box::new(move || {
        let of4 = |(bits, len): (u32, u8)| Ipv4Net::new(bits.into(), len).expect("a prefix");
        let of6 = |(bits, len): (u128, u8)| Ipv6Net::new(bits.into(), len).expect("a prefix");
        let four: PrefixSet<Ipv4Net> = v4.into_iter().map(of4).collect();
        let six: PrefixSet<Ipv6Net> = v6.into_iter().map(of6).collect();
        numbered(
            asked,
            move |x| four.get_lpm(&of4((x, 32))).is_some(),
            move |x| six.get_lpm(&of6((x, 128))).is_some(),
        )
    })
}

const PEERS: &[driver::Peer<Numbered>] =
    &[("poptrie", poptrie), ("treebitmap", treebitmap), ("prefix_trie", prefix_trie)];

fn main() {
    driver::main(PEERS, driver::Asked::Numbers);
}
