//! The examples print what they say of themselves: the commands in their documentation are run, and answer with the
//! lines that stand behind them.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn every_example_answers_as_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut told = 0;
    for entry in fs::read_dir(root.join("examples")).expect("the examples") {
        let path = entry.expect("an example").path();
        let source = fs::read_to_string(&path).expect("its source");
        let commands = commands(&source);
        assert!(!commands.is_empty(), "{} shows nothing", path.display());
        for (command, answer) in commands {
            assert_eq!(answer_to(&command, root), answer, "{}: {command}", path.display());
            told += 1;
        }
    }
    assert!(told >= 7, "only {told} commands were found");
}

/// The commands of the block of a console, each with its answer.
fn commands(source: &str) -> Vec<(String, String)> {
    let documentation = source.lines().map_while(|line| line.strip_prefix("//!"));
    let lines = documentation.map(|line| line.strip_prefix(' ').unwrap_or(line));
    let block = lines.skip_while(|line| *line != "```console").skip(1).take_while(|line| *line != "```");
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in block {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push((command.to_owned(), String::new()));
            continue;
        }
        let (command, answer) = commands.last_mut().expect("a command before its answer");
        match line.strip_prefix("> ") {
            Some(rest) => *command += rest,
            None => *answer += &format!("{line}\n"),
        }
    }
    commands
}

/// With the features that these tests were built with, so that nothing is built twice.
fn answer_to(command: &str, folder: &Path) -> String {
    let names = ["std", "serde", "aws", "iac", "cli"];
    let has = [
        cfg!(feature = "std"),
        cfg!(feature = "serde"),
        cfg!(feature = "aws"),
        cfg!(feature = "iac"),
        cfg!(feature = "cli"),
    ];
    let features: Vec<_> = names.into_iter().zip(has).filter(|(_, has)| *has).map(|(name, _)| name).collect();
    let with_features = format!("cargo run --no-default-features --features '{}' ", features.join(","));
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {}; }} 2>&1", command.replace("cargo run ", &with_features))])
        .current_dir(folder)
        .output()
        .expect("a shell runs");
    String::from_utf8(output.stdout).expect("text").replace('\r', "")
}
