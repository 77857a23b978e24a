"""What is owned at AWS: a reservation that ends soon, and a savings plan that is partly unused."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from generator.cloud.aws import PAYER, Line, bill_line
from generator.cloud.estate import Machine
from generator.cloud.prices import list_price
from generator.cloud.workloads import Workload, is_steady

# A year without anything paid at once: what is left of the price on demand.
_RESERVED_PRICE: Final = Decimal("0.63")
_PLAN_PRICE: Final = Decimal("0.72")
_RESERVATION_ENDS_AFTER_DAYS: Final = 45
_PLAN_ENDS_AFTER_DAYS: Final = 165
_MACHINES: Final = 2
_STEP: Final = Decimal("0.0000000001")


@dataclass(frozen=True, slots=True)
class Commitment:
    """Promised for a year: the machines that it pays for, and the part of their price on demand."""

    arn: str
    machines: tuple[Machine, ...]
    price_share: Decimal
    ends: date

    @property
    def is_plan(self) -> bool:
        """Whether it is a savings plan, else a reservation."""
        return ":savingsplan" in self.arn

    @property
    def columns(self) -> str:
        """What the names of its columns on the bill begin with."""
        return "savings_plan" if self.is_plan else "reservation"

    def usd_per_hour(self, day: date) -> Decimal:
        """What is owed for an hour, used or not."""
        prices = (list_price("aws", each.instance_type, each.region, day) for each in self.machines)
        return sum(prices, Decimal(0)) * self.price_share


def choose_commitments(
    machines: Sequence[Machine], workloads: Mapping[str, Workload], last: date
) -> tuple[Commitment, Commitment]:
    """Those that a company would choose: for its dearest machines that are busy all day.

    The reservation is of one type in one region and used to the last hour. The plan counts on a machine
    that runs by day alone, too.
    """
    dearest = sorted(
        (each for each in machines if each.state == "running" and workloads[each.resource_id].kind == "busy"),
        key=lambda each: (
            -list_price("aws", each.instance_type, each.region, last),
            each.region,
            each.resource_id,
        ),
    )
    busy = [each for each in dearest if is_steady(each)]
    alike = Counter((each.instance_type, each.region) for each in busy)
    kind = next(key for key, count in alike.items() if count >= _MACHINES)
    reserved = [each for each in busy if (each.instance_type, each.region) == kind][:_MACHINES]
    planned = [each for each in busy if each not in reserved][:_MACHINES]
    planned.append(next(each for each in dearest if not is_steady(each)))
    arn = f"arn:aws:ec2:{kind[1]}:{PAYER}:reserved-instances/6f1d2c3b-0001"
    plan_arn = f"arn:aws:savingsplans::{PAYER}:savingsplan/6f1d2c3b-0002"
    return (
        Commitment(
            arn, tuple(reserved), _RESERVED_PRICE, last + timedelta(days=_RESERVATION_ENDS_AFTER_DAYS)
        ),
        Commitment(plan_arn, tuple(planned), _PLAN_PRICE, last + timedelta(days=_PLAN_ENDS_AFTER_DAYS)),
    )


def committed_lines(
    lines: Iterable[Line], commitments: Sequence[Commitment], days: Sequence[date]
) -> Iterator[Line]:
    """The lines of machines as commitments leave them, and the fee of each commitment by day."""
    by_machine = {machine.resource_id: each for each in commitments for machine in each.machines}
    used: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in lines:
        commitment = by_machine.get(str(line["line_item_resource_id"]))
        if commitment is None:
            yield line
            continue
        cost = Decimal(str(line["line_item_unblended_cost"]))
        effective = (cost * commitment.price_share).quantize(_STEP)
        used[commitment.arn, str(line["line_item_usage_start_date"])[:10]] += effective
        yield from _covered(line, commitment, cost, effective)
    for day in days:
        for commitment in commitments:
            yield _fee(commitment, day, used[commitment.arn, str(day)])


def _covered(line: Line, commitment: Commitment, cost: Decimal, effective: Decimal) -> Iterator[Line]:
    """A line of usage that is paid for by a fee: AWS takes what a plan covers off in a line beside it."""
    line = {**line, **_terms(commitment)}
    if not commitment.is_plan:
        yield {
            **line,
            "line_item_line_item_type": "DiscountedUsage",
            "line_item_unblended_cost": Decimal(0),
            "pricing_term": "Reserved",
            "reservation_effective_cost": effective,
        }
        return
    yield {
        **line,
        "line_item_line_item_type": "SavingsPlanCoveredUsage",
        "savings_plan_savings_plan_effective_cost": effective,
    }
    yield {
        **line,
        "line_item_line_item_type": "SavingsPlanNegation",
        "line_item_unblended_cost": -cost,
        "line_item_line_item_description": "SavingsPlanNegation used by AccountId",
        "pricing_public_on_demand_cost": None,
    }


def _fee(commitment: Commitment, day: date, used: Decimal) -> Line:
    """What is owed for a day, whatever of it was used."""
    owed = (commitment.usd_per_hour(day) * 24).quantize(_STEP)
    first = commitment.machines[0]
    line = bill_line(
        day,
        (0, 24),
        **_terms(commitment),
        line_item_usage_account_id=PAYER,
        line_item_unblended_cost=owed,
        resource_tags="{}",
    )
    if commitment.is_plan:
        return {
            **line,
            "line_item_line_item_type": "SavingsPlanRecurringFee",
            "line_item_product_code": "ComputeSavingsPlans",
            "product_product_name": "Savings Plans for AWS Compute usage",
            "line_item_line_item_description": "1 year No Upfront Compute Savings Plan",
            "savings_plan_total_commitment_to_date": owed,
            "savings_plan_used_commitment": used,
        }
    return {
        **line,
        "line_item_line_item_type": "RIFee",
        "line_item_product_code": "AmazonEC2",
        "product_product_name": "Amazon Elastic Compute Cloud",
        "product_product_family": "Compute Instance",
        "product_region_code": first.region,
        "product_instance_type": first.instance_type,
        "line_item_usage_type": f"HeavyUsage:{first.instance_type}",
        "line_item_line_item_description": f"1 year No Upfront reservation of {first.instance_type}",
        "line_item_usage_amount": 24 * len(commitment.machines),
        "pricing_unit": "Hrs",
        "reservation_unused_amortized_upfront_fee_for_billing_period": Decimal(0),
        "reservation_unused_recurring_fee": owed - used,
    }


def _terms(commitment: Commitment) -> Line:
    """Which commitment it is, and from when to when it runs."""
    name = "savings_plan_savings_plan_a_r_n" if commitment.is_plan else "reservation_reservation_a_r_n"
    return {
        name: commitment.arn,
        f"{commitment.columns}_start_time": f"{commitment.ends - timedelta(days=365)}T00:00:00Z",
        f"{commitment.columns}_end_time": f"{commitment.ends}T00:00:00Z",
    }
