//! The calls: load, compile, allows, check, check a line.

use crate::convert;
use crate::decision::Decision;
use crate::error::{Answer, Told, answer, guard, told};
use crate::options;
use crate::value::Js;
use napi::bindgen_prelude::{AsyncTask, Env, Task, Uint8Array, Uint32Array};
use napi_derive::napi;
use passgate::LoadOptions;
use passgate::Request;
use passgate::analysis::wire::answer_value;
use passgate::check::{Column, Faults, IdBatch, IpNumbers};
use passgate::error::{Result, caught};
use passgate::grammar::limits;
use std::path::PathBuf;

/// The number of a principal or an action that has none: no gate gives out so many.
const NO_NUMBER: u32 = u32::MAX - 2;
/// Of a row that has to be asked alone; 1 is allowed, 0 is not.
const ASK: u8 = 2;

/// Bounds of what the reader in JavaScript keeps for a gate.
#[napi(object, object_from_js = false)]
pub(crate) struct ReaderLimits {
    /// Calls for a signature before its cells are fetched.
    pub calls: u32,
    /// Principals known by name.
    pub callers: u32,
    /// Texts of actions.
    pub actions: u32,
    /// Words of cells.
    pub words: u32,
}

/// The bounds of `docs/limits.md`.
#[napi]
pub(crate) fn reader_limits() -> ReaderLimits {
    let number = |limit: usize| u32::try_from(limit).unwrap_or(u32::MAX);
    ReaderLimits {
        calls: number(limits::READER_CALLS),
        callers: number(limits::READER_CALLERS),
        actions: number(limits::READER_ACTIONS),
        words: number(limits::READER_WORDS),
    }
}

/// A loaded policy set. Immutable.
#[napi]
pub(crate) struct Gate(passgate::Gate);

/// Loads a policy set: a folder, a `.gate` file, a compiled file or one CAM JSON document.
#[napi]
pub(crate) fn load(path: Js<'_>, given: Js<'_>) -> Answer<Gate> {
    guard(|| Loading::new(path, given)?.run())
}

/// Loads a policy set on a thread of the pool.
#[napi]
pub(crate) fn load_async(path: Js<'_>, given: Js<'_>) -> Answer<AsyncTask<Loading>> {
    guard(|| Loading::new(path, given).map(AsyncTask::new))
}

/// Compiles the text of one `.gate` file that is a whole policy set.
#[napi]
pub(crate) fn compile(text: Js<'_>, given: Js<'_>) -> Answer<Gate> {
    guard(|| {
        let text = options::text(text, "text")?;
        passgate::Gate::compile_with(&text, &options::read(given)?).map(Gate)
    })
}

#[napi]
#[expect(unreachable_pub, reason = "`#[napi]` takes public methods only")]
impl Gate {
    /// What was noticed while loading.
    #[napi]
    pub fn diagnostics(&self) -> Answer<Told> {
        guard(|| Ok(told(self.0.diagnostics(), self.0.sources())))
    }

    /// May the principal perform the action? 1 or 0; where three texts were all that was given and the principal has a
    /// signature, two more than twice its number are added, for the reader in JavaScript.
    #[napi]
    pub fn allows(&self, principal: Js<'_>, action: Js<'_>, ip: Js<'_>, extra: Js<'_>) -> Answer<f64> {
        guard(|| {
            if let Some((principal, action, ip)) = plain(principal, action, ip).filter(|_| extra.is_absent())
            {
                let allowed = self.0.allows(&principal, &action, ip.as_ref())?;
                // INVARIANT: the number of a signature is below 2⁵².
                let signature = self.0.signature(&principal).map_or(0, |number| 2 * (number + 1));
                return Ok((signature + u64::from(allowed)) as f64);
            }
            let named = [("principal", principal), ("action", action), ("ip", ip)];
            let allowed = self.0.check(&convert::request_of(named, extra)?)?.allowed;
            Ok(f64::from(u8::from(allowed)))
        })
    }

    /// The principal's signature; null where it has none.
    #[napi]
    pub fn signature(&self, principal: Js<'_>) -> Answer<Option<f64>> {
        guard(|| {
            let name = convert::name("principal", principal)?;
            Ok(self.0.principal(&name)?.signature().map(|number| number as f64))
        })
    }

    /// Number of the action's service, its number there, and how many actions the service has; null for one of an
    /// opaque service.
    #[napi]
    pub fn action(&self, action: Js<'_>) -> Answer<Option<Vec<u32>>> {
        guard(|| {
            let name = convert::name("action", action)?;
            let number = self.0.action(&name)?.number();
            Ok(number.map(|number| vec![number.service, number.action, number.actions]))
        })
    }

    /// The cells of a signature in a service; null where there are none, or too many.
    #[napi]
    pub fn cell_words(&self, signature: f64, service: u32) -> Answer<Option<Uint32Array>> {
        guard(|| Ok(self.0.cell_words(signature as u64, service).map(Uint32Array::new)))
    }

    /// The number of a principal in the core; another one where it has none.
    #[napi]
    pub fn principal_number(&self, principal: Js<'_>) -> Answer<u32> {
        guard(|| Ok(self.0.principal_id(&convert::name("principal", principal)?).unwrap_or(NO_NUMBER)))
    }

    /// The number of an action in the core; another one where it has none.
    #[napi]
    pub fn action_number(&self, action: Js<'_>) -> Answer<u32> {
        guard(|| Ok(self.0.action_id(&convert::name("action", action)?).unwrap_or(NO_NUMBER)))
    }

    /// Answers rows of places in `who` and `what`, which hold numbers of the core, and of IPv4 addresses: for each 1, 0, or 2
    /// where it has to be asked alone.
    #[napi]
    pub fn allows_rows(
        &self,
        principals: Uint32Array,
        actions: Uint32Array,
        ips: Uint32Array,
        who: Uint32Array,
        what: Uint32Array,
    ) -> Answer<Uint8Array> {
        guard(|| {
            let answers = self.0.allows_many_ids(&IdBatch {
                principals: Column::Coded { values: &who, codes: &principals },
                actions: Column::Coded { values: &what, codes: &actions },
                ips: IpNumbers::V4(Column::Rows(&ips)),
                faults: Faults::All,
            })?;
            let told = |allowed: Option<bool>| allowed.map_or(ASK, u8::from);
            Ok(Uint8Array::new(answers.allowed.into_iter().map(told).collect()))
        })
    }

    /// The decision with its reason and the statements that decided.
    #[napi]
    pub fn check(&self, request: Js<'_>) -> Answer<Decision> {
        guard(|| self.0.check(&convert::request(request)?).map(Decision::from))
    }

    /// The actions that `allows` allows from this address, as bits.
    #[napi]
    pub fn action_bits(&self, principal: Js<'_>, ip: Js<'_>) -> Answer<Uint8Array> {
        guard(|| {
            let principal = convert::name("principal", principal)?;
            let ip = if ip.is_absent() { None } else { Some(convert::name("ip", ip)?) };
            Ok(Uint8Array::new(self.0.actions(&principal, ip.as_deref())?.bytes().to_vec()))
        })
    }

    /// The full names of all actions, in the order of the bits.
    #[napi]
    pub fn action_names(&self) -> Answer<Vec<&str>> {
        guard(|| Ok(self.0.action_names().collect()))
    }

    /// Answers a question about this set, or about this one and another: the answer as JSON.
    #[napi]
    pub fn answer(
        &self,
        question: String,
        about: Js<'_>,
        options: Js<'_>,
        other: Option<&Gate>,
    ) -> Answer<String> {
        guard(|| {
            let gates = [Some(self), other].into_iter().flatten();
            let gates: Vec<&passgate::Gate> = gates.map(|gate| &gate.0).collect();
            answer_value(&gates, &question, &convert::options(about, options)?)
        })
    }

    /// Decides one request written as a line of JSON.
    #[napi]
    pub fn check_json(&self, line: Js<'_>) -> Answer<Decision> {
        guard(|| self.0.check(&Request::from_json(&convert::line(line)?)?).map(Decision::from))
    }
}

/// The three texts of a call that gives nothing else; none where one of them is no text.
fn plain(principal: Js<'_>, action: Js<'_>, ip: Js<'_>) -> Option<(String, String, Option<String>)> {
    let text = |value: Js<'_>| value.is_text().then(|| value.text().ok()?.ok()).flatten();
    let ip = if ip.is_absent() { None } else { Some(text(ip)?) };
    Some((text(principal)?, text(action)?, ip))
}

/// A load to be done.
pub(crate) struct Loading {
    path: PathBuf,
    options: LoadOptions,
}

impl Loading {
    fn new(path: Js<'_>, given: Js<'_>) -> Result<Self> {
        Ok(Loading { path: options::path(path, "path")?, options: options::read(given)? })
    }

    fn run(&self) -> Result<Gate> {
        passgate::Gate::load_with(&self.path, &self.options).map(Gate)
    }
}

impl Task for Loading {
    type Output = Result<Gate>;
    type JsValue = Answer<Gate>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(caught(|| self.run()))
    }

    fn resolve(&mut self, _: Env, loaded: Self::Output) -> napi::Result<Self::JsValue> {
        Ok(answer(loaded))
    }
}
