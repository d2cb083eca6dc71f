//! A request: what a caller wants to do.
//!
//! The texts are kept as given; they are read in the order that semantics §2.7 fixes when the request is decided.
//! Reading a request from a line of JSON is in `line.rs`.

use std::net::IpAddr;

/// An address as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ip {
    /// Text, not yet read.
    Text(String),
    /// An address value; an IPv4-mapped IPv6 address is the IPv4 address.
    Address(IpAddr),
}

/// A value of the request's context, as JSON has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContextValue {
    /// A string.
    Text(String),
    /// A number as written.
    Number(String),
    /// `true` or `false`.
    Bool(bool),
    /// `null`: always an error of the caller.
    Null,
    /// Several values; an empty list is an absent key.
    List(Vec<ContextValue>),
    /// An object: always an error of the caller.
    Object,
}

/// Context: key and value, in the order given, each key once.
pub type Context = Vec<(String, ContextValue)>;

/// The caller's account numbers, where a request gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account {
    /// The caller's own number.
    pub uin: Option<String>,
    /// The owner's number.
    pub owner_uin: Option<String>,
    /// The owner's application number (uid).
    pub app_id: Option<String>,
}

/// What a caller wants to do.
///
/// ```
/// use passgate::Request;
/// let request = Request::new("user:100001", "intlpartnersmgt:PayOrders").ip("203.0.113.9");
/// assert_eq!(request.action, "intlpartnersmgt:PayOrders");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `user:…`, `role:…`, `group:…`, `policy:…`, `root`, or a user's name.
    pub principal: String,
    /// `svc:Name`, `name/svc:Name`, or a bare name.
    pub action: String,
    /// The caller's address.
    pub ip: Option<Ip>,
    /// Resources; `None` is none given, an empty list is an error.
    pub resources: Option<Vec<String>>,
    /// Further keys.
    pub context: Context,
    /// The time.
    pub at: Option<String>,
    /// Account numbers.
    pub account: Account,
    /// Groups the caller brings; `None` and an empty list name none.
    pub groups: Vec<String>,
    /// Roles the caller brings.
    pub roles: Vec<String>,
    /// Policies the caller brings.
    pub policies: Vec<String>,
}

impl Request {
    /// A request with nothing but its principal and action.
    pub fn new(principal: impl Into<String>, action: impl Into<String>) -> Self {
        Request {
            principal: principal.into(),
            action: action.into(),
            ip: None,
            resources: None,
            context: Vec::new(),
            at: None,
            account: Account::default(),
            groups: Vec::new(),
            roles: Vec::new(),
            policies: Vec::new(),
        }
    }

    /// From this address, as text.
    #[must_use]
    pub fn ip(mut self, ip: impl Into<String>) -> Self {
        self.ip = Some(Ip::Text(ip.into()));
        self
    }

    /// From this address.
    #[must_use]
    pub fn address(mut self, ip: IpAddr) -> Self {
        self.ip = Some(Ip::Address(ip));
        self
    }

    /// On this resource; call again for several.
    #[must_use]
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.resources.get_or_insert_default().push(resource.into());
        self
    }

    /// At this time.
    #[must_use]
    pub fn at(mut self, time: impl Into<String>) -> Self {
        self.at = Some(time.into());
        self
    }

    /// With this context value.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: ContextValue) -> Self {
        self.context.push((key.into(), value));
        self
    }
}
