"""GPUs at six providers, and which pods had them: many are shared, some never start, most idle while held."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from generator.cloud.aws import Line, month_of
from generator.cloud.estate import TEAMS, GpuMachine
from generator.cloud.prices import list_price

PROVIDERS: Final = {
    "aws": "AWS",
    "azure": "Microsoft",
    "gcp": "Google Cloud",
    "runpod": "RunPod",
    "lambda": "Lambda",
    "coreweave": "CoreWeave",
}
# Of the pods that ask for a GPU.
FRACTIONAL_SHARE: Final = 0.44
NEVER_STARTED_SHARE: Final = 0.12
_USERS: Final = ("alice", "bob", "carol", "dave", "erin", "frank")
# Kind of work, its share of the pods, and the mean of its measured duty cycle.
_KINDS: Final = (
    ("inference", 0.55, 0.07),
    ("training", 0.2, 0.72),
    ("fine-tuning", 0.15, 0.55),
    ("batch", 0.1, 0.4),
)


FLEET: Final = (
    GpuMachine("aws", "i-0a1b2c3d4e5f60001", "g5.12xlarge", "us-east-1", "A10G", 4, 10, "research-team"),
    GpuMachine(
        "azure", "nc24-a100-1", "Standard_NC24ads_A100_v4", "eastus", "A100-80GB", 1, 8, "research-team"
    ),
    GpuMachine("gcp", "a2-train-1", "a2-highgpu-1g", "us-central1", "A100-40GB", 1, 8, "research-team"),
    GpuMachine("runpod", "pod-7f3k", "A100-80GB", "US-KS-2", "A100-80GB", 1, 24, "web-team"),
    GpuMachine("lambda", "lambda-a100-1", "gpu_1x_a100", "us-west-1", "A100-40GB", 1, 24, "data-team"),
    GpuMachine("coreweave", "cw-a100-8", "gd-8xa100-i128", "ORD1", "A100-80GB", 8, 3, "research-team"),
)


def cost_of(machine: GpuMachine, day: date) -> tuple[Decimal, Decimal]:
    """The hourly rate on a day, and what the day costs."""
    price = list_price(machine.provider, machine.instance_type, machine.region, day)
    return price, price * machine.hours


def azure_line(machine: GpuMachine, day: date) -> Line:
    """A day in Azure's cost details."""
    price, cost = cost_of(machine, day)
    first, following = month_of(day)
    subscription = "11111111-2222-3333-4444-555555555555"
    return {
        "Date": f"{day:%m/%d/%Y}",
        "BillingAccountId": "8600001",
        "BillingPeriodStartDate": f"{first:%m/%d/%Y}",
        "BillingPeriodEndDate": f"{following - timedelta(days=1):%m/%d/%Y}",
        "SubscriptionId": subscription,
        "SubscriptionName": "Research",
        "MeterCategory": "Virtual Machines",
        "MeterName": machine.instance_type,
        "ServiceFamily": "Compute",
        "Quantity": machine.hours,
        "UnitOfMeasure": "1 Hour",
        "EffectivePrice": price,
        "PayGPrice": price,
        "CostInBillingCurrency": cost,
        "BillingCurrency": "USD",
        "ResourceLocation": machine.region,
        "ConsumedService": "Microsoft.Compute",
        "ResourceId": machine.resource_id,
        "ResourceName": machine.resource_id,
        "ChargeType": "Usage",
        "Frequency": "UsageBased",
        "PricingModel": "OnDemand",
        "AdditionalInfo": json.dumps({"ServiceType": machine.instance_type}),
        "Tags": f'"Team": "{machine.team}","CostCenter": "{TEAMS[machine.team][0]}"',
    }


def gcp_line(machine: GpuMachine, day: date) -> Line:
    """A day in Google Cloud's export, with the discount of sustained use as a credit."""
    _, cost = cost_of(machine, day)
    discount = (cost * Decimal("0.05")).quantize(Decimal("0.000001"))
    labels = [
        {"key": "team", "value": machine.team},
        {"key": "cost_center", "value": TEAMS[machine.team][0].lower()},
    ]
    return {
        "billing_account_id": "01A2B3-C4D5E6-F7A8B9",
        "service.id": "6F81-5844-456A",
        "service.description": "Compute Engine",
        "sku.id": "A2-GPU",
        "sku.description": "A2 Instance with one A100 running in Americas",
        "usage_start_time": f"{day}T09:00:00",
        "usage_end_time": f"{day}T{9 + machine.hours:02}:00:00",
        "project.id": "research-1",
        "project.name": "research",
        "labels": json.dumps(labels),
        "system_labels": json.dumps(
            [{"key": "compute.googleapis.com/machine_spec", "value": machine.instance_type}]
        ),
        "location.region": machine.region,
        "resource.name": machine.resource_id,
        "cost": cost,
        "currency": "USD",
        "usage.amount": machine.hours,
        "usage.unit": "hours",
        "usage.amount_in_pricing_units": machine.hours,
        "usage.pricing_unit": "hour",
        "credits": json.dumps(
            [{"name": "Sustained use", "amount": str(-discount), "type": "SUSTAINED_USAGE_DISCOUNT"}]
        ),
        "invoice.month": f"{day:%Y%m}",
        "cost_type": "regular",
    }


def simple_line(machine: GpuMachine, day: date) -> Line:
    """A day on a bill that somebody typed."""
    price, cost = cost_of(machine, day)
    return {
        "provider": PROVIDERS[machine.provider],
        "day": day,
        "account": f"{machine.provider}-main",
        "resource": machine.resource_id,
        "instance_type": machine.instance_type,
        "gpus": machine.gpus,
        "hours": machine.hours,
        "rate": price,
        "amount": cost,
        "currency": "USD",
        "region": machine.region,
        "tags": f"team={machine.team},cost_center={TEAMS[machine.team][0]}",
    }


def usage_lines(machine: GpuMachine, day: date, random: np.random.Generator) -> Iterator[Line]:
    """The pods of a machine on a day, one after the other on each card, or several slices of it at once."""
    start = 9 if machine.hours <= 10 else 0
    for card in range(machine.gpus):
        if random.random() < 0.15:
            continue
        slices = int(random.integers(2, 4)) if random.random() < FRACTIONAL_SHARE else 1
        for place in range(slices):
            kind, _, duty = _KINDS[int(random.choice(len(_KINDS), p=[share for _, share, _ in _KINDS]))]
            team = machine.team if random.random() < 0.7 else str(random.choice(list(TEAMS)))
            held = max(int(machine.hours * 60 * random.uniform(0.5, 1.0)), 1)
            begin = int(random.integers(0, machine.hours * 60 - held + 1))
            is_started = random.random() >= NEVER_STARTED_SHARE
            busy = min(float(random.beta(2, 2 / duty - 2)), 1.0)
            yield {
                "requested_at": _minute(day, start * 60 + max(begin - int(random.integers(0, 20)), 0)),
                "started_at": _minute(day, start * 60 + begin) if is_started else None,
                "ended_at": _minute(day, start * 60 + begin + held),
                "provider": PROVIDERS[machine.provider],
                "node": machine.resource_id,
                "instance_type": machine.instance_type,
                "gpu_model": machine.gpu_model,
                "gpu_id": f"GPU-{machine.resource_id}-{card}",
                "gpus": 1,
                "gpu_fraction": (Decimal(1) / slices).quantize(Decimal("0.0001")) if slices > 1 else 1,
                "busy_share": round(busy, 4) if is_started else None,
                "memory_share": round(float(random.uniform(0.7, 0.98)), 4) if is_started else None,
                "namespace": team.removesuffix("-team"),
                "pod": f"{kind}-{day:%m%d}-{machine.resource_id[-4:]}-{card}{place}",
                "workload_kind": kind,
                "team": team,
                "project": str(random.choice(TEAMS[team][1])),
                "user": str(random.choice(_USERS)),
            }


def _minute(day: date, minute: int) -> str:
    days, rest = divmod(minute, 1440)
    return f"{day + timedelta(days=days)} {rest // 60:02}:{rest % 60:02}:00"
