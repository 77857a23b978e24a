"""Which claims of a login give which scope: what is not exactly a group of the policy gives nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from reports_builder.access import EVERYTHING, AccessError, Policy, Scope, load_policy
from reports_builder.errors import ReportError

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ISSUER = "https://login.example.com/ours"
POLICY = f"""
issuer = "{ISSUER}"

[groups.finance]
rows = "all"
revenue = true

[groups.controllers]
rows = "all"

[groups."eng/search"]
teams = ["search-team"]

[groups.success]
customers = ["cust_0001"]
organizations = ["org_001"]
revenue = true

[groups.tenants]
customers_claim = "tenant"
"""


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    path = tmp_path / "access.toml"
    path.write_text(POLICY)
    return load_policy(path)


def claims(groups: object, **others: object) -> dict[str, object]:
    return {"iss": ISSUER, "iat": int(NOW.timestamp()) - 60, "groups": groups} | others


SEARCH = Scope(teams=frozenset({"search-team"}))
SUCCESS = Scope(customers=frozenset({"cust_0001"}), organizations=frozenset({"org_001"}), has_revenue=True)


@pytest.mark.parametrize(
    ("groups", "others", "scope"),
    [
        (["finance"], {}, EVERYTHING),
        (["controllers"], {}, Scope(has_all_rows=True)),
        (["eng/search", "canteen"], {}, SEARCH),
        ("eng/search", {}, SEARCH),
        (["success"], {}, SUCCESS),
        (["finance", "eng/search"], {}, EVERYTHING),
        # Rows of both; revenue of neither, or it would be shown for the team's rows, too.
        (["eng/search", "success"], {}, Scope(SEARCH.teams, SUCCESS.customers, SUCCESS.organizations)),
        (["tenants"], {"tenant": "cust_7"}, Scope(customers=frozenset({"cust_7"}))),
        (["tenants"], {"tenant": ["cust_7", "o'brien; drop table x --"]}, Scope(customers=frozenset({"cust_7", "o'brien; drop table x --"}))),
    ],
)  # fmt: skip
def test_a_member_has_the_scope_of_its_groups(
    policy: Policy, groups: object, others: dict[str, object], scope: Scope
) -> None:
    assert policy.scope_of(claims(groups, **others), NOW) == scope


@pytest.mark.parametrize(
    "groups",
    [
        [], None, "", {}, {"finance": True}, 7, True, [["finance"]], [{"finance": 1}], [None, 7],
        ["Finance"], ["FINANCE"], [" finance"], ["finance "], ["finance\n"], ["finance\x00"], ["\ufb01nance"], ["f\u0456nance"], ["finance\u200b"],
        ["*"], ["%"], ["fin*"], [".*"], ["finance,eng/search"], ["finance eng/search"], "finance,success", "finance success",
        ["' or 'a'='a"], ["finance' --"], ["groups.finance"], ["eng"], ["search"], ["/eng/search"], ["eng/search/"],
        ["search-team"], ["cust_0001"], ["all"], ["tenants"],
    ],
)  # fmt: skip
def test_what_is_not_a_group_of_the_policy_sees_nothing(policy: Policy, groups: object) -> None:
    with pytest.raises(AccessError, match="in no group"):
        policy.scope_of(claims(groups), NOW)


@pytest.mark.parametrize(
    "tenant", [None, [], "", {}, 7, [7], ["all"], "total", ["unallocated"], "company", "unknown"]
)
def test_a_claim_that_names_nobody_gives_no_rows(policy: Policy, tenant: object) -> None:
    # "all" and "total" are what marts call the company's own row.
    with pytest.raises(AccessError, match="in no group"):
        policy.scope_of(claims(["tenants"], tenant=tenant), NOW)


@pytest.mark.parametrize(
    "issuer",
    ["https://login.example.com", f"{ISSUER}/", ISSUER.upper(), "https://evil.example", None, [ISSUER]],
)
def test_groups_of_another_login_are_none_of_ours(policy: Policy, issuer: object) -> None:
    with pytest.raises(AccessError, match="not of the login"):
        policy.scope_of(claims(["finance"]) | {"iss": issuer}, NOW)


def test_a_missing_claim_sees_nothing(policy: Policy) -> None:
    said = claims(["finance"])
    del said["groups"]
    # What Entra sends instead of more groups than fit into a token.
    with pytest.raises(AccessError, match="in no group"):
        policy.scope_of(said | {"_claim_names": {"groups": "src1"}, "roles": ["finance"]}, NOW)


@pytest.mark.parametrize("age", [13 * 3600, -3600, None, "now", True])
def test_groups_of_an_old_login_count_no_more(policy: Policy, age: object) -> None:
    issued = int(NOW.timestamp()) - age if type(age) is int else age
    with pytest.raises(AccessError, match="12 hours"):
        policy.scope_of(claims(["finance"], iat=issued), NOW)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("issuer = ", "is not TOML"),
        (POLICY.replace("issuer", "isuer"), "isuer: no such key"),
        (POLICY.replace(f'issuer = "{ISSUER}"', ""), "issuer: name the address"),
        (POLICY.replace("teams", "team"), "groups.eng/search: team: no such key"),
        (POLICY.replace("[groups.controllers]", "[groups.finance]"), "is not TOML"),
        (POLICY.replace('rows = "all"\n\n', "\n"), "groups.controllers: say either"),
        (POLICY.replace('teams = ["search-team"]', "teams = []"), "teams: must be a list"),
        (POLICY.replace('teams = ["search-team"]', 'teams = "search-team"'), "teams: must be a list"),
        (POLICY.replace("search-team", "all"), "'all' is the company's row"),
        (POLICY.replace('teams = ["search-team"]', 'rows = "own"'), "rows: can only be 'all'"),
        (POLICY.replace("revenue = true", 'revenue = "yes"', 1), "revenue: is true or false"),
        (POLICY.replace("groups.controllers", 'groups."eng-*"'), "no wildcards"),
        (f'issuer = "{ISSUER}"', "groups: name at least one"),
        (f'login_hours = 0\n{POLICY}', "login_hours: must be"),
    ],
)  # fmt: skip
def test_a_policy_with_a_mistake_is_none(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "access.toml"
    path.write_text(text)
    with pytest.raises(ReportError, match=problem) as found:
        load_policy(path)
    assert str(path) in str(found.value)


def test_a_policy_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="cannot be read"):
        load_policy(tmp_path / "none.toml")
