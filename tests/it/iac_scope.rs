//! Access strings that are worked out: by Terraform from the files of a folder, by CloudFormation from its functions.

use std::path::Path;

use redis_acl::document::{Access, CompareOptions, Document as FileDocument, Kind, PasswordChanges, changes};
use redis_acl::iac::{self, Document, Finding, Format, Given, Resolved, Scope, Stated, Why};
use redis_acl::{Span, User};

/// Files by their names.
type Files<'f> = [(&'f str, &'f str)];

fn scope<'f>(files: &'f Files<'f>) -> Scope<'f> {
    let mut scope = Scope::new();
    for (name, text) in files {
        let format = Format::of_path(name.as_ref()).expect("a format");
        scope.add(name.as_ref(), format, text.as_bytes());
    }
    scope
}

#[track_caller]
fn read<'f>(scope: &Scope<'f>, name: &str) -> Document<'f> {
    scope.read(name.as_ref()).unwrap_or_else(|error| panic!("{name}: {error} at {}", error.position()))
}

/// A user of ElastiCache with this expression as its access string.
fn user(expression: &str) -> String {
    format!(
        "resource \"aws_elasticache_user\" \"u\" {{\n  engine = \"valkey\"\n  access_string = {expression}\n}}\n"
    )
}

/// The texts that the access string of the only user of a file may be.
#[track_caller]
fn texts(files: &Files<'_>) -> Vec<String> {
    let scope = scope(files);
    let document = read(&scope, files[0].0);
    let request = document.requests().next().expect("a user");
    request.strings("AccessString").iter().map(|text| text.shown().to_owned()).collect()
}

/// The same for an expression with other definitions in its file.
#[track_caller]
fn text_of(expression: &str, rest: &str) -> Vec<String> {
    let file = format!("{}{rest}", user(expression));
    texts(&[("main.tf", &file)])
}

/// The bytes of the files that say each word of a text.
#[track_caller]
fn each_word_is_where_it_is_written(files: &Files<'_>, text: &Resolved<'_>) {
    let shown = text.shown();
    for word in shown.split_ascii_whitespace() {
        let start = word.as_ptr() as usize - shown.as_ptr() as usize;
        let location = text.location(Span::new(start, start + word.len()));
        let (_, file) = files.iter().find(|(name, _)| Path::new(name) == &*location.path).expect("a file");
        assert_eq!(&file[location.range.clone()], word, "{shown} at {location:?}");
        let line = file.lines().nth(location.position.line - 1).expect("a line");
        let rest: String = line.chars().skip(location.position.column - 1).collect();
        assert!(rest.starts_with(word), "{word} at {}, where {rest} is", location.position);
    }
}

/// The findings of a file that are strings, a line each.
fn strings(document: &Document<'_>) -> Vec<String> {
    let string = |finding: &Finding<'_>| match finding {
        Finding::AccessString(found) => {
            let position = found.text.position(Span::new(0, 0));
            let part = if found.is_part { " (part)" } else { "" };
            Some(format!(
                "{position} {} [{}] {}{part}",
                found.place,
                found.candidates.dialects,
                found.text.value()
            ))
        }
        Finding::Composed(found) => Some(format!(
            "{} {} [{}] = {}",
            found.position,
            found.place,
            found.candidates.dialects,
            found.text.shown()
        )),
        Finding::NotLiteral(found) => Some(format!("{} {} ?: {}", found.position, found.place, found.why)),
        _ => None,
    };
    document.findings().iter().filter_map(string).collect()
}

#[track_caller]
fn strings_of(text: &str) -> Vec<String> {
    let files = [("main.tf", text)];
    strings(&read(&scope(&files), "main.tf"))
}

// ---------------------------------------------------------------------------------------------------
// Expressions

#[test]
fn every_kind_of_expression_over_literals_has_its_value() {
    let locals = "locals {\n  ro = \"on ~app:* +@read\"\n  p = \"app\"\n  n = 2\n  list = [\"on\", \"~a:*\", \"+get\"]\n  \
                  roles = { reader = { acl = \"on ~r:* +@read\" }, writer = { acl = \"on ~w:* +@write\" } }\n  \
                  nested = [[\"on\"], [\"~*\", [\"+get\"]]]\n}\n\
                  variable \"v\" { default = \"on ~v:* +get\" }\nvariable \"none\" {}\n";
    for (expression, expected) in [
        ("local.ro", "on ~app:* +@read"),
        ("var.v", "on ~v:* +get"),
        ("\"${local.ro}\"", "on ~app:* +@read"),
        ("\"on ~${local.p}:* +get\"", "on ~app:* +get"),
        ("\"on ~${local.p}:${local.n}:* +get\"", "on ~app:2:* +get"),
        ("<<-EOT\n    on ~${local.p}:*\n      +get\n  EOT\n", "on ~app:*\n  +get\n"),
        ("<<EOT\non ~${local.p}:* +get\nEOT\n", "on ~app:* +get\n"),
        ("join(\" \", local.list)", "on ~a:* +get"),
        ("join(\" \", [\"on\", \"~a:*\"], [\"+get\"])", "on ~a:* +get"),
        ("join(\" \", concat(local.list, [\"+set\"]))", "on ~a:* +get +set"),
        ("join(\" \", flatten(local.nested))", "on ~* +get"),
        ("join(\" \", local.list...)", "join"),
        ("join(\" \", compact([\"on\", \"\", \"~*\"]))", "on ~*"),
        ("join(\" \", [for p in [\"a\", \"b\"] : \"~${p}:*\"])", "~a:* ~b:*"),
        ("join(\" \", [for k, v in local.roles : \"~${k}:*\"])", "~reader:* ~writer:*"),
        ("join(\" \", [for p in [\"a\", \"b\"] : \"~${p}:*\" if p != \"a\"])", "~b:*"),
        ("join(\" \", formatlist(\"~%s:*\", [\"a\", \"b\"]))", "~a:* ~b:*"),
        ("join(\" \", toset([\"~b\", \"~a\", \"~b\"]))", "~a ~b"),
        ("join(\" \", split(\",\", \"on,~*,+get\"))", "on ~* +get"),
        ("join(\" \", [for k in keys(local.roles) : \"~${k}\"])", "~reader ~writer"),
        ("join(\" \", [for r in values(local.roles) : r.acl])", "on ~r:* +@read on ~w:* +@write"),
        ("format(\"on ~%s:* +get\", local.p)", "on ~app:* +get"),
        ("format(\"on ~%s:%d:%% +get\", local.p, 7)", "on ~app:7:% +get"),
        ("trimspace(\"  on ~*  \")", "on ~*"),
        ("chomp(\"on ~*\\n\\n\")", "on ~*"),
        ("trimsuffix(trimprefix(\"xon ~*y\", \"x\"), \"y\")", "on ~*"),
        ("lower(\"ON ~A +GET\")", "on ~a +get"),
        ("upper(\"on\")", "ON"),
        ("replace(\"on,~*,+get\", \",\", \" \")", "on ~* +get"),
        ("local.roles.reader.acl", "on ~r:* +@read"),
        ("local.roles[\"writer\"].acl", "on ~w:* +@write"),
        ("local.roles[\"writer\"][\"acl\"]", "on ~w:* +@write"),
        ("lookup(local.roles, \"reader\", null).acl", "on ~r:* +@read"),
        ("lookup({ a = \"on ~a\" }, \"b\", \"off\")", "off"),
        ("merge(local.roles, { reader = { acl = \"off\" } }).reader.acl", "off"),
        ("local.list[1]", "~a:*"),
        ("element(local.list, 0)", "on"),
        ("{ for k, v in local.roles : k => v.acl }[\"reader\"]", "on ~r:* +@read"),
        ("join(\" \", local.roles[*])", "${…}"),
        ("join(\" \", [for r in local.roles : r.acl][*])", "on ~r:* +@read on ~w:* +@write"),
        ("tostring(local.ro)", "on ~app:* +@read"),
        ("coalesce(null, \"\", local.ro)", "on ~app:* +@read"),
        ("try(local.ro, \"off\")", "on ~app:* +@read"),
        ("local.p == \"app\" ? local.ro : \"off\"", "on ~app:* +@read"),
        ("local.p != \"app\" || false ? local.ro : \"off\"", "off"),
        ("!(local.p == \"app\" && true) ? local.ro : \"off\"", "off"),
        ("(local.ro)", "on ~app:* +@read"),
        // and what nothing here tells
        ("var.none", "${…}"),
        ("local.none", "${…}"),
        ("replace(local.ro, \"/app/\", \"x\")", "${…}"),
        ("jsondecode(\"{}\").x", "${…}"),
        ("merge(local.roles, var.none).reader.acl", "${…}"),
        ("file(\"acl.txt\")", "${…}"),
        ("\"on ~${var.none}:* +get\"", "on ~${…}:* +get"),
        ("join(\" \", concat([\"on\", \"+get\"], var.none))", "on +get ${…}"),
        ("join(\" \", concat(var.none, [\"on\", \"+get\"]))", "${…} on +get"),
        ("format(\"on ~%s:* +get\", var.none)", "on ~${…}:* +get"),
        ("\"on %{ if var.none ~} ~a %{ endif }\"", "${…}"),
        ("\"on %{ for p in [1] }~a%{ endfor }\"", "${…}"),
        ("\"on %{ if local.p == \"app\" }~a %{ else }~b %{ endif }+get\"", "on ~a +get"),
        ("\"on %{ if local.p == \"x\" }~a %{ endif }+get\"", "on +get"),
    ] {
        let expected = if expected == "join" { "${…}" } else { expected };
        assert_eq!(text_of(expression, locals), [expected], "{expression}");
    }
}

#[test]
fn both_branches_of_a_condition_that_is_not_known_are_possible() {
    let rest = "locals { p = var.x ? \"a\" : \"b\" }\n";
    assert_eq!(text_of("var.x ? \"on ~* +get\" : \"off\"", ""), ["on ~* +get", "off"]);
    assert_eq!(
        text_of("\"on %{ if var.x }~${local.q}%{ else }~b%{ endif } +get\"", "locals { q = \"a\" }\n"),
        ["on ~a +get", "on ~b +get"]
    );
    // so is any entry that a variable selects, whatever its default is
    let roles =
        "variable \"role\" { default = \"a\" }\nlocals { roles = { a = \"on ~a\", b = \"on ~b\" } }\n";
    assert_eq!(text_of("local.roles[var.role]", roles), ["on ~a", "on ~b"]);
    assert_eq!(text_of("lookup(local.roles, var.role, \"off\")", roles), ["on ~a", "on ~b", "off"]);
    assert_eq!(text_of("var.role == \"a\" ? \"on ~${var.role}\" : \"off\"", roles), ["on ~a", "off"]);
    // the same condition has the same branch everywhere
    let twice = "\"${var.x ? \"on\" : \"off\"} ${var.x ? \"~a\" : \"~b\"}\"";
    assert_eq!(text_of(twice, ""), ["on ~a", "off ~b"]);
    // a local is the same wherever it is used
    assert_eq!(text_of("\"on ~${local.p} ~${local.p}\"", rest), ["on ~a ~a", "on ~b ~b"]);
    let many = (0..8).map(|n| format!("${{var.x{n} ? \"~a{n}\" : \"~b{n}\"}}")).collect::<Vec<_>>().join(" ");
    let texts = text_of(&format!("\"on {many}\""), "");
    assert_eq!(texts.last().map(String::as_str), Some("${…}"), "past a bound it is not known");
    assert_eq!(texts.len(), 33);
}

#[test]
fn cycles_and_growth_have_an_end() {
    assert_eq!(text_of("local.a", "locals {\n  a = local.b\n  b = local.a\n}\n"), ["${…}"]);
    let mut doubled = String::from("locals {\n  l0 = \"~aaaaaaaaaaaaaaaa\"\n");
    for n in 1..60 {
        doubled += &format!("  l{n} = \"${{local.l{}}} ${{local.l{}}}\"\n", n - 1, n - 1);
    }
    let texts = text_of("local.l59", &format!("{doubled}}}\n"));
    assert_eq!(texts.len(), 1);
    assert!(texts[0].len() < 1 << 20, "{}", texts[0].len());
    let nested = "upper(".repeat(300) + "\"on\"" + &")".repeat(300);
    let file = user(&nested);
    // the parser may refuse it
    let _ = iac::read(Format::Terraform, file.as_bytes());
}

#[test]
fn words_are_where_they_are_written_whatever_file_that_is() {
    let main = user("join(\" \", [\"on\", local.pattern, \"${var.more} +info\"])");
    let files = [
        ("infra/main.tf", &*main),
        ("infra/locals.tf", "# é\nlocals { pattern = \"~app:*\" }\nvariable \"more\" {}\n"),
        ("infra/terraform.tfvars", "more = \"+get +@hash\"\n"),
        ("other/locals.tf", "locals { pattern = \"~other:*\" }\n"),
    ];
    let scope = scope(&files);
    let document = read(&scope, "infra/main.tf");
    let found = document.composed().next().expect("a string");
    assert_eq!(found.text.known(), Some("on ~app:* +get +@hash +info"));
    each_word_is_where_it_is_written(&files, &found.text);
    assert_eq!(strings(&document).len(), 1);
    // the literals are parts, and no strings of their own
    assert_eq!(strings(&read(&scope, "infra/locals.tf")), [""; 0]);
}

#[test]
fn the_pieces_of_templates_and_escapes_have_their_places() {
    for (name, text) in [
        ("a.tf", user("\"on ~\\\"q\\\":${local.p}:* ~caf\\u00e9 +get +@hash\"") + "locals { p = \"app\" }\n"),
        ("a.tf", user("<<-EOT\n      on\n        ~${local.p}:*\n      +get\n    EOT\n  ") + "locals { p = \"app\" }\n"),
        (
            "a.tf.json",
            r#"{"locals": {"p": "app", "l": ["+get"]}, "resource": {"aws_memorydb_user": {"u": {"access_string": "${join(\" \", [\"on\", \"~x:*\"])} ~\"q\":${local.p} ${join(\" \", local.l)} +info"}}}}"#
                .to_owned(),
        ),
    ] {
        let files = [(name, &*text)];
        let scope = scope(&files);
        let document = read(&scope, name);
        let found = document.composed().next().unwrap_or_else(|| panic!("{:?}", document.findings()));
        let shown = found.text.known().expect("all of it");
        for word in ["on", "+get"] {
            let at = shown.find(word).expect("the word");
            let location = found.text.location(Span::new(at, at + word.len()));
            assert_eq!(&text[location.range], word, "{shown} in {text}");
        }
    }
}

#[test]
fn a_template_of_json_follows_references() {
    let text = r#"{"locals": {"ro": "on ~app:* +@raed"}, "resource": {"aws_elasticache_user": {"u": {"engine": "redis", "access_string": "${local.ro}"}}}}"#;
    let files = [("a.tf.json", text)];
    assert_eq!(
        strings(&read(&scope(&files), "a.tf.json")),
        ["1:20 locals ro [elasticache/any] on ~app:* +@raed"]
    );
}

// ---------------------------------------------------------------------------------------------------
// What is certain

#[test]
fn a_rule_is_certain_between_known_blanks() {
    for (template, certain) in [
        ("on ~${var.p}:* +@raed", &["on", "+@raed"][..]),
        ("${var.p}+@raed", &[]),
        ("${var.p} +@raed", &["+@raed"]),
        ("+@raed${var.p}", &[]),
        ("+@raed ${var.p}", &["+@raed"]),
        ("+@raed\t\n${var.p}", &["+@raed"]),
        // what opens or closes a bracket, and the bracket around something unknown
        ("on (~a +@raed) ${var.p}", &["on", "(~a +@raed)"]),
        ("on (~a ${var.p} +@raed) +get", &["on", "+get"]),
        ("on (~a ${var.p}", &["on"]),
        ("${var.p} +@raed) +get", &["+get"]),
        ("on (~${var.p}) +get", &["on", "+get"]),
        // a password must be there to be taken away
        ("${var.p} <secret !hash on", &["on"]),
    ] {
        let file = user(&format!("\"{template}\""));
        let document = iac::read(Format::Terraform, file.as_bytes()).expect("a file");
        let rules: Vec<_> = match document.composed().next() {
            Some(found) => found.text.certain_rules(),
            None => Vec::new(),
        };
        let shown: Vec<_> = rules.iter().map(|rule| rule.known().expect("it is known")).collect();
        assert_eq!(shown, certain, "{template}");
        for rule in &rules {
            let location = rule.location(Span::new(0, rule.shown().len()));
            assert_eq!(&file[location.range], rule.shown());
        }
    }
}

#[test]
fn a_string_of_which_nothing_is_certain_is_not_known() {
    assert_eq!(
        strings_of(&user("\"${var.a}${var.b}\"")),
        ["3:19 aws_elasticache_user u access_string ?: part of it is filled in later"]
    );
    assert_eq!(
        strings_of(&user("var.a")),
        ["3:19 aws_elasticache_user u access_string ?: it refers to another value"]
    );
}

#[test]
fn the_basis_of_a_text_changes_with_all_that_decides_it() {
    let basis = |expression: &str, rest: &str| {
        let file = user(expression) + rest;
        let document = iac::read(Format::Terraform, file.as_bytes()).expect("a file");
        let request = document.requests().next().expect("a user");
        request.basis("AccessString").to_owned()
    };
    for expression in [
        "\"${local.a} ${var.x}\"",
        "replace(local.a, \"/x/\", \"\")",
        "\"%{ if var.x }${local.a}%{ endif }\"",
        "upper(var.x ? local.a : \"off\")",
        "file(local.a)",
        "var.x[local.a]",
        "provider::x::y(local.a)",
        "local.a + 1 == 2 ? \"on\" : var.y",
        "local.a == var.x ? \"on\" : \"off\"",
        "module.m.output",
    ] {
        let old = basis(expression, "locals { a = \"on ~a +get\" }\n");
        assert_eq!(old, basis(expression, "locals { a = \"on ~a +get\" }\n"), "{expression}");
        assert_ne!(old, basis(expression, "locals { a = \"on ~* +@all\" }\n"), "{expression}");
    }
    // something else in the file changes nothing
    let of = |rest| basis("\"on ~${var.x} ${random_id.p.hex}\"", rest);
    assert_eq!(of(""), of("locals { other = 1 }\n"));
}

#[test]
fn a_parameter_of_a_template_is_part_of_the_basis() {
    let basis = |default: &str| {
        let text = format!(
            "Parameters: {{Rules: {{Type: String, Default: '{default}'}}}}\nResources: {{A: {{Type: AWS::MemoryDB::User, Properties: {{UserName: a, AccessString: !Ref Rules}}}}}}\n"
        );
        let document = iac::read(Format::Yaml, text.as_bytes()).expect("a template");
        document.requests().next().expect("a user").basis("AccessString").to_owned()
    };
    assert_eq!(basis("on"), basis("on"));
    assert_ne!(basis("on"), basis("on ~* +@all"));
}

// ---------------------------------------------------------------------------------------------------
// Modules, copies and files of values

const CACHE: &str = "variable \"access_string\" { default = \"off\" }\nvariable \"users\" { default = {} }\n\
                     resource \"aws_memorydb_user\" \"one\" {\n  user_name = \"one\"\n  access_string = var.access_string\n}\n\
                     resource \"aws_memorydb_user\" \"each\" {\n  for_each = var.users\n  user_name = each.key\n  access_string = each.value.acl\n}\n";

#[test]
fn arguments_of_a_local_module_are_the_values_of_its_variables() {
    let call = "locals { ro = \"on ~ro:* +@raed\" }\nmodule \"cache\" {\n  source = \"./modules/cache\"\n  engine_version = \"7.1\"\n  \
                access_string = local.ro\n  users = { a = { acl = \"on ~a:* +@raed\" } }\n}\n";
    let files = [("infra/main.tf", call), ("infra/modules/cache/main.tf", CACHE)];
    let scope = scope(&files);
    // each is found once, where it is written, with what reads it
    assert_eq!(
        strings(&read(&scope, "infra/main.tf")),
        [
            "1:16 locals ro [memorydb/redis-7.1] on ~ro:* +@raed",
            "6:26 module cache users.a.acl [memorydb/redis-7.1] on ~a:* +@raed"
        ]
    );
    let document = read(&scope, "infra/modules/cache/main.tf");
    let users: Vec<_> = document
        .requests()
        .map(|request| (request.place().name.clone(), request.strings("AccessString")[0].shown().to_owned()))
        .collect();
    assert_eq!(
        users,
        [
            ("module.cache.aws_memorydb_user.one".to_owned(), "on ~ro:* +@raed".to_owned()),
            ("module.cache.aws_memorydb_user.each[\"a\"]".to_owned(), "on ~a:* +@raed".to_owned()),
        ]
    );
    // of the module itself only the default is left, which another call may use
    assert_eq!(strings(&document), ["1:39 variable access_string access_string [memorydb/any] off"]);
}

#[test]
fn outputs_of_a_local_module_have_their_values() {
    let module = "variable \"keys\" {}\noutput \"acl\" { value = \"on ~${var.keys} +get\" }\n\
                  output \"all\" { value = { reader = { access_string = \"on ~r +get\" } } }\n";
    let texts_of = |expression: &str, call: &str| {
        let main = user(expression) + call;
        texts(&[("main.tf", &main), ("m/main.tf", module)])
    };
    let call = "module \"m\" {\n  source = \"./m\"\n  keys = \"app:*\"\n}\n";
    assert_eq!(texts_of("module.m.acl", call), ["on ~app:* +get"]);
    assert_eq!(texts_of("\"${module.m.acl} +set\"", call), ["on ~app:* +get +set"]);
    assert_eq!(texts_of("module.m.all.reader.access_string", call), ["on ~r +get"]);
    assert_eq!(texts_of("module.m.missing", call), ["${…}"]);
    assert_eq!(texts_of("module.m.acl", &call.replace("./m", "git::x")), ["${…}"]);
    assert_eq!(texts_of("module.m.acl", &call.replace("keys", "count = 1\n  keys")), ["${…}"]);
    // a module that refers to itself has an end
    let endless = "module \"m\" { source = \"./\" }\noutput \"acl\" { value = module.m.acl }\n";
    assert_eq!(text_of("module.m.acl", endless).len(), 1);
}

#[test]
fn a_module_that_is_called_twice_has_two_users() {
    let call = "module \"a\" {\n  source = \"../cache\"\n  access_string = \"on ~a:* +get\"\n}\nmodule \"b\" {\n  source = \"../cache\"\n  count = 2\n}\n";
    let files = [("env/prod/main.tf", call), ("env/cache/main.tf", CACHE)];
    let scope = scope(&files);
    let document = read(&scope, "env/cache/main.tf");
    let users: Vec<_> = document
        .requests()
        .filter(|request| request.place().name.contains(".one"))
        .map(|request| format!("{} {}", request.place().name, request.strings("AccessString")[0].shown()))
        .collect();
    assert_eq!(
        users,
        [
            "module.a.aws_memorydb_user.one on ~a:* +get",
            "module.b[0].aws_memorydb_user.one off",
            "module.b[1].aws_memorydb_user.one off",
        ]
    );
}

#[test]
fn modules_that_call_one_another_have_an_end() {
    let call = "module \"a\" { source = \"./\" }\nmodule \"b\" { source = \"./\" }\n";
    let main = format!("{call}{}", user("var.x"));
    assert_eq!(texts(&[("main.tf", &main)]).len(), 1);
}

#[test]
fn files_of_values_come_before_defaults_in_the_order_of_terraform() {
    let main = user("var.acl") + "variable \"acl\" { default = \"on ~default\" }\n";
    let of = |more: &[(&str, &str)]| texts(&[&[("main.tf", &*main)], more].concat());
    assert_eq!(of(&[]), ["on ~default"]);
    assert_eq!(of(&[("terraform.tfvars", "acl = \"on ~first\"\n")]), ["on ~first"]);
    let auto = ("b.auto.tfvars", "acl = \"on ~b\"\n");
    assert_eq!(of(&[("terraform.tfvars", "acl = \"on ~first\"\n"), auto]), ["on ~b"]);
    assert_eq!(of(&[auto, ("a.auto.tfvars", "acl = \"on ~a\"\n")]), ["on ~b"]);
    // any other may be named to Terraform
    assert_eq!(of(&[("prod.tfvars", "acl = \"on ~prod\"\n")]), ["on ~default", "on ~prod"]);
}

#[test]
fn copies_of_a_user_are_users_of_their_own() {
    let text = "locals {\n  users = {\n    app = { acl = \"on ~app:* +@read\", engine = \"valkey\" }\n    cron = { acl = \"on ~cron:* +@list\", engine = \"redis\" }\n  }\n}\n\
                resource \"aws_elasticache_user\" \"u\" {\n  for_each = local.users\n  user_id = \"id-${each.key}\"\n  user_name = each.key\n  engine = each.value.engine\n  access_string = each.value.acl\n  passwords = [\"short\"]\n}\n\
                resource \"aws_elasticache_user\" \"n\" {\n  count = 2\n  user_id = \"n${count.index}\"\n  user_name = \"n\"\n  engine = \"redis\"\n  access_string = [\"on ~n0\", \"on ~n1\"][count.index]\n}\n\
                resource \"aws_elasticache_user\" \"s\" {\n  for_each = toset([\"x\", \"y\"])\n  user_id = each.value\n  engine = \"redis\"\n  access_string = \"on ~${each.key}:* +@raed\"\n}\n";
    let files = [("main.tf", text)];
    let scope = scope(&files);
    let document = read(&scope, "main.tf");
    let users: Vec<_> = document
        .requests()
        .map(|request| {
            let id = request.members().iter().find(|member| member.name == "UserId").expect("an id");
            let Given::Text(id) = &id.given else { panic!("{id:?}") };
            format!(
                "{} {id} [{}] {}",
                request.place().name,
                request.candidates().dialects,
                request.strings("AccessString")[0].shown()
            )
        })
        .collect();
    assert_eq!(
        users,
        [
            "u[\"app\"] id-app [elasticache/valkey] on ~app:* +@read",
            "u[\"cron\"] id-cron [elasticache/any] on ~cron:* +@list",
            "n[0] n0 [elasticache/any] on ~n0",
            "n[1] n1 [elasticache/any] on ~n1",
            "s[\"x\"] x [elasticache/any] on ~x:* +@raed",
            "s[\"y\"] y [elasticache/any] on ~y:* +@raed",
        ]
    );
    let composed: Vec<_> = document.composed().map(|found| found.text.shown()).collect();
    assert_eq!(composed, ["on ~x:* +@raed", "on ~y:* +@raed"]);
}

#[test]
fn copies_that_are_not_known_are_one_user() {
    for each in ["var.users", "{}", "toset(var.users)"] {
        let text = format!(
            "resource \"aws_elasticache_user\" \"u\" {{\n  for_each = {each}\n  user_id = each.key\n  access_string = each.value.acl\n}}\n"
        );
        let files = [("main.tf", &*text)];
        let scope = scope(&files);
        let document = read(&scope, "main.tf");
        let request = document.requests().next().expect("a user");
        assert_eq!(request.place().name, "u", "{each}");
        assert!(request.strings("AccessString")[0].known().is_none(), "{each}");
        assert_eq!(document.not_literal().count(), 1, "{each}");
    }
}

#[test]
fn members_that_are_worked_out_are_checked() {
    let text = "locals { password = \"too short\" }\nresource \"aws_elasticache_user\" \"u\" {\n  user_id = \"u\"\n  user_name = upper(\"v\")\n  engine = \"valkey\"\n  access_string = \"on\"\n  \
                authentication_mode {\n    type = lower(\"IAM\")\n    passwords = concat([local.password], [])\n  }\n}\n";
    let files = [("main.tf", text)];
    let scope = scope(&files);
    let document = read(&scope, "main.tf");
    let request = document.requests().next().expect("a user");
    let problems: Vec<_> = request.problems().iter().map(|found| found.problem.member().to_owned()).collect();
    assert!(problems.contains(&"UserName".to_owned()), "{problems:?}");
    assert!(!format!("{document:?}").contains("too short"));
}

// ---------------------------------------------------------------------------------------------------
// Strings by name

#[test]
fn a_string_that_is_used_under_another_name_is_found_once() {
    let text = "locals { ro = \"on ~app:* +@raed\" }\n".to_owned()
        + &user("local.ro")
        + &user("local.ro").replace("\"u\"", "\"v\"");
    assert_eq!(strings_of(&text), ["1:16 locals ro [elasticache/valkey] on ~app:* +@raed"]);
    // users of both services: it may meet what either has
    let both = text + "resource \"aws_memorydb_user\" \"m\" {\n  access_string = local.ro\n}\n";
    assert_eq!(strings_of(&both), ["1:16 locals ro [memorydb/any,elasticache/valkey] on ~app:* +@raed"]);
}

#[test]
fn names_and_texts_that_are_like_access_strings_are_looked_at() {
    for (locals, found) in [
        ("iam_access_string = \"on ~* +@alll\"", true),
        ("acl_string = \"~* +@alll\"", true),
        ("roles = { reader = \"on ~app:* +@raed\" }", true),
        ("joined = join(\" \", [\"on\", \"~a:*\", \"+@raed\"])", true),
        ("templated = \"on ~${var.x}:* +@raed\"", true),
        ("any = [\"off ~* -@all\"]", true),
        // and what is none
        ("acl_enabled = \"on\"", false),
        ("acl = \"private\"", false),
        ("acl_description = \"on call\"", false),
        ("sentence = \"on Monday ~ +2\"", false),
        ("switch = \"on\"", false),
        ("words = \"on ~a\"", false),
        ("other = join(\",\", [\"a\", \"b\"])", false),
    ] {
        // a file in which no user is named is not searched
        let text = format!("locals {{\n  {locals}\n  access_string = null\n}}\n");
        assert_eq!(strings_of(&text).len(), usize::from(found), "{locals}: {:?}", strings_of(&text));
    }
}

#[test]
fn what_is_near_a_string_narrows_what_reads_it() {
    for (text, expected) in [
        (
            "module \"m\" {\n  source = \"terraform-aws-modules/memory-db/aws\"\n  users = { a = { access_string = \"on ~*\" } }\n}",
            "memorydb/any",
        ),
        (
            "module \"m\" {\n  source = \"terraform-aws-modules/memory-db/aws\"\n  engine_version = \"7.0\"\n  users = { a = { access_string = \"on ~*\" } }\n}",
            "memorydb/redis-7.0",
        ),
        (
            "module \"m\" {\n  source = \"terraform-aws-modules/elasticache/aws//modules/user-group\"\n  engine = \"valkey\"\n  access_string = \"on ~*\"\n}",
            "elasticache/valkey",
        ),
        (
            "module \"m\" {\n  source = \"./x\"\n  access_string = \"on ~*\"\n}",
            "elasticache/any,memorydb/any",
        ),
        ("locals { a = { engine = \"valkey\", access_string = \"on ~*\" } }", "elasticache/valkey"),
        ("locals { access_string = \"on ~*\" }\nresource \"aws_memorydb_user\" \"m\" {}", "memorydb/any"),
        (
            "locals { access_string = \"on ~*\" }\nresource \"aws_memorydb_user\" \"m\" {}\nresource \"aws_elasticache_user\" \"m\" {}",
            "elasticache/any,memorydb/any",
        ),
    ] {
        let files = [("main.tf", text)];
        let scope = scope(&files);
        let document = read(&scope, "main.tf");
        let found = document.access_strings().next().expect("a string");
        assert_eq!(found.candidates.dialects.to_string(), expected, "{text}");
        assert_eq!(found.candidates.stated == Stated::Nothing, expected.contains(','), "{text}");
    }
}

/// A literal that is a part of another string as well would change that with it.
#[test]
fn a_string_that_is_also_a_part_says_so() {
    let text = "locals { access_string = \"on ~a +get\" }\n".to_owned()
        + &user("local.access_string")
        + &user("\"${local.access_string} +set\"").replace("\"u\"", "\"v\"");
    assert_eq!(
        strings_of(&text),
        [
            "1:27 locals access_string [elasticache/valkey] on ~a +get (part)",
            "8:19 aws_elasticache_user v access_string [elasticache/valkey] = on ~a +get +set",
        ]
    );
}

#[test]
fn a_local_can_be_rewritten_and_its_users_follow() {
    let files = [("a.tf", "locals { ro = \"on ~app:* +@read\" }\n"), ("b.tf", &*user("local.ro"))];
    let scope = scope(&files);
    let document = read(&scope, "a.tf");
    let edit = document
        .access_strings()
        .next()
        .expect("a string")
        .text
        .replace("on ~app:* -@all +@read")
        .expect("an edit");
    let written = document.apply(&[edit]).expect("it is written");
    assert_eq!(written, b"locals { ro = \"on ~app:* -@all +@read\" }\n");
}

// ---------------------------------------------------------------------------------------------------
// CloudFormation

#[test]
fn functions_of_cloudformation_are_followed() {
    let text = |string: &str| {
        format!(
            "Resources:\n  A:\n    Type: AWS::MemoryDB::User\n    Properties:\n      UserName: a\n      AccessString: {string}\n"
        )
    };
    for (string, shown) in [
        ("!Join [' ', ['on', '~a:*', +@raed]]", "on ~a:* +@raed"),
        ("!Sub 'on ~${App}:* +@raed'", "on ~${…}:* +@raed"),
        ("!Sub ['on ~${App}:* +@raed', {App: x}]", "on ~x:* +@raed"),
        ("!Sub 'on ~${!App}:* +@raed ${AWS::Region}'", "on ~${App}:* +@raed ${…}"),
        ("!Join [' ', ['on', !Sub '~${App}', +@raed]]", "on ~${…} +@raed"),
        // without quotes it is a truth value to YAML 1.1
        ("!Join [' ', [on, '~a:*', +@raed]]", "${…} ~a:* +@raed"),
        ("{'Fn::Join': [' ', ['on', '~a:*', +@raed]]}", "on ~a:* +@raed"),
    ] {
        let file = text(string);
        let document =
            iac::read(Format::Yaml, file.as_bytes()).unwrap_or_else(|error| panic!("{string}: {error}"));
        let found =
            document.composed().next().unwrap_or_else(|| panic!("{string}: {:?}", document.findings()));
        assert_eq!(found.text.shown(), shown, "{string}");
        let rule =
            found.text.certain_rules().into_iter().find(|rule| rule.shown() == "+@raed").expect("the rule");
        assert_eq!(&file[rule.location(Span::new(0, 6)).range], "+@raed", "{string}");
    }
    let file = text("!If [Prod, 'on ~* +get', !Sub 'off']");
    let document = iac::read(Format::Yaml, file.as_bytes()).expect("a template");
    let found: Vec<_> = document.access_strings().map(|found| found.text.value()).collect();
    assert_eq!(found, ["on ~* +get", "off"]);
}

// ---------------------------------------------------------------------------------------------------
// Plans

const PLAN: &str = r#"{"format_version": "1.2", "terraform_version": "1.9.5", "resource_changes": [
  {"address": "aws_elasticache_user.app", "mode": "managed", "type": "aws_elasticache_user", "name": "app", "change": {
    "actions": ["update"],
    "before": {"access_string": "on ~app:* +@read", "engine": "redis", "user_id": "app", "user_name": "app", "passwords": null},
    "after": {"access_string": "on ~* +@all", "engine": "redis", "user_id": "app", "user_name": "app", "no_password_required": true},
    "before_sensitive": {"passwords": true}, "after_sensitive": {}, "after_unknown": {}}},
  {"address": "aws_memorydb_user.gone", "mode": "managed", "type": "aws_memorydb_user", "name": "gone", "change": {
    "actions": ["delete"], "before": {"access_string": "on ~gone", "user_name": "gone"}, "after": null}},
  {"address": "aws_memorydb_user.late", "mode": "managed", "type": "aws_memorydb_user", "name": "late", "change": {
    "actions": ["create"], "before": null, "after": {"user_name": "late"}, "after_unknown": {"access_string": true}}},
  {"address": "data.aws_memorydb_user.read", "mode": "data", "type": "aws_memorydb_user", "name": "read", "change": {
    "actions": ["read"], "before": null, "after": {"access_string": "on"}}}
]}"#;

#[test]
fn a_plan_holds_the_users_before_and_after_it() {
    let document = iac::read(Format::Json, PLAN.as_bytes()).expect("a plan");
    let plan = document.plan().expect("a plan");
    let users = |requests: &[iac::Request<'_>]| {
        let user = |request: &iac::Request<'_>| {
            let text = request.strings("AccessString").first().map_or("?", |text| text.shown()).to_owned();
            format!("{} [{}] {text}", request.place().name, request.candidates().dialects)
        };
        requests.iter().map(user).collect::<Vec<_>>()
    };
    assert_eq!(
        users(plan.before()),
        [
            "aws_elasticache_user.app [elasticache/any] on ~app:* +@read",
            "aws_memorydb_user.gone [memorydb/any] on ~gone"
        ]
    );
    assert_eq!(
        users(plan.after()),
        ["aws_elasticache_user.app [elasticache/any] on ~* +@all", "aws_memorydb_user.late [memorydb/any] ?"]
    );
    let hidden =
        plan.before()[0].members().iter().find(|member| member.name == "Passwords").expect("a member");
    assert_eq!(hidden.given, Given::Unknown(Why::Hidden));
    let late =
        plan.after()[1].members().iter().find(|member| member.name == "AccessString").expect("a member");
    assert_eq!(late.given, Given::Unknown(Why::AfterApply));
    // a state has no changes
    let state = br#"{"format_version": "1.0", "terraform_version": "1.9.5", "values": {"root_module": {"resources": [{"type": "aws_memorydb_user", "name": "u", "values": {"access_string": "on"}}]}}}"#;
    assert!(iac::read(Format::Json, state).expect("a state").plan().is_none());
}

#[test]
fn the_users_of_a_plan_are_compared_with_those_before_it() {
    let path = Path::new("plan.json");
    let document = FileDocument::read(path, PLAN.as_bytes(), Kind::Infrastructure(Format::Json), None);
    let (before, after) = (document.users_before().expect("a plan"), document.users());
    let changes =
        changes(CompareOptions { work: 10_000, passwords: PasswordChanges::Count }, &before, &after);
    let told: Vec<_> =
        changes.iter().map(|change| format!("{} {:?}", change.address(), change.new_access)).collect();
    assert!(told.contains(&"aws_elasticache_user.app Some".to_owned()), "{told:?}");
    assert!(told.contains(&"aws_memorydb_user.gone None".to_owned()), "{told:?}");
    assert!(told.contains(&"aws_memorydb_user.late Undecided".to_owned()), "{told:?}");
}

// ---------------------------------------------------------------------------------------------------
// Users of documents

#[test]
fn the_access_of_a_user_follows_its_local() {
    let known = |ro: &str| {
        let files = [("a.tf", &*format!("locals {{ ro = \"{ro}\" }}\n")), ("b.tf", &*user("local.ro"))]
            .map(|(name, text)| (name, text.to_owned()));
        let files: Vec<_> = files.iter().map(|(name, text)| (*name, &**text)).collect();
        let scope = scope(&files);
        let kind = Kind::Infrastructure(Format::Terraform);
        let document = FileDocument::read_in(&scope, Path::new("b.tf"), files[1].1.as_bytes(), kind, None);
        let users = document.users();
        assert_eq!(users.len(), 1, "{users:?}");
        match &users[0].access {
            Access::Known(users) => User::to_string(&users[0]),
            Access::Unknown { why, .. } => panic!("{why}"),
        }
    };
    assert_ne!(known("on ~app:* +@read"), known("on ~* +@all"));
}

#[test]
fn a_string_that_is_used_in_its_own_file_is_no_user_besides() {
    let text = "locals { ro = \"on ~app:* +@read\" }\n".to_owned()
        + &user("local.ro")
        + "locals { access_string = \"on ~x\" }\n";
    let path = Path::new("a.tf");
    let kind = Kind::Infrastructure(Format::Terraform);
    let document = FileDocument::read(path, text.as_bytes(), kind, None);
    let users: Vec<_> = document.users().into_iter().map(|user| user.address).collect();
    assert_eq!(users, ["aws_elasticache_user.u", "locals"]);
}

#[test]
fn a_string_that_is_worked_out_is_checked_and_never_written() {
    let text = user("join(\" \", [\"on\", \"~*\", \"+gett\"])")
        + &user("\"on ~${var.p}:* +@raed\"").replace("\"u\"", "\"v\"");
    let path = Path::new("a.tf");
    let kind = Kind::Infrastructure(Format::Terraform);
    let document = FileDocument::read(path, text.as_bytes(), kind, None);
    let entries: Vec<_> = document.entries().iter().map(|entry| (&*entry.text, entry.is_fragment)).collect();
    assert_eq!(entries, [("on ~* +gett", false), ("on", true), ("+@raed", true)]);
    let place = document.position(&document.entries()[2], Span::new(2, 6)).to_string();
    assert_eq!(place, "7:37");
    let rewritten = document.rewritten(&[(0, "on ~* +get".to_owned())], |_| true);
    assert!(rewritten.left.contains(&0));
    assert_eq!(rewritten.bytes, text.as_bytes());
}
