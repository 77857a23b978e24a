"""What is wrong with the tags of resources on a bill, beside the answers of those who wrote the rules."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest

from tests.real_files import real_file
from tests.warehouse.test_ledger import Company

SEEDS = {
    "owners": (
        "owner_id,owner_type,owner_name,parent_owner_id,cost_centre,valid_from_date,valid_to_date\n"
        "assistant-team,team,,,,,\nagents-team,team,,,,,\n"
    ),
    "tag_keys": (
        "tag_key,provider_name,service_category,allows_empty,values_from\nOwner,*,*,false,\nEnvironment,*,*,false,\n"
        "CostCenter,*,*,false,\nProject,*,*,true,\nTeam,Google Cloud,*,false,team\n"
    ),
    "tag_values": (
        "tag_key,allowed_value\nOwner,*@example.com\nEnvironment,Prod\nEnvironment,Dev\nCostCenter,100\nCostCenter,200\n"
    ),
}
# A Google Cloud label has no capitals; a team may be any of the seed owners.
PLANTED: dict[str, tuple[str, dict[str, str], dict[str, tuple[str, str | None]]]] = {
    "label": ("Google Cloud", {"team": "assistant-team", "environment": "prod"}, {}),
    "label-case": ("Google Cloud", {"Team": "Assistant-Team"}, {"Team": ("key_case", "assistant-team")}),
    "misspelt": ("Google Cloud", {"team": "asistant-team"}, {"Team": ("value_misspelt", "assistant-team")}),
    "blank": ("Google Cloud", {"team": " "}, {"Team": ("empty", None)}),
    "azure": ("Microsoft", {"COSTCENTER": "100"}, {"Owner": ("absent", None)}),
    "both": ("AWS", {"costcenter": "999", "CostCenter": "100"}, {}),
    "key": ("AWS", {"Enviroment": "prodd"}, {"Environment": ("key_misspelt", "Prod")}),
    "hostile": (
        "AWS",
        {"Owner": "x' or 1=1 --@example.com", "Environment": "日本"},
        {"Environment": ("value_unknown", None)},
    ),
}


def bill(resources: dict[str, tuple[str, dict[str, str] | str | None]]) -> str:
    """A FOCUS file of a line of 1 USD for each resource."""
    head = (
        "BilledCost,EffectiveCost,ListCost,ContractedCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,"
        "ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ChargeDescription,ProviderName,PublisherName,InvoiceIssuerName,"
        "ServiceCategory,ServiceName,ResourceId,Tags"
    )
    lines = [head]
    for name, (provider, tags) in resources.items():
        text = tags if isinstance(tags, str) else "" if tags is None else json.dumps(tags, ensure_ascii=False)
        quoted = text.replace('"', '""')
        lines.append(
            "1,1,1,1,acc,USD,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,2026-10-05T00:00:00Z,2026-10-06T00:00:00Z,Usage,vm,"
            f'{provider},{provider},{provider},Compute,VMs,{name},"{quoted}"'
        )
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, tuple[Any, ...]]]:
    """Problem, likely value and found key of each resource and tag."""
    company = Company(tmp_path_factory.mktemp("tags"))
    resources: dict[str, tuple[str, dict[str, str] | str | None]] = {
        name: (provider, tags) for name, (provider, tags, _) in PLANTED.items()
    }
    resources |= {"untagged": ("AWS", None), "no-json": ("AWS", "Owner=a")}
    with (real_file("tags") / "tag_value_cases.csv").open() as file:
        for number, row in enumerate(csv.DictReader(file)):
            key, equals, value = row["resource_tags"].partition("=")
            resources[f"aws-{number}"] = ("AWS", {key: value} if equals else {})
    for number, case in enumerate(
        json.loads((real_file("tags") / "custodian_semantics.json").read_text())["cases"]
    ):
        resources[f"custodian-{number}"] = ("AWS", case["tags"])
    with (real_file("tags") / "real_tag_keys.csv").open() as file:
        for number, row in enumerate(csv.DictReader(file)):
            resources[f"real-{number}"] = ("AWS", {row["key_as_written"]: "x"})
    for path in (company.workspace.raw / "focus").iterdir():
        path.unlink()
    (company.workspace.raw / "focus" / "bill.csv").write_text(bill(resources))
    for name, content in SEEDS.items():
        company.seed(name, content)
    company.build("+rpt_noncompliant_resources", "+rpt_tag_compliance")
    answers: dict[str, dict[str, tuple[Any, ...]]] = {name: {} for name in resources}
    for name, key, *answer in company.query(
        "select resource_id, tag_key, problem, likely_value, found_key from allocation.rpt_noncompliant_resources"
    ):
        answers[name][key] = tuple(answer)
    answers["total"] = {
        "": company.query(
            "select resources, exempt_resources, cost_usd, untagged_resources from allocation.rpt_tag_compliance"
            " where scope_kind = 'total'"
        )[0]
    }
    return answers


@pytest.mark.parametrize("name", PLANTED)
def test_each_problem_has_its_name_and_what_was_meant(
    name: str, found: dict[str, dict[str, tuple[Any, ...]]]
) -> None:
    *_, expected = PLANTED[name]
    for key, answer in expected.items():
        assert found[name][key][:2] == answer
    if name == "both":
        assert "CostCenter" not in found[name]
    if name in ("label", "azure"):
        right = {"label": {"Team", "Environment"}, "azure": {"CostCenter", "Team"}}[name]
        assert set(found[name]) == {"Owner", "Environment", "CostCenter", "Project", "Team"} - right


def test_values_are_judged_as_aws_judges_them(found: dict[str, dict[str, tuple[Any, ...]]]) -> None:
    with (real_file("tags") / "tag_value_cases.csv").open() as file:
        for number, row in enumerate(csv.DictReader(file)):
            problem = found[f"aws-{number}"].get(row["tag_key"])
            if not row["compliant_by_aws_tag_policy"]:
                # AWS does not report what has no tag; here it counts.
                assert problem is not None and problem[0] == "absent"
            else:
                assert (problem is None) == (row["compliant_by_aws_tag_policy"] == "True"), row


def test_absent_empty_and_near_are_what_cloud_custodian_says(
    found: dict[str, dict[str, tuple[Any, ...]]],
) -> None:
    for number, case in enumerate(
        json.loads((real_file("tags") / "custodian_semantics.json").read_text())["cases"]
    ):
        problems = {key: answer[0] for key, answer in found[f"custodian-{number}"].items()}
        if case["compliant"] == "not judged":
            assert not problems
            continue
        required = ("Owner", "CostCenter", "Project")
        missing = [key for key in required if problems.get(key) in ("absent", "key_case")]
        assert missing == case["missing"]
        assert [key for key in required if problems.get(key) == "empty"] == case.get("empty", [])
        near = [answer[2] for answer in found[f"custodian-{number}"].values() if answer[0] == "key_case"]
        assert near == case.get("near", [])


def test_real_names_of_tags_are_taken_for_what_they_mean(
    found: dict[str, dict[str, tuple[Any, ...]]],
) -> None:
    policy = {"environment": "Environment", "CostCenter": "CostCenter", "Project": "Project"}
    with (real_file("tags") / "real_tag_keys.csv").open() as file:
        for number, row in enumerate(csv.DictReader(file)):
            key = policy.get(row["likely_meaning"])
            taken = [
                name
                for name in policy.values()
                if (found[f"real-{number}"].get(name) or ("found",))[0] != "absent"
            ]
            assert taken == ([key] if key else []), row["key_as_written"]


def test_what_has_no_tags_counts_and_what_is_exempt_does_not(
    found: dict[str, dict[str, tuple[Any, ...]]],
) -> None:
    for name in ("untagged", "no-json"):
        assert {answer[0] for answer in found[name].values()} == {"absent"}
    resources, exempt, cost, untagged = found["total"][""]
    assert exempt == 1
    assert resources == cost == len(found) - 2
    assert untagged >= 2
