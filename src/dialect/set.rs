//! The engines that one string may meet: a set of dialects, and its text form.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use super::channels::DefaultChannels;
use super::engine::{Process, Project};
use super::releases::{RELEASES, Release, release};
use super::{Dialect, DialectError, Service, error};

/// The dialects that one access string may meet: one, or several where nobody stated a version.
///
/// A file that says `engine = "redis"` and no version, or a `users.acl` by itself, leaves open which engine reads it.
/// Whatever is said of such a string must hold on every dialect of the set.
///
/// The text form is a list separated by commas, of
///
/// | text | the dialects |
/// |---|---|
/// | `redis-7.2`, `elasticache/valkey-8.0`, `redis-8.4+json` | that one |
/// | `redis`, `valkey` | the servers of that project |
/// | `sentinel/redis`, `sentinel/valkey` | the Sentinels of that project |
/// | `elasticache/redis`, `elasticache/valkey`, `memorydb/redis`, `memorydb/valkey` | the versions that the service offers of that engine |
/// | `elasticache/any` or `elasticache`, `memorydb/any` or `memorydb` | all versions of the service |
/// | `elasticache/any+acl-pubsub-default=resetchannels` | the same with that setting, where there is one |
/// | `redis-6.2..8.0`, `elasticache/valkey-7.2..8.1` | the versions from the first to the last, patch releases that behave differently included |
///
/// For a single [`Dialect`] `elasticache` is short for its oldest version; for a set it is all of them, since a set is
/// what a gate asks about.
///
/// ```
/// use redis_acl::{Dialects, Engine};
///
/// let candidates: Dialects = "elasticache/redis".parse()?;
/// let names: Vec<_> = candidates.iter().map(|dialect| dialect.to_string()).collect();
/// assert_eq!(names, ["elasticache/redis-6.0", "elasticache/redis-6.2", "elasticache/redis-7.0", "elasticache/redis-7.1"]);
/// assert_eq!(candidates.to_string(), "elasticache/redis");
///
/// // what somebody states narrows what a file leaves open
/// let stated: Dialects = "elasticache/redis-7.1".parse()?;
/// assert_eq!(candidates.narrowed(&stated), Some(stated));
/// assert_eq!(candidates.narrowed(&Engine::Redis7_2.into()), None);
/// # Ok::<(), redis_acl::DialectError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Dialects {
    /// INVARIANT: at least one, in the order of [`Dialect::all`], each release and set of modules once.
    list: Vec<Dialect>,
}

/// The names of families, the widest first, and what is in them.
const FAMILIES: [(&str, Family); 12] = [
    ("elasticache/any", Family::of_service(Service::ElastiCache)),
    ("memorydb/any", Family::of_service(Service::MemoryDb)),
    ("elasticache", Family::of_service(Service::ElastiCache)),
    ("memorydb", Family::of_service(Service::MemoryDb)),
    ("elasticache/redis", Family::of_service(Service::ElastiCache).by(Project::Redis)),
    ("elasticache/valkey", Family::of_service(Service::ElastiCache).by(Project::Valkey)),
    ("memorydb/redis", Family::of_service(Service::MemoryDb).by(Project::Redis)),
    ("memorydb/valkey", Family::of_service(Service::MemoryDb).by(Project::Valkey)),
    ("redis", Family::of_process(Process::Server).by(Project::Redis)),
    ("valkey", Family::of_process(Process::Server).by(Project::Valkey)),
    ("sentinel/redis", Family::of_process(Process::Sentinel).by(Project::Redis)),
    ("sentinel/valkey", Family::of_process(Process::Sentinel).by(Project::Valkey)),
];

/// What a service or a project offers.
#[derive(Clone, Copy)]
struct Family {
    service: Option<Service>,
    process: Process,
    /// `None` for either.
    project: Option<Project>,
}

impl Family {
    const fn of_service(service: Service) -> Self {
        Self { service: Some(service), process: Process::Server, project: None }
    }

    const fn of_process(process: Process) -> Self {
        Self { service: None, process, project: None }
    }

    const fn by(self, project: Project) -> Self {
        Self { project: Some(project), ..self }
    }

    fn releases(self) -> impl Iterator<Item = &'static Release> {
        RELEASES.iter().filter(move |release| {
            release.service == self.service
                && release.engine.process() == self.process
                && self.project.is_none_or(|project| release.engine.project() == project)
        })
    }
}

impl Dialects {
    /// The set of these dialects; `None` if there are none.
    #[must_use]
    pub fn new(dialects: impl IntoIterator<Item = Dialect>) -> Option<Self> {
        let set = Self::sorted(dialects.into_iter().collect());
        (!set.list.is_empty()).then_some(set)
    }

    /// The list in the order of releases, each dialect once. A place among the releases is looked for, so it is kept.
    fn sorted(mut list: Vec<Dialect>) -> Self {
        list.sort_by_cached_key(|dialect| dialect.rank());
        list.dedup();
        Self { list }
    }

    /// Every server that is modelled, without modules: what a `users.acl` may meet of which nothing else is known.
    #[must_use]
    pub fn servers() -> Self {
        let servers = Family::of_process(Process::Server);
        Self { list: servers.releases().map(Dialect::of).collect() }
    }

    /// The servers of one project, without modules.
    #[must_use]
    pub fn of_project(project: Project) -> Self {
        let family = Family::of_process(Process::Server).by(project);
        Self { list: family.releases().map(Dialect::of).collect() }
    }

    /// All versions that a service offers.
    #[must_use]
    pub fn of_service(service: Service) -> Self {
        let family = Family::of_service(service);
        Self { list: family.releases().map(Dialect::of).collect() }
    }

    /// The dialects: engines by age, then services.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Dialect> + ExactSizeIterator + '_ {
        self.list.iter().copied()
    }

    /// How many there are; at least one.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a set is never empty")]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The dialects that a text names where one string is asked about. A text that is the name of a [`Dialect`] is that
    /// one, so that `elasticache` is its oldest version, which AWS documents; every other text is read as a set.
    ///
    /// ```
    /// # use redis_acl::Dialects;
    /// assert_eq!(Dialects::of_one_string("elasticache")?.to_string(), "elasticache/redis-6.0");
    /// assert_eq!(Dialects::of_one_string("elasticache/redis")?.len(), 4);
    /// # Ok::<(), redis_acl::DialectError>(())
    /// ```
    ///
    /// # Errors
    /// When the text is neither.
    pub fn of_one_string(text: &str) -> Result<Self, DialectError> {
        text.parse::<Dialect>().map(Self::from).or_else(|_| text.parse())
    }

    /// The dialect, if there is only one.
    #[must_use]
    pub fn single(&self) -> Option<Dialect> {
        match self.list[..] {
            [dialect] => Some(dialect),
            _ => None,
        }
    }

    /// The first, which is the oldest of its project.
    #[must_use]
    pub fn oldest(&self) -> Dialect {
        self.list[0]
    }

    /// The last, which is the newest of its project.
    #[must_use]
    pub fn newest(&self) -> Dialect {
        self.list[self.list.len() - 1]
    }

    /// Whether this dialect is one of them.
    #[must_use]
    pub fn contains(&self, dialect: Dialect) -> bool {
        self.list.contains(&dialect)
    }

    /// Those of `stated` whose release is among these; `None` where that is none of them, which is a contradiction.
    ///
    /// Modules and other settings are those of `stated`.
    #[must_use]
    pub fn narrowed(&self, stated: &Self) -> Option<Self> {
        let is_here =
            |dialect: &Dialect| self.list.iter().any(|here| core::ptr::eq(here.release, dialect.release));
        Self::new(stated.iter().filter(is_here))
    }

    /// The dialects of both sets.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::sorted([&self.list[..], &other.list[..]].concat())
    }

    /// The same dialects with this value of the setting `acl-pubsub-default`, where they have one: see
    /// [`Dialect::with_default_channels`].
    ///
    /// # Errors
    /// That of the last, when none of them has the setting.
    pub fn with_default_channels(&self, channels: DefaultChannels) -> Result<Self, DialectError> {
        let set = |dialect: Dialect| dialect.with_default_channels(channels);
        match self.iter().any(|dialect| set(dialect).is_ok()) {
            true => Ok(Self::sorted(self.iter().map(|dialect| set(dialect).unwrap_or(dialect)).collect())),
            false => set(self.newest()).map(Self::from),
        }
    }

    /// Those that the predicate keeps; `None` if it keeps none.
    #[must_use]
    pub fn filter(&self, mut keeps: impl FnMut(Dialect) -> bool) -> Option<Self> {
        Self::new(self.iter().filter(|dialect| keeps(*dialect)))
    }
}

impl From<Dialect> for Dialects {
    fn from(dialect: Dialect) -> Self {
        Self { list: vec![dialect] }
    }
}

impl From<super::Engine> for Dialects {
    fn from(engine: super::Engine) -> Self {
        Dialect::from(engine).into()
    }
}

// ---------------------------------------------------------------------------------------------------
// Text

impl fmt::Display for Dialects {
    /// Families by their name, then ranges, then what is left one by one. Modules and settings follow a name they share.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = self.list.clone();
        let suffixes = suffixes(&left);
        let mut parts = Vec::new();
        for (family, _) in FAMILIES {
            for suffix in &suffixes {
                let name = format!("{family}{suffix}");
                let members = item_of_list(&name).unwrap_or_default();
                if members.len() > 1 && members.iter().all(|member| left.contains(member)) {
                    left.retain(|dialect| !members.contains(dialect));
                    parts.push(name);
                }
            }
        }
        parts.extend(ranges(&left, &suffixes));
        f.write_str(&parts.join(","))
    }
}

/// What follows the names of releases: nothing, then each combination of modules and settings in the list.
fn suffixes(list: &[Dialect]) -> Vec<String> {
    let mut suffixes = vec![String::new()];
    for dialect in list {
        let text = dialect.to_string();
        let suffix = &text[dialect.release.name.len()..];
        if !suffixes.iter().any(|known| known == suffix) {
            suffixes.push(suffix.to_owned());
        }
    }
    suffixes
}

/// Dialects in order: versions that follow one another as a range.
fn ranges(list: &[Dialect], suffixes: &[String]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = list;
    while let Some(first) = rest.first() {
        let follows = |pair: &&[Dialect]| {
            family_name(pair[0]) == family_name(pair[1]) && pair[0].rank().0 + 1 == pair[1].rank().0
        };
        let longest = 1 + rest.windows(2).take_while(follows).count();
        let range = |length: usize| Some((range_text(&rest[..length], suffixes)?, length));
        let (text, length) = (1..=longest).rev().find_map(range).unwrap_or_else(|| (first.to_string(), 1));
        texts.push(text);
        rest = &rest[length..];
    }
    texts
}

fn family_name(dialect: Dialect) -> &'static str {
    dialect.release.name.rsplit_once('-').unwrap_or_default().0
}

/// The range that is read as these dialects; short lists are as well printed one by one.
fn range_text(run: &[Dialect], suffixes: &[String]) -> Option<String> {
    let [first, _, .., last] = run else { return None };
    let (line, patch) = (last.release.line, last.release.first_patch);
    let version = format!("{}.{}", line.0, line.1);
    let texts = [version.clone(), format!("{version}.{patch}")];
    let is_read = |text: &String| text.parse().is_ok_and(|read: Dialects| read.list == run);
    let with_suffix = |version: &String| {
        let range = format!("{}..{version}", first.release.name);
        suffixes.iter().map(move |suffix| format!("{range}{suffix}"))
    };
    texts.iter().flat_map(with_suffix).find(is_read)
}

impl fmt::Debug for Dialects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dialects({self})")
    }
}

impl FromStr for Dialects {
    type Err = DialectError;

    fn from_str(text: &str) -> Result<Self, DialectError> {
        let mut list = Vec::new();
        for item in text.split(',') {
            list.extend(item_of_list(item.trim())?);
        }
        Self::new(list).map_or_else(|| error("a list of dialects is empty".to_owned()), Ok)
    }
}

/// ```abnf
/// item = ( family / range / release ) *( "+" ( module / setting ) )
/// ```
fn item_of_list(item: &str) -> Result<Vec<Dialect>, DialectError> {
    let (name, parts) = item.split_once('+').map_or((item, None), |(name, rest)| (name, Some(rest)));
    let family = FAMILIES.iter().find(|(family, _)| *family == name);
    let releases: Vec<_> = match (family, name.split_once("..")) {
        (Some((_, family)), _) => family.releases().collect(),
        (None, Some((first, last))) => range(first, last)?,
        (None, None) => return Ok(vec![item.parse()?]),
    };
    let dialects: Vec<_> = releases.into_iter().map(Dialect::of).collect();
    parts.into_iter().flat_map(|parts| parts.split('+')).try_fold(dialects, with_part)
}

/// The dialects of a family with what follows one `+`. A setting need not be there in each of them.
fn with_part(dialects: Vec<Dialect>, part: &str) -> Result<Vec<Dialect>, DialectError> {
    match part.split_once('=') {
        Some((DefaultChannels::SETTING, value)) => {
            Ok(Dialects { list: dialects }.with_default_channels(value.parse()?)?.list)
        }
        _ => dialects.into_iter().map(|dialect| dialect.with_part(part)).collect(),
    }
}

/// `redis-6.2..8.0`: the family may stand in front of the last version too.
fn range(first: &str, last: &str) -> Result<Vec<&'static Release>, DialectError> {
    let from = release(first)?;
    let (family, _) = from.name.rsplit_once('-').unwrap_or_default();
    let last = if last.contains('-') { last.to_owned() } else { format!("{family}-{last}") };
    let to = release(&last)?;
    let is_family = |release: &&Release| release.name.rsplit_once('-').unwrap_or_default().0 == family;
    // the last line counts with all of its patch releases, unless a patch release is named
    let end = if last == line_name(to) { (to.line, u16::MAX) } else { (to.line, to.first_patch) };
    let start = (from.line, if first == line_name(from) { 0 } else { from.first_patch });
    let is_between = |release: &&Release| {
        let place = (release.line, release.first_patch);
        start <= place && place <= end
    };
    let releases: Vec<_> = RELEASES.iter().filter(is_family).filter(is_between).collect();
    match releases.is_empty() || !is_family(&to) {
        true => {
            error(format!("`{first}..{last}` holds no dialect; write the older version of one engine first"))
        }
        false => Ok(releases),
    }
}

/// The name of its line: `redis-7.2`, also of the release 7.2.16.
fn line_name(release: &Release) -> String {
    let (family, _) = release.name.rsplit_once('-').unwrap_or_default();
    format!("{family}-{}.{}", release.line.0, release.line.1)
}
