#!/usr/bin/env python3
"""Writes the facts of a running server into this folder, and prints how they differ from those of the nearest engine.

    data/import.py ENGINE SOURCE [--near ENGINE]      the server's own commands, into engines/ENGINE.txt
    data/import.py --module MODULE SOURCE --engines FIRST LAST
                                                      the commands of a loaded module, into modules/MODULE-FIRST.txt

ENGINE is a dialect's name: `redis-8.6`, `sentinel/valkey-9.1`. MODULE is `redis-search` or the like.
SOURCE is a program that starts the server (`redis-server`, `target/servers/start-redis-bookworm`), the socket (`/tmp/redis.sock`)
or address (`localhost:6379`) of a running one, or a catalogue of its replies (`redis-8.6.3.json`).

The server is asked COMMAND, COMMAND DOCS, ACL CAT and INFO; nothing in it is changed. A table that was measured replaces a
documented one, never the other way round: documented tables are written by hand (README.md says how). The nearest engine gives
the order of the command table, since servers list their commands in the order of a hash table.
"""
import argparse
import json
import re
import socket
import subprocess
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
HEADER = "# name arity flags categories first:last:step key-specs group since"
COLUMNS = HEADER.removeprefix("# name ").split(" ")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", nargs="?")
    parser.add_argument("source")
    parser.add_argument("--near")
    parser.add_argument("--module")
    parser.add_argument("--engines", nargs=2, metavar=("FIRST", "LAST"))
    options = parser.parse_args()
    if bool(options.module) != bool(options.engines) or bool(options.module) == bool(options.engine):
        parser.error("name an engine, or a module with the engines that load it")
    facts = facts_of(options.source, is_sentinel=(options.engine or "").startswith("sentinel/"))
    if options.module:
        import_module(options.module, options.engines, facts)
    else:
        import_engine(options.engine, facts, options.near or nearest(options.engine))


# ----------------------------------------------------------------------------------------------------
# What is written


def import_engine(engine, facts, near):
    own = {name: line for name, (line, module) in facts["commands"].items() if module is None}
    before = table(near) if near else {}
    order = "its" if facts["ordered"] else f"{near}'s"
    lines = [f"# {engine}: measured on {facts['server']}, in the order of {order} command table",
             f"categories {','.join(facts['categories'])}", HEADER]
    lines += [own[name] for name in in_order(own, before, facts["ordered"])]
    (HERE / "engines" / f"{file_of(engine)}.txt").write_text("\n".join(lines) + "\n")
    print_difference(f"{engine} against {near}", before, own)


def import_module(module, engines, facts):
    name = module.split("-", 1)[1]
    own = {key: line for key, (line, of) in facts["commands"].items() if of == name}
    if not own:
        raise SystemExit(f"{facts['server']} has no commands of {name}; it has modules "
                         + ", ".join(sorted({of for _, of in facts["commands"].values() if of})))
    first, last = engines
    path = HERE / "modules" / f"{module}-{first.rsplit('-', 1)[1]}.txt"
    near = max((other for other in path.parent.glob(f"{module}*.txt") if other != path), default=None)
    lines = [f"# the commands of {module}: measured on {facts['server']}", f"engines {first} {last}", HEADER]
    lines += [own[key] for key in sorted(own, key=lambda key: key.replace("|", "\0"))]
    path.write_text("\n".join(lines) + "\n")
    print_difference(f"{path.stem} against {near and near.stem}", read_table(near) if near else {}, own)


def in_order(own, before, ordered):
    """The names in the server's order if it is the table's; else in that of the nearest engine, new ones after their family."""
    if ordered:
        return list(own)
    names = [name for name in before if name in own]
    for name in sorted(set(own) - set(names), key=lambda name: name.replace("|", "\0")):
        family = [place for place, known in enumerate(names) if known.split("|")[0] == name.split("|")[0]]
        names.insert(family[-1] + 1 if family else len(names), name)
    return names


def print_difference(title, before, after):
    print(f"{title}:")
    for name in sorted(before.keys() | after.keys()):
        old, new = (side.get(name, "").split(" ")[1:] for side in (before, after))
        if not old:
            print(f"  + {after[name]}")
        elif not new:
            print(f"  - {name}")
        for column, was, now in zip(COLUMNS, old, new):
            if was != now and (column not in ("group", "since") or "-" not in (was, now)):
                print(f"  ~ {name} {column}: {was} -> {now}")


# ----------------------------------------------------------------------------------------------------
# What is there


def file_of(engine):
    return engine.replace("/", "-")


def read_table(path):
    """Lines by lower-case name, without the tables that it is based on."""
    lines = [line for line in path.read_text().splitlines()
             if not line.startswith(("#", "base ", "categories ", "engines "))]
    lines = [re.sub(r"^[+~] ", "", line) for line in lines]
    return {line.split(" ")[0].lower(): line for line in lines}


def table(engine):
    path = HERE / "engines" / f"{file_of(engine)}.txt"
    base = re.search(r"^base (.*)$", path.read_text(), re.MULTILINE)
    return (table(base[1]) if base else {}) | read_table(path)


def nearest(engine):
    """The engine of the same family with the next lower version that is here; else the next higher one."""
    family, version = engine.rsplit("-", 1)
    number = lambda text: [int(part) for part in text.split(".")]
    known = [path.stem.removeprefix(file_of(family) + "-") for path in (HERE / "engines").glob(file_of(family) + "-*.txt")]
    known = sorted((text for text in known if re.fullmatch(r"[0-9.]+", text) and text != version), key=number)
    below = [text for text in known if number(text) < number(version)]
    if below or known:
        return f"{family}-{(below or known[:1])[-1]}"
    # the first Sentinel of a project has the order of its server's table
    return engine.removeprefix("sentinel/") if engine.startswith("sentinel/") else None


def facts_of(source, is_sentinel):
    path = Path(source)
    if path.suffix == ".json":
        return of_catalogue(path)
    if not path.is_file():
        return Server(source).facts()
    with tempfile.TemporaryDirectory() as folder:
        socket_path, settings = f"{folder}/socket", Path(folder, "settings.conf")
        settings.write_text(f'port 0\nunixsocket "{socket_path}"\ndir "{folder}"\n')
        mode = ["--sentinel"] if is_sentinel else ["--save", ""]
        process = subprocess.Popen([path.resolve(), settings, *mode], stdout=subprocess.DEVNULL)
        try:
            for _ in range(1000):
                if Path(socket_path).exists() or process.poll() is not None:
                    break
                time.sleep(0.01)
            return Server(socket_path).facts()
        finally:
            process.kill()
            process.wait()


# ----------------------------------------------------------------------------------------------------
# A catalogue


def of_catalogue(path):
    catalogue = json.loads(path.read_text())
    commands = {}
    def add(command):
        commands[command["name"].lower()] = (line(command), (command.get("module") or "").lower() or None)
        for subcommand in command.get("subcommands") or []:
            add(subcommand)
    for command in catalogue["commands"]:
        add(command)
    return {"server": catalogue.get("server") or catalogue["builds"][0]["server"], "ordered": "server" in catalogue,
            "categories": catalogue.get("categories") or [], "commands": commands}


def line(command):
    arity = command.get("arity")
    return " ".join((
        command["name"],
        str(-1 if arity is None else arity),
        ",".join(sorted(command["flags"])) or "-",
        ",".join(sorted(command["categories"])) or "-",
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
    return f"{'+'.join(sorted(spec['flags'])) or 'none'}@{start}/{keys}"


# ----------------------------------------------------------------------------------------------------
# A running server

# what modules call themselves -> what they are called here
MODULES = {"rejson": "json", "search": "search", "timeseries": "timeseries", "bf": "bloom", "graph": "falkordb",
           "redisgears_2": "gears", "json": "json", "bloom": "bloom"}
# modules that belong to the server itself
BUILT_IN = {"vectorset"}


class Server:
    def __init__(self, address):
        if "/" in address:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(address)
        else:
            host, port = address.rsplit(":", 1)
            self.socket = socket.create_connection((host, int(port)))
        self.stream = self.socket.makefile("rb")

    def ask(self, *words):
        parts = [f"*{len(words)}\r\n"] + [f"${len(word)}\r\n{word}\r\n" for word in words]
        self.socket.sendall("".join(parts).encode())
        return self.reply()

    def reply(self):
        kind, text = (head := self.stream.readline())[:1], head[1:].strip().decode()
        if kind == b"$":
            return None if text == "-1" else self.stream.read(int(text) + 2)[:-2].decode(errors="replace")
        if kind == b"*":
            return None if text == "-1" else [self.reply() for _ in range(int(text))]
        if kind == b":":
            return int(text)
        return RuntimeError(text) if kind == b"-" else text

    def facts(self):
        info = dict(line.split(":", 1) for line in self.ask("INFO", "server").splitlines() if ":" in line)
        product, version = next((name, info[name + "_version"]) for name in ("valkey", "redis") if name + "_version" in info)
        mode = info.get("redis_mode") or info.get("server_mode")
        categories = self.ask("ACL", "CAT")
        members = {category: {name.lower() for name in self.ask("ACL", "CAT", category)} for category in categories}
        docs = self.docs()
        module_of = self.modules()
        commands = {}
        def add(reply):
            command = of_reply(reply)
            name = command["name"].lower()
            command["categories"] = [category for category in categories if name in members[category]]
            command |= docs.get(name, {})
            commands[name] = (line(command), module_of.get(name.split("|")[0]))
            for subcommand in reply[9] if len(reply) > 9 else []:
                add(subcommand)
        for reply in self.ask("COMMAND"):
            add(reply)
        server = f"{product}-{version}" + (" as a Sentinel" if mode == "sentinel" else "")
        return {"server": server, "ordered": False, "categories": categories, "commands": commands}

    def docs(self):
        docs = {}
        def add(replies):
            for name, facts in pairs(replies):
                facts = dict(pairs(facts))
                group = facts.get("group") if "|" not in name else None
                docs[name.lower()] = {"group": group, "since": facts.get("since")}
                add(facts.get("subcommands") or [])
        replies = self.ask("COMMAND", "DOCS")
        if isinstance(replies, list) and replies and isinstance(replies[0], str):
            add(replies)
        return docs

    def modules(self):
        """The module of each command that one brought."""
        of = {}
        modules = self.ask("MODULE", "LIST")
        for module in modules if isinstance(modules, list) else []:
            name = dict(pairs(module))["name"]
            if name.lower() in BUILT_IN:
                continue
            for command in self.ask("COMMAND", "LIST", "FILTERBY", "MODULE", name):
                of[command.lower()] = MODULES.get(name.lower(), name.lower())
        return of


def of_reply(reply):
    name, arity, flags, first, last, step = reply[:6]
    return {"name": name, "arity": arity, "flags": flags, "first_key": first, "last_key": last, "key_step": step,
            "key_specs": [spec_of_reply(dict(pairs(spec))) for spec in (reply[8] if len(reply) > 8 else [])]}


def spec_of_reply(spec):
    nested = lambda part: {key: dict(pairs(value)) if key == "spec" else value for key, value in pairs(part)}
    return {"flags": spec["flags"], "begin_search": nested(spec["begin_search"]), "find_keys": nested(spec["find_keys"])}


def pairs(flat):
    return zip(flat[::2], flat[1::2])


if __name__ == "__main__":
    main()
