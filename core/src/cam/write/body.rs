//! A statement as the texts that a document holds, each list apart, so that a statement can be measured and divided
//! before it is put together.

use super::counted_chars;
use super::json::Json;
use passgate_grammar::Span;
use std::sync::Arc;

/// A statement, ready to be put together.
#[derive(Debug, Clone)]
pub(super) struct Body {
    /// `policy#n`
    pub(super) id: Arc<str>,
    /// Where its effect stands.
    pub(super) span: Span,
    pub(super) effect: &'static str,
    pub(super) principal: Option<Json>,
    pub(super) actions: List,
    /// Empty where the document leaves `resource` out.
    pub(super) resources: List,
    pub(super) conditions: Vec<Comparison>,
}

/// One operator on one key.
#[derive(Debug, Clone)]
pub(super) struct Comparison {
    pub(super) operator: String,
    pub(super) key: String,
    pub(super) values: List,
}

/// Texts of which any may hold.
#[derive(Debug, Clone, Default)]
pub(super) struct List {
    items: Vec<Item>,
    /// Counted characters of all items.
    sum: usize,
    /// Whether two statements with a part each say the same as one with all.
    pub(super) divisible: bool,
}

#[derive(Debug, Clone)]
struct Item {
    text: Json,
    count: usize,
}

impl List {
    pub(super) fn new(texts: Vec<Json>, divisible: bool) -> List {
        let measured = |text: Json| Item { count: counted_chars(&text.compact()), text };
        List::of(texts.into_iter().map(measured).collect(), divisible)
    }

    fn of(items: Vec<Item>, divisible: bool) -> List {
        List { sum: items.iter().map(|i| i.count).sum(), items, divisible }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Characters of the list: commas between the items, brackets around more than one.
    pub(super) fn count(&self) -> usize {
        match self.items.len() {
            0 | 1 => self.sum,
            n => self.sum + n + 1,
        }
    }

    /// Characters of its longest item.
    pub(super) fn longest(&self) -> usize {
        self.items.iter().map(|i| i.count).max().unwrap_or(0)
    }

    /// Parts in order, each with as many items as have room in `most` characters and at least one.
    pub(super) fn parts(&self, most: usize) -> Vec<List> {
        let mut parts = Vec::new();
        let mut part = List { divisible: self.divisible, ..List::default() };
        for item in &self.items {
            let full = part.sum + item.count + part.len() + 2 > most;
            if full && !part.is_empty() {
                parts.push(std::mem::replace(
                    &mut part,
                    List { divisible: self.divisible, ..List::default() },
                ));
            }
            part.sum += item.count;
            part.items.push(item.clone());
        }
        parts.push(part);
        parts
    }

    /// Two parts of about the same length.
    pub(super) fn halves(&self) -> Vec<List> {
        let (mut before, half) = (0, self.sum / 2);
        let near = self.items.iter().position(|item| {
            before += item.count;
            before > half
        });
        let at = near.unwrap_or(0).clamp(1, self.len().saturating_sub(1).max(1));
        let (first, second) = self.items.split_at_checked(at).unwrap_or((&self.items, &[]));
        [first, second].map(|items| List::of(items.to_vec(), self.divisible)).into()
    }

    fn json(&self) -> Json {
        Json::one_or_list(self.items.iter().map(|i| i.text.clone()).collect())
    }
}

impl Body {
    /// Characters of the statement.
    pub(super) fn count(&self) -> usize {
        let lists = self.lists().map(List::count).sum::<usize>();
        counted_chars(&self.frame().compact()) + lists
    }

    /// The lists in order: actions, resources, values of each condition.
    pub(super) fn lists(&self) -> impl Iterator<Item = &List> {
        [&self.actions, &self.resources].into_iter().chain(self.conditions.iter().map(|c| &c.values))
    }

    /// Puts another list at a place of [`Body::lists`].
    pub(super) fn replace(&mut self, place: usize, list: List) {
        let slot = match place {
            0 => Some(&mut self.actions),
            1 => Some(&mut self.resources),
            n => self.conditions.get_mut(n - 2).map(|c| &mut c.values),
        };
        if let Some(slot) = slot {
            *slot = list;
        }
    }

    /// The statement as JSON.
    pub(super) fn json(&self) -> Json {
        self.object(&List::json)
    }

    /// Everything but the lists.
    fn frame(&self) -> Json {
        self.object(&|_| Json::Number(String::new()))
    }

    fn object(&self, list: &dyn Fn(&List) -> Json) -> Json {
        let mut members = vec![("effect".to_owned(), Json::Text(self.effect.into()))];
        members.extend(self.principal.clone().map(|whom| ("principal".to_owned(), whom)));
        members.push(("action".into(), list(&self.actions)));
        if !self.resources.is_empty() {
            members.push(("resource".into(), list(&self.resources)));
        }
        if !self.conditions.is_empty() {
            members.push(("condition".into(), Json::Object(self.grouped(list))));
        }
        Json::Object(members)
    }

    /// Operators with their keys; comparisons of one operator stand together.
    fn grouped(&self, list: &dyn Fn(&List) -> Json) -> Vec<(String, Json)> {
        let mut operators: Vec<(String, Vec<(String, Json)>)> = Vec::new();
        for one in &self.conditions {
            let pair = (one.key.clone(), list(&one.values));
            match operators.last_mut() {
                Some((operator, keys)) if *operator == one.operator => keys.push(pair),
                _ => operators.push((one.operator.clone(), vec![pair])),
            }
        }
        operators.into_iter().map(|(operator, keys)| (operator, Json::Object(keys))).collect()
    }
}
