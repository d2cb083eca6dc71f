//! The spellings nearest to a name that nobody knows, for messages.
//!
//! Nearness is the number of characters to insert, remove, replace, or swap with their neighbour; case counts only
//! between equals. Cost is bounded: at most [`FARTHEST`] edits are looked for, so that a candidate costs time
//! linear in the name, and names above the limit of a name have no neighbours.

use passgate_grammar::limits;

/// How many spellings are offered.
pub const SHOWN: usize = 3;

/// How many edits apart a spelling may be; short names allow fewer: one edit for every three characters.
pub const FARTHEST: usize = 4;

/// The candidates nearest to `name`, best first, at most [`SHOWN`]; none where nothing is near.
///
/// The name itself is no candidate. Equal but for the case of A–Z comes first; then fewer edits, then order of text.
///
/// ```
/// use passgate::nearest::nearest;
/// assert_eq!(nearest("AllocateCreditPol", ["AllocateCreditPool", "PayOrders"]), ["AllocateCreditPool"]);
/// assert_eq!(nearest("payorders", ["PayOrders"]), ["PayOrders"]);
/// assert!(nearest("Xyz", ["PayOrders"]).is_empty());
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    if name.len() > limits::NAME_BYTES {
        return Vec::new();
    }
    let wanted = folded(name);
    let farthest = (wanted.len() / 3).clamp(1, FARTHEST);
    let mut best: Vec<(usize, &str)> = Vec::new();
    for candidate in candidates {
        if candidate == name || candidate.len() > limits::NAME_BYTES {
            continue;
        }
        let worst = if best.len() < SHOWN { farthest } else { best.last().map_or(farthest, |b| b.0) };
        let Some(edits) = distance(&wanted, &folded(candidate), worst) else { continue };
        let place = best.partition_point(|b| *b < (edits, candidate));
        if best.get(place).is_none_or(|b| b.1 != candidate) {
            best.insert(place, (edits, candidate));
            best.truncate(SHOWN);
        }
    }
    best.into_iter().map(|(_, text)| text.to_owned()).collect()
}

fn folded(text: &str) -> Vec<char> {
    text.chars().map(|c| c.to_ascii_lowercase()).collect()
}

/// Edits that lead from `a` to `b`, or `None` above `most`. Only the diagonal band that `most` edits can reach is
/// looked at.
fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let far = most + 1;
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).map(|j| j.min(far)).collect();
    for (i, ca) in a.iter().enumerate() {
        let row = next_row(&Rows { before: &before, above: &above, far }, a, b, i, *ca);
        if row.iter().min().is_none_or(|least| *least >= far) {
            return None;
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().filter(|edits| *edits <= most)
}

/// The two rows above the one that is made: edits between beginnings of the texts.
struct Rows<'a> {
    before: &'a [usize],
    above: &'a [usize],
    far: usize,
}

impl Rows<'_> {
    fn above(&self, j: usize) -> usize {
        self.above.get(j).copied().unwrap_or(self.far)
    }

    fn before(&self, j: usize) -> usize {
        self.before.get(j).copied().unwrap_or(self.far)
    }
}

fn next_row(rows: &Rows<'_>, a: &[char], b: &[char], i: usize, ca: char) -> Vec<usize> {
    let far = rows.far;
    let mut row = vec![far; b.len() + 1];
    let from = (i + 1).saturating_sub(far);
    let mut left = far;
    for j in from..=b.len().min(i + 1 + far) {
        let cell = match j.checked_sub(1).and_then(|k| Some((k, b.get(k)?))) {
            None => i + 1,
            Some((k, cb)) => {
                let replaced = rows.above(k) + usize::from(ca != *cb);
                let swapped = swap(rows, a, b, i, k);
                replaced.min(swapped).min(rows.above(j) + 1).min(left + 1)
            }
        };
        left = cell.min(far);
        if let Some(slot) = row.get_mut(j) {
            *slot = left;
        }
    }
    row
}

/// Cost of taking the last two characters of both texts as swapped, `far` where they are not.
fn swap(rows: &Rows<'_>, a: &[char], b: &[char], i: usize, k: usize) -> usize {
    let (Some(pi), Some(pk)) = (i.checked_sub(1), k.checked_sub(1)) else { return rows.far };
    if a.get(pi) == b.get(k) && a.get(i) == b.get(pk) { rows.before(pk) + 1 } else { rows.far }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, candidates: &[&str], expected: &[&str]) {
        assert_eq!(nearest(name, candidates.iter().copied()), expected, "{name:?} among {candidates:?}");
    }

    /// The recurrence without a band: the whole table.
    fn naive(a: &[char], b: &[char]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = match (i, j) {
                    (0, _) | (_, 0) => i + j,
                    _ => {
                        let mut least = (table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]))
                            .min(table[i - 1][j] + 1)
                            .min(table[i][j - 1] + 1);
                        if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                            least = least.min(table[i - 2][j - 2] + 1);
                        }
                        least
                    }
                };
            }
        }
        table[a.len()][b.len()]
    }

    #[test]
    fn one_slip_of_each_kind_is_found() {
        let names = ["QueryUser", "QueryArea", "PayOrders"];
        check("QueryUsr", &names, &["QueryUser"]);
        check("QueryUserr", &names, &["QueryUser"]);
        check("QueryUsar", &names, &["QueryUser"]);
        check("QureyUser", &names, &["QueryUser"]);
        check("reads", &["read", "write"], &["read"]);
        check("用户组", &["用户"], &["用户"]);
    }

    #[test]
    fn case_alone_comes_first_and_ties_are_ordered() {
        check("queryuser", &["QueryUsers", "QueryUser"], &["QueryUser", "QueryUsers"]);
        check("ab", &["ad", "ac", "ab", "Ab"], &["Ab", "ac", "ad"]);
        check("abc", &["abx", "abd", "abe", "abf"], &["abd", "abe", "abf"]);
        check("abc", &["abd", "abd"], &["abd"]);
    }

    #[test]
    fn nothing_near_is_nothing() {
        check("QueryUser", &[], &[]);
        check("QueryUser", &["PayOrders", "QueryUser"], &[]);
        check("a", &["xyz"], &[]);
        check("", &["b"], &["b"]);
    }

    #[test]
    fn names_of_the_limit_have_neighbours_and_longer_ones_none() {
        let longest = "a".repeat(limits::NAME_BYTES);
        let near = format!("{}b", longest.get(1..).unwrap());
        check(&longest, &[&near], &[&near]);
        check(&format!("{longest}a"), &[&longest], &[]);
        check(&near, &[&format!("{longest}a")], &[]);
    }

    #[test]
    fn the_band_agrees_with_the_whole_table() {
        let mut words: Vec<Vec<char>> = vec![Vec::new()];
        let mut from = 0;
        for _ in 0..6 {
            let until = words.len();
            for i in from..until {
                for c in ['a', 'b'] {
                    let mut longer = words[i].clone();
                    longer.push(c);
                    words.push(longer);
                }
            }
            from = until;
        }
        for a in &words {
            for b in &words {
                let exact = naive(a, b);
                for most in 0..=FARTHEST {
                    assert_eq!(distance(a, b, most), (exact <= most).then_some(exact), "{a:?} {b:?} {most}");
                }
            }
        }
    }
}
