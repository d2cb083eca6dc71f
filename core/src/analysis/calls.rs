//! Of which calls a question is asked: all of them, or those with one address, at one time, on one resource.

use super::space::{Clause, Named};
use crate::address::{Family, Prefix, address, canonical_bits};
use crate::check::{bad_resource, read_address, read_time};
use crate::error::Result;
use crate::model::{Comparison, Condition, Instant, Template, TemplatePart, Test};
use passgate_grammar::Span;
use std::net::IpAddr;
use std::sync::Arc;

/// What is fixed of the calls; everything else of them is open.
///
/// ```
/// use passgate::analysis::calls::Calls;
/// let calls = Calls::read(Some("203.0.113.9"), None, None)?;
/// assert!(calls.ip.is_some());
/// assert!(Calls::read(Some("203.0.113.09"), None, None).is_err());
/// # Ok::<(), passgate::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calls {
    /// The caller's address.
    pub ip: Option<IpAddr>,
    /// The resource, as a request gives it.
    pub resource: Option<String>,
    /// The time.
    pub at: Option<Instant>,
}

impl Calls {
    /// Reads what is fixed from texts.
    ///
    /// # Errors
    /// `bad-address`, `bad-resource`, `bad-time`.
    pub fn read(ip: Option<&str>, resource: Option<&str>, at: Option<&str>) -> Result<Calls> {
        let ip = ip.map(|text| read_address(text.into())).transpose()?.flatten();
        let resource = resource.map(|text| match Named::read(text) {
            Some(_) => Ok(text.to_owned()),
            None => Err(bad_resource(text)),
        });
        Ok(Calls {
            ip: ip.map(|(family, bits)| address(family, bits)),
            resource: resource.transpose()?,
            at: at.map(read_time).transpose()?,
        })
    }

    /// What is fixed, as statements would say it.
    pub(super) fn fixed(&self) -> Fixed {
        let rest = match self.resource.as_deref().and_then(Named::read) {
            Some(Named::Six([.., rest])) => vec![TemplatePart::Literal(rest.into())],
            _ => Vec::new(),
        };
        Fixed { conditions: self.conditions(), rest: Template { parts: rest } }
    }

    /// The conditions that admit no other address and no other time.
    fn conditions(&self) -> Vec<Condition> {
        let condition = |key: &str, test| Condition {
            qualifier: None,
            if_exist: false,
            test,
            key: Arc::from(key),
            span: Span::default(),
        };
        let from = |ip: IpAddr| {
            let (family, bits) = canonical_bits(ip);
            let width = if family == Family::V4 { 32 } else { 128 };
            let prefixes = [Prefix::new(family, bits, width)].into();
            condition("qcs:ip", Test::Ip { negated: false, prefixes, written: [].into() })
        };
        let time = |at| {
            condition("qcs:current_time", Test::Date { comparison: Comparison::Equal, values: vec![at] })
        };
        self.ip.map(from).into_iter().chain(self.at.map(time)).collect()
    }

    /// What is fixed as clauses; `fixed` is what [`Calls::fixed`] gives.
    pub(super) fn clauses<'c>(&'c self, fixed: &'c Fixed) -> Vec<Clause<'c>> {
        let named = self.resource.as_deref().and_then(Named::read);
        let of = named.map(|named| Clause::Of(named, &fixed.rest));
        fixed.conditions.iter().map(Clause::When).chain(of).collect()
    }
}

/// What is fixed of calls, as statements would say it.
#[derive(Debug, Clone)]
pub(super) struct Fixed {
    conditions: Vec<Condition>,
    /// The last segment of the resource.
    rest: Template,
}
