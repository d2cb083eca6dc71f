//! Parameters of templates: what a word of a template's body stands for (language reference, *Policies and principals*).
//!
//! While a template is read for itself its parameters have a type but no value: whatever needs one is left out, and
//! nothing is told of what is lacking. In an instance each has the value of its argument.

use super::Resolver;
use super::names::{self, ANYWHERE};
use super::networks::Network;
use super::vocabulary::Bare;
use crate::model::{ActionTerm, Instant, ResourcePattern};
use passgate_grammar::tree::{Expr, Param};
use passgate_grammar::{Diagnostic, Span, code};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// What a parameter may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Type {
    Network,
    Actions,
    Resources,
    Instant,
    Text,
}

impl Type {
    /// The type that a word of the language names.
    pub(super) fn of(word: &str) -> Option<Type> {
        Some(match word {
            "network" => Type::Network,
            "actions" => Type::Actions,
            "resources" => Type::Resources,
            "instant" => Type::Instant,
            "string" => Type::Text,
            _ => return None,
        })
    }

    /// What messages call it, with its article.
    pub(super) fn word(self) -> &'static str {
        match self {
            Type::Network => "a network",
            Type::Actions => "a set of actions",
            Type::Resources => "a list of resources",
            Type::Instant => "an instant",
            Type::Text => "text",
        }
    }
}

/// The value of a parameter in an instance.
#[derive(Debug, Clone)]
pub(super) enum Argument {
    Network(Network),
    Actions(Arc<[ActionTerm]>),
    Resources(Arc<[ResourcePattern]>),
    Instant(Instant),
    Text(Arc<str>),
}

/// A parameter in the template that is being read.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) ty: Type,
    pub(super) span: Span,
    /// None while the template is read for itself.
    pub(super) value: Option<Argument>,
    /// How often the body names it.
    uses: usize,
}

/// The parameters that words may name now; none outside of templates.
pub(super) type Parameters<'a> = HashMap<&'a str, Parameter>;

impl<'a> Resolver<'a> {
    /// Makes the parameters of a template known; faults in how they are called are told.
    pub(super) fn declare(&mut self, params: &[Param], file: usize) {
        for param in params {
            let (name, span) = (self.slice(param.name), param.name);
            let Some(ty) = Type::of(self.slice(param.ty)) else { continue };
            self.not_hidden(name, span, file);
            match self.parameters.entry(name) {
                Entry::Occupied(first) => {
                    let message = format!("the parameter `{name}` is named twice");
                    let told = Diagnostic::error(code::DUPLICATE_NAME, span, message);
                    self.out.push(told.label(first.get().span, "first here"));
                }
                Entry::Vacant(slot) => {
                    slot.insert(Parameter { ty, span, value: None, uses: 0 });
                }
            }
        }
    }

    /// A parameter is called like no set, category or action of a service in use.
    fn not_hidden(&mut self, name: &str, span: Span, file: usize) {
        let set = self.names.def(name).map(|(_, def)| (names::kind_word(def.kind), Some(def.span)));
        let word = || {
            let words = self.vocabularies.get(self.vocabularies.of_file(file))?;
            match words.meaning(name) {
                Bare::Category { .. } => Some(("a category", None)),
                Bare::Action(_) | Bare::Ambiguous(_) => Some(("an action of a service in `use`", None)),
                Bare::Case(_) | Bare::Unknown => None,
            }
        };
        let built_in = || (name == ANYWHERE).then_some(("every address", None));
        let Some((what, defined)) = set.or_else(built_in).or_else(word) else { return };
        let message = format!("the parameter `{name}` is called like something else: `{name}` is {what}");
        let mut told = Diagnostic::error(code::DUPLICATE_NAME, span, message);
        if let Some(defined) = defined {
            told = told.label(defined, "defined here");
        }
        self.out.push(told.help("choose another name for the parameter"));
    }

    /// Makes the parameters of a template known with the values of an instance.
    pub(super) fn declare_known(&mut self, params: &[Param], arguments: Vec<Argument>) {
        for (param, argument) in params.iter().zip(arguments) {
            if let Some(ty) = Type::of(self.slice(param.ty)) {
                let parameter = Parameter { ty, span: param.name, value: Some(argument), uses: 0 };
                self.parameters.insert(self.slice(param.name), parameter);
            }
        }
    }

    /// Parameters that the body never names.
    pub(super) fn unused_parameters(&mut self, params: &[Param]) {
        for param in params {
            let name = self.slice(param.name);
            if self.parameters.get(name).is_some_and(|p| p.uses == 0 && p.span == param.name) {
                let message = format!("the parameter `{name}` is never used");
                let told = Diagnostic::warning(code::UNUSED_NAME, param.name, message);
                self.out.push(told.help("use it, or remove it and its arguments"));
            }
        }
    }

    /// The value of a parameter where one of its type is wanted: none where the word is no parameter, and a missing
    /// value, about which nothing more is told, where it has none or is of another type.
    pub(super) fn parameter<T>(
        &mut self,
        span: Span,
        wanted: Type,
        value: impl Fn(&Argument) -> Option<T>,
    ) -> Option<Option<T>> {
        let parameter = self.parameters.get_mut(self.sources.slice(span))?;
        parameter.uses += 1;
        self.parameter_uses += 1;
        let (ty, declared) = (parameter.ty, parameter.span);
        if let Some(found) = parameter.value.as_ref().and_then(value) {
            return Some(Some(found));
        }
        self.lacking += 1;
        if ty != wanted {
            self.wrong_type(span, ty, wanted, declared);
        }
        Some(None)
    }

    /// The type of a parameter among values.
    pub(super) fn parameter_type(&self, span: Span) -> Option<Type> {
        self.parameters.get(self.sources.slice(span)).map(|parameter| parameter.ty)
    }

    /// Told where a parameter of another type is named.
    pub(super) fn wrong_type(&mut self, span: Span, ty: Type, wanted: Type, declared: Span) {
        let name = self.slice(span);
        let message =
            format!("the parameter `{name}` is {}; {} stands {}", ty.word(), self.after, wanted.word());
        let told = Diagnostic::error(code::WRONG_KIND, span, message);
        self.out.push(told.label(declared, "its type stands here"));
    }

    /// Whether an expression names a parameter, so that its meaning is not that of its text alone.
    pub(super) fn names_parameter(&self, expr: &Expr) -> bool {
        let mut found = false;
        if !self.parameters.is_empty() {
            names::words(expr, &mut |span| found |= self.parameters.contains_key(self.sources.slice(span)));
        }
        found
    }
}
