//! The files by which others call the command: the action for GitHub and the hooks for pre-commit.

use std::fs;
use std::process::Command;

use granit_parser::{Event, Parser};

/// All scalars of a YAML file, which must be one that can be read.
fn scalars(name: &str) -> Vec<String> {
    let text = fs::read_to_string(name).expect("it is there");
    let events: Result<Vec<_>, _> = Parser::new_from_str(&text).collect();
    let events = events.unwrap_or_else(|error| panic!("{name}: {error}"));
    let scalar = |event| match event {
        Event::Scalar(value, ..) => Some(value.into_owned()),
        _ => None,
    };
    events.into_iter().filter_map(|(event, _)| scalar(event)).collect()
}

fn value<'s>(scalars: &'s [String], key: &str) -> Vec<&'s str> {
    scalars.windows(2).filter(|pair| pair[0] == key).map(|pair| &*pair[1]).collect()
}

/// What the command says of itself.
fn help(command: &str) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_redis-acl")).args([command, "--help"]).output().expect("it runs");
    assert!(output.status.success(), "{command} is no command");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn the_hooks_call_commands_that_there_are() {
    let scalars = scalars(".pre-commit-hooks.yaml");
    assert_eq!(value(&scalars, "id"), ["redis-acl-lint", "redis-acl-fmt"]);
    for entry in value(&scalars, "entry") {
        let (script, command) = entry.split_once(' ').expect("a script and a command");
        assert!(fs::metadata(script).expect("it is there").is_file());
        help(command);
    }
    let script = fs::read_to_string("hooks/redis-acl").expect("it is there");
    assert!(script.contains("--features cli") && script.ends_with("-- \"$@\"\n"));
}

#[cfg(unix)]
#[test]
fn the_script_of_the_hooks_may_be_run() {
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(fs::metadata("hooks/redis-acl").expect("it is there").permissions().mode() & 0o111, 0o111);
}

#[test]
fn the_action_calls_lint_with_flags_that_there_are() {
    let scalars = scalars("action.yml");
    assert_eq!(value(&scalars, "using"), ["composite"]);
    assert_eq!(value(&scalars, "shell"), ["bash", "bash"]);
    let steps = value(&scalars, "run");
    let [install, lint] = &steps[..] else { panic!("two steps: {steps:?}") };
    assert!(install.contains("--features cli"), "{install}");
    assert!(lint.contains("/bin/redis-acl\" lint "), "{lint}");
    let help = help("lint");
    for flag in ["--format", "--fail-on", "--dialect"] {
        assert!(lint.contains(flag) && help.contains(flag), "{flag}");
    }
    assert!(help.contains("github"));
    for input in ["paths", "dialect", "fail-on", "version"] {
        assert!(scalars.iter().any(|scalar| scalar == input), "{input}");
    }
    // inputs come in through the environment, never into the text of a script
    assert!(steps.iter().all(|step| !step.contains("${{")));
}
