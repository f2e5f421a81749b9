//! Folders of Terraform as a user meets them: values from other files, strings that are worked out, gates.

use std::fs;

use crate::ran::{Ran, folder, run_in};

/// In a folder with these files.
/// Where lint reports an unknown name.
#[track_caller]
fn unknown_names(files: &[(&str, &str)], arguments: &[&str]) -> Vec<String> {
    let folder = folder(files);
    let ran = run_in(folder.path(), &[&["lint", "--format", "json"], arguments].concat(), b"");
    let lines = ran.out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    let unknown = lines.filter(|line| line["lint"].as_str().expect("an id").starts_with("unknown-"));
    unknown
        .map(|line| format!("{}:{}:{}", line["file"].as_str().expect("a path"), line["line"], line["column"]))
        .collect()
}

fn user(name: &str, access_string: &str) -> String {
    format!(
        "resource \"aws_elasticache_user\" \"{name}\" {{\n  user_id = \"{name}\"\n  user_name = \"{name}\"\n  engine = \"valkey\"\n  \
         access_string = {access_string}\n  authentication_mode {{ type = \"iam\" }}\n}}\n"
    )
}

#[test]
fn a_mistake_is_reported_once_where_it_is_written() {
    let locals = "locals {\n  ro = \"on ~app:* +@raed\"\n  parts = [\"on\", \"~a:*\", \"+@raed\"]\n}\n";
    let users = user("a", "local.ro")
        + &user("b", "local.ro")
        + &user("c", "join(\" \", local.parts)")
        + &user("d", "join(\" \", local.parts)");
    let files = [("infra/locals.tf", locals), ("infra/users.tf", &*users)];
    assert_eq!(
        unknown_names(&files, &["infra"]),
        ["infra/locals.tf:2:21", "infra/users.tf:19:19", "infra/users.tf:26:19"]
    );
    assert_eq!(unknown_names(&files, &["infra/locals.tf"]), ["infra/locals.tf:2:21"]);
    // in one file all of them are at their bytes
    let whole = format!("{locals}{users}");
    assert_eq!(unknown_names(&[("main.tf", &*whole)], &["main.tf"]), ["main.tf:2:21", "main.tf:3:29"]);
}

#[test]
fn a_string_that_stays_interpolated_is_checked_around_its_values() {
    let text = user("u", "\"on ~${var.prefix}:* +@raed >secret\"")
        + &user("f", "format(\"on ~%s:* +@raed\", var.prefix)");
    assert_eq!(unknown_names(&[("a.tf", &*text)], &["a.tf"]), ["a.tf:5:42", "a.tf:12:38"]);
    let folder = folder(&[("a.tf", &*text)]);
    let ran = run_in(folder.path(), &["lint", "a.tf"], b"");
    assert!(ran.out.contains("checked in part: it refers to another value"), "{}", ran.out);
    assert!(!ran.out.contains("secret"), "{}", ran.out);
}

#[test]
fn an_argument_of_a_module_is_checked_where_it_is_written() {
    let main = "module \"cache\" {\n  source = \"./cache\"\n  acl    = \"on ~app:* +@raed\"\n}\n";
    let module = "variable \"acl\" {}\nresource \"aws_memorydb_user\" \"u\" {\n  user_name = \"u\"\n  access_string = var.acl\n  authentication_mode { type = \"iam\" }\n}\n";
    let files = [("main.tf", main), ("cache/main.tf", module)];
    assert_eq!(unknown_names(&files, &["."]), ["main.tf:3:25"]);
}

#[test]
fn names_that_are_like_an_access_string_are_looked_at() {
    let text = "module \"memory_db\" {\n  source = \"terraform-aws-modules/memory-db/aws\"\n  users = { admin = { access_string = \"on ~* &* +@all\" } }\n}\n\
                locals {\n  iam_user          = \"iamuser\"\n  iam_access_string = \"on ~* &* +@alll\"\n  roles = { reader = \"on ~app:* +@raed\" }\n}\n\
                variable \"access_string_default\" {\n  default = \"on ~* +@raed\"\n}\n";
    assert_eq!(unknown_names(&[("a.tf", text)], &["a.tf"]), ["a.tf:7:35", "a.tf:8:35", "a.tf:11:22"]);
}

// ---------------------------------------------------------------------------------------------------
// Gates

fn gate(files: &[(&str, &str)], old: &str, new: &str) -> Ran {
    let folder = folder(files);
    run_in(folder.path(), &["diff", "--no-new-access", "-d", "elasticache/redis-7.1", old, new], b"")
}

#[test]
fn a_gate_follows_the_local_that_a_user_refers_to() {
    let file = |ro: &str| format!("locals {{ ro = \"{ro}\" }}\n{}", user("u", "local.ro"));
    let (old, new) = (file("on ~app:* +@read"), file("on ~* +@all"));
    let ran = gate(&[("old.tf", &*old), ("new.tf", &*new)], "old.tf", "new.tf");
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("aws_elasticache_user.u"), "{}", ran.out);
    assert_eq!(gate(&[("old.tf", &*old), ("new.tf", &*old)], "old.tf", "new.tf").code, 0);
}

#[test]
fn a_gate_follows_other_files_of_the_folder() {
    let users = user("u", "local.ro");
    let files = |ro: &str| format!("locals {{ ro = \"{ro}\" }}\n");
    let (old, new) = (files("on ~app:* +@read"), files("on ~* +@all"));
    let ran = gate(
        &[("old/a.tf", &*old), ("old/u.tf", &*users), ("new/a.tf", &*new), ("new/u.tf", &*users)],
        "old/u.tf",
        "new/u.tf",
    );
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
}

#[test]
fn what_is_not_known_keeps_the_gate_shut_when_anything_that_decides_it_changes() {
    for expression in [
        "\"${local.ro} ${var.more}\"",
        "replace(local.ro, \"/x/\", \"\")",
        "\"%{ if var.x }${local.ro}%{ endif }\"",
        "var.x == local.ro ? \"on ~* +@all\" : \"off\"",
        "module.m.acl[local.ro]",
    ] {
        let file = |ro: &str| format!("locals {{ ro = \"{ro}\" }}\n{}", user("u", expression));
        let (old, new) = (file("on ~app:* +@read"), file("on ~* +@all"));
        let ran = gate(&[("old.tf", &*old), ("new.tf", &*new)], "old.tf", "new.tf");
        assert_eq!(ran.code, 1, "{expression}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn a_local_is_formatted_where_it_is_written_and_what_is_worked_out_is_left() {
    let users = user("a", "local.ro") + &user("b", "join(\" \", [\"on\", \"+get\"])");
    let locals = "locals { ro = \"on   ~app:* +get\" }\n";
    let folder = folder(&[("locals.tf", locals), ("users.tf", &*users)]);
    let ran = run_in(folder.path(), &["fmt", "."], b"");
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let text = |name: &str| fs::read_to_string(folder.path().join(name)).expect("a file");
    assert_eq!(text("locals.tf"), "locals { ro = \"on ~app:* -@all +get\" }\n");
    assert_eq!(text("users.tf"), users);
}

// ---------------------------------------------------------------------------------------------------
// Users that may not be there, and conditions that anybody can turn

const READER: &str = "\"on ~app:* -@all +@read\"";
const ADMIN: &str = "\"on ~* +@all\"";

/// A user with more attributes.
fn user_with(access_string: &str, more: &str) -> String {
    user("u", access_string).replacen("  user_id = \"u\"", &format!("  {more}\n  user_id = \"u\""), 1)
}

fn variable(name: &str, default: &str) -> String {
    format!("variable \"{name}\" {{ default = {default} }}\n")
}

/// The exit code of a gate between two folders.
fn gate_of_folders(old: &[(&str, &str)], new: &[(&str, &str)]) -> Ran {
    let name = |side: &str, files: &[(&str, &str)]| {
        let file = |(name, text): &(&str, &str)| (format!("{side}/{name}"), (*text).to_owned());
        files.iter().map(file).collect::<Vec<_>>()
    };
    let files = [name("old", old), name("new", new)].concat();
    let files: Vec<_> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    gate(&files, "old", "new")
}

#[track_caller]
fn passes(old: &str, new: &str) {
    let ran = gate_of_folders(&[("main.tf", old)], &[("main.tf", new)]);
    assert_eq!(ran.code, 0, "{old}---\n{new}---\n{}{}", ran.out, ran.err);
}

#[track_caller]
fn is_stopped(old: &str, new: &str) {
    let ran = gate_of_folders(&[("main.tf", old)], &[("main.tf", new)]);
    assert_eq!(ran.code, 1, "{old}---\n{new}---\n{}{}", ran.out, ran.err);
}

#[test]
fn a_resource_without_copies_has_no_user() {
    let copies = |how: &str| user_with(ADMIN, how);
    is_stopped(&copies("count = 0"), &copies("count = 1"));
    is_stopped(&copies("for_each = {}"), &copies("for_each = { a = 1 }"));
    is_stopped(&copies("for_each = toset([])"), &copies("for_each = toset([\"a\", \"b\"])"));
    is_stopped(&copies("lifecycle { enabled = false }"), &copies("lifecycle { enabled = true }"));
    passes(&copies("lifecycle { enabled = true }"), &copies(""));
    passes(&copies("count = 1"), &copies("count = 0"));
    // the first copy takes the place of the only one
    passes(&copies(""), &copies("count = 1"));
    passes(&copies("count = 1"), &copies(""));
    let call = |count: &str| format!("module \"m\" {{\n  source = \"./m\"\n  count = {count}\n}}\n");
    let module = ("m/main.tf", &*user("u", ADMIN));
    let ran = gate_of_folders(&[("main.tf", &call("0")), module], &[("main.tf", &call("1")), module]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    // its rules are still checked
    assert_eq!(unknown_names(&[("a.tf", &user_with("\"on +@raed\"", "count = 0"))], &["a.tf"]).len(), 1);
}

#[test]
fn a_user_that_may_not_be_there_in_old_is_new_access() {
    let create =
        |default: &str, string: &str, how: &str| variable("create", default) + &user_with(string, how);
    let count = "count = var.create ? 1 : 0";
    is_stopped(&create("false", ADMIN, count), &create("true", ADMIN, count));
    is_stopped(&create("true", ADMIN, count), &create("true", ADMIN, ""));
    is_stopped(&create("true", ADMIN, count), &create("true", ADMIN, "count = var.create ? 0 : 1"));
    is_stopped(&create("false", READER, count), &create("false", ADMIN, count));
    passes(&create("false", ADMIN, count), &create("false", ADMIN, count));
    passes(&create("true", ADMIN, ""), &create("true", ADMIN, count));
    // who can do nothing may come
    passes(&create("false", "\"off -@all\"", count), &create("true", "\"off -@all\"", count));
    for how in ["count = var.n", "for_each = var.n", "for_each = toset(data.x.y.names)"] {
        passes(&user_with(READER, how), &user_with(READER, how));
        is_stopped(&user_with(READER, how), &user_with(ADMIN, how));
        let other = how.replace("var.n", "var.m").replace("data.x", "data.z");
        is_stopped(&user_with(READER, how), &user_with(READER, &other));
    }
    // a default that makes no copies can be overridden too
    let none = |default: &str, string: &str| variable("n", default) + &user_with(string, "count = var.n");
    is_stopped(&none("0", READER), &none("0", ADMIN));
    is_stopped(&none("0", READER), &none("1", READER));
    passes(&none("0", READER), &none("0", READER));
}

#[test]
fn a_condition_of_a_template_decides_whether_a_user_is_there() {
    let template = |condition: &str, string: &str| {
        format!(
            "Parameters:\n  Env: {{Type: String}}\nConditions:\n  Prod: !Equals [!Ref Env, prod]\n  \
             Dev: !Equals [!Ref Env, dev]\nResources:\n  U:\n    Type: AWS::ElastiCache::User\n{condition}    \
             Properties:\n      UserId: u\n      UserName: u\n      Engine: valkey\n      \
             AccessString: {string}\n      AuthenticationMode: {{Type: iam}}\n"
        )
    };
    let code = |old: String, new: String| gate_of_folders(&[("a.yaml", &old)], &[("a.yaml", &new)]).code;
    let (prod, dev) = ("    Condition: Prod\n", "    Condition: Dev\n");
    assert_eq!(code(template(prod, ADMIN), template("", ADMIN)), 1);
    assert_eq!(code(template(prod, ADMIN), template(dev, ADMIN)), 1);
    assert_eq!(code(template(prod, READER), template(prod, ADMIN)), 1);
    assert_eq!(code(template(prod, ADMIN), template(prod, ADMIN)), 0);
    assert_eq!(code(template("", ADMIN), template(prod, ADMIN)), 0);
    // both branches of a string that a condition decides
    let either = |no: &str| format!("!If [Prod, {READER}, {no}]");
    assert_eq!(code(template("", &either(READER)), template("", &either(ADMIN))), 1);
    assert_eq!(code(template("", &either(ADMIN)), template("", &either(ADMIN))), 0);
    // of which only one is possible where the user is there
    assert_eq!(code(template(prod, &either(READER)), template(prod, &either(ADMIN))), 0);
}

#[test]
fn every_branch_that_a_variable_can_select_is_compared() {
    let env = |default: &str, string: &str| variable("env", default) + &user("u", string);
    let either = |no: &str| format!("var.env == \"prod\" ? {READER} : {no}");
    let prod = "\"prod\"";
    is_stopped(&env(prod, &either(READER)), &env(prod, &either(ADMIN)));
    passes(&env(prod, &either(ADMIN)), &env(prod, &either(ADMIN)));
    // another default selects another branch for those who override nothing
    is_stopped(&env(prod, &either(ADMIN)), &env("\"dev\"", &either(ADMIN)));
    passes(&env(prod, READER), &env(prod, &either(READER)));
    is_stopped(&env(prod, READER), &env(prod, &either(ADMIN)));
    passes(&env(prod, &either(ADMIN)), &env(prod, READER));
    is_stopped(&env(prod, &either(ADMIN)), &env(prod, ADMIN));
    let of_module = |no: &str| user("u", &either(no).replace("var.env", "var.e")) + &variable("e", prod);
    for (argument, code) in [("e = var.env", 1), ("", 0)] {
        let call =
            variable("env", prod) + &format!("module \"m\" {{\n  source = \"./m\"\n  {argument}\n}}\n");
        let (old, new) = (of_module(READER), of_module(ADMIN));
        let ran = gate_of_folders(
            &[("main.tf", &*call), ("m/main.tf", &*old)],
            &[("main.tf", &*call), ("m/main.tf", &*new)],
        );
        assert_eq!(ran.code, code, "{argument}: {}", ran.out);
    }
}

#[test]
fn a_variable_can_select_in_other_ways_too() {
    let file = |dev: &str, string: &str| {
        format!(
            "locals {{\n  acls = {{ dev = {dev}, prod = {READER} }}\n  is_prod = var.env == \"prod\"\n}}\n"
        ) + &variable("env", "\"prod\"")
            + &user("u", string)
    };
    for string in [
        "local.acls[var.env]",
        "lookup(local.acls, var.env, \"off -@all\")",
        "local.is_prod ? local.acls.prod : local.acls.dev",
        "\"${local.is_prod ? local.acls.prod : local.acls.dev}\"",
        "{ true = local.acls.prod, false = local.acls.dev }[local.is_prod]",
        "element([local.acls.prod, local.acls.dev], var.env)",
        "try(local.acls[var.env], local.acls.prod)",
        "coalesce(local.acls[var.env], \"off -@all\")",
        "join(\" \", [for name in [\"prod\", \"dev\"] : local.acls[name] if (name == \"prod\") == local.is_prod])",
    ] {
        is_stopped(&file(READER, string), &file(ADMIN, string));
        passes(&file(ADMIN, string), &file(ADMIN, string));
        let other = file(ADMIN, string).replace("== \"prod\"\n", "== \"dev\"\n");
        if string.contains("is_prod") {
            is_stopped(&file(ADMIN, string), &other);
        }
    }
}

#[test]
fn what_stands_in_for_a_variable_is_compared() {
    for default in ["null", "\"\"", ADMIN, READER] {
        let file =
            |other: &str| variable("acl", default) + &user("u", &format!("coalesce(var.acl, {other})"));
        is_stopped(&file(READER), &file(ADMIN));
        passes(&file(READER), &file(READER));
    }
    let file = |other: &str| variable("acl", "{}") + &user("u", &format!("try(var.acl.reader, {other})"));
    is_stopped(&file(READER), &file(ADMIN));
    let part =
        variable("prefix", "null") + &user("u", "\"on ~${coalesce(var.prefix, \"app\")}:* -@all +get\"");
    passes(&part, &part);
}

#[test]
fn directives_are_conditions() {
    let file = |no: &str| {
        let string = format!("\"on %{{ if var.env == \"prod\" }}~a%{{ else }}{no}%{{ endif }} -@all +get\"");
        variable("env", "\"prod\"") + &user("u", &string)
    };
    is_stopped(&file("~a"), &file("~*"));
    passes(&file("~*"), &file("~*"));
    assert_eq!(unknown_names(&[("a.tf", &file("+gett ~a"))], &["a.tf"]).len(), 1);
}

#[test]
fn a_condition_of_literals_and_locals_is_decided() {
    let file = |no: &str| {
        "locals { env = \"prod\" }\n".to_owned()
            + &user("u", &format!("local.env == \"prod\" ? {READER} : {no}"))
    };
    passes(&file(READER), &file(ADMIN));
}

#[test]
fn conditions_name_the_users_of_their_branches_without_texts_in_them() {
    let file = variable("env", "\"prod\"") + &user("u", "var.env == \"hunter2\" ? \"on ~a\" : \"on ~b\"");
    let ran = gate_of_folders(&[("main.tf", &file)], &[("main.tf", &file)]);
    for address in ["u if var.env == \"…\"\n", "u if not (var.env == \"…\")\n"] {
        assert!(ran.out.contains(&format!("aws_elasticache_user.{address}")), "{}", ran.out);
    }
    assert!(!ran.out.contains("hunter2"), "{}", ran.out);
}

#[test]
fn every_branch_is_linted_and_formatted() {
    let text = variable("env", "\"prod\"")
        + &user("u", "var.env == \"prod\" ? \"on ~app:* -@all +@read\" : \"on   ~* +@raed\"");
    assert_eq!(unknown_names(&[("a.tf", &text)], &["a.tf"]).len(), 1);
    let folder = folder(&[("a.tf", &text.replace("raed", "read"))]);
    let ran = run_in(folder.path(), &["fmt", "a.tf"], b"");
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let written = fs::read_to_string(folder.path().join("a.tf")).expect("a file");
    assert!(written.contains(": \"on ~* -@all +@read\""), "{written}");
}

#[test]
fn a_way_to_log_in_that_a_variable_can_select_is_compared() {
    let file = |no: &str| {
        let login = format!("type = var.env == \"prod\" ? \"iam\" : \"{no}\"");
        variable("env", "\"prod\"") + &user("u", READER).replace("type = \"iam\"", &login)
    };
    is_stopped(&file("iam"), &file("no-password-required"));
    passes(&file("iam"), &file("iam"));
}

// ---------------------------------------------------------------------------------------------------
// Files of values

#[test]
fn files_of_values_in_other_folders_set_variables_too() {
    let main = variable("keys", "\"app:*\"") + &user("u", "\"on ~${var.keys} -@all +@read\"");
    for (module, values) in [
        ("main.tf", "env/prod.tfvars"),
        ("main.tf", "env/prod/terraform.tfvars"),
        ("main.tf", "envs/eu/prod.tfvars.json"),
        ("infra/main.tf", "infra/env/prod.tfvars"),
        ("infra/main.tf", "env/prod.tfvars"),
        ("stacks/app/main.tf", "stacks/env/prod.tfvars"),
        ("main.tf", "prod.tfvars"),
    ] {
        let text = |keys: &str| match values.ends_with(".json") {
            true => format!("{{\"keys\": \"{keys}\"}}\n"),
            false => format!("keys = \"{keys}\"\n"),
        };
        let (old, new, other) = (text("app:*"), text("*"), text("app:a*"));
        let gate = |old: &str, new: &str| {
            gate_of_folders(&[(module, &main), (values, old)], &[(module, &main), (values, new)])
        };
        let ran = gate(&old, &new);
        assert_eq!(ran.code, 1, "{module} {values}: {}", ran.out);
        let ran = gate(&new, &other);
        assert_eq!(ran.code, 0, "{module} {values}: {}", ran.out);
        let ran = gate_of_folders(&[(module, &main)], &[(module, &main), (values, &new)]);
        assert_eq!(ran.code, 1, "{module} {values}: {}", ran.out);
    }
}

#[test]
fn files_of_values_below_a_file_that_is_named_are_read_with_it() {
    let main = variable("keys", "\"app:*\"") + &user("u", "\"on ~${var.keys} -@all +@read\"");
    let files = [
        ("old/main.tf", &*main),
        ("old/env/prod.tfvars", "keys = \"app:*\"\n"),
        ("new/main.tf", &*main),
        ("new/env/prod.tfvars", "keys = \"*\"\n"),
    ];
    assert_eq!(gate(&files, "old/main.tf", "new/main.tf").code, 1);
    assert_eq!(gate(&files, "old/main.tf", "old/main.tf").code, 0);
}
