//! A request as it is decided: texts borrowed from whoever asks.

use crate::check::{Account, ContextValue, Ip, Request};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The caller's address in a call: text, an address, or none.
///
/// Whatever converts into it may be given: `&str`, `&String`, the address types of the standard library, and each of
/// them in an `Option`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IpArgument<'a> {
    /// The call has no address.
    #[default]
    None,
    /// Text, read strictly.
    Text(&'a str),
    /// An address; an IPv4-mapped IPv6 address is the IPv4 address.
    Address(IpAddr),
}

impl<'a> From<&'a str> for IpArgument<'a> {
    fn from(text: &'a str) -> Self {
        IpArgument::Text(text)
    }
}

impl<'a> From<&'a String> for IpArgument<'a> {
    fn from(text: &'a String) -> Self {
        IpArgument::Text(text)
    }
}

impl From<IpAddr> for IpArgument<'_> {
    fn from(address: IpAddr) -> Self {
        IpArgument::Address(address)
    }
}

impl From<Ipv4Addr> for IpArgument<'_> {
    fn from(address: Ipv4Addr) -> Self {
        IpArgument::Address(address.into())
    }
}

impl From<Ipv6Addr> for IpArgument<'_> {
    fn from(address: Ipv6Addr) -> Self {
        IpArgument::Address(address.into())
    }
}

impl<'a> From<&'a Ip> for IpArgument<'a> {
    fn from(ip: &'a Ip) -> Self {
        match ip {
            Ip::Text(text) => IpArgument::Text(text),
            Ip::Address(address) => IpArgument::Address(*address),
        }
    }
}

impl<'a, T: Into<IpArgument<'a>>> From<Option<T>> for IpArgument<'a> {
    fn from(ip: Option<T>) -> Self {
        ip.map_or(IpArgument::None, Into::into)
    }
}

/// Resources as given.
#[derive(Debug, Clone, Copy)]
pub(super) enum Resources<'a> {
    One(&'a str),
    Many(&'a [String]),
}

/// A request, borrowed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ask<'a> {
    pub(super) principal: &'a str,
    pub(super) action: &'a str,
    pub(super) ip: IpArgument<'a>,
    pub(super) resources: Option<Resources<'a>>,
    pub(super) context: &'a [(String, ContextValue)],
    pub(super) at: Option<&'a str>,
    pub(super) account: Option<&'a Account>,
    pub(super) groups: &'a [String],
    pub(super) roles: &'a [String],
    pub(super) policies: &'a [String],
}

impl<'a> From<&'a Request> for Ask<'a> {
    fn from(request: &'a Request) -> Self {
        Ask {
            principal: &request.principal,
            action: &request.action,
            ip: request.ip.as_ref().into(),
            resources: request.resources.as_deref().map(Resources::Many),
            context: &request.context,
            at: request.at.as_deref(),
            account: Some(&request.account),
            groups: &request.groups,
            roles: &request.roles,
            policies: &request.policies,
        }
    }
}
