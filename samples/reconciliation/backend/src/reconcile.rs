//! The comparison itself: entries belong together when they carry the same reference.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub struct Entry {
    reference: String,
    /// In the smallest unit of the currency, so that sums are exact.
    cents: i64,
}

#[derive(Deserialize)]
pub struct Books {
    ledger: Vec<Entry>,
    statement: Vec<Entry>,
}

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Reconciliation {
    matched: Vec<String>,
    different: Vec<Difference>,
    only_in_ledger: Vec<String>,
    only_in_statement: Vec<String>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Difference {
    reference: String,
    ledger: i64,
    statement: i64,
}

pub fn reconcile(books: &Books) -> Reconciliation {
    let ledger = totals(&books.ledger);
    let mut statement = totals(&books.statement);
    let mut result = Reconciliation::default();
    for (reference, in_ledger) in ledger {
        match statement.remove(reference) {
            Some(in_statement) if in_statement == in_ledger => {
                result.matched.push(reference.to_owned())
            }
            Some(in_statement) => result.different.push(Difference {
                reference: reference.to_owned(),
                ledger: in_ledger,
                statement: in_statement,
            }),
            None => result.only_in_ledger.push(reference.to_owned()),
        }
    }
    result.only_in_statement = statement.into_keys().map(str::to_owned).collect();
    result
}

/// A reference that occurs several times was paid in parts.
fn totals(entries: &[Entry]) -> BTreeMap<&str, i64> {
    let mut sums = BTreeMap::new();
    for entry in entries {
        *sums.entry(entry.reference.as_str()).or_default() += entry.cents;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(reference: &str, cents: i64) -> Entry {
        Entry {
            reference: reference.to_owned(),
            cents,
        }
    }

    #[test]
    fn parts_are_added_before_they_are_compared() {
        let books = Books {
            ledger: vec![entry("A", 300), entry("B", 500), entry("C", 1)],
            statement: vec![
                entry("A", 100),
                entry("A", 200),
                entry("B", 400),
                entry("D", 1),
            ],
        };
        let expected = Reconciliation {
            matched: vec!["A".to_owned()],
            different: vec![Difference {
                reference: "B".to_owned(),
                ledger: 500,
                statement: 400,
            }],
            only_in_ledger: vec!["C".to_owned()],
            only_in_statement: vec!["D".to_owned()],
        };
        assert_eq!(reconcile(&books), expected);
    }
}
