//! Policy engines of Rust, and code by hand, each as its users call it. How one is measured is the driver's.
//!
//! What stands here is compared with, so it is not improved in passing: who tunes a peer adds it under another name.
use driver::{Check, Ip, load_workload, read};
use std::collections::HashMap;
use std::net::IpAddr;

fn dir(b: &str) -> String {
    std::path::Path::new(b).parent().unwrap().display().to_string()
}

fn glob(p: &str, s: &str) -> bool {
    let parts: Vec<&str> = p.split('*').collect();
    if parts.len() == 1 { return p == s; }
    let (f, l) = (parts[0], parts[parts.len() - 1]);
    if s.len() < f.len() + l.len() || !s.starts_with(f) || !s.ends_with(l) { return false; }
    let mut rest = &s[f.len()..s.len() - l.len()];
    for m in &parts[1..parts.len() - 1] {
        match rest.find(m) { Some(i) => rest = &rest[i + m.len()..], None => return false }
    }
    true
}

// ---- Cedar ---------------------------------------------------------------------------------
fn cedar(b: &str, sliced: bool) -> Box<dyn FnOnce() -> Check> {
    use cedar_policy::*;
    let text = read(format!("{b}{}", if sliced { ".cedar.sliced.json" } else { ".cedar" }));
    let ents = read(format!("{b}.cedar.ents.json"));
    Box::new(move || {
        let e = Entities::from_json_str(&ents, None).unwrap();
        let mut per: HashMap<String, PolicySet> = HashMap::new();
        let mut all = PolicySet::new();
        if sliced {
            let m: HashMap<String, String> = serde_json::from_str(&text).unwrap();
            for (u, t) in m { per.insert(u, t.parse().unwrap()); }
        } else {
            all = text.parse().unwrap();
        }
        let (ut, at, rt): (EntityTypeName, EntityTypeName, EntityTypeName) =
            ("User".parse().unwrap(), "Action".parse().unwrap(), "R".parse().unwrap());
        let r = EntityUid::from_type_name_and_id(rt, EntityId::new("r"));
        let auth = Authorizer::new();
        Box::new(move |u, a, ip| {
            let ctx = Context::from_pairs([("ip".to_string(), RestrictedExpression::new_ip(ip))]).unwrap();
            let req = Request::new(EntityUid::from_type_name_and_id(ut.clone(), EntityId::new(u)),
                EntityUid::from_type_name_and_id(at.clone(), EntityId::new(a)), r.clone(), ctx, None).unwrap();
            auth.is_authorized(&req, if sliced { &per[u] } else { &all }, &e).decision() == Decision::Allow
        })
    })
}
fn cedar_all(b: &str) -> Box<dyn FnOnce() -> Check> { cedar(b, false) }
fn cedar_sliced(b: &str) -> Box<dyn FnOnce() -> Check> { cedar(b, true) }

// ---- regorus: interpreter, and its bytecode machine ------------------------------------------
fn rego_input(u: &str, a: &str, ip: &str) -> regorus::Value {
    let mut v = regorus::Value::new_object();
    let m = v.as_object_mut().unwrap();
    m.insert("u".into(), u.into());
    m.insert("a".into(), a.into());
    m.insert("ip".into(), ip.into());
    v
}
fn regorus_interp(b: &str) -> Box<dyn FnOnce() -> Check> {
    let (data, rego) = (read(format!("{b}.rego.json")), read(format!("{}/policies.rego", dir(b))));
    Box::new(move || {
        let mut e = regorus::Engine::new();
        e.add_policy("authz.rego".into(), rego).unwrap();
        e.add_data_json(&data).unwrap();
        Box::new(move |u, a, ip| {
            e.set_input(rego_input(u, a, ip));
            e.eval_rule("data.authz.allow".into()).unwrap() == regorus::Value::from(true)
        })
    })
}
fn regorus_rvm(b: &str) -> Box<dyn FnOnce() -> Check> {
    use regorus::{languages::rego::compiler::Compiler, rvm::vm::RegoVM};
    let (data, rego) = (read(format!("{b}.rego.json")), read(format!("{}/policies.rego", dir(b))));
    Box::new(move || {
        let mut e = regorus::Engine::new();
        e.add_policy("authz.rego".into(), rego).unwrap();
        let p = e.compile_with_entrypoint(&"data.authz.allow".into()).unwrap();
        let prog = Compiler::compile_from_policy(&p, &["data.authz.allow"]).unwrap();
        let mut vm = RegoVM::new();
        vm.load_program(prog);
        vm.set_data(regorus::Value::from_json_str(&data).unwrap()).unwrap();
        Box::new(move |u, a, ip| {
            vm.set_input(rego_input(u, a, ip));
            vm.execute().unwrap() == regorus::Value::from(true)
        })
    })
}

// ---- casbin (Rust) ---------------------------------------------------------------------------
fn casbin_rs(b: &str) -> Box<dyn FnOnce() -> Check> {
    use casbin::{prelude::*, rhai::{Dynamic, ImmutableString}};
    use std::sync::OnceLock;
    type Nets = HashMap<String, Option<(bool, Vec<ipnet::IpNet>)>>;
    static MATCH: OnceLock<HashMap<String, std::collections::HashSet<String>>> = OnceLock::new();
    static NETS: OnceLock<Nets> = OnceLock::new();
    let w: serde_json::Value = serde_json::from_str(&read(format!("{b}.casbin.json"))).unwrap();
    Box::new(move || {
        let rows = |k: &str| -> Vec<Vec<String>> { serde_json::from_value(w[k].clone()).unwrap() };
        let mtch: HashMap<String, std::collections::HashSet<String>> = serde_json::from_value(w["match"].clone()).unwrap();
        let cond: HashMap<String, Option<Ip>> = serde_json::from_value(w["cond"].clone()).unwrap();
        let nets: HashMap<String, Option<(bool, Vec<ipnet::IpNet>)>> = cond.into_iter().map(|(k, c)|
            (k, c.map(|c| (c.op == "in", c.cidrs.iter().map(|x| x.parse().unwrap()).collect())))).collect();
        let rt = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let model = w["model"].as_str().unwrap().to_string();
        let mut e = rt.block_on(async {
            let m = DefaultModel::from_str(&model).await.unwrap();
            let mut e = Enforcer::new(m, MemoryAdapter::default()).await.unwrap();
            e.enable_auto_build_role_links(false);
            e.add_policies(rows("p")).await.unwrap();
            e.add_grouping_policies(rows("g")).await.unwrap();
            e
        });
        e.build_role_links().unwrap();
        MATCH.set(mtch).ok();
        NETS.set(nets).ok();
        use casbin::function_map::OperatorFunction::Arg2;
        e.add_function("actMatch", Arg2(|a: Dynamic, p: Dynamic| {
            MATCH.get().unwrap()[p.cast::<ImmutableString>().as_str()].contains(a.cast::<ImmutableString>().as_str()).into()
        }));
        e.add_function("ipCond", Arg2(|ip: Dynamic, c: Dynamic| {
            match &NETS.get().unwrap()[c.cast::<ImmutableString>().as_str()] {
                None => true,
                Some((op, n)) => {
                    let a: IpAddr = ip.cast::<ImmutableString>().parse().unwrap();
                    n.iter().any(|x| x.contains(&a)) == *op
                }
            }.into()
        }));
        Box::new(move |u, a, ip| e.enforce((u, a, ip)).unwrap())
    })
}

// ---- by hand: loops ----------------------------------------------------------------------------
fn rs_plain(b: &str) -> Box<dyn FnOnce() -> Check> {
    let w = load_workload(b);
    Box::new(move || {
        type S = (bool, Vec<String>, Option<(bool, Vec<ipnet::IpNet>)>);
        let pol: HashMap<String, Vec<S>> = w.policies.into_iter().map(|p| (p.id, p.statements.into_iter().map(|s|
            (s.effect == "deny", s.actions, s.ip.map(|i| (i.op == "in", i.cidrs.iter().map(|c| c.parse().unwrap()).collect())))).collect())).collect();
        let pr = w.principals;
        Box::new(move |u, a, ip| {
            let addr: IpAddr = ip.parse().unwrap();
            let mut ok = false;
            for p in &pr[u] {
                for (deny, pats, c) in &pol[p] {
                    if !pats.iter().any(|x| glob(x, a)) { continue; }
                    if let Some((op, n)) = c { if n.iter().any(|x| x.contains(&addr)) != *op { continue; } }
                    if *deny { return false; }
                    ok = true;
                }
            }
            ok
        })
    })
}

// ---- sketch of the planned engine: per policy, address -> row, row -> action bits ---------------
// Every CIDR list is cut into elementary address segments; a segment holds two bit rows over the
// action catalog (allow, deny).  A check is: hash(principal), hash(action), parse(ip), and for each
// attached policy one segment lookup and one bit test.  Not tuned: the point is what is reachable.
struct Seg { v4: Vec<u32>, top: Vec<u32>, v6: Vec<u128>, rows4: Vec<u32>, rows6: Vec<u32> }
impl Seg {
    fn find4(&self, x: u32) -> u32 {
        let (mut lo, mut n) = (0usize, self.v4.len());
        if !self.top.is_empty() {
            let t = (x >> 16) as usize;
            lo = self.top[t] as usize;
            n = self.top[t + 1] as usize - lo + 1;
        }
        let s = &self.v4[lo..(lo + n).min(self.v4.len())];
        self.rows4[lo + s.partition_point(|b| *b <= x) - 1]
    }
    fn find6(&self, x: u128) -> u32 { self.rows6[self.v6.partition_point(|b| *b <= x) - 1] }
}
fn parse4(s: &[u8]) -> Option<u32> {
    let (mut v, mut o, mut d, mut dots) = (0u32, 0u32, 0u32, 0);
    for &c in s {
        let k = c.wrapping_sub(b'0');
        if k < 10 { o = o * 10 + k as u32; d += 1; if o > 255 || d > 3 { return None; } }
        else if c == b'.' && d > 0 { v = v << 8 | o; o = 0; d = 0; dots += 1; }
        else { return None; }
    }
    if dots == 3 && d > 0 { Some(v << 8 | o) } else { None }
}
fn rs_sketch(b: &str) -> Box<dyn FnOnce() -> Check> {
    use hashbrown::HashMap as HM;
    let w = load_workload(b);
    Box::new(move || {
        let words = w.catalog.len().div_ceil(64);
        let acts: HM<String, u32, foldhash::fast::FixedState> = w.catalog.iter().enumerate().map(|(i, a)| (a.clone(), i as u32)).collect();
        let mut pm: HM<String, Vec<u64>> = HM::new();                 // pattern -> bits
        let mut rows: Vec<u64> = vec![];                              // 2*words per row: allow, deny
        let mut seen: HM<Vec<u64>, u32> = HM::new();
        let mut row_id = |r: &Vec<u64>, rows: &mut Vec<u64>| -> u32 {
            *seen.entry_ref(r).or_insert_with(|| { let i = (rows.len() / (2 * words)) as u32; rows.extend(r); i })
        };
        let mut segs: Vec<Seg> = vec![];
        let mut pid: HM<&str, u32> = HM::new();
        for p in &w.policies {
            pid.insert(&p.id, segs.len() as u32);
            let bits: Vec<Vec<u64>> = p.statements.iter().map(|s| {
                let mut acc = vec![0u64; words];
                for a in &s.actions {
                    let m = pm.entry_ref(a.as_str()).or_insert_with(|| {
                        let mut m = vec![0u64; words];
                        for (i, c) in w.catalog.iter().enumerate() { if glob(a, c) { m[i / 64] |= 1 << (i % 64); } }
                        m
                    });
                    for k in 0..words { acc[k] |= m[k]; }
                }
                acc
            }).collect();
            // events: (start, statement, +1/-1), swept once per family
            let mut seg = Seg { v4: vec![], top: vec![], v6: vec![], rows4: vec![], rows6: vec![] };
            for fam in [4, 6] {
                let mut ev: Vec<(u128, u32, i32)> = vec![];
                for (i, s) in p.statements.iter().enumerate() {
                    let Some(c) = &s.ip else { continue };
                    for x in &c.cidrs {
                        let n: ipnet::IpNet = x.parse().unwrap();
                        let (lo, hi) = match n {
                            ipnet::IpNet::V4(n) if fam == 4 => (u32::from(n.network()) as u128, u32::from(n.broadcast()) as u128),
                            ipnet::IpNet::V6(n) if fam == 6 => (u128::from(n.network()), u128::from(n.broadcast())),
                            _ => continue,
                        };
                        ev.push((lo, i as u32, 1));
                        if hi < if fam == 4 { u32::MAX as u128 } else { u128::MAX } { ev.push((hi + 1, i as u32, -1)); }
                    }
                }
                ev.sort_unstable();
                let mut depth = vec![0i32; p.statements.len()];
                // counts per (effect, action) so that a statement can leave again
                let mut cnt = vec![0u32; 2 * words * 64];
                let mut cur = vec![0u64; 2 * words];
                let flip = |cnt: &mut Vec<u32>, cur: &mut Vec<u64>, i: usize, on: bool| {
                    let off = if p.statements[i].effect == "deny" { words } else { 0 };
                    for k in 0..words {
                        let mut m = bits[i][k];
                        while m != 0 {
                            let t = m.trailing_zeros() as usize;
                            m &= m - 1;
                            let c = &mut cnt[(off + k) * 64 + t];
                            if on { *c += 1; cur[off + k] |= 1 << t; } else { *c -= 1; if *c == 0 { cur[off + k] &= !(1 << t); } }
                        }
                    }
                };
                for (i, s) in p.statements.iter().enumerate() {
                    if s.ip.as_ref().is_none_or(|c| c.op != "in") { flip(&mut cnt, &mut cur, i, true); }
                }
                let mut put = |at: u128, cur: &Vec<u64>, rows: &mut Vec<u64>| {
                    let id = row_id(cur, rows);
                    let (r, l) = if fam == 4 { (&mut seg.rows4, seg.v4.last().map(|x| *x as u128)) } else { (&mut seg.rows6, seg.v6.last().copied()) };
                    if l == Some(at) { *r.last_mut().unwrap() = id; return; }
                    if r.last() == Some(&id) { return; }
                    r.push(id);
                    if fam == 4 { seg.v4.push(at as u32) } else { seg.v6.push(at) }
                };
                put(0, &cur, &mut rows);
                let mut j = 0;
                while j < ev.len() {
                    let at = ev[j].0;
                    while j < ev.len() && ev[j].0 == at {
                        let (_, i, d) = ev[j];
                        let i = i as usize;
                        let was = depth[i] > 0;
                        depth[i] += d;
                        let now = depth[i] > 0;
                        if was != now { flip(&mut cnt, &mut cur, i, now == (p.statements[i].ip.as_ref().unwrap().op == "in")); }
                        j += 1;
                    }
                    put(at, &cur, &mut rows);
                }
            }
            if seg.v4.len() > 4096 {
                let mut k = 0u32;
                for t in 0..=65536u64 {
                    while (k as usize + 1) < seg.v4.len() && seg.v4[k as usize + 1] as u64 <= t << 16 { k += 1; }
                    seg.top.push(k);
                }
            }
            segs.push(seg);
        }
        let pr: HM<String, Box<[u32]>, foldhash::fast::FixedState> = w.principals.iter()
            .map(|(u, ps)| (u.clone(), ps.iter().map(|p| pid[p.as_str()]).collect())).collect();
        Box::new(move |u, a, ip| {
            let (Some(ps), Some(&a)) = (pr.get(u), acts.get(a)) else { return false };
            let v4 = parse4(ip.as_bytes());
            let v6 = if v4.is_none() { match ip.parse::<std::net::Ipv6Addr>() { Ok(x) => u128::from(x), Err(_) => return false } } else { 0 };
            let (k, bit) = ((a / 64) as usize, 1u64 << (a % 64));
            let (mut al, mut de) = (0, 0);
            for &p in ps.iter() {
                let s = &segs[p as usize];
                let r = match v4 { Some(x) => s.find4(x), None => s.find6(v6) } as usize * 2 * words;
                al |= rows[r + k];
                de |= rows[r + words + k];
            }
            al & !de & bit != 0
        })
    })
}

const PEERS: &[driver::Peer<Check>] = &[("rs_plain", rs_plain), ("rs_sketch", rs_sketch), ("cedar_all", cedar_all), ("cedar_sliced", cedar_sliced),
    ("regorus_interp", regorus_interp), ("regorus_rvm", regorus_rvm), ("casbin_rs", casbin_rs)];

fn main() {
    driver::main(PEERS, driver::Asked::Texts);
}
