"""Is our answer what botocore's service model allows, and where does it differ from moto's?

Started by `tests/aws/referee`, which says how. Three checks of the same requests:

* botocore's `ParamValidator` is the judge of requests: what it refuses to send, `redis-acl` must refuse.
* botocore's output shapes are the judge of answers, of listings and of saved accounts.
* moto is a second opinion. Each difference to it must be explained by exactly one rule of `RULES`, and each
  rule must explain something. The rules are printed in README.md.
"""

import itertools
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import boto3
import botocore.session
from botocore.exceptions import ClientError, ParamValidationError
from botocore.utils import ArgumentGenerator
from botocore.validate import ParamValidator
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.elasticache.models import elasticache_backends

REDIS_ACL = os.environ["REDIS_ACL"]
README = Path(__file__).with_name("README.md")
REGION = "us-east-1"
COMMANDS = {"CreateUser": "create-user", "ModifyUser": "modify-user"}
MODEL = botocore.session.get_session().get_service_model("elasticache")


# ---------------------------------------------------------------------------------------------------------
# Requests

P, Q, R = "first-password-ok", "second-password-ok", "third-password-ok"
CREATE = {"UserId": "user1", "UserName": "user1", "Engine": "redis", "AccessString": "on ~* +@all", "Passwords": [P]}
MODIFY = {"UserId": "two-passwords", "AccessString": "on ~* +@all"}
ABSENT = object()


def but(request, **members):
    """The request with these members; without those that are ABSENT."""
    return {name: value for name, value in (request | members).items() if value is not ABSENT}


def user(user_id, engine, kind, passwords=None, status="active"):
    count = {} if passwords is None else {"PasswordCount": passwords}
    return {
        "UserId": user_id,
        "UserName": user_id,
        "Status": status,
        "Engine": engine,
        "MinimumEngineVersion": "6.0" if engine == "redis" else "7.2",
        "AccessString": "on ~app:* -@all +get",
        "UserGroupIds": [],
        "Authentication": {"Type": kind} | count,
        "ARN": f"arn:aws:elasticache:{REGION}:{DEFAULT_ACCOUNT_ID}:user:{user_id}",
    }


ACCOUNT = {
    "Users": [
        user("default", "redis", "no-password"),
        user("two-passwords", "redis", "password", 2),
        user("nobody-asks", "redis", "no-password"),
        user("by-iam", "redis", "iam"),
        user("on-valkey", "valkey", "password", 1),
        user("busy", "redis", "password", 1, "modifying"),
    ]
}

PASSWORD_LISTS = [ABSENT, [], [P], [P, Q], [P, Q, R]]
MODES = [ABSENT, {}, {"Passwords": [P]}] + [
    {"Type": kind} | passwords
    for kind in ("password", "no-password-required", "iam")
    for passwords in ({}, {"Passwords": [P]})
]
MODES += [{"Type": "password", "Passwords": passwords} for passwords in ([], [P, Q], [P, Q, R])]
FLAGS = [ABSENT, True, False]
ODD_PASSWORDS = ["", "x", "x" * 15, "x" * 16, "x" * 128, "x" * 129, "é" * 16, "a password of words"]
ODD_PASSWORDS += [f"{character}-and-sixteen-more" for character in ',"/@\t\x7f']
IDENTIFIERS = ["", "a", "A", "User1", "1user", "-user", "us_er", "us er", "user-", "us--er", "ü", "u" * 40, "u" * 41]
IDENTIFIERS += ["default", "Default"]
NAMES = ["", "a", "my user", "myUser", "default", "1user", "us_er", "ü", "n" * 120, "n" * 121]
ENGINES = ["", "Redis", "VALKEY", "memcached", "redis7", "re dis"]
GOOD_STRINGS = ["on", "off", "on allkeys allcommands", "on ~app::* -@all +@read", "+get ~keys*", "on ~* &* +@all"]
GOOD_STRINGS += ["on %R~a +get", "on ~* (~x +get)", "on ~* +@all -config|set", "on ~* +acl|getuser"]
BAD_STRINGS = ["on >secret", "on nopass", "resetpass", "reset", "on +@nosuch", "on +nosuch", "flurb", "on ~* ~x"]
BAD_STRINGS += ["text", "true"]  # of WRONG
STRINGS = ["", " "] + GOOD_STRINGS + BAD_STRINGS
TAGS = [[], [{}], [{"Key": "a"}], [{"Key": "a", "Value": "b"}], [{"Value": "b"}], [{"Key": ""}], [{"Key": "aws:a"}]]
TAGS += [[{"Key": "k" * length, "Value": "v"}] for length in (128, 129)]
TAGS += [[{"Key": "k", "Value": "v" * length}] for length in (256, 257)]
TAGS += [[{"Key": f"k{number}", "Value": "v"} for number in range(count)] for count in (50, 51)]
WRONG = [None, True, 0, 1.5, "text", "true", [], [None], [1], ["text"], [[]], [{}], {}, {"Type": 1}, {"Type": None}]
WRONG += [{"Passwords": "text"}, {"Passwords": [1]}, {"Nosuch": 1}, [{"Nosuch": "x"}], [{"Key": 1}], [{"Value": None}]]


def systematic():
    """(operation, request), one thing at a time but for what must be tried together."""
    for engine, name in itertools.product(("redis", "valkey"), ("user1", "other")):
        for passwords, mode, flag in itertools.product(PASSWORD_LISTS, MODES, FLAGS):
            authentication = {"Passwords": passwords, "AuthenticationMode": mode, "NoPasswordRequired": flag}
            yield "CreateUser", but(CREATE, Engine=engine, UserName=name, **authentication)
    for user_id, passwords, mode, flag in itertools.product(
        ("two-passwords", "on-valkey"), ([P], ABSENT), MODES, FLAGS
    ):
        authentication = {"Passwords": passwords, "AuthenticationMode": mode, "NoPasswordRequired": flag}
        yield "ModifyUser", but(MODIFY, UserId=user_id, **authentication)

    single = {
        "UserId": IDENTIFIERS,
        "UserName": NAMES,
        "Engine": ENGINES,
        "AccessString": STRINGS,
        "AppendAccessString": STRINGS,
        "Passwords": [[password] for password in ODD_PASSWORDS],
        "Tags": TAGS,
        "AuthenticationMode": [{"Type": kind} for kind in ("", "Password", "no-password", "IAM", "ldap")],
        "Nosuch": ["x"],
    }
    for operation, base in (("CreateUser", CREATE), ("ModifyUser", MODIFY)):
        members = MODEL.operation_model(operation).input_shape.members
        for member, values in single.items():
            # what one operation does not know is a member unknown to it
            for value in values if member in members else values[:1]:
                yield operation, but(base, **{member: value})
        for member in members:
            yield operation, but(base, **{member: ABSENT})
            for value in WRONG:
                yield operation, but(base, **{member: value})
        yield operation, {}

    for password in ODD_PASSWORDS:
        mode = {"Type": "password", "Passwords": [P, password]}
        yield "CreateUser", but(CREATE, Passwords=ABSENT, AuthenticationMode=mode)
    for name in ("User1", "USER1", "user1"):
        by_iam = but(CREATE, Passwords=ABSENT, AuthenticationMode={"Type": "iam"})
        yield "CreateUser", but(by_iam, UserId="User1", UserName=name)
    for user_id in ("nobody-asks", "by-iam", "BY-IAM", "busy", "default", "missing"):
        for change in ({"Engine": "valkey"}, {"AuthenticationMode": {"Type": "iam"}}, {"AppendAccessString": "+set"}):
            yield "ModifyUser", {"UserId": user_id} | change


def combined(count):
    """Requests in which several things may be odd at once; the same ones each time."""
    chance = random.Random(3)
    values = {
        "UserId": IDENTIFIERS + ["user1"] * 20,
        "UserName": NAMES + ["user1"] * 20,
        "Engine": ENGINES + ["redis", "valkey"] * 6,
        "AccessString": STRINGS,
        "Passwords": PASSWORD_LISTS + [[password] for password in ODD_PASSWORDS],
        "AuthenticationMode": MODES + [ABSENT] * 8,
        "NoPasswordRequired": FLAGS + [ABSENT] * 3,
        "Tags": TAGS + [ABSENT] * 20,
    }
    for _ in range(count):
        yield "CreateUser", but({}, **{member: chance.choice(odd) for member, odd in values.items()})


# ---------------------------------------------------------------------------------------------------------
# What each makes of a request: a Refusal (it would not be sent), a Fault, or the answer's members (a dict)


@dataclass(frozen=True)
class Problem:
    """A line of our list: the member it is about, the fault's code if one is sent, and the text."""

    member: str
    code: str
    text: str


@dataclass(frozen=True)
class Refusal:
    problems: tuple = ()


@dataclass(frozen=True)
class Fault:
    code: str
    text: str
    problems: tuple = ()


def run(*arguments):
    return subprocess.run([REDIS_ACL, *arguments], capture_output=True, text=True, encoding="utf-8", check=False)


def ours(folder, number, operation, request):
    """What we make of it, and what is wrong with the shapes of what we print and save."""
    asked, state = folder / f"{number}.json", folder / f"{number}-account.json"
    asked.write_text(json.dumps(request))
    state.write_text(json.dumps(ACCOUNT if operation == "ModifyUser" else {"Users": ACCOUNT["Users"][:1]}))
    ran = run(COMMANDS[operation], "--cli-input-json", f"file://{asked}", "--state", str(state), "--save")
    outcome = outcome_of(ran)
    if not isinstance(outcome, dict):
        return outcome, []
    listed = run("describe-users", "--state", str(state))
    misfits = misfits_of(MODEL.operation_model(operation).output_shape, outcome, "answer")
    listing = MODEL.operation_model("DescribeUsers").output_shape
    misfits += misfits_of(listing, json.loads(listed.stdout), "listing")
    misfits += misfits_of(listing, json.loads(state.read_text()), "account")
    return outcome, misfits


def outcome_of(ran):
    if ran.returncode == 0:
        return json.loads(ran.stdout)
    found = re.findall(r"^([\w.\[\]]*): (.*)\n  = (not sent|\w+), \w+$", ran.stderr, re.MULTILINE)
    problems = tuple(Problem(member, code, text) for member, text, code in found)
    fault = re.match(r"(?:not observed: .*\n)?\nAn error occurred \((\w+)\) when calling the \w+ operation: (.*)\n", ran.stderr)
    if ran.returncode == 254 and fault and problems:
        return Fault(*fault.groups(), problems)
    if ran.returncode in (2, 252) and ran.stderr:
        return Refusal(problems)
    raise SystemExit(f"neither answer nor fault: exit code {ran.returncode}\n{ran.stdout}{ran.stderr}")


def misfits_of(shape, value, path):
    """Where the value is not of the shape."""
    kinds = {"structure": dict, "list": list, "string": str, "integer": int, "boolean": bool}
    if type(value) is not kinds[shape.type_name]:
        return [f"{path} is no {shape.type_name}: {value!r}"]
    if shape.type_name == "structure":
        unknown = [f"{path} has no member {name}" for name in value if name not in shape.members]
        missing = [f"{path} lacks {name}" for name in shape.required_members if name not in value]
        known = [(shape.members[name], value[name], f"{path}.{name}") for name in value if name in shape.members]
        return unknown + missing + [misfit for member in known for misfit in misfits_of(*member)]
    if shape.type_name == "list":
        return [misfit for at, item in enumerate(value) for misfit in misfits_of(shape.member, item, f"{path}[{at}]")]
    if shape.type_name == "string" and shape.enum and value not in shape.enum:
        return [f"{path} is none of {shape.enum}: {value!r}"]
    return []


def breaches_of(shape, value):
    """Where a value breaks a pattern or an enumeration of the model: botocore checks its other constraints only."""
    if shape.type_name == "structure":
        return [breach for name in value for breach in breaches_of(shape.members[name], value[name])]
    if shape.type_name == "list":
        return [breach for item in value for breach in breaches_of(shape.member, item)]
    if shape.type_name != "string":
        return []
    pattern = shape.metadata.get("pattern", "(?s:.*)")
    return [value] if not re.fullmatch(pattern, value) or value not in (shape.enum or [value]) else []


def motos(client, operation, request):
    elasticache_backends[DEFAULT_ACCOUNT_ID][REGION].reset()
    call = {"CreateUser": client.create_user, "ModifyUser": client.modify_user}[operation]
    try:
        answer = call(**request)
    except ParamValidationError:
        return Refusal()
    except ClientError as error:
        return Fault(error.response["Error"]["Code"], error.response["Error"]["Message"])
    except NotImplementedError:
        return NotImplemented
    except KeyError as error:  # moto itself breaks
        return Fault("KeyError", str(error))
    del answer["ResponseMetadata"]
    return answer


# ---------------------------------------------------------------------------------------------------------
# Differences to moto, and what explains them


@dataclass(frozen=True)
class Difference:
    """`about` is `refusal` (only we would not send it), `problem` (we refuse for it what moto takes), `fault` (both
    refuse, moto for what we do not say first), `accepted` (only moto refuses), `operation`, or a member of answers."""

    about: str
    ours: object
    motos: object
    request: dict

    def __str__(self):
        return f"{self.about}: ours {self.ours!r}, moto's {self.motos!r}\n    for {json.dumps(self.request)}"


def differences(request, our, moto):
    def differ(about, ours, motos):
        return Difference(about, ours, motos, request)

    if moto is NotImplemented:
        return [differ("operation", our, moto)]
    if isinstance(our, Refusal):
        return [] if isinstance(moto, Refusal) else [differ("refusal", problem, moto) for problem in unsent(our)]
    match our, moto:
        case Fault(), Fault():
            same = (our.code, our.text) == (moto.code, moto.text)
            return [] if same else [differ("fault", our, moto)]
        case Fault(), _:
            return [differ("problem", problem, moto) for problem in our.problems]
        case _, Fault():
            return [differ("accepted", our, moto)]
    our, moto = ({**answer, **answer["Authentication"]} for answer in (our, moto))
    members = sorted((our.keys() | moto.keys()) - {"Authentication"})
    pairs = [(member, our.get(member), moto.get(member)) for member in members]
    return [differ(*pair) for pair in pairs if pair[1] != pair[2]]


def unsent(refusal):
    """Only what SDKs are said to check; a refusal that lists nothing is a difference by itself."""
    return [problem for problem in refusal.problems if problem.code == "not sent"] or [None]


@dataclass(frozen=True)
class Rule:
    name: str
    redis_acl: str
    moto: str
    why: str
    applies: object


RULES = []


def rule(redis_acl, moto, why):
    """Makes the function, which says whether it explains a difference, a rule of its name."""

    def register(applies):
        RULES.append(Rule(applies.__name__.replace("_", "-"), redis_acl, moto, why, applies))
        return applies

    return register


def refuses(difference, text, about="problem"):
    return difference.about == about and difference.ours is not None and difference.ours.text.startswith(text)


def passwords_of(request):
    return request.get("Passwords", []) + request.get("AuthenticationMode", {}).get("Passwords", [])


@rule(
    "answers",
    "has no ModifyUser",
    "moto 5.2.5 does not implement it; the request and our answer are still judged by the model",
)
def modify_user(d):
    return d.about == "operation"


@rule(
    "would not send it",
    "takes it",
    "the model has a pattern; botocore checks none, other clients do (documented)",
)
def pattern(d):
    return refuses(d, "Invalid value for parameter", "refusal") and "valid pattern" in d.ours.text


@rule(
    "would not send it",
    "`Input Authentication type: … is not in the allowed list`",
    "the model has an enumeration; botocore does not check it, other clients do (documented)",
)
def enumeration(d):
    return refuses(d, "Invalid value for parameter AuthenticationMode.Type, value: ", "refusal")


@rule(
    "reports another problem first, and moto's among the further ones",
    "reports this one",
    "in which order AWS checks is unknown; moto's is the order of its source",
)
def order(d):
    return d.about == "fault" and any((p.code, p.text) == (d.motos.code, d.motos.text) for p in d.ours.problems[1:])


@rule(
    "`Password field is not allowed with authentication type: no-password-required`",
    "`No password required flag is true but provided authentication type is password`",
    "`NoPasswordRequired` with `Passwords`: our text is AWS's (observed: cdk-preflight, 2026)",
)
def no_password_with_passwords(d):
    text = "No password required flag is true but provided authentication type is password"
    mode = d.request.get("AuthenticationMode", {})
    both = d.request.get("NoPasswordRequired") and d.request.get("Passwords") and "Type" not in mode
    return bool(both) and d.about == "fault" and d.motos.text == text


@rule(
    "says that the id is taken when nothing else is wrong",
    "says so before it looks at the authentication",
    "in which order AWS checks is unknown",
)
def existence_last(d):
    return d.about == "fault" and d.motos.code == "UserAlreadyExists" and d.ours.code != "UserAlreadyExists"


@rule(
    "names the user whose id is taken",
    "names `user1` whoever it is",
    "the text is written out in moto's source",
)
def existing_id(d):
    return d.about == "fault" and d.motos.text == "User user1 already exists." and d.ours.code == d.motos.code


@rule(
    "`User default already exists.`",
    "takes `Default` besides `default`",
    "ids are stored in lower case, so they are the same (observed: terraform-provider-aws #37151)",
)
def id_taken_in_lower_case(d):
    taken = "User default already exists."
    return refuses(d, taken) and d.request["UserId"] != "default" == d.request["UserId"].lower()


@rule(
    "takes the type from the members that say it",
    "`Input Authentication type: None is not in the allowed list`",
    "`AuthenticationMode` without `Type`: the API's model has no required member there (documented); what AWS "
    "does is unknown",
)
def mode_without_type(d):
    text = "Input Authentication type: None is not in the allowed list"
    mode = d.request.get("AuthenticationMode", {"Type": ""})
    return d.about in ("accepted", "fault") and "Type" not in mode and d.motos.text.startswith(text)


@rule(
    "`Passwords length must be between 16-128 characters.`",
    "takes passwords of more than 128 characters",
    "observed: terraform-provider-aws #24273, cdk-preflight",
)
def password_too_long(d):
    return refuses(d, "Passwords length") and any(len(password) > 128 for password in passwords_of(d.request))


@rule(
    "`Maximum number of passwords allowed in this service is 2.`",
    "takes any number",
    "observed: text quoted by cdk-preflight",
)
def three_passwords(d):
    return refuses(d, "Maximum number of passwords") and len(passwords_of(d.request)) > 2


@rule("refuses `,` `\"` `/` `@` and control characters in passwords", "takes them", "documented: RBAC guide")
def password_characters(d):
    odd = any(re.search(r'[,"/@\x00-\x1f\x7f]', password) for password in passwords_of(d.request))
    return refuses(d, "Passwords are of printable characters") and odd


@rule(
    "`User Id and User name must be same for authentication type: iam`",
    "takes any name",
    "observed: terraform-aws-elasticache #65",
)
def iam_identity(d):
    return refuses(d, "User Id and User name must be same") and d.request["UserId"] != d.request["UserName"]


@rule(
    "refuses an IAM user whose id and name are the same in upper case",
    "takes it",
    "the id is stored in lower case and is then another (derived)",
)
def iam_identity_case(d):
    name = d.request.get("UserName", "")
    return refuses(d, "User Id and User name must be same") and d.request["UserId"] == name != name.lower()


@rule(
    "`No-password-required is not allowed for a user with engine Valkey`",
    "takes it",
    "observed in three live applies, 2026; documented in the RBAC guide",
)
def valkey_without_password(d):
    return refuses(d, "No-password-required is not allowed") and d.request["Engine"].lower() == "valkey"


@rule(
    "refuses ids of more than 40 characters, with `--` or with `-` at the end",
    "takes them",
    "documented for MemoryDB and for other identifiers (derived)",
)
def identifier(d):
    user_id = d.request["UserId"]
    odd = len(user_id) > 40 or "--" in user_id or user_id.endswith("-")
    return refuses(d, "The parameter UserId is not a valid identifier.") and odd


@rule(
    "refuses names with white space or of more than 120 characters",
    "takes them",
    "engines refuse white space in names; the length is from a public rule set (derived)",
)
def user_name(d):
    return refuses(d, "A user name has") and (len(d.request["UserName"]) > 120 or " " in d.request["UserName"])


@rule("`TagQuotaPerResourceExceeded` for more than 50 tags", "takes any number", "documented: the model's fault")
def tag_count(d):
    return d.about == "problem" and d.ours.code == "TagQuotaPerResourceExceeded" and len(d.request["Tags"]) > 50


@rule(
    "refuses tags without key, with one that begins with `aws:`, with one of more than 128 characters, or with "
    "a value of more than 256",
    "takes them",
    "the CLI's page says that a key may not be null; the rest is CloudFormation's schema (documented)",
)
def tag_form(d):
    return refuses(d, "A tag ") and re.fullmatch(r"Tags\[\d+\]\.(Key|Value)", d.ours.member)


@rule(
    "takes a tag without value, and refuses one without key as AWS does",
    "breaks (`KeyError`) where either is missing",
    "the model requires neither; the CLI's page says that a value may be null, and a key not (documented)",
)
def tag_members(d):
    return d.about in ("fault", "accepted") and d.motos.code == "KeyError" and "Tags" in d.request


@rule(
    "reads the access string and refuses what the engines refuse, and password rules and `reset`",
    "stores it unread",
    "documented: RBAC guide; which texts are observed is in `src/aws/problem.rs`",
)
def access_string(d):
    return d.about == "problem" and d.ours.member == "AccessString" and d.request["AccessString"] in BAD_STRINGS


@rule(
    "answers the canonical form of the access string",
    "answers the string as it was sent",
    "documented: the CLI's example of create-user; another form is observed (`--answers observed`)",
)
def canonical_form(d):
    return d.about == "AccessString" and d.motos == d.request["AccessString"]


@rule(
    "answers the oldest engine version that can express the string and the authentication",
    "answers `6.0` for every user",
    "IAM users have 7.0 (observed: AWS's blog); the rest is concluded from that (derived)",
)
def minimum_engine_version(d):
    return d.about == "MinimumEngineVersion" and d.motos == "6.0"


@rule("answers the id in lower case", "answers it as it was sent", "observed: terraform-provider-aws #37151")
def lower_case_id(d):
    return d.about in ("UserId", "ARN") and d.ours == d.motos.lower()


@rule(
    "answers the type `no-password`",
    "answers `no-password-required` where `AuthenticationMode` says so",
    "the model's answers have `no-password` only (documented)",
)
def type_in_answers(d):
    return (d.about, d.ours, d.motos) == ("Type", "no-password", "no-password-required")


# ---------------------------------------------------------------------------------------------------------
# The report


def table():
    rows = [f"| {rule.name} | {rule.redis_acl} | {rule.moto} | {rule.why} |" for rule in RULES]
    return "\n".join(["| rule | redis-acl | moto | why |", "|---|---|---|---|", *rows])


def check_readme():
    """The table in README.md is that of the rules."""
    begin, end = "<!-- the rules of referee.py; BLESS=1 writes them -->\n", "\n<!-- end of the rules -->"
    text = README.read_text()
    before, rest = text.split(begin)
    _, after = rest.split(end)
    current = before + begin + table() + end + after
    if os.environ.get("BLESS"):
        README.write_text(current)
    elif text != current:
        return [f"the table in {README} is not that of the rules: BLESS=1 tests/aws/referee writes it"]
    return []


def check_skeletons(state):
    """The skeletons are those that the AWS CLI prints, which makes them so from the model."""
    wrong = []
    for operation, command in COMMANDS.items():
        model = MODEL.operation_model(operation)
        wanted = {
            "input": ArgumentGenerator().generate_skeleton(model.input_shape),
            "output": ArgumentGenerator(use_member_names=True).generate_skeleton(model.output_shape),
        }
        # the generator picks any value of an enumeration
        wanted["input"]["AuthenticationMode"]["Type"] = "password"
        request = {"CreateUser": CREATE, "ModifyUser": MODIFY}[operation]
        state.write_text(json.dumps(ACCOUNT))
        for kind, skeleton in wanted.items():
            asked = ("--cli-input-json", json.dumps(request), "--state", str(state))
            ran = run(command, *asked, "--generate-cli-skeleton", kind)
            if ran.stdout != json.dumps(skeleton, indent=4) + "\n":
                wrong.append(f"{command} --generate-cli-skeleton {kind}: {ran.stdout}{ran.stderr}")
    return wrong


def explain(difference):
    return [rule.name for rule in RULES if rule.applies(difference)]


def main():
    cases = [*systematic(), *combined(200)]
    failures, counts, outcomes = check_readme(), Counter(), Counter()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool, mock_aws():
        failures += check_skeletons(Path(folder, "account.json"))
        client = boto3.client(
            "elasticache", region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        runs = pool.map(lambda case: ours(Path(folder), case[0], *case[1]), enumerate(cases))
        for (operation, request), (our, misfits) in zip(cases, runs):
            outcomes[type(our).__name__] += 1
            shown = f"{operation} {json.dumps(request)}"
            failures += [f"{misfit}\n    for {shown}" for misfit in misfits]
            shape = MODEL.operation_model(operation).input_shape
            invalid = ParamValidator().validate(request, shape).generate_report()
            breaches = invalid or breaches_of(shape, request)
            if bool(breaches) != isinstance(our, Refusal):
                failures.append(f"the model's complaints are {breaches or 'none'}, but we say {our}\n    for {shown}")
            if invalid:
                continue
            for difference in differences(request, our, motos(client, operation, request)):
                rules = explain(difference)
                counts.update(rules)
                if len(rules) != 1:
                    failures.append(f"explained by {' and '.join(rules) or 'no rule'}: {difference}")

    answered, faults, refused = outcomes["dict"], outcomes["Fault"], outcomes["Refusal"]
    print(f"{len(cases)} requests: {answered} answered, {faults} faults, {refused} that would not be sent")
    print(f"{sum(counts.values())} differences to moto:")
    for name in (rule.name for rule in RULES):
        print(f"  {counts[name]:5} {name}")
        if not counts[name]:
            failures.append(f"the rule {name} explains nothing")
    for failure in failures[:30]:
        print(f"FAILED: {failure}", file=sys.stderr)
    if failures:
        sys.exit(f"referee: {len(failures)} failures")
    print("every difference is explained, and every answer is of the model's shape")


if __name__ == "__main__":
    main()
