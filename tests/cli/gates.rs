//! `redis-acl diff --no-new-access` where something hides a change: version control, plans, other files.

use std::path::Path;
use std::process::Command;

use crate::ran::{Ran, folder, run_in, write};
use tempfile::TempDir;

fn user(id: &str, name: &str, rules: &str) -> String {
    format!(
        "resource \"aws_elasticache_user\" \"{id}\" {{\n  user_id = \"{id}\"\n  user_name = \"{name}\"\n  \
         engine = \"redis\"\n  access_string = \"{rules}\"\n  passwords = [\"abcdefghijklmnop1234\"]\n}}\n"
    )
}

const READS: &str = "on ~app:* -@all +@read";
const ALL: &str = "on ~* +@all";

/// A repository whose only commit holds the files.
fn repository(files: &[(&str, &str)]) -> TempDir {
    let repository = folder(files);
    git(repository.path(), &["init", "-q"]);
    commit(repository.path());
    repository
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.email=a@b", "-c", "user.name=a"];
    let done =
        Command::new("git").args(identity).args(arguments).current_dir(folder).output().expect("git runs");
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn commit(folder: &Path) {
    git(folder, &["add", "-A", "-f"]);
    git(folder, &["commit", "-q", "-m", "a"]);
}

#[track_caller]
fn gate(folder: &TempDir, arguments: &[&str]) -> Ran {
    run_in(folder.path(), &[&["diff", "--no-new-access"], arguments].concat(), b"")
}

/// What the revision has is compared, though the working tree ignores or hides it.
#[test]
fn tracked_files_are_compared_though_they_are_ignored_or_hidden() {
    let (reads, all) = (user("u", "u", READS), user("u", "u", ALL));
    for name in ["u.tf", ".infra/u.tf", "in/u.tf"] {
        let files = repository(&[(name, &reads)]);
        assert_eq!(gate(&files, &["--since", "HEAD", "."]).code, 0, "{name}");
        write(files.path(), name, &all);
        write(files.path(), ".gitignore", "u.tf\n");
        let ran = gate(&files, &["--since", "HEAD", "."]);
        assert!(ran.code == 1 && ran.out.starts_with("wider "), "{name}: {}", ran.out);
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_on_both_sides() {
    let (reads, all) = (user("u", "u", READS), user("u", "u", ALL));
    let files = repository(&[("u.tf", &reads), ("wide/u.txt", &all), ("m/v.tf", &reads)]);
    let link = |to: &str, name: &str| {
        std::os::unix::fs::symlink(to, files.path().join(name)).expect("a link can be made");
    };
    std::fs::remove_file(files.path().join("u.tf")).expect("it can be removed");
    link("wide/u.txt", "u.tf");
    let ran = gate(&files, &["--since", "HEAD", "."]);
    assert!(ran.code == 1 && ran.out.starts_with("wider "), "{}", ran.out);
    // a link that stays is no change
    link("m", "n");
    commit(files.path());
    let ran = gate(&files, &["--since", "HEAD", "."]);
    assert!(ran.code == 0 && ran.out.matches("equal ").count() == 3, "{}", ran.out);
    write(files.path(), "m/v.tf", &all);
    assert_eq!(gate(&files, &["--since", "HEAD", "n"]).code, 1);
}

/// Hooks name the files that changed, and a local decides a user of another file.
#[test]
fn a_named_file_of_terraform_is_compared_with_its_folder() {
    let files = repository(&[
        ("a.tf", &user("u", "u", "on ${local.s} +@read")),
        ("main.tf", "locals { s = \"~app:*\" }\n"),
    ]);
    write(files.path(), "main.tf", "locals { s = \"~*\" }\n");
    let ran = gate(&files, &["--since", "HEAD", "main.tf"]);
    assert!(ran.code == 1 && ran.out.starts_with("wider "), "{}{}", ran.out, ran.err);
}

#[test]
fn another_name_is_another_way_to_log_in() {
    let files = folder(&[("o.tf", &user("u", "admin", ALL)), ("n.tf", &user("u", "default", ALL))]);
    let ran = gate(&files, &["o.tf", "n.tf"]);
    assert!(ran.code == 1 && ran.out.contains("+ logs in under another name"), "{}", ran.out);
}

#[test]
fn a_login_that_a_plan_does_not_know_is_not_known() {
    let plan = |after: &str, unknown: &str| {
        format!(
            r#"{{"format_version":"1.2","planned_values":{{"root_module":{{}}}},"resource_changes":[{{
            "address":"aws_elasticache_user.u","mode":"managed","type":"aws_elasticache_user","name":"u","change":{{
            "actions":["update"],"before":{{"user_id":"u","user_name":"u","access_string":"{READS}",
            "passwords":["abcdefghijklmnop1234"]}},"after":{{"user_id":"u","user_name":"u",
            "access_string":"{READS}",{after}}},"after_unknown":{unknown}}}}}]}}"#
        )
    };
    for (after, unknown, code) in [
        (r#""passwords":["abcdefghijklmnop1234"]"#, "{}", 0),
        (r#""passwords":[],"no_password_required":false"#, r#"{"no_password_required":true}"#, 1),
        (r#""authentication_mode":[{}]"#, r#"{"authentication_mode":[{"type":true}]}"#, 1),
    ] {
        let files = folder(&[("plan.json", &plan(after, unknown))]);
        let ran = gate(&files, &["plan.json"]);
        assert_eq!(ran.code, code, "{unknown}: {}{}", ran.out, ran.err);
    }
}

/// What an included file or an ACL file says is not known.
#[test]
fn a_directive_that_decides_elsewhere_keeps_the_gate_shut() {
    let plain = "port 1\nuser a on >s ~a +flushall\n";
    let with = |line: &str| format!("{plain}{line}\n");
    for line in ["include /etc/more.conf", "include /etc/*.conf"] {
        let files = folder(&[("o.conf", plain), ("n.conf", &with(line))]);
        for arguments in [["o.conf", "n.conf"], ["n.conf", "o.conf"]] {
            let ran = gate(&files, &arguments);
            assert!(ran.code == 1 && ran.out.starts_with("undecided "), "{line}: {}", ran.out);
            let allowed = gate(&files, &[&["--allow-unchecked"], &arguments[..]].concat());
            let end = "no new access in what is known; 1 unchecked, which is allowed\n";
            assert!(allowed.code == 0 && allowed.out.ends_with(end), "{}", allowed.out);
        }
        assert_eq!(gate(&files, &["n.conf", "n.conf"]).code, 0);
    }
    let files = folder(&[("o.conf", "rename-command CONFIG s3cret\n"), ("n.conf", "port 1\n")]);
    let ran = gate(&files, &["o.conf", "n.conf"]);
    assert!(ran.code == 1 && !ran.out.contains("s3cret"), "{}", ran.out);
}

#[test]
fn users_of_the_generated_provider_are_users() {
    let of = |rules: &str| user("u", "u", rules).replace("aws_elasticache_user", "awscc_elasticache_user");
    let files = folder(&[("o.tf", &of(READS)), ("n.tf", &of(ALL))]);
    assert!(gate(&files, &["o.tf", "n.tf"]).out.starts_with("wider         awscc_elasticache_user.u\n"));
}

#[test]
fn engines_that_reject_a_string_have_no_say_and_are_named() {
    let files =
        folder(&[("o.acl", "user a on >s ~a +publish &x\n"), ("n.acl", "user a on >s ~a +publish\n")]);
    let ran = gate(&files, &["--dialect", "redis-6.2..7.0", "o.acl", "n.acl"]);
    assert!(ran.out.contains("\n  not compared on redis-6.2, where OLD or NEW is rejected\n"), "{}", ran.out);
}

/// A module is a part of what calls it: its users are compared by the call, not by the folder.
#[test]
fn a_call_of_another_module_is_compared_with_the_old_call() {
    let call = |source: &str| format!("module \"m\" {{\n  source = \"./{source}\"\n}}\n");
    let (reads, all) = (user("u", "u", READS), user("u", "u", ALL));
    let files = repository(&[("m/a.tf", &reads), ("n/a.tf", &all), ("main.tf", &call("m"))]);
    assert_eq!(gate(&files, &["--since", "HEAD", "."]).code, 0);
    write(files.path(), "main.tf", &call("n"));
    let ran = gate(&files, &["--since", "HEAD", "."]);
    assert!(ran.code == 1 && ran.out.contains("module.m.aws_elasticache_user.u"), "{}", ran.out);
}

/// A module that is not read can make users of what it is given.
#[test]
fn rules_that_a_module_that_is_not_read_is_given_are_unchecked() {
    let call = |commands: &str| {
        format!(
            "module \"users\" {{\n  source   = \"git::https://example.com/users\"\n  version  = \"~> 1.0\"\n  \
             keys     = [\"app:*\"]\n  commands = [\"{commands}\"]\n}}\n"
        )
    };
    let files = folder(&[("o.tf", &call("+@read")), ("n.tf", &call("+@all")), ("plain.tf", &call("x"))]);
    let ran = gate(&files, &["o.tf", "n.tf"]);
    assert!(ran.code == 1 && ran.out.starts_with("undecided     module.users\n"), "{}", ran.out);
    assert_eq!(gate(&files, &["--allow-unchecked", "o.tf", "n.tf"]).code, 0);
    assert_eq!(gate(&files, &["plain.tf", "plain.tf"]).code, 0);
}

#[test]
fn a_user_that_a_transform_completes_is_unchecked() {
    let template = |location: &str| {
        format!(
            "Resources:\n  U:\n    Type: AWS::ElastiCache::User\n    Properties:\n      UserId: u\n      \
             Fn::Transform:\n        Name: AWS::Include\n        Parameters: {{Location: {location}}}\n"
        )
    };
    let files = folder(&[("o.yaml", &template("s3://a")), ("n.yaml", &template("s3://b"))]);
    let ran = gate(&files, &["o.yaml", "n.yaml"]);
    assert!(ran.code == 1 && ran.out.starts_with("undecided "), "{}{}", ran.out, ran.err);
}

/// Terraform loads override files last, and their definitions take the place of others.
#[test]
fn override_files_take_precedence() {
    let of_local = user("u", "u", "on ${local.keys} +@read");
    let of_variable = user("u", "u", "on ~${var.keys} +@read");
    for (text, definition, other) in [
        (&of_local, "locals { keys = \"~app:*\" }\n", "locals { keys = \"~*\" }\n"),
        (
            &of_variable,
            "variable \"keys\" { default = \"app:*\" }\n",
            "variable \"keys\" { default = \"*\" }\n",
        ),
    ] {
        for name in ["override.tf", "a.b_override.tf"] {
            let base =
                [("o/u.tf", text.as_str()), ("o/v.tf", definition), ("n/u.tf", text), ("n/v.tf", definition)];
            let files = folder(&base);
            assert_eq!(gate(&files, &["o", "n"]).code, 0);
            write(files.path(), &format!("n/{name}"), other);
            let ran = gate(&files, &["o", "n"]);
            assert!(ran.code == 1 && ran.out.starts_with("wider "), "{name}: {}", ran.out);
        }
    }
}

#[test]
fn the_default_of_channels_counts_for_users_of_another_file() {
    let conf = |channels: &str| format!("aclfile /etc/redis/users.acl\nacl-pubsub-default {channels}\n");
    let files = folder(&[("o.conf", &conf("resetchannels")), ("n.conf", &conf("allchannels"))]);
    assert_eq!(gate(&files, &["--dialect", "redis-7.2", "o.conf", "n.conf"]).code, 1);
    assert_eq!(gate(&files, &["--dialect", "redis-7.2", "n.conf", "n.conf"]).code, 0);
}

#[test]
fn a_command_that_is_disabled_is_no_new_access() {
    let plain = "user a on >s ~* +@all\n";
    let disabled = format!("{plain}rename-command FLUSHALL \"\"\n");
    let quoted = format!("{plain}rename-command \"flushall\" ''\n");
    let files = folder(&[("o.conf", plain), ("n.conf", &disabled), ("q.conf", &quoted)]);
    assert_eq!(gate(&files, &["o.conf", "n.conf"]).code, 0);
    assert_eq!(gate(&files, &["n.conf", "q.conf"]).code, 0);
    assert_eq!(gate(&files, &["n.conf", "o.conf"]).code, 1);
}

/// A path that is named is compared, or the gate says why not.
#[test]
fn a_named_path_that_git_does_not_know_is_an_error() {
    let files = repository(&[(".gitignore", "new.acl\n")]);
    write(files.path(), "new.acl", "user g on nopass ~* +@all\n");
    let ran = gate(&files, &["--since", "HEAD", "new.acl"]);
    assert!(ran.code == 2 && ran.err.contains("`new.acl` cannot be compared with a revision"), "{}", ran.err);

    let inner = repository(&[("u.acl", "user a on >s ~a +get\n")]);
    let outer = repository(&[("o.acl", "user o on >s ~a +get\n")]);
    let path = inner.path().to_str().expect("UTF-8");
    git(outer.path(), &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", path, "sub"]);
    commit(outer.path());
    assert_eq!(gate(&outer, &["--since", "HEAD", "."]).code, 0);
    assert_eq!(gate(&outer, &["--since", "HEAD", "sub"]).code, 2);
    assert_eq!(gate(&outer, &["--since", "HEAD", "sub/u.acl"]).code, 2);
    write(outer.path(), "sub/u.acl", "user a on nopass ~* +@all\n");
    let ran = gate(&outer, &["--since", "HEAD", "."]);
    assert!(ran.code == 2 && ran.err.contains("the submodule `sub` changed"), "{}", ran.err);
}

/// A mistake in OLD is unchecked, so that its repair can pass, and other users are compared.
#[test]
fn what_old_rejects_is_unchecked() {
    let both = |a: &str, b: &str| format!("{}{}", user("a", "a", a), user("b", "b", b));
    let old = both("on ~a:* -@all +gett", "on ~b:* -@all +get");
    let files = folder(&[("o.tf", &old), ("n.tf", &both("on ~a:* -@all +get", "on ~b:* -@all +get"))]);
    assert_eq!(gate(&files, &["o.tf", "n.tf"]).code, 1);
    assert_eq!(gate(&files, &["--allow-unchecked", "o.tf", "n.tf"]).code, 0);
    let files = folder(&[("o.tf", &old), ("n.tf", &both("on ~a:* -@all +gett", "on ~* +@all"))]);
    let ran = gate(&files, &["o.tf", "n.tf"]);
    assert!(ran.code == 2 && ran.out.contains("wider         aws_elasticache_user.b"), "{}", ran.out);
}

/// The name of a local makes no difference to a user.
#[test]
fn a_local_can_be_renamed() {
    let text = |name: &str, rules: &str| {
        format!(
            "locals {{\n  base = \"on ~m:* -@all\"\n  {name} = join(\" \", [local.base, \"{rules}\"])\n}}\n\
             resource \"aws_memorydb_user\" \"m\" {{\n  user_name = \"m\"\n  access_string = local.{name}\n  \
             authentication_mode {{\n    type = \"iam\"\n  }}\n}}\n"
        )
    };
    let files = folder(&[("o.tf", &text("acl", "+@read")), ("n.tf", &text("policy", "+@read"))]);
    let ran = gate(&files, &["o.tf", "n.tf"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let files = folder(&[("o.tf", &text("acl", "+@read")), ("n.tf", &text("policy", "+@all"))]);
    assert_eq!(gate(&files, &["o.tf", "n.tf"]).code, 1);
}

/// Each file of values is an environment of its own.
#[test]
fn environments_are_compared_by_their_files() {
    let main = format!(
        "variable \"acl\" {{}}\n{}",
        user("u", "u", READS).replace(&format!("\"{READS}\""), "var.acl")
    );
    let acl = |rules: &str| format!("acl = \"{rules}\"\n");
    let (dev, prod) = (acl(READS), acl("on ~app:* -@all +get"));
    let old = [("o/main.tf", main.as_str()), ("o/env/dev.tfvars", &dev), ("o/env/prod.tfvars", &prod)];
    for (new, code) in [
        (&[("n/env/dev.tfvars", dev.as_str()), ("n/env/prod.tfvars", &prod)][..], 0),
        (&[("n/env/dev.tfvars", dev.as_str())], 0),
        (&[("n/env/dev.tfvars", dev.as_str()), ("n/env/prod.tfvars", &acl(ALL))], 1),
        (
            &[
                ("n/env/dev.tfvars", dev.as_str()),
                ("n/env/prod.tfvars", &prod),
                ("n/env/new.tfvars", &acl(ALL)),
            ],
            1,
        ),
    ] {
        let files = folder(&[&old[..], &[("n/main.tf", main.as_str())], new].concat());
        let ran = gate(&files, &["o", "n"]);
        assert_eq!(ran.code, code, "{new:?}: {}{}", ran.out, ran.err);
    }
}

/// Another module, or another version of it, makes other users of the same string.
#[test]
fn another_source_of_a_module_is_not_the_same_user() {
    let call = |source: &str| {
        format!("module \"m\" {{\n  source = \"{source}\"\n  access_string = \"{READS}\"\n}}\n")
    };
    let files = folder(&[
        ("o.tf", &call("git::https://example.com/m?ref=v1")),
        ("same.tf", &call("git::https://example.com/m?ref=v1")),
        ("n.tf", &call("git::https://example.com/m?ref=v2")),
    ]);
    assert_eq!(gate(&files, &["o.tf", "same.tf"]).code, 0);
    let ran = gate(&files, &["o.tf", "n.tf"]);
    assert!(ran.code == 1 && ran.out.starts_with("added         module.m\n"), "{}", ran.out);
}
