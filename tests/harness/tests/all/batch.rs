//! Batches over generated worlds: every row is answered as the reference answers the call alone, whatever the columns
//! are made of, by text and by number.

#![expect(clippy::expect_used, reason = "a test fails where it stands")]

use crate::new_seed;
use passgate::address::parse_address;
use passgate::check::{Answers, Batch, Column, Faults, IdBatch, Ip, IpArgument, IpNumbers, Request};
use passgate::{ErrorCode, Gate, reference};
use passgate_harness::random::Random;
use passgate_harness::world::{World, generate, model};
use std::net::IpAddr;

/// Worlds of a run; optimised, more.
const WORLDS: usize = if cfg!(debug_assertions) { 12 } else { 400 };
/// Rows of a world: more than a window of the engine holds, and no multiple of it.
const ROWS: usize = 700;

type Answer = std::result::Result<bool, ErrorCode>;

/// A row, with what the reference says of it.
struct Row {
    principal: Option<String>,
    action: Option<String>,
    ip: Option<Ip>,
    expected: Answer,
}

impl Row {
    fn ip(&self) -> IpArgument<'_> {
        self.ip.as_ref().into()
    }
}

#[test]
fn every_row_is_answered_as_the_reference_answers_it_alone() {
    let seed = new_seed();
    println!("batch: seed {seed}");
    let mut random = Random::new(seed);
    let (mut allowed, mut errors, mut numbered) = (0, 0, 0);
    for _ in 0..WORLDS {
        let world = generate(random.bits());
        let gate = Gate::from_model(model(&world)).expect("a world compiles");
        let rows = rows(&world, &gate, &mut random);
        allowed += rows.iter().filter(|row| row.expected == Ok(true)).count();
        errors += rows.iter().filter(|row| row.expected.is_err()).count();
        in_rows(&gate, &rows);
        coded(&gate, &rows);
        one_for_all(&gate, &rows);
        until_the_first_error(&gate, &rows);
        numbered += by_number(&gate, &rows);
    }
    // Few worlds say nothing of a share.
    let floor = if WORLDS < 100 { 0 } else { WORLDS * 20 };
    assert!(
        allowed > floor && errors > floor && numbered > floor,
        "{allowed} {errors} {numbered}: too few to tell"
    );
}

/// Rows of a world's requests, some several times, some without principal or action.
fn rows(world: &World, gate: &Gate, random: &mut Random) -> Vec<Row> {
    let mut all = Vec::with_capacity(ROWS);
    while all.len() < ROWS && !world.asks.is_empty() {
        let Some(ask) = random.pick(&world.asks) else { break };
        let request = ask.request();
        let mut plain = Request::new(request.principal, request.action);
        plain.ip = request.ip;
        let expected = reference::decide(gate.model(), &plain).map(|d| d.allowed).map_err(|e| e.code());
        let (mut principal, mut action) = (Some(plain.principal), Some(plain.action));
        let lacks = random.chance(2);
        if lacks {
            *(if random.chance(50) { &mut principal } else { &mut action }) = None;
        }
        let expected = if lacks { Err(ErrorCode::BadRequest) } else { expected };
        let again = if random.chance(20) { random.between(1, 4) } else { 1 };
        let row =
            || Row { principal: principal.clone(), action: action.clone(), ip: plain.ip.clone(), expected };
        all.extend(std::iter::repeat_with(row).take(again));
    }
    all
}

/// The answers of a batch, one for each row.
fn said(answers: &Answers) -> Vec<Answer> {
    let mut errors = answers.errors.iter();
    let each = answers.allowed.iter().enumerate().map(|(row, answer)| match answer {
        Some(allowed) => Ok(*allowed),
        None => {
            let error = errors.next().expect("an error for each row without answer");
            assert_eq!(error.row, row, "errors come in order");
            Err(error.error.code())
        }
    });
    let said = each.collect();
    assert!(errors.next().is_none(), "no error without row");
    said
}

fn expect(rows: &[Row], found: &[Answer], what: &str) {
    assert_eq!(found.len(), rows.len(), "{what}");
    for (number, (row, found)) in rows.iter().zip(found).enumerate() {
        let Row { principal, action, ip, expected } = row;
        assert_eq!(found, expected, "{what}, row {number}: {principal:?} {action:?} {ip:?}");
    }
}

fn in_rows(gate: &Gate, rows: &[Row]) {
    let (who, what, from) = columns(rows);
    let (principals, actions) = (Column::Rows(&who), Column::Rows(&what));
    let batch = Batch { principals, actions, ips: Column::Rows(&from), faults: Faults::All };
    expect(rows, &said(&gate.allows_many(&batch).expect("rows")), "rows");
}

fn columns(rows: &[Row]) -> (Vec<Option<&str>>, Vec<Option<&str>>, Vec<IpArgument<'_>>) {
    let who = rows.iter().map(|row| row.principal.as_deref()).collect();
    let what = rows.iter().map(|row| row.action.as_deref()).collect();
    (who, what, rows.iter().map(Row::ip).collect())
}

/// A list of the values, and the place of each row's value in it.
fn code<T: PartialEq + Copy>(rows: &[T]) -> (Vec<T>, Vec<u32>) {
    let mut values: Vec<T> = Vec::new();
    let place = |row: &T| {
        let known = values.iter().position(|value| value == row);
        let at = known.unwrap_or_else(|| {
            values.push(*row);
            values.len() - 1
        });
        u32::try_from(at).expect("few rows")
    };
    let codes = rows.iter().map(place).collect();
    (values, codes)
}

fn coded(gate: &Gate, rows: &[Row]) {
    let (who, what, from) = columns(rows);
    let (who, what, from) = (code(&who), code(&what), code(&from));
    let batch = Batch {
        principals: Column::Coded { values: &who.0, codes: &who.1 },
        actions: Column::Coded { values: &what.0, codes: &what.1 },
        ips: Column::Coded { values: &from.0, codes: &from.1 },
        faults: Faults::All,
    };
    expect(rows, &said(&gate.allows_many(&batch).expect("codes")), "codes");
}

fn one_for_all(gate: &Gate, rows: &[Row]) {
    let (who, what, from) = columns(rows);
    for ((row, who), what) in rows.iter().zip(&who).zip(&what).take(20) {
        let ips = Column::Rows(&from);
        let (principals, actions) = (Column::Same(*who), Column::Same(*what));
        let batch = Batch { principals, actions, ips, faults: Faults::All };
        let found = said(&gate.allows_many(&batch).expect("one caller"));
        let same = |other: &Row| other.principal == row.principal && other.action == row.action;
        for (other, found) in rows.iter().zip(&found).filter(|(other, _)| same(other)) {
            assert_eq!(*found, other.expected, "one for all: {who:?} {what:?} {:?}", other.ip);
        }
    }
}

fn until_the_first_error(gate: &Gate, rows: &[Row]) {
    let (who, what, from) = columns(rows);
    let (principals, actions) = (Column::Rows(&who[..]), Column::Rows(&what[..]));
    let batch = Batch { principals, actions, ips: Column::Rows(&from), faults: Faults::First };
    let answers = gate.allows_many(&batch).expect("rows");
    let first = rows.iter().position(|row| row.expected.is_err());
    assert_eq!(answers.errors.first().map(|error| error.row), first);
    assert_eq!(answers.allowed.len(), first.unwrap_or(rows.len()));
    assert!(answers.errors.len() <= 1);
}

/// Rows that have numbers, in columns.
#[derive(Default)]
struct Numbers<'a> {
    rows: Vec<&'a Row>,
    principals: Vec<u32>,
    actions: Vec<u32>,
    addresses: Vec<IpAddr>,
}

impl<'a> Numbers<'a> {
    fn push(&mut self, row: &'a Row, principal: u32, action: u32) {
        self.rows.push(row);
        self.principals.push(principal);
        self.actions.push(action);
    }

    /// Every row is answered as the reference answers it.
    fn ask(&self, gate: &Gate, ips: IpNumbers<'_>) {
        let (principals, actions) = (Column::Rows(&self.principals[..]), Column::Rows(&self.actions[..]));
        let answers = gate.allows_many_ids(&IdBatch { principals, actions, ips, faults: Faults::All });
        for (row, found) in self.rows.iter().zip(said(&answers.expect("numbers"))) {
            let Row { principal, action, ip, expected } = row;
            assert_eq!(found, *expected, "by number {ips:?}: {principal:?} {action:?} {ip:?}");
        }
    }
}

/// The address of a row; none where it cannot be read.
fn address(row: &Row) -> Option<Option<IpAddr>> {
    match &row.ip {
        None => Some(None),
        Some(Ip::Address(address)) => Some(Some(*address)),
        Some(Ip::Text(text)) => parse_address(text).ok().map(Some),
    }
}

/// The rows that have numbers and readable addresses; how many they are.
fn by_number(gate: &Gate, rows: &[Row]) -> usize {
    let (mut without, mut v4, mut v6) = (Numbers::default(), Numbers::default(), Numbers::default());
    for row in rows {
        let (Some(principal), Some(action)) = (&row.principal, &row.action) else { continue };
        let (Ok(principal), Ok(action)) = (gate.principal_id(principal), gate.action_id(action)) else {
            continue;
        };
        let kept = match address(row) {
            None => continue,
            Some(None) => &mut without,
            Some(Some(address)) => {
                let kept = if address.is_ipv4() { &mut v4 } else { &mut v6 };
                kept.addresses.push(address);
                kept
            }
        };
        kept.push(row, principal, action);
    }
    let fours: Vec<u32> = v4.addresses.iter().filter_map(|ip| Some(u32::from(four(*ip)?))).collect();
    let sixteens = |from: &[IpAddr]| from.iter().map(|ip| six(*ip)).collect::<Vec<_>>();
    v4.ask(gate, IpNumbers::V4(Column::Rows(&fours)));
    // An IPv4 address as an IPv6 address is the IPv4 address.
    v4.ask(gate, IpNumbers::V6(Column::Rows(&sixteens(&v4.addresses))));
    v6.ask(gate, IpNumbers::V6(Column::Rows(&sixteens(&v6.addresses))));
    without.ask(gate, IpNumbers::None);
    [without, v4, v6].iter().map(|numbers| numbers.rows.len()).sum()
}

fn four(ip: IpAddr) -> Option<std::net::Ipv4Addr> {
    match ip {
        IpAddr::V4(four) => Some(four),
        IpAddr::V6(_) => None,
    }
}

fn six(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(four) => four.to_ipv6_mapped().octets(),
        IpAddr::V6(six) => six.octets(),
    }
}

#[test]
fn columns_that_do_not_fit_are_refused() {
    let gate = Gate::compile("use intlpartnersmgt policy p { allow * } user u { attach p }").expect("a set");
    let (one, two) = ([Some("u")], [Some("QueryArea"), Some("QueryUser")]);
    let none = Column::Same(IpArgument::None);
    let refused = |principals, actions, ips| {
        let answers = gate.allows_many(&Batch { principals, actions, ips, faults: Faults::All });
        let error = answers.expect_err("a batch that does not fit");
        assert_eq!(error.code(), ErrorCode::BadRequest);
        error.message().to_owned()
    };
    let message = refused(Column::Rows(&one), Column::Rows(&two), none);
    assert_eq!(
        message,
        "the columns of a batch have equally many rows, not 1 principals, 2 actions and any addresses"
    );
    assert!(refused(Column::Same(Some("u")), Column::Same(Some("QueryArea")), none).contains("one at least"));
    let codes = Column::Coded { values: &one, codes: &[0, 1] };
    assert!(refused(codes, Column::Rows(&two), none).contains("row 1 of `principals`"));
    let nothing = Column::Rows(&[][..]);
    let empty =
        gate.allows_many(&Batch { principals: nothing, actions: nothing, ips: none, faults: Faults::All });
    assert_eq!(empty.expect("no rows").allowed, []);
}

#[test]
fn numbers_of_nobody_are_errors_of_their_rows() {
    let text = "use intlpartnersmgt policy p { allow * } group g { attach p } user u { attach p }";
    let gate = Gate::compile(text).expect("a set");
    let action = gate.action_id("QueryArea").expect("an action");
    let ids = |principals: &[u32], action| {
        let principals = Column::Rows(principals);
        let (actions, ips) = (Column::Same(action), IpNumbers::None);
        said(&gate.allows_many_ids(&IdBatch { principals, actions, ips, faults: Faults::All }).expect("ids"))
    };
    let bad = Err(ErrorCode::BadRequest);
    assert_eq!(ids(&[0, 1, 7, u32::MAX, u32::MAX - 1], action), [Ok(true), bad, bad, Ok(false), Ok(true)]);
    assert_eq!(ids(&[0], 4_000_000), [bad]);
    assert_eq!(gate.principal_id("group:g").expect_err("no group").code(), ErrorCode::BadRequest);
    assert_eq!(gate.action_id("Nothing").expect_err("no action").code(), ErrorCode::UnknownAction);
}
