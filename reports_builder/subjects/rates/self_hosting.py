"""Own GPUs against an API: what the tokens that there are cost on each, and from which use own ones pay."""

from reports_builder.evidence import Evidence, note
from reports_builder.model import Column, Section, Table
from reports_builder.warehouse import Warehouse


def _options(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            pool, self_hosted_model, basis, api_model, task_types, free_hours, utilization_share,
            recorded_days, paid_days, monthly_cost_usd, api_cost_usd, usd_per_million_tokens,
            api_usd_per_million_tokens, quality_score, api_quality_score, break_even_utilization_share,
            break_even_monthly_tokens, compared_tokens, current_tokens, monthly_savings_usd, low_savings_usd,
            high_savings_usd, effort, owner_role, payback_months, verdict
        from rates.rpt_self_hosting_options
        where is_dearest_api_model
        order by basis desc, usd_per_million_tokens nulls last, pool, self_hosted_model
        """
    )


def _counted(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            count(api_model) as comparisons,
            count(*) filter (where verdict like 'own cards cost less%') as own_cheaper,
            count(*) filter (where verdict like 'lower price a token%') as unscored,
            count(*) filter (where basis = 'assumed throughput') as assumed
        from rates.rpt_self_hosting_options
        """
    )


def self_hosting_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Each pool of GPUs beside the API model on which most is spent; nothing without GPUs."""
    options, counts = _options(warehouse), _counted(warehouse)
    if not options.rows:
        return ()
    said = counts.say(
        "A card is paid by the hour, an API by the token. Of {comparisons:count} pairs of own cards and an "
        "API model in use, "
        + (
            "own cards cost less in {own_cheaper:count}, by calls that are recorded and scored."
            if counts["own_cheaper"]
            else "none shows that own cards cost less."
        )
    )
    if counts["unscored"]:
        said += counts.say(
            " In {unscored:count} a token has a lower price on them, and nobody knows the quality of the "
            "answers: no saving."
        )
    if counts["assumed"]:
        said += counts.say(
            " {assumed:count} rest on an assumed throughput of the cards (seed serving_throughputs): no call "
            "to the model is recorded, so its quality for these tasks is unknown."
        )
    return (
        Section(
            "Own GPUs against an API",
            text=(
                said,
                note(
                    "By an assumed throughput one copy of the model is up around the clock. In the free "
                    "hours it has cards that nobody holds, at the price of the card, since they could be "
                    "given back; for all others a machine is rented, which is sold with all of its cards. "
                    "Its price is over the tokens there are, those that the counted part of the "
                    "recommended switches of models leaves on "
                    "the API model or moves to it, at most over what the cards get through: use is that "
                    "share. Of recorded calls use is the measured hours at full load over the hours paid "
                    "for, on days on which it was measured; of the other days nothing is known. At the "
                    "break-even use a million tokens costs the same on both; the tokens to pay for are those "
                    "for which the API would charge what the cards cost in 30 days. People who keep cards "
                    "running are in neither price. Each pool stands beside the API model that costs most for "
                    "those tokens."
                ),
            ),
            tables=(
                Table(
                    (
                        Column("pool", "Own cards"),
                        Column("self_hosted_model", "Model on them"),
                        Column("basis", "By"),
                        Column("quality_score", "Its quality", "percent"),
                        Column("api_model", "API model"),
                        Column("task_types", "For", "words"),
                        Column("api_quality_score", "API quality", "percent"),
                        Column("monthly_cost_usd", "Own, a month", "usd_table"),
                        Column("api_cost_usd", "API, a month", "usd_table"),
                        Column("free_hours", "Free hours", "count"),
                        Column("recorded_days", "Measured on days", "count"),
                        Column("paid_days", "Of days paid", "count"),
                        Column("utilization_share", "Use", "percent"),
                        Column("usd_per_million_tokens", "Own, a million tokens", "usd_unit"),
                        Column("api_usd_per_million_tokens", "API, a million tokens", "usd_unit"),
                        Column("break_even_utilization_share", "Break-even use", "percent"),
                        Column("break_even_monthly_tokens", "Tokens to pay for a month", "count_short"),
                        Column("compared_tokens", "Tokens there are", "count_short"),
                        Column("current_tokens", "Before the switches", "count_short"),
                        Column("monthly_savings_usd", "Would save a month", "usd_table"),
                        Column("low_savings_usd", "Low", "usd_table"),
                        Column("high_savings_usd", "High", "usd_table"),
                        Column("effort", "Work"),
                        Column("owner_role", "Decides"),
                        Column("payback_months", "Pays back after its start", "months"),
                        Column("verdict", "Verdict"),
                    ),
                    options,
                    max_rows=20,
                ),
            ),
        ),
    )
