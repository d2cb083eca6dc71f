//! The engines that answer requests over one model: the reference evaluator and the compiled table.

use crate::answer::Answer;
use crate::words;
use passgate::address::parse_address;
use passgate::check::{Cell, Ip, LineChecker, Request};
use passgate::error::Result;
use passgate::model::Model;
use passgate::{ErrorCode, Gate, Reason, reference};
use std::net::IpAddr;
use std::panic::{self, AssertUnwindSafe};

/// A model with its table.
#[derive(Debug)]
pub struct Engines {
    gate: Gate,
    /// The same gate, written to bytes and read again.
    loaded: Gate,
}

impl Engines {
    /// Compiles the table of a model.
    ///
    /// # Errors
    /// What the compiler refuses.
    pub fn new(model: Model) -> Result<Engines> {
        let gate = Gate::from_model(model)?;
        let loaded = Gate::from_bytes(&gate.to_bytes()?)?;
        Ok(Engines { gate, loaded })
    }

    /// The model.
    pub fn model(&self) -> &Model {
        self.gate.model()
    }

    /// What the reference says.
    pub fn reference(&self, request: &Request) -> Answer {
        Answer::of(reference::decide(self.gate.model(), request))
    }

    /// What the table says.
    pub fn table(&self, request: &Request) -> Answer {
        Answer::of(self.gate.check(request))
    }

    /// What the table says that was read from a compiled file.
    pub fn loaded(&self, request: &Request) -> Answer {
        Answer::of(self.loaded.check(request))
    }

    /// What the reference says of the policy set that a compiled file keeps.
    pub fn kept(&self, request: &Request) -> Answer {
        Answer::of(reference::decide(self.loaded.model(), request))
    }

    /// The kind of the cell that a request falls in, where it falls in one.
    pub fn cell(&self, request: &Request) -> Option<&'static str> {
        let cell = self.gate.cell(&request.principal, &request.action, request.ip.as_ref()).ok()??;
        Some(cell.as_str())
    }

    /// Asks the other faces of the gate: `allows`, handles, lines of JSON. What differs from what `check` and the
    /// reference say is told.
    pub fn other_faces(&self, request: &Request, line: Option<&str>) -> Option<String> {
        let mut plain = Request::new(request.principal.clone(), request.action.clone());
        plain.ip.clone_from(&request.ip);
        let expected = reference::decide(self.gate.model(), &plain).map(|d| d.allowed).map_err(|e| e.code());
        let simple =
            self.gate.allows(&plain.principal, &plain.action, plain.ip.as_ref()).map_err(|e| e.code());
        if simple != expected {
            return Some(format!("`allows`: {simple:?}, reference: {expected:?}"));
        }
        let loaded =
            self.loaded.allows(&plain.principal, &plain.action, plain.ip.as_ref()).map_err(|e| e.code());
        if loaded != expected {
            return Some(format!("`allows` of the compiled file: {loaded:?}, reference: {expected:?}"));
        }
        if let Some(answers) = self.by_handle(&plain)
            && answers.iter().any(|answer| *answer != expected)
        {
            return Some(format!("handles: {answers:?}, reference: {expected:?}"));
        }
        if let Some(fault) = self.cell_differs(request) {
            return Some(fault);
        }
        if let Some(fault) = self.words_differ(&plain) {
            return Some(fault);
        }
        let answer = self.by_line(line?);
        let expected = self.reference(request).in_words();
        (answer != expected).then(|| format!("line: {answer}, reference: {expected}"))
    }

    /// A cell settles the answer of the attached policies, except where it says *depends*.
    fn cell_differs(&self, request: &Request) -> Option<String> {
        let brings =
            [&request.groups, &request.roles, &request.policies].iter().any(|names| !names.is_empty());
        let reason = self.gate.check(request).ok()?.reason;
        let cell = self.gate.cell(&request.principal, &request.action, request.ip.as_ref()).ok()??;
        let loaded = self.loaded.cell(&request.principal, &request.action, request.ip.as_ref()).ok()??;
        if loaded != cell {
            return Some(format!(
                "the cell says {}, of the compiled file {}",
                cell.as_str(),
                loaded.as_str()
            ));
        }
        let fits = brings
            || match cell {
                Cell::None => reason == Reason::ImplicitDeny,
                Cell::Deny => reason == Reason::ExplicitDeny,
                Cell::Allow => matches!(reason, Reason::Allow | Reason::Boundary),
                Cell::Depends => true,
            };
        (!fits).then(|| format!("the cell says {}, `check` {}", cell.as_str(), reason.as_str()))
    }

    /// The cell words of a caller say what cells say of the attached policies, and beyond them of the boundary, and the
    /// reference agrees; those of a compiled file are the same.
    pub fn words_differ(&self, plain: &Request) -> Option<String> {
        let signature = self.gate.signature(&plain.principal)?;
        let number = self.gate.action(&plain.action).ok()?.number()?;
        let words = self.gate.cell_words(signature, number.service)?;
        if self.loaded.cell_words(self.loaded.signature(&plain.principal)?, number.service).as_ref()
            != Some(&words)
        {
            return Some("cell words differ in the compiled file".into());
        }
        let cell = self.gate.cell(&plain.principal, &plain.action, plain.ip.as_ref()).ok()??;
        let found = match words::cell(&words, number.action, address(plain)?) {
            Ok(found) => found,
            Err(fault) => return Some(format!("cell words: {fault}")),
        };
        let expected = reference::decide(self.gate.model(), plain).map(|decision| decision.reason);
        let fits = match (cell, found) {
            (Cell::Allow, Cell::Allow) => matches!(expected, Ok(Reason::Allow)),
            (Cell::Allow, Cell::Deny) => matches!(expected, Ok(Reason::Boundary)),
            (Cell::Allow, Cell::Depends) => self.is_bounded(plain),
            (cell, found) => cell == found,
        };
        (!fits).then(|| format!("cell words: {found:?}, cell: {cell:?}, reference: {expected:?}"))
    }

    /// Whether a boundary could decide for who asks.
    fn is_bounded(&self, plain: &Request) -> bool {
        let model = self.gate.model();
        let name = |prefix| plain.principal.strip_prefix(prefix).unwrap_or(&plain.principal);
        let user =
            model.users.iter().any(|user| user.name.as_ref() == name("user:") && user.boundary.is_some());
        let role =
            model.groups.iter().any(|role| role.name.as_ref() == name("role:") && role.boundary.is_some());
        model.boundary.is_some() || user || role
    }

    /// `allows` and `check` of handles, where there are handles.
    fn by_handle(&self, plain: &Request) -> Option<[Allowed; 3]> {
        let (principal, action) = (self.gate.principal(&plain.principal), self.gate.action(&plain.action));
        let (principal, action) = (principal.ok()?, action.ok()?);
        let allows = || principal.allows(&action, plain.ip.as_ref()).map_err(|e| e.code());
        let checked = principal.check(&action, plain.ip.as_ref()).map(|d| d.allowed).map_err(|e| e.code());
        // The second reads what the first took hold of.
        Some([allows(), allows(), checked])
    }

    /// Reason or code of the answer to a line of JSON.
    fn by_line(&self, line: &str) -> String {
        let mut text = String::new();
        let decided = LineChecker::new(&self.gate).answer(line, &mut text);
        let answer: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let word = |at: &str| answer.pointer(at).and_then(serde_json::Value::as_str).map(str::to_owned);
        let at = if decided.is_ok() { "/reason" } else { "/error/code" };
        word(at).unwrap_or(text)
    }
}

/// The address of a request that has none, or one that can be read.
fn address(plain: &Request) -> Option<words::Address> {
    let address = match &plain.ip {
        None => return Some(words::Address::None),
        Some(Ip::Address(address)) => *address,
        Some(Ip::Text(text)) => parse_address(text).ok()?,
    };
    Some(match address.to_canonical() {
        IpAddr::V4(v4) => words::Address::V4(v4.into()),
        IpAddr::V6(v6) => words::Address::V6(v6.into()),
    })
}

/// Whether allowed, or the code of the error.
type Allowed = std::result::Result<bool, ErrorCode>;

/// Runs this; a panic is told as a fault of its own, so that it can be shrunk like any other.
pub fn caught<T>(run: impl FnOnce() -> T) -> std::result::Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(run)).map_err(|cause| {
        let text = cause.downcast_ref::<String>().cloned();
        text.or_else(|| cause.downcast_ref::<&str>().map(|t| (*t).to_owned())).unwrap_or_default()
    })
}
