"""A published file with two small ledgers, and the changes that somebody could make to sealed books."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from collections.abc import Callable
from pathlib import Path

import duckdb

from reports_builder.seals.check import signer_of, written
from reports_builder.seals.ledgers import PRICES, RULES

KEY = b"0123456789abcdef0123456789abcdef"
PRIVATE = b"""-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----"""
PUBLIC = b"""-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
-----END PUBLIC KEY-----"""
"""The pair of the first vector of RFC 8032."""
SIGNERS = dict([signer_of(KEY)])
DAYS = ("2026-10-01", "2026-10-02", "2026-10-03")
OWNER = "organization_id, product_id, feature_id, customer_id, team_id, business_unit_id, project_id, user_id, cost_centre"


def publish(path: Path, *changes: str) -> Path:
    """A warehouse as of the last of DAYS, four charges a day and one of the day to come; then the changes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    owner = ", ".join(f"'{name.strip()[:4]}' as {name.strip()}" for name in OWNER.split(","))
    with duckdb.connect(str(path)) as connection:
        for schema in ("core", "allocation", "intermediate", "seeds"):
            connection.execute(f"create schema {schema}")
        for seed in (*RULES, *PRICES):
            connection.execute(f"create table seeds.{seed} as select 'a' as name, 1.50 as value")
        connection.execute(
            "create table intermediate.int_as_of_date as select date '2026-10-03' as as_of_date"
        )
        connection.execute(
            """
            create table core.fct_charges as
            select
                'charge-' || day || '-' || number as charge_id,
                cast(date '2026-10-01' + day::integer as date) as charge_date,
                timestamp '2026-10-01 08:00:00' + to_days(day::integer) as charge_period_start_at,
                case when number = 1 then '' when number > 1 then 'é"' || number end as resource_id,
                case when number = 3 then 'EUR' else 'USD' end as billing_currency,
                cast(number + 0.25 as decimal(28, 12)) as billed_cost_billing_currency,
                cast(number + 0.5 as decimal(28, 12)) as billed_cost_usd,
                cast(case when number < 3 then number + 0.5 end as decimal(28, 12)) as effective_cost_usd,
                number < 3 as is_counted
            from range(0, 4) as days (day), range(0, 4) as numbers (number)
            """
        )
        connection.execute(
            f"""
            create table allocation.fct_allocated_costs_daily as
            select
                charge_date as usage_date,
                'llm_usage' as cost_pool,
                'ai' as cost_component,
                charge_id as driver,
                {owner},
                cast(1 as double) / 3 as cost_share,
                billed_cost_usd as allocated_cost_usd
            from core.fct_charges
            """
        )
        for change in changes:
            connection.execute(change)
    return path


def rewritten(content: bytes, rng: random.Random) -> bytes:
    """The chain from some head on as somebody without the key would write it."""
    heads = [json.loads(line) for line in content.splitlines()]
    first = rng.randrange(len(heads))
    heads[first]["totals"] = {"effective_cost_usd": {"USD": "0"}}
    lines = [written(head) for head in heads[:first]]
    for head in heads[first:]:
        head["previous"] = hashlib.sha256(lines[-1]).hexdigest() if lines else ""
        unsigned = {name: value for name, value in head.items() if name != "signature"}
        head["signature"] = hmac.digest(b"some other key", written(unsigned), "sha256").hex()
        lines.append(written(head))
    return b"".join(line + b"\n" for line in lines)


def _lines(change: Callable[[list[bytes], random.Random], None]) -> Callable[[bytes, random.Random], bytes]:
    def changed(content: bytes, rng: random.Random) -> bytes:
        lines = content.splitlines(keepends=True)
        change(lines, rng)
        return b"".join(lines)

    return changed


def _swap(lines: list[bytes], rng: random.Random) -> None:
    one, other = rng.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]


def _byte(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content))
    return content[:at] + bytes([(content[at] + rng.randrange(1, 256)) % 256]) + content[at + 1 :]


def _added(lines: list[bytes], rng: random.Random) -> None:
    line = rng.choice(lines)
    lines.insert(rng.randrange(len(lines) + 1), line[:-4] + b"x" + line[-4:])


CHANGES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "changed": _byte,
    "removed": _lines(lambda lines, rng: lines.pop(rng.randrange(len(lines))) and None),
    "duplicated": _lines(lambda lines, rng: lines.insert(rng.randrange(len(lines)), rng.choice(lines))),
    "added": _lines(_added),
    "reordered": _lines(_swap),
    "tail cut off": lambda content, rng: content[: -rng.randrange(2, len(content))],
    "emptied": lambda *_: b"",
}
