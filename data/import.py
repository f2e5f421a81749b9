#!/usr/bin/env python3
"""Turns catalogues of command facts (JSON) into the line form kept here, one command a line.

    python3 data/import.py CATALOGUES      CATALOGUES: a folder with redis-*.json, valkey-*.json,
                                           modules-*.json and documented/*.json
README.md says what the columns mean. The measured catalogues hold what servers answered to COMMAND,
COMMAND DOCS and ACL CAT; the documented ones hold what release tables and pages list as changed.
"""
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
HEADER = "# name arity flags categories first:last:step key-specs group since"


def main(source):
    measured = {}
    for path in sorted(source.glob("*.json")):
        if not path.name.startswith("modules-"):
            facts = json.loads(path.read_text())
            measured[path.stem] = facts
            write_measured(engine_of(path.stem), facts)
    (HERE / "engines/redis-6.0.9.txt").write_text(
        "# redis-6.0.9: the table of redis-6.0 (205 commands; LPOS is the one that 6.0.5 lacks); its answers were measured\n"
        f"base redis-6.0\n{HEADER}\n")
    redis = json.loads((source / "documented/redis-8.x-changes.json").read_text())
    tables = {"redis-8.0": by_name(measured["redis-8.0.6"]), "redis-8.4": by_name(measured["redis-8.4.0"])}
    write_documented(tables, redis, "8.2.0", "redis-8.0", "redis-8.2")
    for before, version in (("8.4", "8.6"), ("8.6", "8.8"), ("8.8", "8.10")):
        write_documented(tables, redis, version + ".0", "redis-" + before, "redis-" + version)
    valkey = json.loads((source / "documented/valkey-9.x-changes.json").read_text())
    tables = {"valkey-8.1": by_name(measured["valkey-8.1.1"])}
    write_documented(tables, valkey, "9.0.0", "valkey-8.1", "valkey-9.0")
    for name in ("modules-redis", "modules-valkey"):
        write_modules(name.split("-")[1], json.loads((source / (name + ".json")).read_text()))


def engine_of(server):
    """redis-6.0.5 keeps its patch level (its line holds two algorithms more), the others go by their line."""
    return server if server == "redis-6.0.5" else server.rsplit(".", 1)[0]


def flat(commands):
    for command in commands:
        yield command
        yield from flat(command.get("subcommands") or [])


def by_name(facts):
    return {command["name"].lower(): command for command in flat(facts["commands"])}


def write_measured(engine, facts):
    lines = [f"# {engine}: measured on {facts['server']}, in the order of its command table",
             f"categories {','.join(facts['categories'])}", HEADER]
    lines += [line(command) for command in flat(facts["commands"])]
    (HERE / "engines").mkdir(exist_ok=True)
    (HERE / "engines" / f"{engine}.txt").write_text("\n".join(lines) + "\n")


def write_documented(tables, facts, version, base, engine):
    release = next(release for release in facts["versions"] if release["version"] == version)
    lines = [f"# {engine}: documented changes to the table of {base}; + is new, ~ replaces",
             f"base {base}"]
    if release.get("new_categories"):
        lines.append(f"categories {','.join(release['new_categories'])}")
    lines.append(HEADER)
    table = dict(tables[base])
    for command in flat(release["new_commands"]):
        table[command["name"].lower()] = command
        lines.append("+ " + line(command))
    for change in release["other_changes"]:
        command = changed(table[change["name"]], change)
        table[change["name"]] = command
        lines.append("~ " + line(command))
    tables[engine] = table
    (HERE / "engines" / f"{engine}.txt").write_text("\n".join(lines) + "\n")


def changed(command, change):
    command = dict(command)
    for key, value in change.items():
        if key == "flags":
            command["flags"] = sorted((set(command["flags"]) | set(value["added"])) - set(value["removed"]))
        elif key in ("arity", "key_specs"):
            command[key] = value["to"]
        elif key not in ("name", "hidden_flags"):
            raise SystemExit(f"{change['name']}: what is `{key}`?")
    return command


def write_modules(project, facts):
    modules = {}
    for command in facts["commands"]:
        if " " in command["name"]:
            continue  # `json.debug memory`: a page of its own, but an argument to the server, not a subcommand
        modules.setdefault(command["module"].lower().removeprefix("valkey-"), []).append(command)
    (HERE / "modules").mkdir(exist_ok=True)
    for module, commands in modules.items():
        lines = [f"# the commands of {project}'s {module} module, from its documents; not measured", HEADER]
        lines += [line(command) for command in flat(commands)]
        (HERE / "modules" / f"{project}-{module}.txt").write_text("\n".join(lines) + "\n")


def line(command):
    arity = command.get("arity")
    return " ".join((
        command["name"],
        str(-1 if arity is None else arity),
        ",".join(command["flags"]) or "-",
        ",".join(command["categories"]) or "-",
        f"{command['first_key']}:{command['last_key']}:{command['key_step']}",
        ";".join(key_spec(spec) for spec in command.get("key_specs") or []) or "-",
        command.get("group") or "-",
        command.get("since") or "-",
    ))


def key_spec(spec):
    begin, find = spec["begin_search"], spec["find_keys"]
    where, how = begin.get("spec", {}), find.get("spec", {})
    start = {"index": "{index}", "keyword": "{keyword}+{startfrom}", "unknown": "?"}[begin["type"]].format(**where)
    keys = {"range": "range:{lastkey}:{keystep}:{limit}", "keynum": "keynum:{keynumidx}:{firstkey}:{keystep}",
            "unknown": "?"}[find["type"]].format(**how)
    return f"{'+'.join(sorted(spec['flags']))}@{start}/{keys}"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
