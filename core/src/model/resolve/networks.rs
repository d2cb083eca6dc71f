//! Networks: expressions over addresses become prefixes.
//!
//! A plain list keeps its prefixes as written, in order; `only` and `except` give the fewest prefixes that cover
//! exactly what is left. Statements that use one network share its list.

use super::Resolver;
use super::names::{ANYWHERE, kind_word};
use super::parameters::{Argument, Type};
use super::repeated::Members;
use crate::address::{AddressError, Prefix, PrefixSet, parse_prefix};
use crate::model::WrittenAddress;
use crate::model::read::{Literal, Place, read_prefix, shown};
use crate::nearest::nearest;
use passgate_grammar::text::unquote;
use passgate_grammar::tree::{DefineKind, Expr, Term, TermKind};
use passgate_grammar::{Diagnostic, Safety, Span, code};
use std::sync::Arc;

/// The value of a network: prefixes, and those of them that were written with host bits.
#[derive(Debug, Clone, Default)]
pub(super) struct Network {
    pub(super) prefixes: Arc<[Prefix]>,
    pub(super) written: Arc<[WrittenAddress]>,
}

impl Network {
    /// Every address of both families.
    pub(super) fn anywhere() -> Self {
        Network { prefixes: PrefixSet::everywhere().prefixes().into(), written: Arc::default() }
    }
}

/// A network in the making.
#[derive(Default)]
struct List {
    prefixes: Vec<Prefix>,
    written: Vec<WrittenAddress>,
}

impl List {
    fn extend(&mut self, network: &Network) {
        let moved = self.prefixes.len();
        self.prefixes.extend_from_slice(&network.prefixes);
        let later = |w: &WrittenAddress| WrittenAddress { place: w.place + moved, address: w.address };
        self.written.extend(network.written.iter().map(later));
    }

    fn finish(self) -> Network {
        Network { prefixes: self.prefixes.into(), written: self.written.into() }
    }
}

impl<'a> Resolver<'a> {
    /// The prefixes of an expression; faults are told, and what could be read is handed back.
    pub(super) fn network(&mut self, expr: &Expr) -> Network {
        if let (None, None, [Term { kind: TermKind::Word, span }]) = (&expr.only, &expr.except, &*expr.terms)
        {
            return self.named_network(*span);
        }
        let (text, told) = (self.slice(expr.span), self.out.len());
        let names_alone = names_alone(expr) && !self.names_parameter(expr);
        if names_alone && let Some(known) = self.network_texts.get(text) {
            return known.clone();
        }
        let network = match (&expr.only, &expr.except) {
            (None, None) => self.network_list(&expr.terms).finish(),
            (only, except) => {
                self.network_algebra(&expr.terms, only.as_deref(), except.as_deref(), expr.span)
            }
        };
        if names_alone && self.out.len() == told {
            self.network_texts.insert(text, network.clone());
        }
        network
    }

    fn network_algebra(
        &mut self,
        of: &[Term],
        only: Option<&[Term]>,
        except: Option<&[Term]>,
        span: Span,
    ) -> Network {
        let mark = self.mark();
        let mut set = self.network_set(of);
        // What is made of an empty set is empty for that, which is told where that is written.
        let mut of_nothing = set.is_empty();
        if let Some(only) = only {
            let kept = self.network_set(only);
            of_nothing |= kept.is_empty();
            set = set.intersect(&kept);
        }
        if let Some(except) = except {
            set = set.except(&self.network_set(except));
        }
        if set.is_empty() && !of_nothing && !self.faulty(mark) {
            self.empty_set(span);
        }
        if self.spend(set.count_prefixes(), span) {
            Network { prefixes: set.prefixes().into(), written: Arc::default() }
        } else {
            Network::default()
        }
    }

    fn network_set(&mut self, terms: &[Term]) -> PrefixSet {
        PrefixSet::from_prefixes(self.network_list(terms).prefixes)
    }

    fn network_list(&mut self, terms: &[Term]) -> List {
        let mut list = List { prefixes: Vec::with_capacity(terms.len()), written: Vec::new() };
        let mut members = Members::default();
        for term in terms {
            let member = self.network_member(term);
            self.member(term.span, member, &mut members);
            match &term.kind {
                TermKind::Address => self.address(term.span, &mut list),
                TermKind::Word => {
                    let network = self.named_network(term.span);
                    if self.spend(network.prefixes.len(), term.span) {
                        list.extend(&network);
                    }
                }
                TermKind::Group(inner) => list.extend(&self.network(inner)),
                TermKind::Text => self.quoted_address(term.span),
                TermKind::Action | TermKind::Instant => self.no_network(term.span),
            }
        }
        self.tell_repeated(members);
        list
    }

    fn address(&mut self, span: Span, list: &mut List) {
        let text = self.slice(span);
        let error = match parse_prefix(text) {
            Ok(_) => {
                let read = read_prefix(Literal::Text(text), Place::new(span), &mut self.out);
                if let Some(read) = read {
                    if read.host_bits {
                        let place = list.prefixes.len();
                        list.written.push(WrittenAddress { place, address: read.address });
                    }
                    list.prefixes.push(read.prefix);
                }
                return;
            }
            Err(error) => error,
        };
        let (code, message, safety) = match error {
            AddressError::Wildcard => {
                let why = "an address has no wildcards; a prefix length says how much of it counts";
                (code::ADDRESS_WILDCARD, why.to_owned(), Safety::Unsafe)
            }
            AddressError::Range => {
                (code::ADDRESS_RANGE, "ranges are written as prefixes".to_owned(), Safety::Safe)
            }
            _ => (code::BAD_ADDRESS, error.message(text), Safety::Unsafe),
        };
        let mut told = Diagnostic::error(code, span, message);
        if let Some(help) = error.help(text) {
            told = told.help(help);
        }
        if let Some(instead) = error.instead(text) {
            told = told.fix(format!("`{instead}`"), span, instead, safety);
        }
        self.out.push(told);
    }

    fn named_network(&mut self, span: Span) -> Network {
        let name = self.slice(span);
        if name == ANYWHERE {
            return self.anywhere.clone();
        }
        let value = |argument: &Argument| match argument {
            Argument::Network(network) => Some(network.clone()),
            _ => None,
        };
        if let Some(network) = self.parameter(span, Type::Network, value) {
            return network.unwrap_or_default();
        }
        match self.names.def(name) {
            Some((place, def)) if def.kind == DefineKind::Network => {
                let known = self.networks.get(&place).cloned();
                self.value_of(place, known)
            }
            Some((place, _)) => {
                self.wrong_kind(span, place, DefineKind::Network);
                Network::default()
            }
            None => {
                if !self.broken_set(name) {
                    self.unknown_network(span, name);
                }
                Network::default()
            }
        }
    }

    fn unknown_network(&mut self, span: Span, name: &str) {
        if is_all(name) {
            self.out.push(every_one(name, span, "address", ANYWHERE));
            return;
        }
        let near = match self.may_look() {
            true => nearest(name, self.names.defs_of(DefineKind::Network).chain([ANYWHERE])),
            false => Vec::new(),
        };
        let mut told =
            Diagnostic::error(code::UNKNOWN_NAME, span, format!("`{}` is no network", shown(name)));
        if let Some(best) = near.first() {
            told = told.help(format!("did you mean the network `{best}`?")).fix(
                format!("the network `{best}`"),
                span,
                best.clone(),
                Safety::Unsafe,
            );
        } else {
            told = told.help(format!("define it: `network {} = ADDRESSES`", shown(name)));
        }
        self.out.push(told.nearest(near));
    }

    fn quoted_address(&mut self, span: Span) {
        let meant = unquote(self.slice(span));
        let address = parse_prefix(&meant).is_ok();
        let told = if address {
            let told = Diagnostic::error(code::QUOTED_ADDRESS, span, "an address stands without quotes");
            told.help(format!("write `{meant}`")).fix("without quotes", span, meant, Safety::Safe)
        } else {
            let message = format!("`{}` is text; a network is made of addresses and names", shown(&meant));
            Diagnostic::error(code::WRONG_KIND, span, message)
        };
        self.out.push(told);
    }

    fn no_network(&mut self, span: Span) {
        let written = shown(self.slice(span));
        let message = format!("`{written}` is no address and no network");
        let told = Diagnostic::error(code::WRONG_KIND, span, message);
        self.out.push(if written == "*" {
            told.help("every address is `anywhere`").fix("every address", span, ANYWHERE, Safety::Safe)
        } else {
            told.help("a network is made of addresses, prefixes and names of networks")
        });
    }

    /// Told where a name of another kind stands, with the names of the right kind that are near.
    pub(super) fn wrong_kind(&mut self, span: Span, place: usize, wanted: DefineKind) {
        let look = self.may_look();
        let Some(def) = self.names.defs.get(place) else { return };
        let at = self.sources.start(def.span);
        let file = self.sources.name(def.span);
        let found = format!("`{}` is {} ({file}:{})", def.name, kind_word(def.kind), at.line);
        let message = match wanted {
            DefineKind::Network => format!("{found}; {} stands a network", self.after),
            DefineKind::Actions => format!("{found}; here stand actions"),
            DefineKind::Resources => format!("{found}; here stand resources"),
        };
        let mut near = if look { nearest(def.name, self.names.defs_of(wanted)) } else { Vec::new() };
        if near.is_empty() {
            near.extend(self.names.defs_of(wanted).next().map(str::to_owned));
        }
        let mut told = Diagnostic::error(code::WRONG_KIND, span, message).label(def.span, "defined here");
        let mut help = Vec::new();
        if wanted == DefineKind::Network && def.kind == DefineKind::Actions {
            help.push("name the actions before `from`".to_owned());
        }
        let what = kind_word(wanted).split_once(' ').map_or("", |(_, word)| word);
        help.extend(near.first().map(|best| format!("did you mean the {what} `{best}`?")));
        if !help.is_empty() {
            told = told.help(help.join("; or "));
        }
        self.out.push(told.nearest(near));
    }
}

/// Words that other languages have for everything.
pub(super) fn is_all(word: &str) -> bool {
    matches!(word, "all" | "everything" | "everywhere")
}

/// Told of such a word where no set has that name; `instead` is what says it here.
pub(super) fn every_one(word: &str, span: Span, of: &str, instead: &str) -> Diagnostic {
    let message = format!("`{word}` is not a word of this language; every {of} is `{instead}`");
    let told = Diagnostic::error(code::FOREIGN_WORD, span, message);
    told.help(format!("write `{instead}`")).fix(format!("`{instead}`"), span, instead, Safety::Safe)
}

/// The prefix that a text means, where it is one.
pub(super) fn parsed(text: &str) -> Option<Prefix> {
    parse_prefix(text).ok().map(|read| read.prefix)
}

/// Whether an expression consists of names, so that equal text means equal networks in every file.
fn names_alone(expr: &Expr) -> bool {
    let lists = [Some(&expr.terms), expr.only.as_ref(), expr.except.as_ref()];
    lists.into_iter().flatten().flatten().all(|term| matches!(term.kind, TermKind::Word))
}
