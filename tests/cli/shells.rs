//! Completions and manual pages.

use std::fs;
use std::process::Command;

use crate::ran::{run, run_with_input};

/// The commands that `--help` lists.
fn commands() -> Vec<String> {
    let help = run(&["--help"]).out;
    let listed =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    let names = names.filter_map(|line| line.split(' ').next()).filter(|name| *name != "help");
    names.map(str::to_owned).collect()
}

#[test]
fn every_shell_learns_every_command() {
    let commands = commands();
    assert!(commands.len() >= 16, "{commands:?}");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = run(&["completions", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{shell}");
        for command in &commands {
            assert!(ran.out.contains(command), "{shell} does not learn {command}");
        }
        assert!(ran.out.contains("no-new-access"), "{shell} does not learn the flags");
    }
    assert_eq!(run(&["completions", "cmd"]).code, 2);
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_and_flags() {
    let script = run(&["completions", "bash"]).out;
    let ask = r#"
complete_line() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
  "$completer" redis-acl "${@: -1}" "${@: -2:1}"
  echo "${COMPREPLY[@]}"
}
completer=$(complete -p redis-acl | sed 's/.*-F \([^ ]*\).*/\1/')
complete_line redis-acl norm
complete_line redis-acl diff --no-n
complete_line redis-acl create-user --no-password-
"#;
    let bash = |arguments: &[&str]| Command::new("bash").args(arguments).output().expect("bash runs");
    let answer = bash(&["--norc", "-c", &(script + ask)]);
    assert_eq!(String::from_utf8_lossy(&answer.stderr), "");
    // what clap_complete 4.6 generates for a name with a hyphen completes no flags
    assert_eq!(
        String::from_utf8_lossy(&answer.stdout),
        "normalize\n--no-new-access\n--no-password-required\n"
    );
}

#[test]
fn each_command_has_a_manual_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("man1");
    let ran = run(&["man", "--to", to.to_str().expect("a path of text")]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let mut names: Vec<_> = fs::read_dir(&to)
        .expect("the pages")
        .map(|entry| entry.expect("a page").file_name().into_string().expect("a name of text"))
        .collect();
    names.sort_unstable();
    let pages = commands().into_iter().map(|name| format!("redis-acl-{name}.1"));
    let mut expected: Vec<_> = pages.chain(["redis-acl.1".to_owned()]).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);

    for name in names {
        let page = fs::read_to_string(to.join(&name)).expect("a page");
        let title = name.trim_end_matches(".1");
        let version = env!("CARGO_PKG_VERSION");
        assert!(page.contains(&format!(".TH {title} 1  \"redis-acl {version}\"")), "{name}: {page}");
        let command = title.trim_start_matches("redis-acl").trim_start_matches('-');
        let arguments: &[&str] = if command.is_empty() { &["man"] } else { &["man", command] };
        assert_eq!(run(arguments).out, page, "{name}");
    }
}

#[test]
fn examples_stand_in_the_manual_as_they_are_written() {
    let page = run(&["man", "normalize"]).out;
    let (_, examples) = page.split_once(".SH EXAMPLES\n.nf\n").expect("a section of examples");
    assert!(
        examples.starts_with("  redis\\-acl normalize \\-\\-dialect elasticache/redis\\-7.1 \\*(Aqon ~app::* \\-@all +@read\\*(Aq\n"),
        "{examples}"
    );
    assert!(examples.ends_with(".fi\n"), "{examples}");
}

#[test]
fn there_is_no_manual_of_what_is_no_command() {
    for name in ["nosuch", "man", "completions"] {
        let ran = run_with_input(&["man", name], b"");
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert_eq!(ran.err, format!("error: no command `{name}`\n"));
    }
}

/// With groff at hand, it reads every page without a warning.
#[cfg(unix)]
#[test]
fn groff_has_nothing_to_say_of_the_pages() {
    let folder = tempfile::tempdir().expect("a folder");
    run(&["man", "--to", folder.path().to_str().expect("a path of text")]);
    for entry in fs::read_dir(folder.path()).expect("the pages") {
        let path = entry.expect("a page").path();
        let groff = Command::new("groff").args(["-man", "-Tutf8", "-ww", "-k", "-z"]).arg(&path).output();
        let Ok(groff) = groff else {
            println!("no groff: the pages are not read by it");
            return;
        };
        assert_eq!(String::from_utf8_lossy(&groff.stderr), "", "{}", path.display());
    }
}
