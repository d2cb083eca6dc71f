//! What was found of callers: those that are answered alike together, in the order of answers.

use super::CallerAnswer;
use crate::address::Prefix;
use crate::analysis::standing::{Answer, Dependence, Standing};

/// Names of callers, each with its place among all callers.
pub(super) type Names = Vec<(usize, String)>;

/// How far on in the order of answers one comes, as far as that is quick to see: answers of different ranks are in the order
/// of their ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    standing: Standing,
    on: On,
}

/// What an answer depends on first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum On {
    Nothing,
    /// The address; the first prefix from which every call is allowed.
    Address(Option<Prefix>),
    Other,
}

impl Rank {
    fn of(answer: &Answer) -> Rank {
        let on = match answer.on.first() {
            None => On::Nothing,
            Some(Dependence::Address { always, .. }) => On::Address(always.iter().next()),
            Some(_) => On::Other,
        };
        Rank { standing: answer.standing, on }
    }
}

/// Equal answers together, each with its callers in the order of all callers.
pub(super) fn together(found: Vec<(Answer, Names)>) -> Vec<CallerAnswer> {
    let mut ranked: Vec<(Rank, Answer, Names)> =
        found.into_iter().map(|(answer, names)| (Rank::of(&answer), answer, names)).collect();
    ranked.sort_unstable_by(|(rank, answer, _), (other, another, _)| {
        rank.cmp(other).then_with(|| answer.cmp(another))
    });
    let mut alike: Vec<(Answer, Names)> = Vec::with_capacity(ranked.len());
    for (_, answer, names) in ranked {
        match alike.last_mut() {
            Some((last, all)) if *last == answer => all.extend(names),
            _ => alike.push((answer, names)),
        }
    }
    let named = |(answer, mut names): (Answer, Names)| {
        names.sort_unstable_by_key(|(place, _)| *place);
        CallerAnswer { principals: names.into_iter().map(|(_, name)| name).collect(), answer }
    };
    alike.into_iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::{PrefixSet, parse_prefix};

    fn answers() -> Vec<Answer> {
        let set = |texts: &str| {
            PrefixSet::from_prefixes(texts.split_whitespace().map(|text| parse_prefix(text).unwrap().prefix))
        };
        let mut all: Vec<Answer> =
            [Standing::Always, Standing::Depends, Standing::Never].map(Answer::plain).into();
        for always in
            ["", "10.0.0.0/8", "10.0.0.0/9", "10.0.0.0/8 12.0.0.0/8", "2001:db8::/32", "0.0.0.0/0 ::/0"]
        {
            for depends in ["", "11.0.0.0/8"] {
                let on =
                    |without| Dependence::Address { always: set(always), depends: set(depends), without };
                let with = |on| Answer { on, ..Answer::plain(Standing::Depends) };
                all.push(with(vec![on(Standing::Never)]));
                all.push(with(vec![on(Standing::Always), on(Standing::Never)]));
            }
        }
        let on = vec![Dependence::Resource { patterns: Vec::new(), others: Standing::Always }];
        all.push(Answer { on, ..Answer::plain(Standing::Depends) });
        all
    }

    #[test]
    fn ranks_never_contradict_the_order_of_answers() {
        for one in answers() {
            for other in answers() {
                let ranks = Rank::of(&one).cmp(&Rank::of(&other));
                assert_eq!(ranks.then(one.cmp(&other)), one.cmp(&other), "{one:?} / {other:?}");
            }
        }
    }

    #[test]
    fn equal_answers_are_one_with_callers_in_their_order() {
        let named = |place: usize| vec![(place, place.to_string())];
        let mut found: Vec<(Answer, Names)> =
            answers().into_iter().enumerate().map(|(place, answer)| (answer, named(place))).collect();
        found.extend(answers().into_iter().enumerate().map(|(place, answer)| (answer, named(100 - place))));
        let all = together(found);
        let mut expected = answers();
        expected.sort();
        assert!(all.iter().map(|one| &one.answer).eq(&expected));
        for one in all {
            let places: Vec<usize> = one.principals.iter().map(|name| name.parse().unwrap()).collect();
            assert!(places.len() == 2 && places[0] + places[1] == 100 && places.is_sorted(), "{places:?}");
        }
    }
}
