//! Texts that somebody made to be hard: time grows with them and no faster, or a bound says so.

use std::time::Duration;

use redis_acl::compare::{compare_within, difference_within, upgrade_within};
use redis_acl::glob::{self, Inclusion};
use redis_acl::{
    AccessString, AclFile, ApplyErrors, Catalog, Engine, Relation, User, claims::Failure, compare, explain,
    lint,
};

use crate::clock::least;

const ENGINE: Engine = Engine::Redis7_2;

/// So many bytes, and four times as many.
const LENGTHS: [usize; 2] = [16 << 10, 64 << 10];

/// What is quadratic takes sixteen times as long.
fn grows_with_the_text<T>(what: &str, make: impl Fn(usize) -> T, run: impl Fn(&T)) {
    let texts = LENGTHS.map(make);
    let most = 9 * least(3, || run(&texts[0])) + Duration::from_millis(20);
    // once will do, unless something came between
    let long = least(1, || run(&texts[1]));
    let long = if long > most { least(3, || run(&texts[1])) } else { long };
    assert!(long <= most, "{what}: {long:?}, and not {most:?}");
}

fn numbered(bytes: usize, rule: impl Fn(usize) -> String) -> String {
    let each = rule(100_000).len() + 1;
    let rules: Vec<_> = (100_000..100_000 + bytes / each).map(rule).collect();
    format!("on {}", rules.join(" "))
}

/// What they are, and the one of that number.
type Numbered = (&'static str, fn(usize) -> String);

/// Rules that are taken.
const TAKEN: [Numbered; 12] = [
    ("patterns", |n| format!("~p{n}*")),
    ("patterns with a common beginning", |n| format!("~a*{n}*")),
    ("patterns to read", |n| format!("%R~{n}*")),
    ("a pattern to read and to write", |n| format!("%R~{n} %W~{n}")),
    ("channels", |n| format!("&p{n}*")),
    ("selectors", |n| format!("(~{n}* +get)")),
    ("first arguments", |n| format!("+get|{n}")),
    ("passwords", |n| format!(">{n}")),
    ("passwords that go again", |n| format!(">{n} <{n}")),
    ("the same again and again", |_| "on".into()),
    ("to and fro", |n| if n % 2 == 0 { "+get".into() } else { "-get".into() }),
    ("patterns that are wiped", |n| if n % 9 == 0 { "resetkeys".into() } else { format!("~{n}") }),
];

/// Rules that are refused.
const REFUSED: [Numbered; 4] = [
    ("no rules", |n| format!("zzz{n}")),
    ("unknown categories", |n| format!("+@n{n}")),
    ("patterns with a tab", |n| format!("~{n}\t")),
    ("removed passwords", |n| format!("<{n}")),
];

#[test]
fn users_are_made_printed_and_compared_rule_by_rule() {
    for (what, rule) in TAKEN {
        grows_with_the_text(
            what,
            |bytes| numbered(bytes, rule),
            |text| {
                let user = User::parse(ENGINE, text).expect("rules");
                assert!(user == user.clone() && !user.to_string().is_empty());
                let mut again = User::new(ENGINE);
                again.apply_arguments(text.split(' ')).expect("rules");
                assert_eq!(user, again);
            },
        );
    }
}

/// All passwords are added, and then taken away from the first or from the last.
#[test]
fn passwords_are_taken_away_from_either_end() {
    for (what, is_first) in [("from the first", true), ("from the last", false)] {
        let rules = |bytes: usize| {
            let mut numbers: Vec<_> = (0..bytes / 16).map(|number| 100_000 + number).collect();
            let mut rules: Vec<_> = numbers.iter().map(|number| format!(">{number}")).collect();
            if !is_first {
                numbers.reverse();
            }
            rules.extend(numbers[1..].iter().map(|number| format!("<{number}")));
            rules.join(" ")
        };
        grows_with_the_text(what, rules, |text| {
            let user = User::parse(ENGINE, text).expect("rules");
            assert_eq!(user.password_hashes().len(), 1);
        });
    }
}

fn told(errors: &ApplyErrors) -> usize {
    errors.iter().map(|error| error.to_string().len() + error.report().to_string().len()).sum()
}

#[test]
fn errors_are_told_one_by_one() {
    let within: fn(&str) -> String = |rules| format!("on ({})", rules.trim_start_matches("on "));
    for (what, rule) in REFUSED {
        for (place, text) in [("", str::to_owned as fn(&str) -> String), (" in a selector", within)] {
            grows_with_the_text(
                &format!("{what}{place}"),
                |bytes| text(&numbered(bytes, rule)),
                |text| {
                    let errors = User::parse(ENGINE, text).expect_err("no rules");
                    assert!(told(&errors) > errors.iter().count() * 30);
                },
            );
        }
    }
}

/// What is kept and told of an error does not grow with the text around it.
#[test]
fn a_report_keeps_no_more_than_it_shows() {
    let taken = LENGTHS.map(|bytes| {
        let text = format!("on ({})", &numbered(bytes, |n| format!("zzz{n}"))[3..]);
        let errors = User::parse(ENGINE, &text).expect_err("no rules");
        let reports = allocation_counter::measure(|| {
            drop(errors.iter().map(|error| error.report()).collect::<Vec<_>>())
        });
        let findings = allocation_counter::measure(|| {
            drop(lint::lint(&text, &Catalog::from(ENGINE), &lint::Config::new()));
        });
        [reports.bytes_total, findings.bytes_total]
    });
    let [short, long] = taken;
    assert!(short.iter().zip(long).all(|(short, long)| long <= 8 * short), "{short:?} {long:?}");
}

#[test]
fn good_rules_between_bad_ones_are_not_copied_for_each() {
    let rules =
        |bytes| numbered(bytes, |n| if n % 2 == 0 { format!("~{n}") } else { format!("(zzz{n} ~a)") });
    grows_with_the_text("patterns and bad selectors", rules, |text| {
        assert!(User::parse(ENGINE, text).is_err());
    });
}

#[test]
fn linting_grows_with_the_text() {
    for (what, rule) in TAKEN.into_iter().chain(REFUSED) {
        let catalog = Catalog::from(ENGINE);
        grows_with_the_text(
            what,
            |bytes| numbered(bytes, rule),
            |text| {
                drop(lint::lint(text, &catalog, &lint::Config::new()));
            },
        );
    }
}

#[test]
fn explaining_grows_with_the_text() {
    for (what, rule) in TAKEN {
        grows_with_the_text(
            what,
            |bytes| numbered(bytes, rule),
            |text| {
                let explanation = explain(ENGINE, text).expect("rules");
                assert!(explanation.to_string().len() > 100 && explanation.to_markdown().len() > 100);
            },
        );
    }
    let keys_and_commands = |bytes| {
        let keys = numbered(bytes / 2, |n| format!("~{n}"));
        format!("{keys} {}", "+get -get ".repeat(bytes / 20))
    };
    grows_with_the_text("rules behind many patterns", keys_and_commands, |text| {
        assert_eq!(explain(ENGINE, text).expect("rules").rules().len(), text.split_whitespace().count());
    });
}

// ---------------------------------------------------------------------------------------------------
// Where the bounds are reached

/// With next to no work, all that is left is to look at each rule: what is not charged to the bound shows.
#[test]
fn when_the_work_is_spent_nothing_is_done_pattern_by_pattern() {
    const WORK: usize = 1000;
    for (what, rule) in &TAKEN[..7] {
        let users = |bytes| {
            let text = format!("{} +get", numbered(bytes, rule));
            let other = text.replace('7', "8").replacen("on", "on ~?q", 1);
            [text, other].map(|text| User::parse(ENGINE, &text).expect("rules"))
        };
        grows_with_the_text(what, users, |[one, other]| {
            let comparison = compare_within(WORK, one, other);
            assert!(!comparison.only_second().is_none() && !comparison.is_equal(), "{what}");
            assert!(!difference_within(WORK, one, other).to_string().is_empty());
        });
    }
}

#[test]
fn simplifying_and_upgrading_end_soon() {
    for (what, rule) in [TAKEN[1], TAKEN[3], TAKEN[5]] {
        let text = numbered(32 << 10, rule);
        let user = User::parse(ENGINE, &text).expect("rules");
        let time = least(1, || {
            assert!(compare::simplify(&user).len() <= user.to_string().len());
            drop(upgrade_within(1000, &text, ENGINE, Engine::Valkey8_1));
        });
        // a debug build takes a second or two
        assert!(time < Duration::from_secs(30), "{what}: {time:?}");
    }
}

#[test]
fn a_hard_question_leaves_something_for_the_easy_ones() {
    let hard = (0..20).map(|number| format!("~*a{}", "?".repeat(number))).collect::<Vec<_>>().join(" ");
    let user = |rules: &str| User::parse(ENGINE, rules).expect("rules");
    let one = user(&format!("~{}b +get +publish &x", "?*".repeat(20)));
    let comparison = compare(&one, &user(&format!("{hard} +get")));
    let more = comparison.only_first();
    assert!(more.is_undecided(), "{more:?}");
    assert_eq!(more.witness().expect("a request").to_string(), "PUBLISH x 1");
}

/// As many as fit into the bound, each of which is a case of its own.
#[test]
fn a_thousand_first_arguments_are_compared() {
    let user = |count: usize| {
        let arguments: Vec<_> = (0..count).map(|number| format!("+get|a{number}")).collect();
        User::parse(ENGINE, &format!("~* {}", arguments.join(" "))).expect("rules")
    };
    assert_eq!(compare(&user(1000), &user(1001)).relation(), Relation::Narrower);
    assert_eq!(compare(&user(5000), &user(5001)).relation(), Relation::Undecided);
    assert_eq!(compare_within(10 * glob::WORK, &user(5000), &user(5001)).relation(), Relation::Narrower);
}

/// What takes place × place is refused before it is begun.
#[test]
fn long_patterns_are_undecided_at_once() {
    for (pattern, other) in [
        (format!("{}*", "a".repeat(200_000)), format!("*{}b*", "a".repeat(200_000))),
        ("?".repeat(300_000), format!("{}x", "?".repeat(300_000))),
        (format!("{}*x", "[ab]".repeat(50_000)), format!("{}*[xy]?", "[ab]".repeat(50_000))),
    ] {
        let time = least(1, || assert_eq!(glob::inclusion(&pattern, [&other]), Inclusion::Undecided));
        assert!(time < Duration::from_secs(20), "{}: {time:?}", &pattern[..10]);
    }
    // the same pattern takes no search, nor does one that begins so
    let long = "?".repeat(300_000);
    assert_eq!(glob::inclusion(&long, [&long]), Inclusion::Included);
    assert_eq!(glob::inclusion(format!("{}?", "a".repeat(100_000)), ["aa*"]), Inclusion::Included);
}

#[test]
fn a_claim_says_that_the_bounds_were_reached() {
    let hard: Vec<_> = (0..20).map(|number| format!("~*a{}", "?".repeat(number))).collect();
    let claims = format!("no wider than \"on {} +get\"\n", hard.join(" "));
    let claims = redis_acl::Claims::parse(&claims).expect("a claim");
    let user = User::parse(ENGINE, &format!("on ~{}b +get", "?*".repeat(20))).expect("rules");
    let answers = claims.check_within(100, &user).expect("known names");
    assert_eq!(answers[0].failure(), Some(&Failure::Undecided));
}

// ---------------------------------------------------------------------------------------------------
// Files

#[test]
fn files_are_read_line_by_line() {
    let lines: [Numbered; 6] = [
        ("users", |n| format!("user u{n} on +get\n")),
        ("bad users", |n| format!("user u{n} on +zzz{n}\n")),
        ("no users", |n| format!("usr u{n} on\n")),
        ("open selectors", |n| format!("user u{n} on (+get\n")),
        ("blank lines", |_| "\n".into()),
        ("NUL bytes", |n| format!("user u{n} on\0\n")),
    ];
    for (what, line) in lines {
        let file = |bytes: usize| (0..bytes / 4 / line(0).len()).map(line).collect::<String>();
        grows_with_the_text(what, file, |file| {
            for read in [AclFile::parse, AclFile::parse_config, AclFile::parse_list] {
                let file = read(file.as_bytes(), ENGINE);
                assert!(file.errors().all(|error| !error.report().to_string().is_empty()));
                drop(file.server_message("users.acl"));
            }
        });
    }
}

#[test]
fn a_line_with_nothing_on_it_takes_next_to_no_memory() {
    let blank = "\n".repeat(100_000);
    let info = allocation_counter::measure(|| drop(AclFile::parse(blank.as_bytes(), ENGINE)));
    assert!(info.bytes_max <= 256 * blank.len() as u64, "{}", info.bytes_max);
}

#[test]
fn a_text_of_any_length_is_a_tree() {
    for text in ["(", "( ", "\"", "~", "%", "|", "{a,", "\\", "[", " "] {
        let rules = |bytes: usize| format!("+get ({})", text.repeat(bytes / text.len()));
        grows_with_the_text(text, rules, |text| drop(AccessString::parse(text)));
    }
}

#[cfg(feature = "iac")]
mod iac {
    use super::grows_with_the_text;
    use redis_acl::iac::{Format, read};

    /// Names are told in part where much stands below them.
    #[test]
    fn a_long_name_is_not_copied_for_all_that_is_below_it() {
        let items = |bytes: usize, item: &str| item.repeat(bytes / 2 / item.len());
        let terraform = |bytes| {
            format!(
                "locals {{\n  {} = [{}]\n}}\n",
                "k".repeat(bytes / 2),
                items(bytes, "{access_string=\"on\"},")
            )
        };
        let json = |bytes| {
            format!(
                "{{\"{}\": [{}{{}}]}}",
                "k".repeat(bytes / 2),
                items(bytes, "{\"a.acl\": \"user a on\"},")
            )
        };
        let stack = |bytes| {
            let user = "{\"Type\":\"AWS::ElastiCache::User\",\"Properties\":{\"AccessString\":\"on\"}},";
            format!("{{\"{}\": [{}{{}}]}}", "k".repeat(bytes / 2), items(bytes, user))
        };
        let files: [(_, &dyn Fn(usize) -> String); 3] =
            [(Format::Terraform, &terraform), (Format::Json, &json), (Format::Json, &stack)];
        for (format, file) in files {
            grows_with_the_text(&format!("{format:?}"), file, |file| {
                let document = read(format, file.as_bytes()).expect("a document");
                assert!(document.findings().len() > 100);
                assert!(document.findings().iter().all(|finding| finding.place().to_string().len() < 1000));
            });
        }
    }

    #[test]
    fn aliases_are_not_followed() {
        let mut laughs = String::from("AccessString: on\na0: &a0 [lol]\n");
        for level in 1..40 {
            laughs += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(","));
        }
        assert!(read(Format::Yaml, laughs.as_bytes()).is_ok());
    }

    #[test]
    fn nesting_and_labels_have_an_end() {
        const DEEP: usize = 100_000;
        for (format, file) in [
            (Format::Json, format!("{{\"AccessString\":{}", "[".repeat(DEEP))),
            (Format::Yaml, format!("AccessString: {}", "[".repeat(DEEP))),
            (Format::Terraform, format!("access_string = {}", "[".repeat(DEEP))),
            (Format::Terraform, format!("a {} {{\n  access_string = \"on\"\n}}\n", "\"b\" ".repeat(DEEP))),
        ] {
            let error = read(format, file.as_bytes()).expect_err("no document");
            assert!(error.message().len() < 500, "{error}");
        }
        let labels =
            |count: usize| format!("a {} {{\n  access_string = \"on\"\n}}\n", "\"b\" ".repeat(count));
        assert!(read(Format::Terraform, labels(16).as_bytes()).is_ok());
        let error = read(Format::Terraform, labels(17).as_bytes()).expect_err("no document");
        assert_eq!(
            error.to_string(),
            "a block with more than 16 labels; Terraform's blocks have at most two"
        );
        assert_eq!(error.position().to_string(), "1:1");
    }
}
