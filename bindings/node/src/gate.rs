//! The calls: load, compile, allows, check, check a line.

use crate::convert;
use crate::decision::Decision;
use crate::error::{Answer, Told, answer, guard, told};
use crate::options;
use crate::value::Js;
use napi::bindgen_prelude::{AsyncTask, Env, Task};
use napi_derive::napi;
use passgate::LoadOptions;
use passgate::Request;
use passgate::error::{Result, caught};
use std::path::PathBuf;

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

    /// May the principal perform the action?
    #[napi]
    pub fn allows(&self, principal: Js<'_>, action: Js<'_>, ip: Js<'_>, extra: Js<'_>) -> Answer<bool> {
        guard(|| {
            if let Some((principal, action, ip)) = plain(principal, action, ip).filter(|_| extra.is_absent())
            {
                return self.0.allows(&principal, &action, ip.as_ref());
            }
            let named = [("principal", principal), ("action", action), ("ip", ip)];
            Ok(self.0.check(&convert::request_of(named, extra)?)?.allowed)
        })
    }

    /// The decision with its reason and the statements that decided.
    #[napi]
    pub fn check(&self, request: Js<'_>) -> Answer<Decision> {
        guard(|| self.0.check(&convert::request(request)?).map(Decision::from))
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
