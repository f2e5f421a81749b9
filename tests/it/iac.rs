//! Infrastructure files: what is found in files that look like people's, where it is, and how it is rewritten.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use redis_acl::iac::{
    self, AclTextKind, Candidates, Document, Finding, Format, Given, Literal, ReadError, RequestKind, Why,
};
use redis_acl::{AccessString, Span, User};

use crate::laws;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/iac")
}

fn file(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn format_of(name: &str, bytes: &[u8]) -> Format {
    Format::detect(name.as_ref(), bytes).unwrap_or_else(|| panic!("{name} has a format"))
}

#[track_caller]
fn read<'b>(name: &str, bytes: &'b [u8]) -> Document<'b> {
    iac::read(format_of(name, bytes), bytes)
        .unwrap_or_else(|error| panic!("{name}: {error} at {}", error.position()))
}

#[track_caller]
fn refused(name: &str) -> ReadError {
    let bytes = file(name);
    iac::read(format_of(name, &bytes), &bytes).expect_err(name)
}

fn literal<'d, 'a>(finding: &'d Finding<'a>) -> Option<&'d Literal<'a>> {
    match finding {
        Finding::AccessString(found) => Some(&found.text),
        Finding::AclText(found) => Some(&found.text),
        _ => None,
    }
}

fn all(literal: &Literal<'_>) -> Span {
    Span::new(0, literal.value().len())
}

// ---------------------------------------------------------------------------------------------------
// What is found

/// The findings of every file that can be read, a line each; `BLESS=1` writes them anew.
#[test]
fn the_findings_of_all_files() {
    let mut names: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    let mut listing = String::new();
    for name in names.iter().map(|name| name.to_str().unwrap()) {
        writeln!(listing, "=== {name}").unwrap();
        let bytes = file(name);
        match iac::read(format_of(name, &bytes), &bytes) {
            Ok(document) => document.findings().iter().for_each(|finding| list(&mut listing, finding)),
            Err(error) => writeln!(listing, "{} error: {error}", error.position()).unwrap(),
        }
    }
    golden("infrastructure-files.txt", &listing);
}

fn list(listing: &mut String, finding: &Finding<'_>) {
    match finding {
        Finding::AccessString(found) => {
            let position = found.text.position(all(&found.text));
            let candidates = candidates(&found.candidates);
            let part = if found.is_part { " (part)" } else { "" };
            writeln!(listing, "{position} {} [{candidates}] {:?}{part}", found.place, found.text.value())
                .unwrap();
        }
        Finding::Composed(found) => {
            let candidates = candidates(&found.candidates);
            writeln!(listing, "{} {} [{candidates}] = {:?}", found.position, found.place, found.text.shown())
                .unwrap();
        }
        Finding::AclText(found) => {
            let position = found.text.position(all(&found.text));
            writeln!(listing, "{position} {} {:?}", found.place, found.kind).unwrap();
            found.text.value().lines().for_each(|line| writeln!(listing, "      {line}").unwrap());
        }
        Finding::NotLiteral(value) => {
            writeln!(listing, "{} {} ?: {}", value.position, value.place, value.why).unwrap()
        }
        Finding::Request(request) => {
            writeln!(listing, "{} {} {:?}", request.position(), request.place(), request.kind()).unwrap();
            for found in request.problems() {
                writeln!(listing, "      {} {}: {}", found.position, found.problem.member(), found.problem)
                    .unwrap();
            }
        }
        other => panic!("{other:?} is new here"),
    }
}

/// What the file states, and the dialects that are left.
fn candidates(candidates: &Candidates) -> String {
    format!("{:?}: {}", candidates.stated, candidates.dialects)
}

fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, text).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap_or_default(),
        text,
        "{} differs; BLESS=1 rewrites it",
        path.display()
    );
}

#[test]
fn formats_show_in_names_and_in_templates_in_the_content() {
    for (name, format) in [
        ("a.tf", Format::Terraform),
        ("a.tofu", Format::Terraform),
        ("prod.auto.tfvars", Format::Terraform),
        ("a.tofu.json", Format::TerraformJson),
        ("A.JSON", Format::Json),
        ("terraform.tfstate", Format::Json),
        ("dir.tf/a.yml", Format::Yaml),
    ] {
        assert_eq!(Format::of_path(name.as_ref()), Some(format), "{name}");
    }
    for name in ["a.txt", "tf", "template", "a.template", ""] {
        assert_eq!(Format::of_path(name.as_ref()), None, "{name}");
    }
    let detect = |content: &[u8]| Format::detect("a.template".as_ref(), content);
    assert_eq!(detect(b"\xef\xbb\xbf \n{\"Resources\": {}}"), Some(Format::Json));
    assert_eq!(detect(b"Resources: {}"), Some(Format::Yaml));
    assert_eq!(Format::detect("a.txt".as_ref(), b"{}"), None);
}

#[test]
fn engine_and_version_leave_the_dialects_that_the_user_may_meet() {
    let candidates = |kind: &str, members: &str| {
        let text = format!(
            "Resources: {{A: {{Type: '{kind}', Properties: {{AccessString: 'on +get', {members}}}}}}}"
        );
        let document = read("a.yaml", text.as_bytes());
        self::candidates(&document.access_strings().next().unwrap().candidates)
    };
    let of = |members: &str| candidates("AWS::ElastiCache::User", members);
    assert_eq!(of("Engine: redis"), "Engine: elasticache/any");
    assert_eq!(of("Engine: REDIS"), "Engine: elasticache/any");
    assert_eq!(of("Engine: VALKEY"), "Engine: elasticache/valkey");
    assert_eq!(of("Engine: redis, EngineVersion: '7.1'"), "Version: elasticache/redis-7.1");
    assert_eq!(of("Engine: redis, EngineVersion: '7.1.0'"), "Version: elasticache/redis-7.1");
    assert_eq!(of("Engine: redis, EngineVersion: '8.0'"), "Version: elasticache/valkey-8.0");
    assert_eq!(
        of("Engine: redis, EngineVersion: '6.x'"),
        "Version: elasticache/redis-6.0,elasticache/redis-6.2"
    );
    assert_eq!(of("Engine: valkey, EngineVersion: '7.1'"), "Engine: elasticache/valkey");
    assert_eq!(of("Engine: valkey, EngineVersion: '99'"), "Engine: elasticache/valkey");
    assert_eq!(of("Engine: memcached"), "Service: elasticache/any");
    assert_eq!(of("Engine: !Ref Engine"), "Service: elasticache/any");
    assert_eq!(candidates("AWS::MemoryDB::User", "UserName: a"), "Service: memorydb/any");
}

#[test]
fn a_file_that_names_no_user_is_not_parsed() {
    for (name, text) in [
        ("a.tf", "resource {"),
        ("a.json", "{"),
        ("a.yaml", "{{- if x }}\na: [the user is here"),
        ("a.yaml", ""),
    ] {
        assert_eq!(read(name, text.as_bytes()).findings().len(), 0, "{text}");
    }
}

#[test]
fn what_is_not_known_is_found_once_with_its_reason() {
    let whys = |name: &str| {
        let bytes = file(name);
        let document = read(name, &bytes);
        document.not_literal().map(|value| (value.position.line, value.why.clone())).collect::<Vec<_>>()
    };
    assert_eq!(whys("users.tf"), [(100, Why::Reference)]);
    assert_eq!(whys("template.yaml"), [(78, Why::NotText)]);
    assert_eq!(whys("values.yaml"), [(7, Why::Template)]);
    assert_eq!(whys("plan.json"), [(26, Why::AfterApply)]);
    assert_eq!(whys("manifests.yaml"), [(22, Why::Base64), (36, Why::Alias)]);
}

/// The reason why the access string of a user is not known.
#[track_caller]
fn why(name: &str, text: &str) -> Why {
    let document = read(name, text.as_bytes());
    let mut found = document.not_literal();
    let why = found.next().unwrap_or_else(|| panic!("{:?}", document.findings())).why.clone();
    assert!(found.next().is_none() && document.access_strings().count() == 0, "{:?}", document.findings());
    why
}

#[test]
fn what_is_worked_out_is_told_in_every_language() {
    let terraform = |value: &str| {
        why("a.tf", &format!("resource \"aws_memorydb_user\" \"a\" {{\n  access_string = {value}\n}}\n"))
    };
    for expression in ["[for x in var.y : x]", "!var.x", "var.a + 1", "var.a == \"x\""] {
        assert_eq!(terraform(expression), Why::Expression, "{expression}");
    }
    assert_eq!(terraform("<<-EOT\n    on %{ if var.x }~a%{ endif }\n  EOT"), Why::Interpolation);
    assert_eq!(terraform("var.x"), Why::Reference);

    let json = |value: &str| why("a.json", &format!("{{\"UserName\": \"a\", \"AccessString\": {value}}}"));
    assert_eq!(json("\"on \\ud800\""), Why::Unclear, "half of a character");
    assert_eq!(json("false"), Why::NotText);

    let yaml = |value: &str| {
        why(
            "a.yaml",
            &format!(
                "Resources:\n  A:\n    Type: AWS::MemoryDB::User\n    Properties:\n      AccessString: {value}\n"
            ),
        )
    };
    assert_eq!(yaml("!Sub [!Ref X, {X: y}]"), Why::Reference);
    assert_eq!(yaml("!Sub ['${X}${Y}', {Z: y}]"), Why::Interpolation);
    assert_eq!(yaml("!Sub []"), Why::Interpolation);
    assert_eq!(yaml("!Join [',', !Ref X]"), Why::Function { name: "!Join".into() });
    assert_eq!(yaml("!!int on"), Why::NotText);
    assert_eq!(yaml("{{ .Values.rules }}"), Why::Template);
    assert_eq!(yaml("!!map {a: b}"), Why::NotText);
}

/// The variables of `Sub` may stand behind its text.
#[test]
fn a_text_with_nothing_to_substitute_is_literal() {
    let text = "Resources:\n  A:\n    Type: AWS::MemoryDB::User\n    Properties: !!map\n      AccessString: !Sub [on ~a +get, {X: y}]\n";
    let document = read("a.yaml", text.as_bytes());
    let found = document.access_strings().next().expect("a text");
    assert_eq!(found.text.value(), "on ~a +get");
    assert_eq!(&text[found.text.range(Span::new(6, 10))], "+get");
}

#[test]
fn a_key_that_is_no_name_hides_nothing_behind_it() {
    let text = "locals {\n  u = { (var.key) = \"on +nosuch\", access_string = \"on +get\" }\n}\n";
    let found: Vec<_> =
        read("a.tf", text.as_bytes()).access_strings().map(|found| found.text.value().to_owned()).collect();
    assert_eq!(found, ["on +get"]);
    let text = "Resources:\n  ? [a, b]\n  : c\n  A:\n    Type: AWS::MemoryDB::User\n    Properties: {AccessString: on +get}\n";
    let found: Vec<_> =
        read("a.yaml", text.as_bytes()).access_strings().map(|found| found.text.value().to_owned()).collect();
    assert_eq!(found, ["on +get"]);
}

#[test]
fn instances_of_a_state_are_told_apart_by_key_and_by_number() {
    let instance = |key: &str| format!("{{{key}\"attributes\": {{\"access_string\": \"on +get\"}}}}");
    let instances =
        [instance("\"index_key\": \"a<b\", "), instance("\"index_key\": 1, "), instance("")].join(", ");
    let state = format!(
        "{{\"version\": 4, \"terraform_version\": \"1.9.5\", \"lineage\": \"x\", \"resources\": [{{\"type\": \"aws_memorydb_user\", \"name\": \"u\", \
         \"instances\": [{instances}]}}]}}"
    );
    let document = read("terraform.tfstate", state.as_bytes());
    let names: Vec<_> = document.access_strings().map(|found| found.place.name.clone()).collect();
    assert_eq!(names, ["u[\"a<b\"]", "u[1]", "u"]);
}

#[test]
fn a_template_of_helm_is_a_finding_and_the_other_documents_are_read() {
    let bytes = file("helm-template.yaml");
    let document = read("helm-template.yaml", &bytes);
    let keys: Vec<_> = document.acl_texts().map(|text| text.place.attribute.as_str()).collect();
    assert_eq!(keys, ["data.first.acl", "data.last.acl"]);
    let templates: Vec<_> = document.not_literal().map(|value| value.why.clone()).collect();
    assert_eq!(templates, [Why::Template]);
}

#[test]
fn a_configuration_is_told_from_an_acl_file_and_from_prose() {
    let bytes = file("manifests.yaml");
    let document = read("manifests.yaml", &bytes);
    let kinds: Vec<_> = document.acl_texts().map(|text| (&*text.place.attribute, text.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("data.users.acl", AclTextKind::AclFile),
            ("data.redis.conf", AclTextKind::Configuration),
            ("stringData.more.acl", AclTextKind::AclFile),
            ("items.data.lines", AclTextKind::AclFile),
            ("items.data.by-alias.acl", AclTextKind::AclFile),
        ]
    );
}

// ---------------------------------------------------------------------------------------------------
// Where it is

/// The files in which texts stand, and how many of them.
const READABLE: [(&str, usize); 20] = [
    ("users.tf", 10),
    ("crlf.tf", 10),
    ("bom.tf", 10),
    ("values.tfvars", 2),
    ("users.tf.json", 2),
    ("template.json", 2),
    ("bom.json", 2),
    ("template.yaml", 6),
    ("crlf.yaml", 6),
    ("users.template", 1),
    ("manifests.yaml", 5),
    ("bom.yaml", 5),
    ("values.yaml", 1),
    ("helm-template.yaml", 2),
    ("create-user.json", 1),
    ("modify-user.json", 1),
    ("memorydb-create-user.json", 1),
    ("plan.json", 2),
    ("state.json", 1),
    ("terraform.tfstate", 2),
];

#[test]
fn every_rule_is_where_its_bytes_are() {
    for (name, count) in READABLE {
        let bytes = file(name);
        let document = read(name, &bytes);
        let literals: Vec<_> = document.findings().iter().filter_map(literal).collect();
        assert_eq!(literals.len(), count, "{name}");
        literals.into_iter().for_each(|literal| each_word_is_in_its_place(literal, &bytes));
    }
}

/// A word in which nothing is escaped is those bytes of the file, at the line and column where a person finds
/// them.
fn each_word_is_in_its_place(literal: &Literal<'_>, bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap();
    let value = literal.value();
    let mut words = 0;
    for (at, word) in
        value.split_ascii_whitespace().map(|word| (word.as_ptr() as usize - value.as_ptr() as usize, word))
    {
        let span = Span::new(at, at + word.len());
        let written = &text[literal.range(span)];
        let is_escaped = ["\\", "''", "$${", "%%{"].iter().any(|sign| written.contains(sign));
        assert!(written == word || is_escaped, "{word} is {written}");
        assert_eq!(literal.ranges(span), [literal.range(span)], "{word} is in one piece");

        let position = literal.position(span);
        let line = text.trim_start_matches('\u{feff}').split('\n').nth(position.line - 1).unwrap();
        let rest: String = line.chars().skip(position.column - 1).collect();
        assert!(rest.starts_with(written), "{word} at {position}, where {rest} is");
        words += 1;
    }
    assert!(words > 0, "{value}");
}

#[test]
fn the_lines_of_a_block_are_stretches_without_their_indentation() {
    let bytes = file("manifests.yaml");
    let document = read("manifests.yaml", &bytes);
    let text = &document.acl_texts().next().unwrap().text;
    let lines: Vec<_> =
        text.ranges(all(text)).into_iter().map(|range| std::str::from_utf8(&bytes[range]).unwrap()).collect();
    assert_eq!(
        lines,
        [
            "user default off nopass ~* &* -@all\n",
            "user app on >pässword ~app:* +@read\n\n",
            "user cron on ~cron:* +@list\n",
        ]
    );
}

/// Blocks whose ends and headers are easily mistaken.
#[test]
fn every_block_is_followed_to_its_end() {
    for (block, value) in [
        ("|\n    user a on\n     \n", "user a on\n \n"),
        ("|\n    user a on\n      ", "user a on\n  \n"),
        ("|\n    user a on\n  \n\n  x: y\n", "user a on\n"),
        ("|\n    user a on", "user a on\n"),
        ("|+ # kept\n    user a on\n\n\n  x: y\n", "user a on\n\n\n"),
        ("|2-\n     user a on\n  x: y\n", " user a on"),
        (
            ">\n\n    user a\n    on\n\n    ~*\n      more\n    end\n  x: y\n",
            "\nuser a on\n~*\n  more\nend\n",
        ),
        ("# | no header\n    |\n    user a on\n", "user a on\n"),
        ("&rules !!str |\n    user a on\n", "user a on\n"),
        ("|\r\n    user a on\r\n\r\n    user b on\r\n", "user a on\n\nuser b on\n"),
    ] {
        let text = format!("data:\n  users.acl: {block}");
        let document = read("a.yaml", text.as_bytes());
        let found =
            document.acl_texts().next().unwrap_or_else(|| panic!("{text:?}: {:?}", document.findings()));
        assert_eq!(found.text.value(), value, "{text:?}");
        let at = value.find("user").unwrap();
        let name = found.text.range(Span::new(at, at + 4));
        assert_eq!(&text[name], "user", "{text:?}");
    }
}

#[test]
fn an_escape_is_where_all_of_it_is() {
    let bytes = file("users.tf.json");
    let document = read("users.tf.json", &bytes);
    let text = &document.access_strings().next().unwrap().text;
    assert_eq!(text.value(), "on ~\"a\":* ~${b}:* ~é😀 +@read");
    let written = |part: &str| {
        let at = text.value().find(part).unwrap();
        std::str::from_utf8(&bytes[text.range(Span::new(at, at + part.len()))]).unwrap()
    };
    assert_eq!(written("😀"), r"\ud83d\ude00");
    assert_eq!(written("é"), r"\u00e9");
    assert_eq!(written("\"a"), "\\\"a");
    assert_eq!(written("{b"), "$${b");
    assert_eq!(written("+@read"), "+@read");
}

/// The value of a text with all escapes that its language has.
#[test]
fn escapes_say_what_their_languages_say() {
    let value = |name: &str, text: &str| {
        let document = read(name, text.as_bytes());
        let found = document.access_strings().next().unwrap_or_else(|| panic!("{:?}", document.findings()));
        let value = found.text.value().to_owned();
        // what stands behind them all is where it is
        let last = found.text.range(Span::new(value.len() - 4, value.len()));
        assert_eq!(&text[last], "+get", "{text}");
        value
    };
    let json =
        |text: &str| value("a.json", &format!("{{\"UserName\": \"a\", \"AccessString\": \"{text}\"}}"));
    assert_eq!(json(r#"~\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00 +get"#), "~\"\\/\u{8}\u{c}\n\r\té😀 +get");
    let hcl = |text: &str| {
        value("a.tf", &format!("resource \"aws_memorydb_user\" \"a\" {{\n  access_string = \"{text}\"\n}}\n"))
    };
    assert_eq!(hcl(r#"~\"\\\n\r\t\u00e9\U0001f600$${x}%%{y} +get"#), "~\"\\\n\r\té😀${x}%{y} +get");
    let yaml = |text: &str| value("a.yaml", &format!("UserName: a\nAccessString: \"{text}\"\n"));
    assert_eq!(
        yaml(r#"~\0\a\b\t\n\v\f\r\e\ \"\/\\\N\_\L\P\x41\u00e9\U0001f600 +get"#),
        "~\0\u{7}\u{8}\t\n\u{b}\u{c}\r\u{1b} \"/\\\u{85}\u{a0}\u{2028}\u{2029}Aé😀 +get"
    );
}

#[test]
fn an_error_of_a_user_is_shown_where_it_stands() {
    let bytes = file("create-user.json");
    let document = read("create-user.json", &bytes);
    let text = &document.access_strings().next().unwrap().text;
    let errors = User::parse("elasticache".parse::<redis_acl::Dialect>().unwrap(), text.value()).unwrap_err();
    assert_eq!(text.position(errors.first().span()).to_string(), "2:31");
    assert_eq!(&bytes[text.range(errors.first().span())], b"raed");
}

// ---------------------------------------------------------------------------------------------------
// Requests

#[test]
fn problems_stand_at_their_members() {
    let bytes = file("create-user.json");
    let document = read("create-user.json", &bytes);
    let request = document.requests().next().unwrap();
    assert_eq!(
        (request.kind(), request.place().to_string()),
        (RequestKind::CreateUser, "CreateUser app".into())
    );
    let told: Vec<_> = request
        .problems()
        .into_iter()
        .map(|found| {
            (found.problem.member().to_owned(), String::from_utf8(bytes[found.range].to_vec()).unwrap())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("Passwords[0]".to_owned(), "\"short\"".to_owned()),
            ("Passwords[1]".to_owned(), "\"n0t@allowed-but-long\"".to_owned()),
            ("AccessString".to_owned(), "raed".to_owned()),
        ]
    );
}

#[test]
fn appended_rules_have_their_own_places() {
    let bytes = file("modify-user.json");
    let document = read("modify-user.json", &bytes);
    let problems = document.requests().next().unwrap().problems();
    assert_eq!(problems.len(), 1);
    assert_eq!(&bytes[problems[0].range.clone()], b"gte");
    // and those that they are appended to
    let text = "{\"UserId\": \"u\", \"Engine\": \"redis\", \"AccessString\": \"on ~\\u0061 +set +gte\", \"AppendAccessString\": \"+get +ste\"}";
    let document = read("modify.json", text.as_bytes());
    let problems = document.requests().next().unwrap().problems();
    let places: Vec<_> = problems.iter().map(|found| &text[found.range.clone()]).collect();
    assert_eq!(places, ["gte", "ste"]);
}

#[test]
fn what_depends_on_unknown_members_is_no_problem() {
    let problems = |text: &str| {
        let document = read("a.tf", text.as_bytes());
        let request = document.requests().next().unwrap();
        request.problems().iter().map(|found| found.problem.member().to_owned()).collect::<Vec<_>>()
    };
    let user = |rest: &str| format!("resource \"aws_elasticache_user\" \"a\" {{\n{rest}\n}}\n");
    let problems_of = |rest: &str| problems(&user(rest));
    let known = "user_id = \"a\"\nuser_name = \"a\"\nengine = \"redis\"\naccess_string = \"on ~* +@all\"\n";
    assert_eq!(problems_of(known), ["AuthenticationMode.Type"]);
    for unknown in [
        "passwords = var.passwords",
        "passwords = [var.password]",
        "no_password_required = var.open",
        "authentication_mode {\n type = var.type\n }",
        "dynamic \"authentication_mode\" {\n for_each = [1]\n content {\n type = \"iam\"\n }\n }",
        "password_wo = var.password",
    ] {
        assert_eq!(problems_of(&format!("{known}{unknown}")), [""; 0], "{unknown}");
    }
    // what is known is still checked
    assert_eq!(problems_of(&format!("{known}passwords = [var.a, \"short\"]")), ["Passwords[1]"]);
    let iam =
        "engine = var.engine\naccess_string = \"on +nosuch\"\nauthentication_mode {\n type = \"iam\"\n }\n";
    assert_eq!(problems_of(&format!("{iam}user_id = \"a\"\nuser_name = \"b\"")), ["UserName"]);
    assert_eq!(problems_of(&format!("{iam}user_id = \"a\"\nuser_name = var.b")), [""; 0]);
    assert_eq!(problems_of(&format!("{iam}user_id = \"a\"")), ["UserName", "UserName"]);
}

#[test]
fn members_are_given_in_the_ways_that_tools_take() {
    let given = |rest: &str, member: &str| {
        let text = format!("resource \"aws_elasticache_user\" \"a\" {{\n{rest}\n}}\n");
        let document = read("a.tf", text.as_bytes());
        let request = document.requests().next().unwrap();
        request.members().iter().find(|found| found.name == member).unwrap().given.clone()
    };
    for (value, flag) in [
        ("true", Given::Flag(true)),
        ("\"True\"", Given::Flag(true)),
        ("\"false\"", Given::Flag(false)),
        ("\"yes\"", Given::Unknown(Why::NotText)),
        ("1", Given::Unknown(Why::NotText)),
        ("var.x", Given::Unknown(Why::Reference)),
    ] {
        assert_eq!(given(&format!("no_password_required = {value}"), "NoPasswordRequired"), flag, "{value}");
    }
    assert_eq!(given("passwords = \"one\"", "Passwords"), Given::Unknown(Why::NotText));
    assert_eq!(given("passwords = var.x", "Passwords"), Given::Unknown(Why::Reference));
}

#[test]
fn requests_of_memorydb_are_checked_by_its_rules() {
    let problems = |name: &str, text: &str| {
        let document = read(name, text.as_bytes());
        let request = document.requests().next().unwrap();
        let problems = request.problems();
        (request.kind(), problems.iter().map(|found| found.problem.to_string()).collect::<Vec<_>>())
    };
    let json = |text: &str| problems("a.json", text);
    let (kind, found) = json("{\"UserName\": \"u\", \"AccessString\": \"on +nosuch\"}");
    assert_eq!(kind, RequestKind::MemoryDbUpdateUser);
    assert_eq!(found, ["memorydb/redis-7.1 has no command `nosuch`"]);
    let mode =
        "{\"UserName\": \"u\", \"AuthenticationMode\": {\"Type\": \"password\", \"Passwords\": [\"short\"]}}";
    assert_eq!(json(mode).1, ["Passwords length must be between 16-128 characters."]);
    assert!(json("{\"UserName\": \"u\", \"AccessString\": \"on\"}").1.is_empty());
    // how it logs in is given, and not known
    let user = "resource \"aws_memorydb_user\" \"a\" {\n  user_name = \"a\"\n  access_string = \"on\"\n";
    let missing = "Missing required parameter in input: \"AuthenticationMode\"";
    assert_eq!(
        problems("a.tf", &format!("{user}}}\n")),
        (RequestKind::MemoryDbCreateUser, vec![missing.to_owned()])
    );
    assert!(problems("a.tf", &format!("{user}  authentication_mode = var.mode\n}}\n")).1.is_empty());
    // who is asked for is not told
    let document = read("a.json", b"{\"AccessString\": \"on +nosuch\"}");
    assert_eq!(document.requests().count(), 0);
}

#[test]
fn no_request_is_made_of_a_body_that_is_not_all_there() {
    let found = |properties: &str| {
        let text =
            format!("Resources:\n  A:\n    Type: AWS::ElastiCache::User\n    Properties: {properties}\n");
        let document = read("a.yaml", text.as_bytes());
        (document.access_strings().count(), document.requests().count(), document.not_literal().count())
    };
    assert_eq!(found("{UserId: a, AccessString: on ~*}"), (1, 1, 0));
    assert_eq!(found("{UserId: a, AccessString: on ~*, Fn::Transform: {Name: AWS::Include}}"), (1, 0, 0));
    assert_eq!(found("{<<: {UserId: a}, AccessString: on ~*}"), (1, 0, 0));
    assert_eq!(found("!Transform {Name: a}"), (0, 0, 1));
    assert_eq!(found("{Fn::If: [A, {AccessString: on}, {AccessString: off}]}"), (0, 0, 1));
}

#[test]
fn a_state_asks_for_nothing_and_a_plan_for_what_it_creates() {
    for (name, requests) in [("state.json", 0), ("terraform.tfstate", 0), ("plan.json", 2)] {
        let bytes = file(name);
        assert_eq!(read(name, &bytes).requests().count(), requests, "{name}");
    }
}

#[test]
fn members_are_given_and_passwords_are_not_shown() {
    let bytes = file("template.yaml");
    let document = read("template.yaml", &bytes);
    let request = document.requests().next().unwrap();
    let given = |name: &str| &request.members().iter().find(|member| member.name == name).unwrap().given;
    assert_eq!(*given("UserId"), Given::Text("plain".into()));
    assert_eq!(*given("Passwords"), Given::Passwords(2));
    assert!(matches!(given("Passwords[0]"), Given::Password(password) if password.expose() == "too short"));
    assert_eq!(*given("Passwords[1]"), Given::Unknown(Why::Reference));
    assert!(!format!("{document:?}").contains("too short"));

    let bytes = file("manifests.yaml");
    let document = read("manifests.yaml", &bytes);
    let shown = format!("{:?}", document.findings());
    assert!(shown.contains("user app on >") && !shown.contains("pässword"), "{shown}");
    let text = &document.acl_texts().next().unwrap().text;
    let edit = text.replace(&text.value().replace("pässword", "anöther")).unwrap();
    assert!(!format!("{edit:?}").contains("anöther"));
}

// ---------------------------------------------------------------------------------------------------
// Rewriting

#[test]
fn every_text_can_be_rewritten_and_nothing_else_changes() {
    for (name, count) in READABLE {
        let bytes = file(name);
        let document = read(name, &bytes);
        let mut rewritten = 0;
        for literal in document.findings().iter().filter_map(literal) {
            let old = literal.value();
            let end = old.trim_end().len();
            let new = format!("{} -@admin{}", &old[..end], &old[end..]);
            let Some(edit) = literal.replace(&new) else { continue };
            let written =
                document.apply(std::slice::from_ref(&edit)).unwrap_or_else(|| panic!("{name}: {edit:?}"));
            let added = " -@admin".len();
            assert_eq!(written.len(), bytes.len() + added, "{name}: only that was added");
            let at = literal.range(Span::new(0, end)).end;
            assert_eq!((&written[..at], &written[at + added..]), (&bytes[..at], &bytes[at..]), "{name}");

            let again = read(name, &written);
            let back = again
                .findings()
                .iter()
                .filter_map(self::literal)
                .find(|literal| literal.value() == new)
                .unwrap();
            let restored = again.apply(&[back.replace(old).unwrap()]).unwrap();
            assert_eq!(restored, bytes, "{name}: put back");
            rewritten += 1;
        }
        let is_by_tools = ["plan.json", "state.json", "terraform.tfstate"].contains(&name);
        assert_eq!(rewritten, if is_by_tools { 0 } else { count }, "{name}");
    }
}

#[test]
fn all_texts_can_be_rewritten_at_once() {
    let bytes = file("template.yaml");
    let document = read("template.yaml", &bytes);
    let edits: Vec<_> = document
        .access_strings()
        .map(|found| found.text.replace(&found.text.value().replace("on ", "off ")).unwrap())
        .collect();
    let written = String::from_utf8(document.apply(&edits).unwrap()).unwrap();
    let expected = String::from_utf8(bytes.clone()).unwrap();
    let expected = expected
        .replace("on ~", "off ~")
        .replace("        on\n", "        off\n")
        .replace("off ~${", "on ~${");
    assert_eq!(written, expected);
    assert_eq!(document.apply(&[edits[0].clone(), edits[0].clone()]), None, "edits that overlap");
}

/// The token that says the value in the place of another.
fn written(name: &str, text: &str, new: &str) -> Option<String> {
    let document = read(name, text.as_bytes());
    let finding = document.findings().iter().find_map(literal).expect("a text");
    let edit = finding.replace(new)?;
    let applied = document.apply(std::slice::from_ref(&edit)).expect("what is safe to write");
    assert_eq!(read(name, &applied).findings().iter().find_map(literal).unwrap().value(), new);
    Some(edit.text)
}

#[test]
fn texts_are_quoted_as_they_were() {
    let terraform = "resource \"aws_memorydb_user\" \"a\" {\n  access_string = \"on\"\n}\n";
    let hcl = |new: &str| written("a.tf", terraform, new);
    assert_eq!(hcl("~\"a\\b\" ${x} %{y}\t\r\n\u{1}").unwrap(), r#""~\"a\\b\" $${x} %%{y}\t\r\n\u0001""#);
    assert_eq!(hcl("$${x}"), None, "three signs are read in several ways");

    let json = |new: &str| written("a.json", r#"{"UserName": "a", "AccessString": "on"}"#, new);
    assert_eq!(json("~\"a\\b\" ${x}\u{1}é").unwrap(), r#""~\"a\\b\" ${x}\u0001é""#);
    assert_eq!(json("~{{x}}"), None, "a dynamic reference");

    let yaml = |value: &str, new: &str| {
        written(
            "a.yaml",
            &format!("UserName: a\nAccessString: {value}\nAuthenticationMode: {{Type: iam}}\n"),
            new,
        )
    };
    assert_eq!(yaml("on ~*", "off ~*").unwrap(), "off ~*");
    assert_eq!(yaml("on ~*", "off").unwrap(), "'off'");
    assert_eq!(yaml("on ~*", "&it's").unwrap(), "'&it''s'");
    assert_eq!(yaml("on ~*", "a\nb"), None);
    assert_eq!(yaml("'on ~*'", "it's").unwrap(), "'it''s'");
    assert_eq!(
        yaml("\"on ~*\"", "a\"\r\n\t\\\u{1}\u{85}\u{feff}é😀").unwrap(),
        "\"a\\\"\\r\\n\\t\\\\\\u0001\\u0085\\ufeffé😀\""
    );
    assert_eq!(yaml("|\n  on ~*\n  +get", "on\n+get\n").unwrap(), "  on\n  +get\n");
    assert_eq!(yaml("|\n  on ~*\n", "on"), None, "the block ends a line");
    assert_eq!(yaml("|-\n  on ~*\n", "on").unwrap(), "  on\n");
    assert_eq!(yaml("|-\n  on ~*\n", " on"), None, "the first line tells the indentation");
    assert_eq!(yaml(">-\n  on\n  ~*\n", "on +get").unwrap(), "  on\n  +get\n");
    assert_eq!(yaml("!Sub on ~*", "on ~${x}"), None, "a substitution");
}

#[test]
fn a_heredoc_keeps_its_indentation_and_its_end() {
    let heredoc = |mark: &str, new: &str| {
        let text = format!(
            "resource \"aws_memorydb_user\" \"a\" {{\n  access_string = {mark}EOT\n    on ~*\n  EOT\n}}\n"
        );
        written("a.tf", &text, new)
    };
    assert_eq!(heredoc("<<-", "on ~*\n+get ${x}\n").unwrap(), "    on ~*\n    +get $${x}\n");
    assert_eq!(heredoc("<<", "    on ~* +get\n").unwrap(), "    on ~* +get\n");
    assert_eq!(heredoc("<<-", "on"), None, "a heredoc ends a line");
    assert_eq!(heredoc("<<-", "on\nEOT\n"), None, "it would end there");
    assert_eq!(heredoc("<<", ""), None, "the parser takes an empty one for the beginning of the next");
}

// ---------------------------------------------------------------------------------------------------
// What cannot be read

#[test]
fn what_is_no_text_is_refused_at_its_place() {
    let told = |name: &str| {
        let error = refused(name);
        format!("{} {error}", error.position())
    };
    assert_eq!(told("binary.yaml"), "1:18 the file holds a NUL byte: it is binary");
    assert_eq!(
        told("latin1.tf"),
        "2:37 the byte 0xe9 is not UTF-8: the file is binary or in another encoding"
    );
    assert_eq!(told("utf16.json"), "1:1 the file is in UTF-16; save it as UTF-8");
    assert_eq!(told("broken.json"), "2:11 expected `:`");
    assert_eq!(refused("broken.tf").position().line, 2);
    assert_eq!(refused("broken.yaml").position().line, 4);
    let empty = file("empty.yaml");
    assert_eq!(read("empty.yaml", &empty).findings().len(), 0);
}

#[test]
fn deep_nesting_is_refused_and_overflows_nothing() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let lists = deep("[", "]");
    for (name, text) in [
        ("a.json", format!("{{\"AccessString\": {lists}}}")),
        ("a.json", format!("{{\"AccessString\": {}", "[".repeat(100_000))),
        ("a.yaml", format!("AccessString: {lists}")),
        ("a.yaml", (0..2_000).map(|depth| format!("{}AccessString:\n", " ".repeat(depth))).collect()),
        ("a.yaml", format!("AccessString: {}x", "- ".repeat(100_000))),
        ("a.tf", format!("access_string = {lists}")),
        ("a.tf", format!("access_string = {}", deep("(", ")"))),
        ("a.tf", format!("access_string = {}1", "!".repeat(100_000))),
        ("a.tf", format!("access_string = \"{}\"", deep("${\"", "\"}"))),
        ("a.tf", deep("access_string {\n", "}\n")),
    ] {
        let bytes = text.as_bytes();
        let start: String = text.chars().take(40).collect();
        assert!(iac::read(format_of(name, bytes), bytes).is_err(), "{start}");
    }
}

#[test]
fn a_large_file_is_read() {
    let user = |number: usize| {
        format!(
            "  User{number}:\n    Type: AWS::ElastiCache::User\n    Properties: {{UserId: u{number}, UserName: u{number}, Engine: redis, AccessString: \"on ~app{number}:* +@read\"}}\n"
        )
    };
    let text: String = std::iter::once("Resources:\n".to_owned()).chain((0..2_000).map(user)).collect();
    assert_eq!(read("a.yaml", text.as_bytes()).access_strings().count(), 2_000);
}

// ---------------------------------------------------------------------------------------------------
// Laws

#[test]
fn all_files_keep_the_laws() {
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        laws::a_file_keeps_the_laws(format_of(path.to_str().unwrap(), &bytes), &bytes);
    }
}

/// Cut off anywhere, a file is read or refused, and nothing panics.
#[test]
fn beginnings_of_files_keep_the_laws() {
    for name in ["users.tf", "users.tf.json", "template.yaml", "manifests.yaml", "template.json"] {
        let bytes = file(name);
        let format = format_of(name, &bytes);
        for end in (0..bytes.len()).step_by(37) {
            laws::a_file_keeps_the_laws(format, &bytes[..end]);
        }
    }
}

#[test]
fn rules_of_found_strings_are_parsed() {
    let bytes = file("users.tf");
    let document = read("users.tf", &bytes);
    let parsed =
        document.access_strings().filter(|found| AccessString::parse(found.text.value().trim_end()).is_ok());
    assert_eq!(parsed.count(), 9);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the new text is, it is not written, or read again as it is: no quoting lets it become something
    /// else.
    #[test]
    fn any_text_that_is_written_is_read_again(new in "([a-z~*@+ ]{0,6}|[\\PC\n\t\"'\\\\${}%#:&!|>,\\[\\]-]{0,3}){0,4}") {
        for (name, text) in STYLES {
            let document = read(name, text.as_bytes());
            let literal = document.findings().iter().find_map(literal).expect("a text");
            for new in [new.clone(), format!("{new}\n"), format!("on {new} +get")] {
                let Some(edit) = literal.replace(&new) else { continue };
                let applied = document.apply(std::slice::from_ref(&edit));
                let applied = applied.unwrap_or_else(|| panic!("{name}: {edit:?} cannot be applied to {text}"));
                let again = read(name, &applied);
                prop_assert_eq!(again.findings().iter().find_map(self::literal).unwrap().value(), &new);
            }
        }
    }
}

/// A text in every style.
const STYLES: [(&str, &str); 15] = [
    ("a.tf", "locals {\n  access_string = \"on ~* +get\"\n}\n"),
    ("a.tf", "locals {\n  access_string = <<-EOT\n    on ~*\n    +get\n  EOT\n  b = 1\n}\n"),
    ("a.tf", "locals {\r\n  access_string = <<EOT\r\non ~* +get\r\nEOT\r\n}\r\n"),
    ("a.tf.json", r#"{"locals": {"access_string": "on \u007e* +get"}}"#),
    ("a.json", r#"{"UserName": "a", "AccessString": "on \u007e* +get"}"#),
    ("a.yaml", "UserName: a\nAccessString: on ~* +get # kept\nTags: []\n"),
    ("a.yaml", "UserName: a\nAccessString: on ~*\n  +get\nTags: []\n"),
    ("a.yaml", "{UserName: a, AccessString: on ~* +get, Tags: []}\n"),
    ("a.yaml", "UserName: a\nAccessString: 'on ~*\n\n  +get'\nTags: []\n"),
    ("a.yaml", "UserName: a\nAccessString: \"on ~* \\\n  +get\"\nTags: []\n"),
    ("a.yaml", "UserName: a\nAccessString: |-\n    on ~*\n    +get\n\nTags: []\n"),
    ("a.yaml", "UserName: a\r\nAccessString: >\r\n  on ~*\r\n  +get\r\nTags: []\r\n"),
    ("a.yaml", "UserName: a\nAccessString: |+\n  on ~*\n  +get\n\n\n"),
    ("a.yaml", "- {users.acl: user a on}\n- x\n"),
    ("a.yaml", "- users.acl: |1\n   user b on ~*\n"),
];

/// Only the beginning of a long name is told, and yet it is no other's.
#[test]
fn long_names_are_told_in_part_and_apart() {
    let long = "n".repeat(300);
    let file = |label: &str| {
        format!("resource \"aws_elasticache_user\" \"{label}\" {{\n  access_string = \"on ~* +@all\"\n}}\n")
    };
    let text = file(&format!("{long}1")) + &file(&format!("{long}2"));
    let document = read("users.tf", text.as_bytes());
    let names: BTreeSet<_> = document.findings().iter().map(|finding| &finding.place().name).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.iter().all(|name| name.starts_with(&long[..200]) && name.len() < 250), "{names:?}");
}
