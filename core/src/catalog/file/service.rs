//! From the tree of a catalog file to services: needed members, defaults, and every refusal with its place.

use super::Format;
use super::node::{Kind, Member, Node};
use super::write::canonical;
use crate::catalog::digest::digest;
use crate::catalog::{Action, Granularity, IpSupport, Service, is_action_name, is_service_name};
use crate::nearest::nearest;
use passgate_grammar::{Diagnostic, Span, code, limits};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

const SERVICE_MEMBERS: &[&str] = &[
    "service",
    "name",
    "version",
    "granularity",
    "console",
    "tag_authorization",
    "ip_restriction",
    "actions",
    "permids",
];

const ACTION_MEMBERS: &[&str] =
    &["name", "category", "granularity", "resources", "ip_restriction", "tag_authorization", "description"];

/// Every service of a file. An abbreviation that the file describes twice is an error.
pub(super) fn services(tree: &Node<'_>, format: Format, diagnostics: &mut Vec<Diagnostic>) -> Vec<Service> {
    let mut reader = Reader { diagnostics };
    let mut seen: BTreeMap<Box<str>, Span> = BTreeMap::new();
    let mut all = Vec::new();
    for (node, span) in reader.roots(tree, format) {
        let Some(service) = reader.service(node, span) else { continue };
        reader.once(&mut seen, &service.service, span, "the service");
        all.push(service);
    }
    all
}

struct Reader<'d> {
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl Reader<'_> {
    /// The services' tables: the file itself, or the elements of its list.
    fn roots<'t, 'a>(&mut self, tree: &'t Node<'a>, format: Format) -> Vec<(&'t [Member<'a>], Span)> {
        let list = match (&tree.kind, format) {
            (Kind::List(items), Format::Json) => items,
            (Kind::Table(members), Format::Toml) => match members.as_slice() {
                [Member { key, value: Node { kind: Kind::List(items), .. }, .. }] if key == "services" => {
                    items
                }
                _ => return vec![(members, self.start(tree.span))],
            },
            (Kind::Table(members), Format::Json) => return vec![(members, tree.span)],
            (kind, _) => {
                let message = format!("a catalog is an object or an array of them, not {}", kind.name());
                self.diagnostics.push(Diagnostic::error(code::WRONG_TYPE, tree.span, message));
                return Vec::new();
            }
        };
        if list.is_empty() {
            let message = "a catalog file holds at least one service";
            self.diagnostics.push(Diagnostic::error(code::EMPTY_LIST, tree.span, message));
        }
        list.iter().filter_map(|item| Some((self.table(item, "a service")?, item.span))).collect()
    }

    /// A TOML document as a whole is shown by its first byte.
    fn start(&self, span: Span) -> Span {
        Span { end: span.start, ..span }
    }

    fn service(&mut self, members: &[Member<'_>], span: Span) -> Option<Service> {
        let found = self.members(members, SERVICE_MEMBERS, "a service");
        let name = self.needed(&found, "service", span).and_then(|node| self.text(node, "service"));
        let granularity = found.get("granularity").and_then(|n| self.granularity(n));
        let tag_authorization =
            found.get("tag_authorization").and_then(|n| self.bool(n, "tag_authorization"));
        let mut service = Service {
            service: Box::from(name.unwrap_or("")),
            name: found.get("name").and_then(|n| self.filled(n, "name")).map(Box::from),
            version: "".into(),
            granularity: granularity.unwrap_or(Granularity::Operation),
            console: found.get("console").and_then(|n| self.bool(n, "console")),
            tag_authorization: tag_authorization.unwrap_or(false),
            ip_restriction: found.get("ip_restriction").and_then(|n| self.ip_support(n)),
            actions: Vec::new(),
            permids: BTreeMap::new(),
        };
        if let Some(node) = found.get("service") {
            self.service_name(node);
        }
        if let Some(list) = self.needed(&found, "actions", span).and_then(|n| self.list(n, "actions")) {
            service.actions = self.actions(list, &service);
        }
        if let Some(node) = found.get("permids") {
            service.permids = self.permids(node, &service);
        }
        let version = found.get("version").and_then(|n| self.filled(n, "version"));
        service.version = version.map_or_else(|| digest(&canonical(&service)), str::to_owned).into();
        (!service.service.is_empty()).then_some(service)
    }

    fn service_name(&mut self, node: &Node<'_>) {
        let Kind::Text(text) = &node.kind else { return };
        if !is_service_name(text) {
            let message = format!("`{text}` is no abbreviation of a service");
            let diagnostic = Diagnostic::error(code::BAD_VALUE, node.span, message)
                .because("it begins with a lower-case letter, and letters, digits, `_` and `-` follow");
            self.diagnostics.push(diagnostic);
        }
    }

    /// Actions sorted by name.
    fn actions(&mut self, list: &[Node<'_>], service: &Service) -> Vec<Action> {
        let mut seen = BTreeMap::new();
        let mut actions = Vec::with_capacity(list.len());
        for node in list {
            let Some(members) = self.table(node, "an action") else { continue };
            let Some((action, span)) = self.action(members, node.span, service) else { continue };
            if self.once(&mut seen, &action.name, span, "the action") {
                actions.push(action);
            }
        }
        actions.sort_by(|a, b| a.name.cmp(&b.name));
        actions
    }

    fn action(&mut self, members: &[Member<'_>], span: Span, service: &Service) -> Option<(Action, Span)> {
        let found = self.members(members, ACTION_MEMBERS, "an action");
        let name = self.needed(&found, "name", span);
        let category = found.get("category").and_then(|n| self.word(n, "category"));
        let granularity = found.get("granularity").and_then(|n| self.granularity(n));
        let resources = found.get("resources").map(|n| self.resources(n));
        let ip_restriction = found.get("ip_restriction").and_then(|n| self.bool(n, "ip_restriction"));
        let tag = found.get("tag_authorization").and_then(|n| self.bool(n, "tag_authorization"));
        let description = found.get("description").and_then(|n| self.text(n, "description"));
        let action = Action {
            name: self.action_name(name?)?.into(),
            category: category.unwrap_or("other").into(),
            granularity: granularity.unwrap_or(service.granularity),
            resources: resources.unwrap_or_else(|| vec!["*".into()]),
            ip_restriction: ip_restriction.unwrap_or(true),
            tag_authorization: tag.unwrap_or(service.tag_authorization),
            description: description.map(Box::from),
        };
        Some((action, name?.span))
    }

    fn action_name<'n>(&mut self, node: &'n Node<'_>) -> Option<&'n str> {
        let text = self.text(node, "name")?;
        if is_action_name(text) {
            return Some(text);
        }
        let message = format!("`{text}` cannot be the name of an action");
        let diagnostic = Diagnostic::error(code::BAD_ACTION, node.span, message).because(format!(
            "a name is printable, without blank, `*` or `\"`, of at most {} bytes",
            limits::NAME_BYTES
        ));
        self.diagnostics.push(diagnostic);
        None
    }

    fn resources(&mut self, node: &Node<'_>) -> Vec<Box<str>> {
        let Some(list) = self.list(node, "resources") else { return Vec::new() };
        if list.is_empty() {
            let message = "`resources` names no resource";
            let help = "leave it out: an action without it is on `*`";
            self.diagnostics.push(Diagnostic::error(code::EMPTY_LIST, node.span, message).help(help));
        }
        list.iter().filter_map(|item| self.filled(item, "resources")).map(Box::from).collect()
    }

    fn permids(&mut self, node: &Node<'_>, service: &Service) -> BTreeMap<Box<str>, Vec<Box<str>>> {
        let Some(members) = self.table(node, "`permids`") else { return BTreeMap::new() };
        let mut all = BTreeMap::new();
        let mut seen = BTreeMap::new();
        for member in members {
            self.once(&mut seen, &member.key, member.key_span, "the set");
            if member.key.is_empty() || !member.key.bytes().all(|b| b.is_ascii_digit()) {
                let message = format!("`{}` is no number of a set", member.key);
                self.diagnostics.push(Diagnostic::error(code::BAD_VALUE, member.key_span, message));
            }
            let names = self.list(&member.value, "permids").unwrap_or(&[]);
            let names = names.iter().filter_map(|n| self.permid_name(n, service)).map(Box::from).collect();
            all.insert(Box::from(member.key.as_ref()), names);
        }
        all
    }

    /// A bare name; one that the service does not have is kept, and told: it covers nothing.
    fn permid_name<'n>(&mut self, node: &'n Node<'_>, service: &Service) -> Option<&'n str> {
        let name = self.action_name(node)?;
        if !service.knows_every_name() && service.position(name).is_none() {
            let message = format!("`{}` has no action `{name}`", service.service);
            let near = nearest(name, service.actions.iter().map(|a| a.name.as_ref()));
            self.diagnostics
                .push(Diagnostic::warning(code::UNKNOWN_ACTION, node.span, message).nearest(near));
        }
        Some(name)
    }

    /// Members by name; unknown ones and repetitions are errors.
    fn members<'t, 'a>(
        &mut self,
        members: &'t [Member<'a>],
        known: &[&'static str],
        what: &str,
    ) -> BTreeMap<&'t str, &'t Node<'a>> {
        let mut found = BTreeMap::new();
        for member in members {
            if !known.contains(&member.key.as_ref()) {
                let message = format!("{what} has no member `{}`", member.key);
                let near = nearest(&member.key, known.iter().copied());
                let unknown = Diagnostic::error(code::UNKNOWN_MEMBER, member.key_span, message).nearest(near);
                self.diagnostics.push(unknown);
                continue;
            }
            match found.entry(member.key.as_ref()) {
                Entry::Vacant(place) => {
                    place.insert(&member.value);
                }
                Entry::Occupied(_) => {
                    let message = format!("`{}` stands twice", member.key);
                    self.diagnostics.push(Diagnostic::error(code::DUPLICATE_KEY, member.key_span, message));
                }
            }
        }
        found
    }

    fn needed<'t, 'a>(
        &mut self,
        found: &BTreeMap<&'t str, &'t Node<'a>>,
        name: &str,
        span: Span,
    ) -> Option<&'t Node<'a>> {
        let node = found.get(name).copied();
        if node.is_none() {
            let message = format!("`{name}` is missing");
            self.diagnostics.push(Diagnostic::error(code::MISSING_MEMBER, span, message));
        }
        node
    }

    /// Whether the name is new; else an error that shows where it stood before.
    fn once(&mut self, seen: &mut BTreeMap<Box<str>, Span>, name: &str, span: Span, what: &str) -> bool {
        match seen.entry(name.into()) {
            Entry::Vacant(place) => {
                place.insert(span);
                true
            }
            Entry::Occupied(first) => {
                let message = format!("{what} `{name}` is described twice");
                let diagnostic = Diagnostic::error(code::DUPLICATE_NAME, span, message);
                self.diagnostics.push(diagnostic.label(*first.get(), "first here"));
                false
            }
        }
    }

    fn table<'t, 'a>(&mut self, node: &'t Node<'a>, what: &str) -> Option<&'t [Member<'a>]> {
        match &node.kind {
            Kind::Table(members) => Some(members),
            kind => self.wrong(node, format!("{what} is an object, not {}", kind.name())),
        }
    }

    fn list<'t, 'a>(&mut self, node: &'t Node<'a>, member: &str) -> Option<&'t [Node<'a>]> {
        match &node.kind {
            Kind::List(items) => Some(items),
            kind => self.wrong(node, format!("`{member}` is a list, not {}", kind.name())),
        }
    }

    fn text<'t>(&mut self, node: &'t Node<'_>, member: &str) -> Option<&'t str> {
        match &node.kind {
            Kind::Text(text) => Some(text),
            kind => self.wrong(node, format!("`{member}` is a string, not {}", kind.name())),
        }
    }

    fn bool(&mut self, node: &Node<'_>, member: &str) -> Option<bool> {
        match node.kind {
            Kind::Bool(b) => Some(b),
            ref kind => self.wrong(node, format!("`{member}` is true or false, not {}", kind.name())),
        }
    }

    fn wrong<T>(&mut self, node: &Node<'_>, message: String) -> Option<T> {
        self.diagnostics.push(Diagnostic::error(code::WRONG_TYPE, node.span, message));
        None
    }

    /// A text that says something: not empty, no control character.
    fn filled<'t>(&mut self, node: &'t Node<'_>, member: &str) -> Option<&'t str> {
        let text = self.text(node, member)?;
        if !text.trim().is_empty() && !text.chars().any(char::is_control) {
            return Some(text);
        }
        let message = format!("`{member}` is empty or holds a control character");
        self.diagnostics.push(Diagnostic::error(code::BAD_VALUE, node.span, message));
        None
    }

    /// A word that policies can name, such as a category.
    fn word<'t>(&mut self, node: &'t Node<'_>, member: &str) -> Option<&'t str> {
        let text = self.text(node, member)?;
        if is_action_name(text) {
            return Some(text);
        }
        let message = format!("`{text}` cannot be a {member}");
        let diagnostic = Diagnostic::error(code::BAD_VALUE, node.span, message)
            .because("it is one printable word without `*` or `\"`");
        self.diagnostics.push(diagnostic);
        None
    }

    fn granularity(&mut self, node: &Node<'_>) -> Option<Granularity> {
        use Granularity::{Operation, Resource, Service};
        self.choice(node, "granularity", &[Service, Operation, Resource].map(|g| (g.as_str(), g)))
    }

    fn ip_support(&mut self, node: &Node<'_>) -> Option<IpSupport> {
        use IpSupport::{Partial, Supported, Unsupported};
        let words = [Supported, Partial, Unsupported].map(|s| (s.as_str(), s));
        self.choice(node, "ip_restriction", &words)
    }

    fn choice<T: Copy>(&mut self, node: &Node<'_>, member: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(node, member)?;
        let found = words.iter().find(|w| w.0 == text);
        if found.is_none() {
            let all: Vec<_> = words.iter().map(|w| format!("`{}`", w.0)).collect();
            let message = format!("`{text}` is no value of `{member}`");
            let diagnostic = Diagnostic::error(code::BAD_VALUE, node.span, message)
                .because(format!("it is one of {}", all.join(", ")))
                .nearest(nearest(text, words.iter().map(|w| w.0)));
            self.diagnostics.push(diagnostic);
        }
        found.map(|w| w.1)
    }
}
