//! The seeds of the fuzz targets, replayed on stable Rust: a finding of the fuzzer stays found.

use std::fs;
use std::path::{Path, PathBuf};

#[path = "../fuzz/src/lib.rs"]
pub mod laws;

#[test]
fn the_seeds_of_parse_keep_the_laws() {
    replay("parse", laws::parse);
}

#[test]
fn the_seeds_of_apply_describe_keep_the_laws() {
    replay("apply_describe", laws::apply_describe);
}

#[test]
fn the_seeds_of_check_keep_the_laws() {
    replay("check", laws::check);
}

#[test]
fn the_seeds_of_compare_keep_the_laws() {
    replay("compare", laws::compare);
}

#[test]
fn the_seeds_of_simplify_keep_the_laws() {
    replay("simplify", laws::simplify);
}

#[test]
fn the_seeds_of_acl_file_keep_the_laws() {
    replay("acl_file", laws::acl_file);
}

#[test]
fn the_seeds_of_lint_keep_the_laws() {
    replay("lint", laws::lint);
}

#[test]
fn the_seeds_of_explain_keep_the_laws() {
    replay("explain", laws::explain);
}

#[cfg(feature = "aws")]
#[test]
fn the_seeds_of_create_user_keep_the_laws() {
    replay("create_user", laws::create_user);
}

#[cfg(feature = "iac")]
#[test]
fn the_seeds_of_iac_keep_the_laws() {
    replay("iac", laws::iac);
}

fn replay(target: &str, law: fn(&str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let seeds = files_in(&folder);
    assert!(!seeds.is_empty(), "no seeds in {}", folder.display());
    let breaks_a_law = |seed: &&PathBuf| {
        let input = fs::read_to_string(seed).expect("a seed in UTF-8");
        std::panic::catch_unwind(|| law(&input)).is_err()
    };
    let broken: Vec<_> = seeds.iter().filter(breaks_a_law).collect();
    assert!(broken.is_empty(), "seeds that break a law, whose messages are above: {broken:#?}");
}

/// Findings have telling names; what a fuzzer collected is in a folder beside them.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of seeds");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a seed").path()).collect();
    paths.sort();
    let files = |path: PathBuf| if path.is_dir() { files_in(&path) } else { vec![path] };
    paths.into_iter().flat_map(files).collect()
}
