"""What Python programs use in-process instead of a server: nanoseconds a call, in one interpreter that stays.

Started by `benches/report`, which brings the packages. Each line is what was asked, of whom, and the time.
"""

import itertools
import os
import time

import boto3
import fakeredis
from fakeredis.model import AccessControlList, ClientInfo
from moto import mock_aws

SEED = os.environ["SEED"]
ROUNDS = 9


def nanoseconds(call, count):
    """The median of some rounds of so many calls."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter_ns()
        for _ in range(count):
            call()
        rounds.append((time.perf_counter_ns() - started) / count)
    return sorted(rounds)[ROUNDS // 2]


def tell(verb, rival, call, count):
    print(f"{verb}\t{rival}\t{nanoseconds(call, count):.0f}", flush=True)


def fakeredis_normalizes():
    """SETUSER and LIST, as with a real server."""
    client = fakeredis.FakeRedis()
    rules = SEED.split(" ")

    def call():
        client.execute_command("ACL", "SETUSER", "seed", "reset", *rules)
        return client.execute_command("ACL", "LIST")

    tell("normalize", "fakeredis", call, 200)


def fakeredis_checks():
    """Its check alone, which it makes before each command; it has no DRYRUN."""
    users, info, request = AccessControlList(), ClientInfo(), [b"get", b"app:session:12345"]
    user = users.get_user_acl(b"seed")
    user.add_command_or_category(b"+@read")
    user.add_key_pattern(b"app:session:*")
    tell("check", "fakeredis", lambda: users.validate_command(b"seed", info, request), 2000)


def moto_normalizes():
    """CreateUser and DescribeUsers. It gives every string back as it came, so this is the time without the work."""
    credentials = {"aws_access_key_id": "none", "aws_secret_access_key": "none", "region_name": "us-east-1"}
    names = (f"seed{number}" for number in itertools.count())

    def call():
        name = next(names)
        client.create_user(
            UserId=name, UserName=name, Engine="redis", AccessString=SEED, NoPasswordRequired=True
        )
        return client.describe_users(UserId=name)

    with mock_aws():
        client = boto3.client("elasticache", **credentials)
        tell("normalize", "moto", call, 5)


fakeredis_normalizes()
fakeredis_checks()
moto_normalizes()
