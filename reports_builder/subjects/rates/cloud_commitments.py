"""Reservations, savings plans and committed use of clouds: what is covered, what to sign, what was left."""

from collections.abc import Callable, Mapping

from reports_builder.chart_kinds import ranked_bars
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.formatting import Value
from reports_builder.insight_words import insight, phrase
from reports_builder.model import Column, Figure, Insight, KeyFigure, Section, Table
from reports_builder.warehouse import Warehouse


def _rests_on(record: Mapping[str, Value]) -> str:
    """The machine that all of the level rests on, or how many; several where bills name none."""
    if record["only_resource_id"]:
        return f"only {record['only_resource_id']}"
    return f"{record['machines']} machines" if record["machines"] else "several"


def offer_words(row: Mapping[str, Value]) -> str:
    """The name of an offer, and whether it is an example."""
    return _named(row["offer_name"], row)


def _of_a_year(row: Mapping[str, Value]) -> str:
    return _named(row["one_year_offer_name"], row)


def _named(name: Value, row: Mapping[str, Value]) -> str:
    return f"{name} (example)" if row["is_illustrative"] else str(name)


def _commitment(row: Mapping[str, Value]) -> str:
    return "all" if row["is_total"] else str(row["commitment_name"] or row["commitment_id"])


def _or_as_promised(name: str) -> Callable[[Mapping[str, Value]], Value]:
    """What it saves in a case, which is as much as promised where nothing is in the case."""
    return lambda record: record["monthly_savings_usd"] if record[name] is None else record[name]


_PROMISES = (
    Column("usage_group", "Usage"),
    Column("offer_name", "Offer", words=offer_words),
    Column("hourly_commitment_usd", "Per hour", "usd_table"),
    Column("upfront_cost_usd", "Upfront", "usd_table"),
    Column("monthly_payment_usd", "Then a month", "usd_table"),
    Column("obligation_usd", "Promised in all", "usd_table"),
    Column("monthly_savings_usd", "Saves a month", "usd_table"),
    Column("less_tied_monthly_savings_usd", "A plan on everything would save", "usd_table"),
    Column("break_even_months", "Upfront is back after", "months"),
    Column("only_resource_id", "Rests on", words=_rests_on),
    Column("confidence", "Confidence"),
)
_YEARS = (
    Column("usage_group", "Usage"),
    Column("monthly_savings_usd", "Saves a month", "usd_table"),
    Column("obligation_usd", "Promised in all", "usd_table"),
    Column("one_year_offer_name", "Best offer of a year", words=_of_a_year),
    Column("one_year_monthly_savings_usd", "It saves a month", "usd_table"),
    Column("one_year_obligation_usd", "It promises", "usd_table"),
    Column("longer_term_monthly_savings_usd", "More years save more", "usd_table"),
    Column("longer_term_obligation_usd", "And promise more", "usd_table"),
)
_OPEN = (
    Column("usage_group", "Usage"),
    Column("only_resource_id", "Rests on", words=_rests_on),
    Column("used_by", "Whose"),
    Column("monthly_savings_usd", "Saves a month", "usd_table"),
    Column("monthly_savings_without_largest_usd", "If its largest machine goes", "usd_table"),
    Column("largest_machine_obligation_usd", "Then paid for nothing", "usd_table"),
    Column(
        "first_to_ask",
        "Ask whether these may be off at night",
        words=lambda row: row["first_to_ask"] or "none",
    ),
    Column("if_off", "If they are", "usd_table", words=_or_as_promised("monthly_savings_if_off_usd")),
    Column("first_to_move", "Sign once these have moved", words=lambda row: row["first_to_move"] or "none"),
    Column(
        "if_kept",
        "If the largest stays",
        "usd_table",
        words=_or_as_promised("monthly_savings_if_not_moved_usd"),
    ),
)
_UNMEASURED = (
    Column("usage_group", "Usage"),
    Column("only_resource_id", "Rests on", words=_rests_on),
    Column("measured_share", "Measured", "percent"),
    Column("offer_name", "Offer, if it is in use", words=offer_words),
    Column("monthly_savings_usd", "Would save a month", "usd_table"),
    Column("obligation_usd", "Would promise in all", "usd_table"),
)
_LEVELS = (
    Column("usage_group", "Usage"),
    Column("committed_units", "Committed", "ratio"),
    Column("best_units_last_7", "7 days", "ratio"),
    Column("best_units_last_30", "30 days", "ratio"),
    Column("best_units_last_60", "60 days", "ratio"),
    Column("best_units_last_90", "90 days", "ratio"),
    Column("used_units_p05", "Used in 95 % of hours", "ratio"),
    Column("used_units_p50", "In half", "ratio"),
    Column("used_units_max", "At most", "ratio"),
    Column("utilization_share", "Utilization", "percent"),
    Column("break_even_utilization_share", "Break-even", "percent"),
    Column("stable_monthly_savings_usd", "At the stable level", "usd_table"),
)
_REGRETS = (
    Column("regret_less_usage_usd", "Regret, less usage", "usd_table"),
    Column("regret_more_usage_usd", "Regret, more usage", "usd_table"),
)
_LOOK_BACKS = (
    *_LEVELS,
    Column("measured_share", "Measured", "percent"),
    Column("backtested_monthly_savings_usd", "Backtest", "usd_table"),
    *_REGRETS,
)
_SIMULATED = (*_LEVELS, Column("simulated_share", "Simulated", "percent"), *_REGRETS)
_LEFT = (
    Column("reason", "Why not"),
    Column("options", "Options", "count"),
    Column("best_usd", "The best would save a month", "usd_table"),
)
_WHAT_IS_COVERED = (
    "What is covered in the month, by the bills of clouds: in all, out of what any commitment to the "
    "provider could cover; of a reservation, out of the machines that it was bought for; of a plan, out of "
    "what it could cover"
)
_COVERED = (
    Column("month_start_date", "Month", "month"),
    Column("provider_name", "Provider"),
    Column("commitment_id", "Commitment", words=_commitment),
    Column("coverage_share", "Coverage", "percent"),
    Column("utilization_share", "Utilization", "percent"),
    Column("unused_cost_usd", "Unused", "usd_table"),
    Column("team_id", "Whose"),
    Column("savings_usd", "Saved", "usd_table"),
    Column("effective_savings_rate", "Effective savings rate", "percent"),
)


def totals(warehouse: Warehouse) -> Evidence:
    """One row: the offers of clouds that were judged, and what the recommended ones come to."""
    return warehouse.evidence(
        """
        select
            count(*) as options, count(distinct offer_id) as offers,
            count(*) filter (where is_recommended) as signed,
            coalesce(sum(monthly_savings_usd) filter (where is_recommended), 0) as saved_usd,
            coalesce(sum(stable_monthly_savings_usd) filter (where is_recommended), 0) as stable_usd,
            coalesce(sum(backtested_monthly_savings_usd) filter (where is_recommended), 0) as backtested_usd,
            coalesce(sum(upfront_cost_usd) filter (where is_recommended), 0) as upfront_usd,
            sum(monthly_payment_usd) filter (where is_recommended) as monthly_usd,
            sum(obligation_usd) filter (where is_recommended) as promised_usd,
            count(*) filter (where is_recommended and only_resource_id is not null) as on_one_resource,
            coalesce(sum(machines_to_ask) filter (where is_recommended), 0) as to_ask,
            sum(coalesce(monthly_savings_if_off_usd, monthly_savings_usd)) filter (where is_recommended)
                as if_off_usd,
            sum(coalesce(monthly_savings_if_not_moved_usd, monthly_savings_usd)) filter (where is_recommended)
                as if_not_moved_usd,
            sum(monthly_savings_low_usd) filter (where is_recommended) as low_usd,
            sum(largest_machine_obligation_usd) filter (where is_recommended) as lost_usd,
            coalesce(sum(monthly_savings_usd) filter (
                where is_recommended and machines_to_ask = 0 and machines_to_move = 0
            ), 0) as settled_usd,
            count(*) filter (where is_recommended and machines_to_move > 0) as simulated,
            sum(monthly_savings_usd) filter (where is_recommended and machines_to_move > 0) as simulated_usd,
            sum(longer_term_monthly_savings_usd) filter (where is_recommended) as longer_saves_usd,
            sum(longer_term_obligation_usd) filter (where is_recommended) as longer_promises_usd,
            count(*) filter (where is_to_be_measured) as unmeasured,
            sum(monthly_savings_usd) filter (where is_to_be_measured) as unmeasured_usd,
            coalesce(bool_and(is_illustrative) filter (where is_recommended), false) as is_example,
            coalesce(bool_or(is_illustrative) filter (where is_recommended), false) as has_examples
        from rates.rpt_commitment_recommendations
        where not is_on_models
        """
    )


def signing(warehouse: Warehouse) -> Evidence:
    """When the recommended offers of clouds are signed, and until when the last of them runs; one row."""
    return warehouse.evidence(
        """
        select
            min(first_signing_date) as first_signing_date, max(last_signing_date) as last_signing_date,
            max(last_term_ends_on) as last_term_ends_on
        from rates.rpt_commitment_orders
        where row_kind = 'to sign' and not is_on_models
        """
    )


def _chosen(
    warehouse: Warehouse,
    *,
    longer: bool = False,
    to_measure: bool = False,
    of: str = "all",
    surest_first: bool = False,
) -> Evidence:
    """The options that are recommended, those ``longer`` than a year alone, or those ``to_measure`` first.

    ``surest_first`` puts those that wait for no answer and no move before the others. Of those ``measured``
    no machine is to take another type first, of those ``simulated`` one is.
    """
    return warehouse.evidence(
        """
        select
            usage_group, offer_name, is_illustrative,
            committed_units, hourly_commitment_usd, upfront_cost_usd, monthly_payment_usd, obligation_usd,
            monthly_savings_usd, less_tied_monthly_savings_usd, stable_monthly_savings_usd,
            backtested_monthly_savings_usd, utilization_share, break_even_utilization_share,
            break_even_months, measured_share, simulated_share, machines, only_resource_id, used_by,
            confidence,
            first_to_ask, monthly_savings_if_off_usd, first_to_move, monthly_savings_if_not_moved_usd,
            monthly_savings_without_largest_usd, largest_machine_obligation_usd,
            one_year_offer_name, one_year_monthly_savings_usd, one_year_obligation_usd,
            longer_term_monthly_savings_usd, longer_term_obligation_usd,
            best_units_last_7, best_units_last_30, best_units_last_60, best_units_last_90,
            used_units_p05, used_units_p50, used_units_max, regret_less_usage_usd, regret_more_usage_usd
        from rates.rpt_commitment_recommendations
        where not is_on_models
            and is_to_be_measured = :to_measure and (is_recommended or :to_measure)
            and (one_year_offer_name is not null or not :longer)
            and (:of = 'all' or (coalesce(machines_to_move, 0) > 0) = (:of = 'simulated'))
        order by
            is_illustrative, :surest_first and machines_to_ask + machines_to_move > 0,
            monthly_savings_usd desc, usage_group, offer_id
        """,
        longer=longer,
        to_measure=to_measure,
        of=of,
        surest_first=surest_first,
    )


def _left(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select reason, options_of_reason as options, monthly_savings_usd as best_usd
        from rates.rpt_commitment_recommendations
        where rank_of_reason = 1 and not is_recommended and not is_to_be_measured and not is_on_models
        order by options desc, reason
        """
    )


def _coverage(warehouse: Warehouse) -> Evidence:
    """The newest month of the bills that has begun."""
    newest = warehouse.evidence(
        "select max(month_start_date) as newest from rates.rpt_commitment_coverage "
        "where month_start_date <= :as_of"
    )
    return warehouse.evidence(
        """
        select
            month_start_date, provider_name, is_total, commitment_name, commitment_id, untyped_usd,
            coverage_share, utilization_share, unused_cost_usd, team_id, savings_usd, effective_savings_rate
        from rates.rpt_commitment_coverage
        where month_start_date = :month
        order by provider_name, is_total desc, unused_cost_usd desc, commitment_id
        """,
        month=newest["newest"],
    )


def utilization_figure(warehouse: Warehouse) -> tuple[KeyFigure, ...]:
    """The use of the commitments with the provider where most of it is not; nothing where none is owned."""
    owned = warehouse.evidence(
        """
        select provider_name, utilization_share, unused_cost_usd, month_start_date
        from rates.rpt_commitment_coverage
        where is_total and utilization_share is not null and month_start_date <= :as_of
        order by month_start_date desc, unused_cost_usd desc, provider_name
        limit 1
        """
    )
    if not owned.rows:
        return ()
    return (
        KeyFigure(
            owned.say("Utilization of commitments, {provider_name:text}"),
            owned.cell("utilization_share", "percent"),
            status=owned.say("{unused_cost_usd:usd_table} unused in {month_start_date:month}"),
        ),
    )


def what_clouds_save(sums: Evidence, terms: Evidence) -> Prose:
    """What commitments to clouds would save, and all that they promise, as the first part of a sentence."""
    if not sums["options"]:
        return note("")
    if not sums["signed"]:
        return sums.say("to clouds none of {options:count} options is worth signing; ")
    return say(
        "to clouds they would save **{saved_usd:usd}** a month"
        + (" ({if_off_usd:usd} if the machines to be asked for are off at night)" if sums["to_ask"] else "")
        + ", for a promise of **{promised_usd:usd}** until {last_term_ends_on:month}; ",
        sums,
        terms,
    )


def cloud_commitment_insight(warehouse: Warehouse) -> tuple[Insight, ...]:
    """What to commit to at the clouds; nothing where no bill has usage that an offer covers, or none pays."""
    sums = totals(warehouse)
    if not sums["signed"]:
        return ()
    chosen = _chosen(warehouse, surest_first=True)
    return (
        insight(
            "rates/cloud_commitments",
            sums,
            chosen,
            signing(warehouse),
            supporting=Table(_PROMISES, chosen),
        ),
    )


def _to_be_measured(sums: Evidence) -> Prose:
    """What would save if the machines behind it were known to be in use, as a further sentence."""
    return note(" ") + phrase("rates/_to_be_measured", sums) if sums["unmeasured"] else note("")


def _longer(sums: Evidence) -> Prose:
    """What the years beyond the first buy, where a longer term is preferred, as a further sentence."""
    if sums["longer_promises_usd"] is None:
        return note("")
    return note(" ") + phrase("rates/_longer_terms", sums)


def cloud_commitment_sections(warehouse: Warehouse) -> tuple[Section, ...]:
    """What is covered, to be signed, to be measured, and left; nothing without usage of clouds."""
    sums, covered = totals(warehouse), _coverage(warehouse)
    if not sums["options"] and not covered.rows:
        return ()
    chosen = _chosen(warehouse)
    is_covered = any(row["coverage_share"] or not row["is_total"] for row in covered.records())
    return (
        Section(
            "Commitments to clouds",
            text=(
                *([_said(warehouse, sums)] if sums["options"] else []),
                *([] if is_covered or not covered.rows else [_not_covered(covered)]),
                *_untyped(covered),
            ),
            figures=_figures(sums, chosen),
            tables=(
                *(_table(_COVERED, covered, _WHAT_IS_COVERED) if is_covered else ()),
                *_table(_PROMISES, chosen, _what_to_do(sums)),
                *_table(_OPEN, chosen, "Before you sign: what hangs on one machine, an answer, or a move"),
                *_table(_YEARS, _chosen(warehouse, longer=True), "The same for a year only"),
                *_table(_UNMEASURED, _chosen(warehouse, to_measure=True), "Measure these first"),
                *_table(
                    _LOOK_BACKS,
                    _chosen(warehouse, of="measured"),
                    "How sure it is; units of spend are dollars at list price",
                ),
                *_table(
                    _SIMULATED,
                    _chosen(warehouse, of="simulated"),
                    "The same of machines that are still to take their type: simulated, nothing was measured",
                ),
                *_table(_LEFT, _left(warehouse), "What was left, and why"),
            ),
        ),
    )


def _not_covered(covered: Evidence) -> Prose:
    return covered.say("No commitment covers any of this usage in {month_start_date:month}.")


def _untyped(covered: Evidence) -> tuple[Prose, ...]:
    """What no offer judges, since the bill does not say which machine it is; nothing where all is judged."""
    return tuple(
        row.say(
            "Not judged: {untyped_usd:usd} with {provider_name:text} in {month_start_date:month}, by the "
            "hour and of services whose machines can be reserved, on lines that name no type of machine."
        )
        for row in covered.each()
        if row["is_total"] and row["untyped_usd"]
    )


def _what_to_do(sums: Evidence) -> str:
    if sums["is_example"]:
        return "Ask quotes for these"
    return "What to sign, the examples once they are quoted" if sums["has_examples"] else "What to sign"


def _table(columns: tuple[Column, ...], rows: Evidence, title: str) -> tuple[Table, ...]:
    return (Table(columns, rows, note(title), max_rows=40),) if rows.rows else ()


def _said(warehouse: Warehouse, sums: Evidence) -> Prose:
    judged = sums.say("{options:count} options were judged. ")
    if not sums["signed"]:
        return judged + note("None is worth signing.") + _to_be_measured(sums)
    return (
        judged
        + say(
            "{signed:count} are worth "
            + ("a quote" if sums["is_example"] else "signing")
            + ", for {saved_usd:usd} a month and a promise of {promised_usd:usd} in all, the last of it "
            "until {last_term_ends_on:month}. Options for the same usage exclude one another, so only these "
            "add up.",
            sums,
            signing(warehouse),
        )
        + (
            sums.say(" On one resource alone: {on_one_resource:count} of them; ask whether it stays.")
            if sums["on_one_resource"]
            else note("")
        )
        + (
            note(" ")
            + phrase("rates/_before_signing", sums)
            + note(" ")
            + phrase("rates/_worst_of_signing", sums)
            if sums["to_ask"] or sums["simulated"]
            else note("")
        )
        + _to_be_measured(sums)
        + _longer(sums)
    )


def _figures(sums: Evidence, chosen: Evidence) -> tuple[Figure, ...]:
    if not chosen.rows:
        return ()
    title = sums.say("{signed:count} commitments could save {saved_usd:usd} a month")
    return (
        Figure(
            "commitment-savings",
            ranked_bars(
                chosen,
                label="usage_group",
                value="monthly_savings_usd",
                style="usd",
                axis_title="US dollars a month",
                marker="backtested_monthly_savings_usd",
            ),
            title,
            title + note(". A bar per part of the usage, the largest first."),
            chosen,
            height=60 + 24 * len(chosen.rows),
            key="Bar: what the last 30 days would have saved. Upright mark: the backtest; simulated, as is "
            "the bar, where machines are still to take their type.",
        ),
    )
