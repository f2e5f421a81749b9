//! Finding the keys in a request, as the servers do before they look at permissions.

use super::finders::Finder;
use super::keys::{FindKeys, KeyFlags, KeySpec, Keys, StartSearch};
use super::request::{Request, strict_number};
use crate::dialect::Quirks;

/// Keys at equal distances, all used alike.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    first: u32,
    /// INVARIANT: an argument of the request, not before `first`.
    last: u32,
    step: u32,
    pub(crate) flags: KeyFlags,
}

impl Run {
    pub(super) const fn one(place: usize, flags: KeyFlags) -> Self {
        Self { first: place as u32, last: place as u32, step: 1, flags }
    }

    pub(super) const fn new(first: usize, last: usize, step: usize, flags: KeyFlags) -> Self {
        Self { first: first as u32, last: last as u32, step: step as u32, flags }
    }

    #[inline]
    pub(crate) fn places(self) -> impl Iterator<Item = usize> {
        // `step_by` would divide first, which takes longer than to check a key
        let (mut next, last, step) = (self.first as usize, self.last as usize, self.step as usize);
        core::iter::from_fn(move || {
            let place = next;
            next += step;
            (place <= last).then_some(place)
        })
    }
}

/// What one request's keys can come from: each key spec gives a run, and no finder gives more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Runs {
    runs: [Run; Keys::MAX_SPECS],
    len: usize,
}

impl Runs {
    pub(super) const NONE: Self = Self { runs: [Run::one(0, KeyFlags::NONE); Keys::MAX_SPECS], len: 0 };

    pub(super) fn of(runs: &[Run]) -> Self {
        let mut found = Self::NONE;
        runs.iter().for_each(|run| found.push(*run));
        found
    }

    fn push(&mut self, run: Run) {
        self.runs[self.len] = run;
        self.len += 1;
    }

    pub(crate) fn as_slice(&self) -> &[Run] {
        &self.runs[..self.len]
    }

    /// Before 7.0 nothing is known about what is done to a key.
    fn without_flags(mut self) -> Self {
        self.runs.iter_mut().for_each(|run| run.flags = KeyFlags::NONE);
        self
    }
}

/// The keys of one request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FoundKeys {
    None,
    One(Run),
    Many(Runs),
}

impl FoundKeys {
    #[inline]
    pub(crate) fn as_slice(&self) -> &[Run] {
        match self {
            Self::None => &[],
            Self::One(run) => core::slice::from_ref(run),
            Self::Many(runs) => runs.as_slice(),
        }
    }
}

/// How the keys are found in any request whatever: most commands have none, or one run of them from a fixed
/// place on.
#[derive(Clone, Copy, Debug)]
pub(super) enum KeyPlan {
    NoKeys,
    /// From the first to the last, which is counted from the first on, or from the end when negative.
    Range {
        first: u8,
        last: i8,
        step: u8,
        flags: KeyFlags,
    },
    /// It depends on the request.
    Ask,
}

impl KeyPlan {
    /// Of the key specs, or of the old three numbers where there are none, if they are the whole answer.
    pub(super) const fn of(keys: &Keys) -> Self {
        match keys.specs {
            [] if keys.first == 0 => Self::NoKeys,
            [] if keys.first > 0 && keys.step == 1 && keys.last >= keys.first => {
                Self::range(keys.first, keys.last - keys.first, 1, KeyFlags::NONE)
            }
            [] if keys.first > 0 && keys.step > 0 && keys.last < 0 => {
                Self::range(keys.first, keys.last, keys.step, KeyFlags::NONE)
            }
            [spec] if spec.flags.contains(KeyFlags::NOT_KEY) => Self::NoKeys,
            [
                KeySpec {
                    flags,
                    start: StartSearch::Index(first),
                    find: FindKeys::Range { last, step, limit: 0 },
                },
            ] if *first > 0
                && *step > 0
                && !flags.contains(KeyFlags::VARIABLE_FLAGS)
                && !flags.contains(KeyFlags::INCOMPLETE) =>
            {
                Self::range(*first, *last, *step, *flags)
            }
            _ => Self::Ask,
        }
    }

    const fn range(first: i8, last: i8, step: i8, flags: KeyFlags) -> Self {
        Self::Range { first: first as u8, last, step: step as u8, flags }
    }

    /// In a request of so many arguments. What it lacks means no keys at all.
    #[inline]
    pub(super) fn follow(self, count: usize) -> FoundKeys {
        let Self::Range { first, last, step, flags } = self else {
            return FoundKeys::None;
        };
        let first = usize::from(first);
        let from = if last < 0 { count } else { first };
        let last = from.saturating_add_signed(isize::from(last));
        if first <= last && last < count {
            FoundKeys::One(Run::new(first, last, usize::from(step), flags))
        } else {
            FoundKeys::None
        }
    }
}

/// Where the keys of a request are (`getKeysFromCommandWithSpecs`; before 7.0 `getKeysFromCommand`).
///
/// Where they cannot be told, there are none: the server lets such a request pass, and the command itself
/// refuses it.
pub(crate) fn find_keys<A: AsRef<[u8]>>(
    keys: &Keys,
    finder: Finder,
    request: Request<'_, A>,
    quirks: &Quirks,
) -> Runs {
    if keys.specs.is_empty() {
        return match finder {
            Finder::None => by_table(keys, request),
            finder => finder.find(request, quirks).without_flags(),
        };
    }
    let found = if keys.specs_are_reliable() { by_specs(keys.specs, request, quirks) } else { None };
    found.unwrap_or_else(|| finder.find(request, quirks))
}

/// `getKeysUsingCommandTable`: the old three numbers.
fn by_table<A: AsRef<[u8]>>(keys: &Keys, request: Request<'_, A>) -> Runs {
    let count = request.len() as i64;
    let (first, step) = (i64::from(keys.first), i64::from(keys.step));
    let last = if keys.last < 0 { count + i64::from(keys.last) } else { i64::from(keys.last) };
    if first <= 0 || step <= 0 || last < first {
        return Runs::NONE;
    }
    // a key that is not there means no keys at all: the command will complain
    let last = first + (last - first) / step * step;
    if last >= count {
        return Runs::NONE;
    }
    Runs::of(&[Run::new(first as usize, last as usize, step as usize, KeyFlags::NONE)])
}

/// `getKeysUsingKeySpecs`; `None` when a spec says that it does not know.
fn by_specs<A: AsRef<[u8]>>(specs: &[KeySpec], request: Request<'_, A>, quirks: &Quirks) -> Option<Runs> {
    let mut found = Runs::NONE;
    for spec in specs.iter().filter(|spec| !spec.flags.contains(KeyFlags::NOT_KEY)) {
        let start = match begin(&spec.start, request) {
            Begin::At(start) => start,
            Begin::Nowhere => continue,
            Begin::Unknown => return None,
        };
        found.push(run(spec, start, request, quirks)?);
        if spec.flags.contains(KeyFlags::INCOMPLETE) {
            return None;
        }
    }
    Some(found)
}

/// Where a key spec begins in a request.
enum Begin {
    At(i64),
    /// The keyword is not there, so there are no such keys.
    Nowhere,
    Unknown,
}

/// `begin_search`
fn begin<A: AsRef<[u8]>>(start: &StartSearch, request: Request<'_, A>) -> Begin {
    match *start {
        StartSearch::Index(index) => Begin::At(i64::from(index)),
        StartSearch::Keyword { keyword, from } => match behind_keyword(keyword, from, request) {
            Some(place) => Begin::At(place as i64),
            None => Begin::Nowhere,
        },
        StartSearch::Unknown => Begin::Unknown,
    }
}

/// The last argument is no keyword when searched for from the front: nothing could follow it.
fn behind_keyword<A: AsRef<[u8]>>(keyword: &str, from: i8, request: Request<'_, A>) -> Option<usize> {
    let is = |place: &usize| request.is(*place, keyword);
    let found = if from > 0 {
        (from as usize..request.len().saturating_sub(1)).find(is)
    } else {
        let start = request.len().checked_sub(usize::from(from.unsigned_abs()))?;
        (2..=start).rev().find(is)
    };
    found.map(|place| place + 1)
}

/// `find_keys`
fn run<A: AsRef<[u8]>>(spec: &KeySpec, start: i64, request: Request<'_, A>, quirks: &Quirks) -> Option<Run> {
    let count = request.len() as i64;
    let (first, last, step) = match spec.find {
        FindKeys::Range { last, step, .. } if last >= 0 => (start, start + i64::from(last), step),
        FindKeys::Range { last, step, limit: 0 } => (start, count + i64::from(last), step),
        FindKeys::Range { last, step, limit } => {
            (start, start + (count - start) / i64::from(limit) + i64::from(last), step)
        }
        FindKeys::KeyNum { index, first, step } => {
            let number = strict_number(request.get(usize::try_from(start + i64::from(index)).ok()?)?)?;
            if number < 0 {
                return None;
            }
            let number = if quirks.key_numbers_are_ints { i64::from(number as i32) } else { number };
            let first = start + i64::from(first);
            (first, first.saturating_add((number - 1).saturating_mul(i64::from(step))), step)
        }
        FindKeys::Unknown => return None,
    };
    let fits = 0 <= first && first <= last && last < count;
    fits.then(|| Run::new(first as usize, last as usize, step.max(1) as usize, spec.flags))
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{FoundKeys, KeyPlan, Run, by_table};
    use crate::catalog::{Catalog, FindKeys, KeyFlags, KeySpec, Keys, Request, StartSearch};
    use crate::dialect::{Dialect, Engine};

    #[test]
    fn the_keys_of_ordinary_commands_are_found_without_asking() {
        for engine in [Engine::Redis6_0, Engine::Redis6_2, Engine::Redis7_0, Engine::Valkey9_1] {
            let catalog = Catalog::from(engine);
            let found = |request: &[&str]| {
                let request = Request::new(request);
                catalog.lookup(request).expect("a command").find_keys(request)
            };
            for request in [&["ping"][..], &["publish", "c", "x"], &["get"]] {
                assert!(matches!(found(request), FoundKeys::None), "{engine} {request:?}");
            }
            for request in [&["get", "a"][..], &["del", "a", "b"], &["mset", "a", "1"]] {
                assert!(matches!(found(request), FoundKeys::One(_)), "{engine} {request:?}");
            }
            assert!(matches!(found(&["eval", "s", "1", "a"]), FoundKeys::Many(_)), "{engine}");
        }
    }

    #[test]
    fn what_does_not_tell_all_by_itself_is_no_plan() {
        static VARIABLE: [KeySpec; 1] = [one_key(1, 1, KeyFlags::RO.and(KeyFlags::VARIABLE_FLAGS))];
        static INCOMPLETE: [KeySpec; 1] = [one_key(1, 1, KeyFlags::RO.and(KeyFlags::INCOMPLETE))];
        static STEP: [KeySpec; 1] = [one_key(1, 0, KeyFlags::RO)];
        static FIRST: [KeySpec; 1] = [one_key(0, 1, KeyFlags::RO)];
        static PLAIN: [KeySpec; 1] = [one_key(1, 1, KeyFlags::RO)];
        static NO_KEY: [KeySpec; 1] = [one_key(1, 1, KeyFlags::NOT_KEY)];
        const fn one_key(first: i8, step: i8, flags: KeyFlags) -> KeySpec {
            let find = FindKeys::Range { last: -1, step, limit: 0 };
            KeySpec { flags, start: StartSearch::Index(first), find }
        }
        let of_numbers = |(first, last, step)| KeyPlan::of(&Keys { first, last, step, specs: &[] });
        let of_specs = |specs| KeyPlan::of(&Keys { first: 1, last: -1, step: 1, specs });
        for numbers in [(-1, -1, 1), (1, 0, 1), (1, 0, 2), (1, 3, 2), (1, -1, 0), (1, -1, -1)] {
            assert!(matches!(of_numbers(numbers), KeyPlan::Ask), "{numbers:?}");
        }
        for specs in [&VARIABLE, &INCOMPLETE, &STEP, &FIRST] {
            assert!(matches!(of_specs(specs), KeyPlan::Ask), "{specs:?}");
        }
        assert!(matches!(of_numbers((1, 3, 1)), KeyPlan::Range { first: 1, last: 2, step: 1, .. }));
        assert!(matches!(of_numbers((1, -2, 2)), KeyPlan::Range { first: 1, last: -2, step: 2, .. }));
        assert!(matches!(
            of_specs(&PLAIN),
            KeyPlan::Range { first: 1, last: -1, step: 1, flags: KeyFlags::RO }
        ));
        assert!(matches!(of_numbers((0, 0, 0)), KeyPlan::NoKeys));
        assert!(matches!(of_specs(&NO_KEY), KeyPlan::NoKeys));
    }

    #[test]
    fn three_numbers_that_lead_nowhere_tell_no_keys() {
        let request = Request::new(&["x", "1", "2", "3", "4", "5"]);
        for (first, last, step, places) in [
            (1, 3, 1, &[1, 2, 3][..]),
            (1, -1, 2, &[1, 3, 5]),
            (2, -1, 2, &[2, 4]),
            (1, -2, 2, &[1, 3]),
            (0, -1, 1, &[]),
            (1, 0, 1, &[]),
            (1, 0, 2, &[]),
            (5, -2, 1, &[]),
            (1, -1, 0, &[]),
            (1, 6, 1, &[]),
            (-1, -1, 1, &[]),
        ] {
            let found = by_table(&Keys { first, last, step, specs: &[] }, request);
            let found: Vec<_> = found.as_slice().iter().flat_map(|run| run.places()).collect();
            assert_eq!(found, places, "{first} {last} {step}");
        }
    }

    /// Also where the command itself would refuse.
    #[test]
    fn every_run_lies_within_its_request() {
        for dialect in [Engine::Redis6_2, Engine::Redis7_0, Engine::Redis8_10, Engine::Valkey9_1] {
            let catalog = Catalog::from(dialect);
            for request in [
                &["x", "1", "STORE", "", "k", "STREAMS", "KEYS"][..],
                &["x", "usage", "keys", "1", "2", "STORE", "STORE"],
                &["x", "STREAMS", "2", "a", "b", "1"],
            ] {
                for (command, count) in
                    catalog.commands().flat_map(|it| (0..=request.len()).map(move |n| (it, n)))
                {
                    let found = command.find_keys(Request::new(&request[..count]));
                    let lies_within = |run: &Run| run.first <= run.last && (run.last as usize) < count;
                    let shown = (dialect, command.name(), &request[..count], &found);
                    assert!(found.as_slice().iter().all(lies_within), "{shown:?}");
                }
            }
        }
    }

    /// The plans are a fast path for what key specs and the old three numbers say.
    #[test]
    fn plans_find_what_is_found_without_them() {
        let words = ["x", "1", "STORE", "2", "k", "STREAMS", "a", "b"];
        for dialect in Dialect::all() {
            let catalog = Catalog::from(dialect);
            for command in catalog.commands() {
                for count in (0..words.len()).filter(|count| command.takes(*count)) {
                    let request = Request::new(&words[..count]);
                    let places = |runs: &[super::Run]| {
                        let places = runs.iter().flat_map(|run| run.places().map(|place| (place, run.flags)));
                        places.collect::<Vec<_>>()
                    };
                    let planned = command.find_keys(request);
                    let asked = command.ask_for_keys(request);
                    assert_eq!(
                        places(planned.as_slice()),
                        places(asked.as_slice()),
                        "{dialect} {}",
                        command.name()
                    );
                }
            }
        }
    }
}
