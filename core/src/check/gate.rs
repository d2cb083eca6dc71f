//! The gate: a policy set compiled, and the questions it answers.

use super::answer::{self, Answer, known_address, read_address};
use super::ask::{Ask, IpArgument};
use super::caller;
use super::compiled::Kept;
use super::handle::{ActionHandle, PrincipalHandle};
use super::number::Numbering;
use crate::check::{Decision, Place, Request};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::table::{self, Address, Cell, Known, Signature, Table, Target};
use passgate_grammar::{Diagnostic, Sources};
use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A policy set compiled to a decision table. Immutable; cheap to clone; one gate serves all threads.
///
/// ```
/// use passgate::{Gate, model::Model};
///
/// fn ask(gate: &Gate) -> passgate::Result<()> {
///     if gate.allows("user:100001", "intlpartnersmgt:PayOrders", "203.0.113.9")? {
///         println!("go ahead");
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    table: Table,
    origin: Origin,
    /// Numbers of principals and actions, made when they are first asked for.
    numbering: OnceLock<Numbering>,
}

/// What a gate was made of.
pub(super) enum Origin {
    /// A policy set, resolved.
    Compiled(Box<Model>),
    /// A compiled file.
    Loaded(Box<Kept>),
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (policies, users) = (self.0.table.claimable.len(), self.0.table.principals.users());
        f.debug_struct("Gate").field("policies", &policies).field("users", &users).finish_non_exhaustive()
    }
}

impl Gate {
    /// Compiles a model.
    ///
    /// # Errors
    /// `bad-policy` where the set's `ip-unsupported = "refuse"` forbids a condition on the address.
    pub fn from_model(model: Model) -> Result<Gate> {
        let refused = table::refused_addresses(&model);
        if !refused.is_empty() {
            return Err(Error::refused(refused, model.sources.clone()));
        }
        let table = Table::new(&model);
        Ok(Gate::of(table, Origin::Compiled(Box::new(model))))
    }

    pub(super) fn of(table: Table, origin: Origin) -> Gate {
        Gate(Arc::new(Inner { table, origin, numbering: OnceLock::new() }))
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.0.origin
    }

    /// Whether a principal may perform an action from an address; `ip` is text, an address, or either in an `Option`.
    ///
    /// # Errors
    /// As [`Gate::check`].
    pub fn allows<'i>(&self, principal: &str, action: &str, ip: impl Into<IpArgument<'i>>) -> Result<bool> {
        let ip = ip.into();
        if let Some(answer) = self.looked_up(principal, action, ip) {
            return Ok(answer);
        }
        let ask = Ask { principal, action, ip, ..Ask::default() };
        Ok(self.answer(&ask, None, None)?.0.allowed())
    }

    /// Decides a request and says which statements decided.
    ///
    /// # Errors
    /// The caller's errors of semantics §2: `bad-request`, `unknown-action`, `bad-resource`, `bad-context`,
    /// `bad-address`, `bad-time`, `unknown-group`, `unknown-policy`, `unresolved-variable`. The first fault in the
    /// order in which a request is read is the error.
    pub fn check(&self, request: &Request) -> Result<Decision> {
        self.decide(&Ask::from(request), None)
    }

    /// Decides many requests, each on its own, in order.
    pub fn check_many(&self, requests: &[Request]) -> Vec<Result<Decision>> {
        requests.iter().map(|request| self.check(request)).collect()
    }

    /// Resolves a principal once for many checks. An unknown user or role has a handle too: it answers
    /// `unknown-principal`.
    ///
    /// # Errors
    /// `unknown-group`, `unknown-policy`, or `bad-request` for a group or policy that `claims` does not admit.
    pub fn principal(&self, name: &str) -> Result<PrincipalHandle> {
        let ask = Ask { principal: name, ..Ask::default() };
        let caller = caller::find(&self.0.table, &ask)?;
        Ok(PrincipalHandle::new(self.clone(), name, caller))
    }

    /// Resolves an action once for many checks.
    ///
    /// # Errors
    /// `unknown-action`, with the nearest spellings.
    pub fn action(&self, name: &str) -> Result<ActionHandle> {
        let actions = &self.0.table.actions;
        match actions.find(name) {
            Some(target) => {
                let known = match target {
                    Target::Known(id) => Some(actions.known(id)),
                    Target::Opaque { .. } => None,
                };
                Ok(ActionHandle::new(self.clone(), name, known))
            }
            None => Err(actions.unknown(name)),
        }
    }

    /// The cell that a principal's attached policies have for an action at an address, read from the policies' own
    /// layers: what is decided before conditions are read. None for root, an unknown principal, and an action of an
    /// opaque service.
    ///
    /// # Errors
    /// `unknown-action`, `bad-address`, and those of [`Gate::principal`].
    pub fn cell<'i>(
        &self,
        principal: &str,
        action: &str,
        ip: impl Into<IpArgument<'i>>,
    ) -> Result<Option<Cell>> {
        let table = &self.0.table;
        let target = table.actions.find(action).ok_or_else(|| table.actions.unknown(action))?;
        let address = read_address(ip.into())?;
        let caller = caller::find(table, &Ask { principal, ..Ask::default() })?;
        let (Target::Known(id), Some(bounded)) = (target, caller.bounded()) else { return Ok(None) };
        Ok(Some(table.cell_by_layers(bounded.policies, id, address)))
    }

    /// What was noticed while the set was read and resolved; nothing where it was read from a compiled file.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match &self.0.origin {
            Origin::Compiled(model) => &model.diagnostics,
            Origin::Loaded(_) => &[],
        }
    }

    /// The texts that the diagnostics point into.
    pub fn sources(&self) -> &Arc<Sources> {
        match &self.0.origin {
            Origin::Compiled(model) => &model.sources,
            Origin::Loaded(kept) => kept.sources(),
        }
    }

    /// The policy set that was compiled. Of a compiled file it is read when it is first asked for; it has no policies
    /// where the file's cannot be read ([`Gate::try_model`] says so), and never the notes, asserts and tests of the texts.
    pub fn model(&self) -> &Model {
        match &self.0.origin {
            Origin::Compiled(model) => model,
            Origin::Loaded(kept) => kept.model(&self.0.table).unwrap_or_else(|_| kept.bare(&self.0.table)),
        }
    }

    /// The policy set that was compiled, for analyses.
    ///
    /// # Errors
    /// `bad-compiled` where a compiled file holds none that can be read.
    pub fn try_model(&self) -> Result<&Model> {
        match &self.0.origin {
            Origin::Compiled(model) => Ok(model),
            Origin::Loaded(kept) => kept.model(&self.0.table),
        }
    }

    /// Whether it was made of the texts that [`Gate::sources`] gives, not of a compiled file.
    pub(crate) fn is_of_texts(&self) -> bool {
        matches!(&self.0.origin, Origin::Compiled(_))
    }

    /// How many policies there are.
    pub fn policies(&self) -> usize {
        self.0.table.claimable.len()
    }

    /// What a principal has.
    ///
    /// # Errors
    /// Those of [`Gate::principal`].
    pub(crate) fn holder(&self, principal: &str) -> Result<caller::Holder> {
        let ask = Ask { principal, ..Ask::default() };
        Ok(caller::find(&self.0.table, &ask)?.holder(&self.0.table))
    }

    /// What the principal of a request has, with what the request brings for it.
    ///
    /// # Errors
    /// `unknown-group`, `unknown-policy`, or `bad-request` for what `claims` does not admit.
    pub(crate) fn holder_of(&self, request: &Request) -> Result<caller::Holder> {
        Ok(caller::find(&self.0.table, &Ask::from(request))?.holder(&self.0.table))
    }

    /// What the principal of a request would have if it were in one more group or role, or had one more policy,
    /// whatever `claims` admits.
    ///
    /// # Errors
    /// Those of [`Gate::holder_of`].
    pub(crate) fn holder_joined(&self, request: &Request, join: caller::Join) -> Result<caller::Holder> {
        Ok(caller::joined(&self.0.table, &Ask::from(request), join)?.holder(&self.0.table))
    }

    /// Decides a request as if its principal were in one more group or role, or had one more policy.
    ///
    /// # Errors
    /// Those of [`Gate::check`].
    pub(crate) fn check_joined(&self, request: &Request, join: caller::Join) -> Result<Decision> {
        let ask = Ask::from(request);
        let caller = caller::joined(&self.0.table, &ask, join)?;
        self.decide(&ask, Some(&caller))
    }

    /// The action that a name means.
    ///
    /// # Errors
    /// `unknown-action`, with the nearest spellings.
    pub(crate) fn target<'n>(&self, name: &'n str) -> Result<Target<'n>> {
        let actions = &self.0.table.actions;
        actions.find(name).ok_or_else(|| actions.unknown(name))
    }

    /// The full name of an action of a catalog; none where a name means no action, or one that no catalog lists.
    pub(crate) fn full_name(&self, action: &str) -> Option<String> {
        let Ok(Target::Known(id)) = self.target(action) else { return None };
        let catalogs = &self.try_model().ok()?.catalogs;
        Some(format!("{}:{}", catalogs.get(id.service)?.service, catalogs.action(id)?.name))
    }

    /// The places of statements by policy and id; in order.
    pub(crate) fn places_of(&self, statements: &BTreeSet<(&str, &str)>) -> Vec<Arc<Place>> {
        let wanted: HashSet<(&str, &str)> = statements.iter().copied().collect();
        self.0.table.places.chosen(|policy, id| wanted.contains(&(policy, id)))
    }

    /// Whether both are the same compiled set.
    pub(super) fn is(&self, other: &Gate) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn table(&self) -> &Table {
        &self.0.table
    }

    pub(super) fn made_numbering(&self) -> Option<&Numbering> {
        self.0.numbering.get()
    }

    pub(super) fn numbering(&self) -> &Numbering {
        self.0.numbering.get_or_init(|| Numbering::new(&self.0.table))
    }

    pub(super) fn answer(
        &self,
        ask: &Ask<'_>,
        known: Option<&caller::Caller>,
        places: Option<&mut Vec<u32>>,
    ) -> Result<Answer<'_>> {
        answer::answer(&self.0.table, ask, known, places)
    }

    pub(super) fn decide(&self, ask: &Ask<'_>, known: Option<&caller::Caller>) -> Result<Decision> {
        let mut places = Vec::new();
        let (reason, catalog) = self.answer(ask, known, Some(&mut places))?;
        let statements = places.iter().filter_map(|number| self.0.table.places.get(*number)).cloned();
        Ok(Decision {
            allowed: reason.allowed(),
            reason,
            catalog: catalog.cloned(),
            statements: statements.collect(),
        })
    }

    /// The answer where the table alone gives it: a declared user, a catalogued action by its full name, no condition
    /// that decides.
    #[inline]
    fn looked_up(&self, principal: &str, action: &str, ip: IpArgument<'_>) -> Option<bool> {
        let table = &self.0.table;
        let signature = table.principals.user(caller::user_name(principal)?)?;
        let action = table.actions.exact(action)?;
        self.cells(signature, action, known_address(ip)?)
    }

    /// What the cells of a signature say; none where statements must be asked.
    #[inline]
    pub(super) fn cells(&self, signature: Signature, action: Known, address: Address) -> Option<bool> {
        let table = &self.0.table;
        let attached = table.declared_cell(signature.policies, action, address);
        let Some(boundary) = signature.boundary else {
            // Without a branch on the answer, since which it is cannot be foreseen.
            return (attached != Cell::Depends).then_some(attached == Cell::Allow);
        };
        match attached {
            Cell::None | Cell::Deny => Some(false),
            Cell::Depends => None,
            Cell::Allow => match table.declared_cell(boundary, action, address) {
                Cell::Allow => Some(true),
                Cell::None | Cell::Deny => Some(false),
                Cell::Depends => None,
            },
        }
    }
}
