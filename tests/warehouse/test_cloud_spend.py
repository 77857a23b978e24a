"""Bills of every kind in the one ledger: counted once, conserved, corrected, owned; resources and GPUs beside them."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.real_files import FOLDER, real_file
from tests.warehouse.test_ledger import Company

SOURCES = ["calls", "customers", "focus", "aws_cur", "azure_costs", "gcp_billing", "opencost", "simple_bills"]
SOURCES += ["inventory", "gpu_usage", "tenant_activity"]
MARTS = (
    "+fct_charges",
    "+dim_resources",
    "+rpt_gpu_costs_daily",
    "+rejected_records",
    "+rpt_reconciliation",
    "stg_tenant_activity__activities",
)

CUR = """\
bill_billing_period_start_date,bill_payer_account_id,line_item_usage_account_id,line_item_line_item_type,line_item_product_code,line_item_operation,line_item_usage_start_date,line_item_usage_end_date,line_item_unblended_cost,line_item_currency_code,line_item_resource_id,line_item_usage_amount,pricing_unit,product_instance_type,resource_tags
2026-10-01,1,2,Usage,AmazonEC2,RunInstances,2026-10-05T00:00:00Z,2026-10-06T00:00:00Z,24.000000000001,USD,i-1,24,Hrs,g5.12xlarge,"{""user_Team"": ""a-team""}"
2026-10-01,1,3,Usage,AmazonEC2,RunInstances,2026-10-06T00:00:00Z,2026-10-07T00:00:00Z,1,USD,i-1,1,Hrs,g5.12xlarge,"{""user_Team"": ""a-team""}"
2026-10-01,1,2,Usage,AmazonEC2,EKSPod-EC2,2026-10-05T00:00:00Z,2026-10-06T00:00:00Z,4,USD,pod-1,10,Hrs,,
2026-10-01,1,,Fee,AWSSupportBusiness,,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,29,USD,,,,,
2026-10-01,1,,Tax,AmazonEC2,,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,2.5,USD,,,,,
2026-10-01,1,,Riddle,AmazonEC2,,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,7,USD,,,,,
"""
# A pod on the machine i-1, whose hours the bill has, what is idle beside it, and a pod of a cluster that no bill has.
OPENCOST = {
    "data": [
        {
            "web/a": {"properties": {"cluster": "c", "namespace": "web", "pod": "a", "providerID": "i-1"},
                      "start": "2026-10-05T00:00:00Z", "end": "2026-10-06T00:00:00Z", "cpuCost": 3, "totalCost": 3},
            "c/__idle__": {"name": "c/__idle__", "properties": {"cluster": "c"},
                           "start": "2026-10-05T00:00:00Z", "end": "2026-10-06T00:00:00Z", "cpuCost": 2, "totalCost": 2},
            "own/b": {"properties": {"cluster": "d", "namespace": "own", "pod": "b", "providerID": "metal-9"},
                      "start": "2026-10-05T00:00:00Z", "end": "2026-10-06T00:00:00Z", "cpuCost": 5, "totalCost": 6},
        }
    ]
}  # fmt: skip
INVENTORY = """\
ResourceId,ResourceType,Region,CostUSD,Tags,CreationDate,InstanceType,State,CPUUtilization,MemoryUtilization,NetworkIn_Bps,NetworkOut_Bps
i-1,EC2,us-east-1,0.5,Owner=Alice,2025-01-31,g5.12xlarge,running,7,80,1,1
,,,,,,,,,,,
i-2,EC2,us-east-1,0.5,team=b-team,2025-01-31,m5.large,stopped,,,,
i-2,EC2,us-east-1,0.5,team=b-team,2025-01-31,m5.large,running,,,,
"""
GPUS = """\
pod,node,started_at,ended_at,gpus,gpu_fraction,busy_share,team
train,i-1,2026-10-05 00:00,2026-10-06 00:00,2,1,0.5,a-team
slice,i-1,2026-10-05 00:00,2026-10-06 00:00,1,0.5,0.07,b-team
waiting,i-1,,2026-10-05 05:00,1,1,,b-team
odd,i-1,2026-10-05 00:00,2026-10-05 05:00,1,7,,b-team
"""
ACTIVITY = "day,tenant,activity,driver,units\n2026-10-05,c1,send,emails,12\n2026-10-05,c1,send,emails,-1\n,c1,send,emails,1\n"
PIECE = "select sum({}) from core.fct_charges where file_name like '{}/%' and is_counted"


class Cloud(Company):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        files = {
            "aws_cur/october.csv": CUR,
            "opencost/october.json": json.dumps(OPENCOST),
            "inventory/ec2-2026-10-31.csv": INVENTORY,
            "gpu_usage/october.csv": GPUS,
            "tenant_activity/october.csv": ACTIVITY,
        }
        for name, content in files.items():
            self.put(name, content)
        for source, names in {
            "azure_costs": ("billing/azure_export_v2.csv", "azure_billing/EA_AmortizedCost_Small.csv"),
            "gcp_billing": ("billing/gcp_export.csv",),
            "focus": ("corrections/closed_1_original.csv", "corrections/closed_1_delta.csv"),
        }.items():
            for name in names:
                # Read where they are: they are not the project's.
                if (FOLDER / name).is_file():
                    path = self.workspace.raw / source / Path(name).name
                    path.parent.mkdir(exist_ok=True)
                    path.symlink_to(FOLDER / name)
        self.seed("currency_rates", "currency,valid_from,usd_per_unit\nEUR,2026-01-01,1.1\n")
        self.seed(
            "owner_assignments",
            "owner_rule,match_key,match_value,owner_id,cost_centre,valid_from_date,valid_to_date\n"
            "charge_kind,,Tax,b-team,,,\ncharge_kind,,Support,a-team,,,\n",
        )

    def put(self, name: str, content: str) -> None:
        path = self.workspace.raw / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)

    def build(self, *select: str) -> None:
        self.workspace.build(
            "--indirect-selection",
            "cautious",
            "--vars",
            json.dumps({"sources": SOURCES}),
            "--select",
            *select,
        )


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Cloud:
    made = Cloud(tmp_path_factory.mktemp("cloud"))
    made.build(*MARTS, "assert_gpu_costs_equal_the_ledger")
    return made


def test_a_bill_is_in_the_ledger_to_the_last_digit_with_an_owner_for_each_line(cloud: Cloud) -> None:
    # The pod's line repeats its instance's, and the line of a kind that nobody knows is rejected.
    assert cloud.query(PIECE.format("billed_cost_usd", "aws_cur")) == [(Decimal("56.500000000001"),)]
    assert cloud.query(
        "select charge_category, team_id, owner_rule, is_counted, sum(billed_cost_usd), count(distinct charge_date)"
        " from core.fct_charges where source = 'aws_cur' group by line_number, 1, 2, 3, 4 order by line_number"
    ) == [
        ("Usage", "a-team", "tag_team", True, Decimal("24.000000000001"), 1),
        ("Usage", "a-team", "tag_team", True, 1, 1),
        ("Usage", "unallocated", "default", False, 4, 1),
        ("Purchase", "a-team", "charge_kind", True, 29, 31),
        ("Tax", "b-team", "charge_kind", True, Decimal("2.5"), 31),
    ]
    assert cloud.query(
        "select source, rows_read, rows_accepted, rows_rejected, difference_usd from core.rpt_reconciliation"
        " where source in ('aws_cur', 'opencost') and rows_rejected > 0"
    ) == [("aws_cur", 3, 2, 1, 0)]


def test_a_container_counts_only_where_no_bill_has_its_machine(cloud: Cloud) -> None:
    assert cloud.query(
        "select is_counted, sum(billed_cost_usd) from core.fct_charges where source = 'opencost' group by 1 order by 1"
    ) == [(False, 5), (True, 6)]


def test_bills_of_azure_and_google_are_in_the_ledger_in_dollars(cloud: Cloud) -> None:
    told = json.loads(real_file("billing/expected.json").read_text())
    net = Decimal(told["gcp_export"]["net"]) * Decimal("1.1")
    assert cloud.query(PIECE.format("effective_cost_usd", "gcp_billing")) == [(net,)]
    assert cloud.query(
        "select sum(effective_cost_usd), min(charge_period_end_at - charge_period_start_at) = interval 1 day"
        " from core.fct_charges where file_name = 'azure_costs/azure_export_v2.csv'"
    ) == [(Decimal(told["azure_export_v2"]["cost"]), True)]


def test_a_correction_stands_in_the_month_of_its_invoice_and_on_the_day_that_it_corrects(
    cloud: Cloud,
) -> None:
    told = json.loads(real_file("corrections/expected.json").read_text())["expected"]["after_delta"]
    corrected = (
        "from core.fct_charges where file_name like 'focus/closed%' and is_counted group by 1 order by 1"
    )
    assert cloud.query(f"select resource_id, sum(effective_cost_billing_currency) {corrected}") == [
        (resource, cost) for resource, cost in sorted(told["by_resource"].items())
    ]
    by_invoice = cloud.query(
        f"select month(billing_month_start_date), sum(billed_cost_billing_currency) {corrected}"
    )
    assert by_invoice == [(5, told["may_invoice"]), (6, told["june_invoice"])]
    by_use = cloud.query(
        f"select strftime(charge_date, '%Y-%m'), sum(effective_cost_billing_currency) {corrected}"
    )
    assert by_use == list(told["by_usage_month"].items())


def test_resources_of_bill_and_inventory_are_one_and_what_is_odd_is_named(cloud: Cloud) -> None:
    assert cloud.query(
        "select resource_id, accounts, state, team_id, cpu_utilization_share, is_billed from core.dim_resources"
        " where resource_id like 'i-_' order by 1"
    ) == [("i-1", 2, "running", "a-team", 0.07, True), ("i-2", 0, "stopped", "b-team", None, False)]
    assert cloud.query(
        "select source, reason from core.rejected_records where source not in ('focus', 'calls') order by 1, 2"
    ) == [
        ("aws_cur", "charge_category_unknown"),
        ("gpu_usage", "gpus_impossible"),
        ("gpu_usage", "start_missing"),
        ("inventory", "resource_repeated"),
        ("tenant_activity", "day_malformed"),
        ("tenant_activity", "units_negative"),
    ]
    assert cloud.query(
        "select count(*), sum(units) from staging.stg_tenant_activity__activities where rejection_reason is null"
    ) == [(1, 12)]


def test_a_machine_with_gpus_is_paid_by_who_held_them_and_the_rest_is_idle(cloud: Cloud) -> None:
    # 96 card hours on the 5th: 48 of a, who owns the machine, 12 of b, 36 of nobody; on the 6th nothing is recorded.
    rows = cloud.query(
        "select day(usage_date), team_id, allocated_gpu_hours, idle_gpu_hours, cost_usd, idle_cost_usd"
        " from allocation.rpt_gpu_costs_daily where instance_type = 'g5.12xlarge' order by 1, 2"
    )
    assert [row[:4] for row in rows] == [
        (5, "a-team", 48, 36),
        (5, "b-team", 12, None),
        (6, "a-team", None, None),
    ]
    costs = [row[4] for row in rows]
    assert costs[0] + costs[1] == Decimal("24.000000000001") and costs[2] == 1
    assert [round(cost, 6) for cost in costs[:2]] == [21, 3]
    assert [idle if idle is None else round(idle, 6) for *_, idle in rows] == [9, 0, None]


def test_a_line_that_is_taken_back_and_written_anew_ends_where_the_difference_alone_does(
    cloud: Cloud,
) -> None:
    real_file("corrections/closed_1_delta.csv")
    corrected = (
        "select resource_id, month(billing_month_start_date), sum(effective_cost_billing_currency) from core.fct_charges"
        " where file_name like 'focus/closed%' group by 1, 2 order by 1, 2"
    )
    by_difference = cloud.query(corrected)
    folder = cloud.workspace.raw / "focus"
    header, first, _ = (folder / "closed_1_delta.csv").read_text().strip().splitlines()
    (folder / "closed_1_delta.csv").unlink()
    anew = [
        first.replace("-300", "-1500").replace("-400", "-2000"),
        first.replace("-300", "1200").replace("-400", "1600"),
        first.replace("R-111", "R-222").replace("-300", "300").replace("-400", "400"),
    ]
    (folder / "closed_anew.csv").write_text("\n".join([header, *anew]) + "\n")
    cloud.build("+fct_charges")
    assert cloud.query(corrected) == by_difference
