"""The counted actions on machines, volumes, buckets and cards applied to the lines of the bills, one after the other, and commitments hour by hour.

Read are the charges, the inventory, the use of cards and the price lists in the seeds, and of each counted action what it does: which resource
ends, sleeps at night, takes which other type or class, and how much is committed to for which machines.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from tests.rates.calls_after_actions import Row, rows

HOURS = "lower(coalesce(consumed_unit, '')) in ('hrs', 'hours', 'hour', 'h', '1 hour')"
Key = tuple[str, str]


@dataclass
class Resource:
    """What a resource cost on demand in the last 30 days of its bill, the hours it ran, and what is left of that if its actions are done.

    ``price_share`` is the price of the type that it then has, out of that of today's.
    """

    usd: float
    hours: float
    reads: float
    instance_type: str | None
    left_usd: float
    is_left_at_night: bool = True
    price_share: float = 1.0


class Charges:
    """The lines of the last 30 days of each bill, less what sustained use takes off them, and the accepted actions on their resources."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.assumed = {
            row["name"]: float(row["value"]) for row in rows(connection, "from seeds.assumptions")
        }
        self.inventory: dict[Key, Row] = {
            (row["provider_name"], row["resource_id"]): row
            for row in rows(connection, "from core.dim_resources")
        }
        connection.execute(f"""
            create or replace temp table resource_lines as
            select *, commitment_discount_id is not null or coalesce(pricing_category, '') = 'Dynamic' as is_discounted, {HOURS} as is_by_hour
            from core.fct_charges
            inner join (
                select provider_name, max(charge_date) as last_date from core.fct_charges
                where is_counted and charge_category = 'Usage' and resource_id is not null group by all
            ) using (provider_name)
            where is_counted and resource_id is not null and charge_date between last_date - 29 and last_date
                and (charge_category = 'Usage' or json_extract_string(sku_price_details, '$.CreditType') = 'SUSTAINED_USAGE_DISCOUNT')
        """)
        self.resources = {
            (row["provider_name"], row["resource_id"]): Resource(
                float(row["usd"]),
                float(row["hours"]),
                float(row["reads"]),
                self.inventory[row["provider_name"], row["resource_id"]]["instance_type"],
                float(row["usd"]),
            )
            for row in rows(
                connection,
                """
                select provider_name, resource_id, coalesce(sum(effective_cost_usd) filter (where not is_discounted), 0) as usd,
                    coalesce(sum(consumed_quantity) filter (where is_by_hour), 0) as hours,
                    coalesce(sum(consumed_quantity) filter (where lower(sku_meter) like '%requests-tier2%'), 0) as reads
                from resource_lines group by all
                """,
            )
        }
        self.prices = {
            (row["provider_name"], row["instance_type"], row["region_id"]): row
            for row in rows(connection, "from seeds.instance_prices where valid_to > '2026-10-31'")
        }
        self.classes = {
            (row["provider_name"], row["storage_class"], row["region_id"]): {
                name: float(value) if name.startswith(("usd_", "retrieval_", "minimum_")) else value
                for name, value in row.items()
            }
            for row in rows(connection, "from seeds.storage_classes where valid_to > '2026-10-31'")
        }
        self.saved: dict[str, float] = defaultdict(float)
        self.steps: dict[str, float] = defaultdict(float)

    def apply(self) -> None:
        """Every accepted action, in the stated order; of what it takes the assumed share is counted."""
        for action in rows(
            self.connection,
            "from rates.rpt_usage_optimizations where verdict = 'accepted' order by applied_order",
        ):
            key = (action["provider_name"], action["resource_id"])
            resource = self.resources[key]
            left = self._left(action["action_kind"], key, resource, action["target"])
            share = "gpu_released" if action["action_kind"] == "gpu_idle" else f"{action['action_kind']}_base"
            counted = (resource.left_usd - left) * self.assumed.get(f"{share}_share", 1)
            self.saved[action["work_id"]] += counted
            self.steps[action["action_kind"]] += counted
            resource.left_usd = left

    def _left(self, kind: str, key: Key, resource: Resource, target: str) -> float:
        match kind:
            case "idle_machine" | "empty_bucket":
                return 0.0
            case "unattached_volume" | "stopped_volume":
                return resource.left_usd * self.assumed["snapshot_cost_share"]
            case "off_hours":
                resource.is_left_at_night = False
                return resource.left_usd * self.assumed["off_hours_kept_per_week"] / (resource.hours / 30 * 7)
            case "right_size" | "cheaper_type" | "arm_type":
                before, after = (self._price(key, name) for name in (resource.instance_type, target))
                resource.instance_type = target
                cheaper = float(after["on_demand_usd_per_hour"]) / float(before["on_demand_usd_per_hour"])
                resource.price_share *= cheaper
                return resource.left_usd * cheaper
            case "spot":
                resource.is_left_at_night = False
                price = self._price(key, resource.instance_type)
                lost = (
                    float(price["interruptions_per_month"])
                    * self.assumed["spot_hours_lost_per_interruption"]
                    / 730
                )
                return resource.left_usd * (
                    float(price["spot_usd_per_hour"]) / float(price["on_demand_usd_per_hour"]) + lost
                )
            case "storage_tier":
                bucket = self.inventory[key]
                now, then = (
                    self._stored(bucket, resource, name) for name in (bucket["storage_class"], target)
                )
                return resource.left_usd * then / now
            case "gpu_idle":
                return resource.left_usd * (1 - self._idle(key, resource))
        raise AssertionError(f"a kind of action that is not applied here: {kind}")

    def _price(self, key: Key, instance_type: str | None) -> Row:
        return self.prices[key[0], str(instance_type), self.inventory[key]["region_id"]]

    def _stored(self, bucket: Row, resource: Resource, storage_class: str) -> float:
        """A month of the bucket in a class at list prices."""
        price = self.classes[bucket["provider_name"], storage_class, bucket["region_id"]]
        size, objects = float(bucket["size_gb"]), float(bucket["object_count"])
        return (
            max(size, objects * price["minimum_object_kb"] / 1_000_000) * price["usd_per_gb_month"]
            + resource.reads * size / objects * price["retrieval_usd_per_gb"]
            + resource.reads / 1000 * price["usd_per_1000_reads"]
        )

    def _idle(self, key: Key, resource: Resource) -> float:
        """The share of the paid hours, on days with records, in which nobody held a card or none that was held did anything.

        Second by second, so that what several hold at once counts once: a machine is billed whole.
        """
        held: dict[date, bytearray] = {}
        busy: dict[date, bytearray] = {}
        for line in rows(
            self.connection,
            f"""
            select usage_date, (held_from_us // 1000000 - epoch(usage_date))::bigint as first, (held_until_us // 1000000 - epoch(usage_date))::bigint as last,
                coalesce(measured_gpu_hours < allocated_gpu_hours * {self.assumed["gpu_idle_busy_below"]}, false) as is_idle
            from intermediate.int_gpu_usage_daily where provider_name = '{key[0]}' and resource_id = '{key[1]}'
            """,
        ):
            for kind in (held,) if line["is_idle"] else (held, busy):
                seconds = kind.setdefault(line["usage_date"], bytearray(24 * 3600))
                if line["first"] is not None:
                    seconds[line["first"] : line["last"]] = b"\1" * (line["last"] - line["first"])
        paid = {
            row["usage_date"]: float(row["paid"])
            for row in rows(
                self.connection,
                f"""
                select charge_date as usage_date, sum(consumed_quantity) as paid from resource_lines
                where provider_name = '{key[0]}' and resource_id = '{key[1]}' and is_by_hour group by all
                """,
            )
        }
        used = sum(sum(seconds) / 3600 for day, seconds in busy.items() if day in paid)
        return min(max(sum(paid[day] for day in held if day in paid) - used, 0) / resource.hours, 1)

    def committed(self, offer: Row) -> float:
        """What a counted commitment of a cloud saves: its machines of each hour, of the type that the actions leave, less what they end or leave by day only."""
        provider, _, family, region, *of_dollars = offer["usage_group"].split(" / ")
        sizes = {
            row["size"]: float(row["normalized_units"])
            for row in rows(self.connection, "from seeds.instance_sizes")
        }
        hours: dict[datetime, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for line in rows(
            self.connection,
            f"""
            select resource_id, charge_period_start_at, consumed_quantity, sku_price_details, coalesce(list_cost_usd, effective_cost_usd) as list_usd,
                effective_cost_usd as usd
            from core.fct_charges
            where is_counted and charge_category = 'Usage' and provider_name = '{provider}' and region_id = '{region}' and commitment_discount_status is null
                and coalesce(pricing_category, 'Standard') <> 'Dynamic' and resource_id like 'i-%' and effective_cost_usd > 0
                and charge_date between '{offer["lookback_start_date"]}' and '{offer["lookback_end_date"]}'
            """,
        ):
            resource = self.resources.get((provider, line["resource_id"]))
            billed_as = json.loads(line["sku_price_details"])["InstanceType"]
            is_changed = resource is not None and resource.price_share != 1
            name, _, size = str(resource.instance_type if resource and is_changed else billed_as).partition(
                "."
            )
            if name != family or (resource and not resource.is_left_at_night):
                continue
            left = resource.left_usd / resource.usd if resource and resource.usd else 1.0
            # A machine of another type costs less, and is one machine.
            machines = left / (resource.price_share if resource else 1)
            ran = float(line["consumed_quantity"])
            for hour in range(round(ran)):
                moment = line["charge_period_start_at"] + timedelta(hours=hour)
                hours[moment][0] += (
                    float(line["list_usd"]) / ran * left if of_dollars else sizes[size] * machines
                )
                hours[moment][1] += float(line["usd"]) / ran * left
        units = float(offer["committed_units"])
        covered = sum(usd * min(units / used, 1) for used, usd in hours.values())
        return covered - float(offer["hourly_commitment_usd"]) * 24 * 30


def total(connection: duckdb.DuckDBPyConnection) -> Any:
    """All that was charged for in the trailing 30 days."""
    [row] = rows(
        connection,
        """
        select sum(effective_cost_usd) as usd from core.fct_charges
        inner join intermediate.int_as_of_date on charge_date between window_start_date and as_of_date where is_counted
        """,
    )
    return float(row["usd"])
