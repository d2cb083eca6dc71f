//! The gate asked in every way over small sets: faults in their order, what errors name, handles.

use crate::check::{ContextValue, LineChecker, Request};
use crate::{ErrorCode, Gate, Reason};
use std::net::IpAddr;

const SET: &str = r#"
    use intlpartnersmgt
    set owner.uin = "5"
    set opaque = "cvm"
    policy desk {
        allow PayOrders, QueryUser from 10.0.0.0/8
        allow QueryArea when mfa is true
        deny PayOrders from 10.9.0.0/16
        deny cvm:StopInstances on "qcs::cvm:::instance/${uin}"
        allow cvm:* on "qcs::cvm:::*"
    }
    policy ceiling { allow PayOrders from 10.0.0.0/9  deny PayOrders from 10.1.0.0/16 }
    group finance { attach desk }
    role operator { attach desk  within ceiling }
    user 1 { in finance }
    user bounded { attach desk  within ceiling }
"#;

fn gate() -> Gate {
    Gate::compile(SET).unwrap()
}

fn pay(principal: &str, ip: &str) -> Request {
    Request::new(principal, "intlpartnersmgt:PayOrders").ip(ip)
}

#[track_caller]
fn decided(request: &Request, reason: Reason, ids: &[&str]) {
    let decision = gate().check(request).unwrap();
    let found: Vec<&str> = decision.statements.iter().map(|place| place.id.as_ref()).collect();
    assert_eq!((decision.reason, found.as_slice()), (reason, ids), "{request:?}");
    assert_eq!(decision.allowed, reason.allowed());
}

#[track_caller]
fn refused(request: &Request, code: ErrorCode, key: &str) {
    let error = gate().check(request).unwrap_err();
    assert_eq!((error.code(), error.key()), (code, Some(key)), "{request:?}");
}

#[test]
fn reasons_with_the_statements_that_decided() {
    decided(&pay("user:1", "10.0.0.1"), Reason::Allow, &["desk#1"]);
    decided(&pay("user:1", "10.9.0.1"), Reason::ExplicitDeny, &["desk#3"]);
    decided(&pay("user:1", "11.0.0.1"), Reason::ImplicitDeny, &[]);
    decided(&pay("role:operator", "10.0.0.1"), Reason::Allow, &["desk#1"]);
    decided(&pay("bounded", "10.1.0.1"), Reason::Boundary, &["ceiling#2"]);
    decided(&pay("bounded", "10.200.0.1"), Reason::Boundary, &[]);
    decided(&pay("bounded", "10.9.0.1"), Reason::ExplicitDeny, &["desk#3"]);
    decided(&pay("group:finance", "::ffff:10.0.0.1"), Reason::Allow, &["desk#1"]);
    decided(&pay("user:nobody", "10.0.0.1"), Reason::UnknownPrincipal, &[]);
    decided(&pay("root", "10.9.0.1"), Reason::Root, &[]);
    let mut brings = pay("user:nobody", "10.0.0.1");
    brings.groups.push("finance".into());
    decided(&brings, Reason::Allow, &["desk#1"]);
}

#[test]
fn an_action_without_an_address_is_asked_without_one() {
    let user = |ip: &str| Request::new("user:1", "QueryUser").ip(ip);
    decided(&user("10.0.0.1"), Reason::ImplicitDeny, &[]);
    assert!(!gate().allows("user:1", "intlpartnersmgt:QueryUser", "10.0.0.1").unwrap());
}

#[test]
fn opaque_actions_and_open_resources() {
    let stop = |resource: &str| Request::new("bounded", "cvm:StopInstances").resource(resource);
    refused(&stop("qcs::cvm:::instance/7"), ErrorCode::UnresolvedVariable, "uin");
    let mut named = Request::new("user:1", "cvm:StopInstances").resource("qcs::cvm::uin/5:instance/1");
    decided(&named, Reason::ExplicitDeny, &["desk#4"]);
    named.account.uin = Some("8".into());
    decided(&named, Reason::Allow, &["desk#5"]);
    let other = named.clone().resource("qcs::cvm::uin/6:instance/1");
    decided(&other, Reason::ImplicitDeny, &[]);
    assert_eq!(gate().check(&named).unwrap().catalog, None);
}

#[test]
fn errors_name_what_is_at_fault() {
    let query = || Request::new("user:1", "intlpartnersmgt:QueryArea");
    refused(&query().with("mfa", ContextValue::Text("yes".into())), ErrorCode::BadContext, "mfa");
    refused(&query().with("mfa", ContextValue::Null), ErrorCode::BadContext, "mfa");
    refused(&query().with("qcs:ip", ContextValue::Bool(true)), ErrorCode::BadContext, "qcs:ip");
    refused(&pay("user:1", "10.0.0"), ErrorCode::BadAddress, "ip");
    refused(&query().at("2026-01-01"), ErrorCode::BadTime, "at");
    refused(&query().resource("order/7"), ErrorCode::BadResource, "resource");
    refused(&pay("group:nobody", "10.0.0.1"), ErrorCode::UnknownGroup, "principal");
    refused(&pay("policy:desk", "10.0.0.1"), ErrorCode::BadRequest, "principal");
    let mut brings = query();
    brings.roles.push("finance".into());
    refused(&brings, ErrorCode::UnknownGroup, "roles");
    let near = |action: &str| gate().check(&Request::new("user:1", action)).unwrap_err().nearest().to_vec();
    assert_eq!(near("intlpartnersmgt:PayOrder"), ["intlpartnersmgt:PayOrders"]);
    assert_eq!(gate().check(&pay("group:finace", "::1")).unwrap_err().nearest(), ["finance"]);
}

#[test]
fn handles_answer_as_texts_do_and_follow_their_gate() {
    let (gate, other) = (gate(), Gate::compile("policy p { allow * }").unwrap());
    let (who, what) = (gate.principal("user:1").unwrap(), gate.action("PayOrders").unwrap());
    assert!(who.allows(&what, "10.0.0.1").unwrap());
    assert!(!who.allows(&what, "10.9.0.1").unwrap());
    assert!(!who.allows(&what, None::<IpAddr>).unwrap());
    assert_eq!(who.allows(&what, "10.0.0").unwrap_err().code(), ErrorCode::BadAddress);
    let foreign = other.action("intlpartnersmgt:PayOrders").unwrap();
    assert!(who.allows(&foreign, IpAddr::from([10, 0, 0, 1])).unwrap());
    let unknown = gate.principal("role:nobody").unwrap();
    assert_eq!(unknown.check(&what, "10.0.0.1").unwrap().reason, Reason::UnknownPrincipal);
    assert_eq!(gate.principal("group:nobody").unwrap_err().code(), ErrorCode::UnknownGroup);
}

#[test]
fn lines_are_answered_as_requests_are() {
    let gate = gate();
    let mut checker = LineChecker::new(&gate);
    let mut answer = |line: &str| {
        let mut out = String::new();
        let allowed = checker.answer(line, &mut out);
        (allowed.ok(), out)
    };
    let request = pay("user:1", "10.0.0.1");
    let mut expected = String::new();
    gate.check(&request).unwrap().write_json(&mut expected);
    let plain = r#"{"principal":"user:1","action":"intlpartnersmgt:PayOrders","ip":"10.0.0.1"}"#;
    let escaped = r#"{"principal":"user:\u0031","action":"PayOrders","ip":"10.0.0.1","context":{}}"#;
    for line in [plain, escaped, plain] {
        assert_eq!(answer(line), (Some(true), expected.clone()));
    }
    let (allowed, out) = answer("{}");
    assert_eq!(allowed, None);
    assert!(out.starts_with(r#"{"error":{"code":"bad-request","#), "{out}");
}

/// Asked again and again, a handle holds what its checks read; that changes no answer.
#[test]
fn a_handle_answers_as_the_gate_does_however_often() {
    let gate = gate();
    let addresses = ["10.0.0.1", "10.9.0.1", "11.0.0.1", "::ffff:10.0.0.1", "::1", "2001:db8::1"];
    let addresses = addresses.map(|text| text.parse::<IpAddr>().unwrap());
    for principal in ["1", "bounded", "role:operator", "group:finance", "root", "nobody"] {
        let handle = gate.principal(principal).unwrap();
        for _ in 0..6 {
            for action in ["PayOrders", "QueryUser", "QueryArea", "cvm:StopInstances"] {
                let resolved = gate.action(action).unwrap();
                let answer = |allowed: crate::Result<bool>| allowed.map_err(|error| error.code());
                for ip in addresses {
                    let expected = answer(gate.allows(principal, action, ip));
                    let found = [handle.allows(&resolved, ip), handle.allows(action, ip)];
                    assert_eq!(found.map(answer), [expected; 2], "{principal} {action} {ip}");
                }
                let expected = answer(gate.allows(principal, action, None::<IpAddr>));
                assert_eq!(
                    answer(handle.allows(&resolved, None::<IpAddr>)),
                    expected,
                    "{principal} {action}"
                );
            }
        }
    }
}
