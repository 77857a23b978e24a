"""Worked examples of AWS and FOCUS: how commitments apply to an hour of usage, what they cover, how far they are used."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.compiled_models import CompiledModels
from tests.real_files import real_file
from tests.workspace import ROOT, Workspace

HOUR = datetime(2026, 10, 31, 8)
SEEDS = ("commitment_services", "instance_sizes", "fixed_size_families")


def seed(name: str) -> list[dict[str, Any]]:
    with (ROOT / "dbt_project" / "seeds" / f"{name}.csv").open(newline="") as file:
        return [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]


def published(name: str) -> Any:
    return json.loads((real_file("commitments") / name).read_text())


@pytest.fixture(scope="module")
def models(built: Workspace) -> CompiledModels:
    made = CompiledModels(built)
    for name in SEEDS:
        made.fill(name, seed(name))
    made.fill("fct_commitment_hours", [])
    made.fill("int_usage_optimized", [])
    made.fill("int_machine_types", [])
    made.fill(
        "int_commitment_cases",
        [{"history_id": "AWS", "usage_case": "as_judged", "usage_factor": 1, "hours": 1, "months": 1,
          "first_date": date(2026, 10, 31), "last_date": date(2026, 10, 31)}],
    )  # fmt: skip
    return made


def charge(**fields: Any) -> dict[str, Any]:
    """An hour of usage on a bill."""
    start = fields.pop("charge_period_start_at", HOUR)
    return {
        "provider_name": "AWS", "charge_category": "Usage", "pricing_category": "Standard", "is_counted": True, "team_id": "a",
        "charge_date": start.date(), "charge_period_start_at": start, "charge_period_end_at": start + timedelta(hours=1),
        "region_id": "us-east-1", "billed_cost_usd": 0,
        **fields,
    }  # fmt: skip


def machine(instance_type: str, count: int, usd: Decimal | int, **fields: Any) -> dict[str, Any]:
    return charge(
        charge_id=f"{instance_type}/{fields}",
        service_name="AmazonEC2",
        sku_price_details=json.dumps({"InstanceType": instance_type}),
        pricing_quantity=count,
        effective_cost_usd=usd,
        list_cost_usd=usd,
        **fields,
    )


def settle(models: CompiledModels, offers: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What each commitment does in the hour at the units that were bought, by series of usage."""
    models.fill(
        "int_commitment_offers",
        [{"history_id": "AWS", "unit_increment": 1, "usd_per_unit_hour": 1, **offer} for offer in offers],
    )
    models.make("int_commitment_curves", "int_commitment_levels")
    found = models.connection.execute(
        f"select * from {models.name('int_commitment_levels')} where is_smallest and usage_case = 'as_judged'"
    )
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row["series_id"]: row for row in rows}


def test_sizes_have_the_published_units() -> None:
    with (real_file("commitments") / "normalization_factors.csv").open(newline="") as file:
        factors = {row["size"]: Decimal(row["factor"]) for row in csv.DictReader(file)}
    assert {row["size"]: Decimal(row["normalized_units"]) for row in seed("instance_sizes")} == factors


def test_shipped_discounts_are_within_those_of_a_published_list() -> None:
    with (real_file("commitments") / "ec2_linux_prices_2017.csv").open(newline="") as file:
        prices = list(csv.DictReader(file))
    payments = {"no": "noUpfront", "partial": "partialUpfront", "all": "allUpfront"}
    offers = [
        row for row in seed("cloud_commitment_offers") if row["offer_id"].startswith("aws-ec2-reservation-")
    ]
    assert len(offers) == 6
    for offer in offers:
        years, payment = int(offer["term_months"]) // 12, payments[offer["offer_id"].rsplit("-", 1)[1]]
        shares = [
            1 - Decimal(row[f"y{years}_std_{payment}"]) / Decimal(row["on_demand_hour"])
            for row in prices
            if row[f"y{years}_std_{payment}"]
        ]
        assert min(shares) < Decimal(offer["discount_share"]) < max(shares), offer["offer_id"]


def test_a_recommended_level_keeps_the_identities_of_azure(models: CompiledModels) -> None:
    book = published("azure_benefit_recommendation.json")
    without = Decimal(str(book["cost_without_benefit"]))

    def holds(row: Mapping[str, Any]) -> None:
        total, savings = row["benefit_cost"] + row["overage_cost"], row["savings"]
        assert row["total_cost"] == pytest.approx(total) and savings == pytest.approx(float(without) - total)
        assert row["savings_pct"] == pytest.approx(100 * savings / float(without), abs=5e-3)

    for level in book["recommendations"]:
        holds(level)
        commit = Decimal(str(level["commitment"]))
        used = commit - Decimal(str(level["wastage"]))
        # An hour that uses of the plan what theirs did, at a third off.
        models.fill(
            "int_cloud_commitment_hours",
            [{"series_id": "s", "history_id": "AWS", "usage_basis": "after_actions", "usage_hour_at": HOUR, "units_before": 0,
              "demanded_units": used, "on_demand_cost_usd": used * Decimal("1.5"), "usd_per_demanded_unit": Decimal("1.5")},
             {"series_id": "s", "history_id": "AWS", "usage_basis": "after_actions", "usage_hour_at": HOUR + timedelta(hours=1), "units_before": 0,
              "demanded_units": without / Decimal("1.5") - used, "on_demand_cost_usd": without - used * Decimal("1.5"),
              "usd_per_demanded_unit": Decimal("1.5")}],
        )  # fmt: skip
        found = settle(
            models, [{"offer_id": "s", "series_id": "s", "minimum_units": commit, "unit_increment": "0.001"}]
        )["s"]
        overage = found["on_demand_cost_usd"] - found["covered_usd"]
        benefit = found["total_cost_usd"] - overage
        holds(
            {
                "benefit_cost": float(benefit),
                "overage_cost": float(overage),
                "total_cost": float(found["total_cost_usd"]),
                "savings": float(found["on_demand_cost_usd"] - found["total_cost_usd"]),
                "savings_pct": float(100 * (1 - found["total_cost_usd"] / found["on_demand_cost_usd"])),
            }
        )
        # The first hour wastes what theirs did, the second nothing.
        assert float(2 * commit - found["used_unit_hours"]) == pytest.approx(level["wastage"], abs=1e-6)


def test_contracts_of_focus_end_the_day_before_their_period_does(models: CompiledModels) -> None:
    with (real_file("commitments") / "focus_contract_commitment_1.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    models.fill("int_as_of_date", [{"as_of_date": date(2026, 11, 20)}])
    models.fill("assumptions", seed("assumptions"))
    models.fill("rpt_commitment_coverage", [])
    models.fill("int_focus_charges_converted", [])
    models.fill(
        "owned_commitments",
        [
            {"provider_name": row["ServiceProviderName"], "commitment_id": row["ContractCommitmentId"],
             "commitment_name": row["ContractCommitmentDescription"], "is_renewed_automatically": False,
             "starts_on": date.fromisoformat(row["ContractCommitmentPeriodStart"]),
             "ends_on": date.fromisoformat(row["ContractCommitmentPeriodEnd"]) - timedelta(days=1)}
            for row in rows
        ],
    )  # fmt: skip
    models.make("int_commitment_terms", "rpt_commitment_expiries")
    found = models.query(f"select commitment_id, days_left from {models.name('rpt_commitment_expiries')}")
    assert dict(found) == {"CMT-SPEND-001": 741, "CMT-RI-002": 10, "CMT-SaaS-003": 55}


def test_reservations_apply_by_units_of_their_family(models: CompiledModels) -> None:
    factors = {row["size"]: Decimal(row["normalized_units"]) for row in seed("instance_sizes")}
    for case in published("aws_ri_application.json")["cases"]:
        if "covered_instance_hours" not in case["expected"]:
            continue
        models.fill("fct_charges", [machine(each["type"], each["n"], each["n"]) for each in case["running"]])
        models.fill(
            "int_cloud_offer_rates",
            [
                {"offer_id": family, "provider_name": "AWS", "usage_kind": "EC2", "family": family,
                 "region_id": "us-east-1", "covers": "instances"}
                for family in sorted({each["type"].split(".")[0] for each in case["running"]})
            ],
        )  # fmt: skip
        models.make("int_commitment_lines", "int_commitment_lines_by_hour", "int_cloud_commitment_hours")
        bought: dict[str, Decimal] = {}
        for each in case["reserved"]:
            family, size = each["type"].split(".")
            bought[family] = bought.get(family, Decimal(0)) + each["n"] * factors[size]
        found = settle(
            models,
            [
                {"offer_id": family, "series_id": f"AWS / EC2 / {family} / us-east-1", "minimum_units": units}
                for family, units in bought.items()
            ],
        )
        for each in case["running"]:
            family, size = each["type"].split(".")
            used = found[f"AWS / EC2 / {family} / us-east-1"]["used_unit_hours"] / factors[size]
            assert used == Decimal(str(case["expected"]["covered_instance_hours"][each["type"]])), case["id"]
        for family, units in case["expected"].get("normalized_running", {}).items():
            row = found[f"AWS / EC2 / {family} / us-east-1"]
            running = models.query(
                f"select sum(demanded_units) from {models.name('int_cloud_commitment_hours')} where series_id = '{row['series_id']}'"
            )
            assert running == [(units,)]
            assert row["level_units"] == case["expected"]["normalized_reserved"][family]


def test_savings_plans_take_the_highest_discount_first(models: CompiledModels) -> None:
    seen = 0
    for name, case in published("aws_savings_plan_application.json")["cases"].items():
        lines, rates = [], []
        for kind, usage in case["usage"].items():
            units, reserved = usage["units"], case["reserved_units_first"].get(kind, 0)
            price = Decimal(usage["od"])
            common = {"provider_name": "AWS", "usage_kind": kind, "family": kind, "reserved_as": kind, "region_id": "r",
                      "is_by_instance": False, "units_per_instance": 1, "charge_period_start_at": HOUR,
                      "charge_period_end_at": HOUR + timedelta(hours=1)}  # fmt: skip
            for count, is_covered in ((reserved, True), (units - reserved, False)):
                cost = count * price
                lines.append(
                    {
                        **common,
                        "is_covered": is_covered,
                        "list_cost_usd": cost,
                        "effective_cost_usd": cost,
                        "sustained_use_usd": 0,
                    }
                )
            rates.append(
                {"offer_id": "plan", "provider_name": "AWS", "usage_kind": kind, "family": kind, "region_id": "r",
                 "covers": "everything", "discount_share": 1 - Decimal(usage["csp"]) / price}
            )  # fmt: skip
        models.fill("int_commitment_lines", lines)
        models.fill("int_cloud_offer_rates", rates)
        models.make("int_commitment_lines_by_hour", "int_cloud_commitment_hours")
        (plan,) = case["plans"]
        commit = Decimal(plan["commit"])
        found = settle(
            models,
            [{"offer_id": "plan", "series_id": "plan", "minimum_units": commit, "unit_increment": "0.01"}],
        )["plan"]
        expected = case["expected"]["plans"][0]
        assert float(found["used_unit_hours"]) == pytest.approx(float(expected["used"]), abs=1e-6), name
        assert float(commit - found["used_unit_hours"]) == pytest.approx(float(expected["unused"]), abs=1e-6)
        left = found["on_demand_cost_usd"] - found["covered_usd"]
        assert float(left) == pytest.approx(float(case["expected"]["on_demand_charge"]), abs=1e-5), name
        equivalent = sum((line["list_cost_usd"] for line in lines), Decimal(0))
        assert equivalent == Decimal(case["expected"]["on_demand_equivalent"])
        seen += 1
    assert seen == 3


def test_sizes_of_a_flexible_commitment_share_its_units(models: CompiledModels) -> None:
    book = published("focus_flexibility.json")
    for case in book["cases"]:
        ((running, count),) = case["running"].items()
        units = book["skus"][running]["nf"] if case["flexible"] else 1
        bought = book["skus"][case["commitment"]]["nf"] if case["flexible"] else 1
        cost = Decimal(str(book["skus"][running]["list"])) * count
        models.fill(
            "int_cloud_commitment_hours",
            [{"series_id": "s", "history_id": "AWS", "usage_basis": "after_actions", "usage_hour_at": HOUR, "units_before": 0,
              "demanded_units": units * count, "on_demand_cost_usd": cost, "usd_per_demanded_unit": cost / (units * count)}],
        )  # fmt: skip
        price = Decimal(str(book["skus"][case["commitment"]]["committed"])) / bought
        found = settle(
            models,
            [{"offer_id": "s", "series_id": "s", "usd_per_unit_hour": price, "minimum_units": bought}],
        )["s"]
        assert float(found["total_cost_usd"]) == case["expected"]["total"], case["id"]
        assert float(found["on_demand_cost_usd"] - found["covered_usd"]) == case["expected"]["on_demand"]


def coverage(models: CompiledModels, charges: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    models.fill("fct_charges", charges)
    models.make("int_commitment_lines", "rpt_commitment_coverage")
    found = models.connection.execute(f"select * from {models.name('rpt_commitment_coverage')}")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row["commitment_id"]: row for row in rows}


def test_coverage_leaves_out_what_no_programme_takes(models: CompiledModels) -> None:
    with (real_file("commitments") / "focus_coverage_rate.csv").open(newline="") as file:
        rows = [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]
    found = coverage(
        models,
        [
            charge(
                charge_id=str(place),
                charge_period_start_at=datetime.fromisoformat(row["ChargePeriodStart"] or "").replace(
                    tzinfo=None
                ),
                provider_name=row["ServiceProviderName"],
                service_name=row["ServiceName"],
                pricing_category=row["PricingCategory"],
                commitment_discount_id=row["CommitmentDiscountId"],
                commitment_discount_status=row["CommitmentDiscountStatus"],
                commitment_eligibility=row["CommitmentProgramEligibilityDetails"],
                effective_cost_usd=row["EffectiveCost"],
            )
            for place, row in enumerate(rows)
        ],
    )
    expected = published("focus_coverage_rate.expected.json")["expected"]
    assert found["all"]["coverage_share"] == pytest.approx(expected["coverage_rate"])
    assert found["cd-rr-acme-001"]["coverage_share"] == pytest.approx(expected["coverage_rate"])
    spot = charge(charge_id="spot", provider_name="Aura Web", service_name="Compute", pricing_category="Dynamic",
                  commitment_eligibility="{}", effective_cost_usd=999)  # fmt: skip
    assert "all" not in coverage(models, [spot])


def test_commitments_are_used_as_far_as_their_scenarios_say(models: CompiledModels) -> None:
    for case in published("focus_commitment_scenarios.json")["cases"]:
        expected, hourly = case["expected"], Decimal(str(case["hourly"]))
        common = {"provider_name": case["provider"], "service_name": "Compute", "commitment_discount_id": "c"}
        charges = [
            charge(charge_id="fee", **common, charge_category="Purchase", billed_cost_usd=case["annual_commitment"], effective_cost_usd=0),
            charge(charge_id="standard", provider_name=case["provider"], service_name="Compute", commitment_eligibility="{}",
                   billed_cost_usd=case["standard_cost"], effective_cost_usd=case["standard_cost"], list_cost_usd=case["standard_cost"]),
        ]  # fmt: skip
        for hour in range(case["used_hours"] + case["unused_hours"]):
            is_used = hour < case["used_hours"]
            charges.append(
                charge(charge_id=f"hour {hour}", **common, commitment_discount_status="Used" if is_used else "Unused",
                       charge_period_start_at=HOUR.replace(hour=hour), pricing_category="Committed",
                       effective_cost_usd=hourly, list_cost_usd=case["list_unit_price"] if is_used else None)
            )  # fmt: skip
        found = coverage(models, charges)
        row = found["c"]
        assert row["utilization_share"] == pytest.approx(expected["utilization"]), case["id"]
        assert float(row["purchased_usd"]) == expected["purchase_billed"]
        assert float(row["used_cost_usd"]) == pytest.approx(expected["used_effective"])
        assert float(row["unused_cost_usd"]) == pytest.approx(expected["unused_effective"])
        paid = found["all"]["eligible_usd"] - found["all"]["savings_usd"]
        assert float(paid) == pytest.approx(expected["effective_total"])


def test_an_hour_that_two_reservations_cover_is_one_hour(models: CompiledModels) -> None:
    (case,) = [
        each for each in published("aws_ri_application.json")["cases"] if each["id"] == "cur-split-hour"
    ]
    halves = [
        machine("m4.xlarge", 1, Decimal("0.1"), commitment_discount_id=each["arn"],
                commitment_discount_status="Used", resource_id="i-1")
        for each in case["reserved"]
    ]  # fmt: skip
    found = coverage(models, halves)
    assert found["all"]["covered_usd"] == Decimal("0.2")
    assert {found[each["arn"]]["covered_usd"] for each in case["reserved"]} == {Decimal("0.1")}
