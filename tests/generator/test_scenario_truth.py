"""The truth table of scenarios: what was planted, and what it added or saved."""

import pyarrow.parquet as pq

from generator.scenarios.registry import NAMES


def test_the_truth_of_sudden_events_is_that_of_the_anomalies(run):
    truth = run("--scenario", "mixed") / "truth"
    effects = pq.read_table(truth / "scenario_effects.parquet").to_pylist()
    anomalies = pq.read_table(truth / "planted_anomalies.parquet").to_pylist()
    slow = {"gradual_decline", "free_tier"}
    sudden = [row for row in effects if row["subject_type"] == "customer" and row["scenario"] not in slow]
    assert [(row["subject_id"], row["kind"], row["amount_usd"]) for row in sudden] == [
        (row["customer_id"], row["kind"], row["planted_cost_usd"]) for row in anomalies
    ]
    # Nobody signs up among so few, so soon.
    without = {"burst", "runaway_agent", "weekend_holiday", "free_tier"}
    assert {row["scenario"] for row in effects} >= set(NAMES) - without


def test_amounts_are_what_the_scenario_adds_or_saves(run):
    def amount(name: str) -> float:
        rows = pq.read_table(run("--scenario", name) / "truth" / "scenario_effects.parquet").to_pylist()
        return float(sum(row["amount_usd"] for row in rows if row["scenario"] == name))

    assert amount("multi_tenant") > 0
    assert amount("cost_optimization") < 0
    assert amount("gradual_decline") < 0
