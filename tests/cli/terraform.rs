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
