"""What the reports and the dashboard say of the savings that are open."""

from dataclasses import replace

from reports_builder.assumptions import assumption
from reports_builder.evidence import Evidence, Prose, join, note, say
from reports_builder.insight_words import phrase
from reports_builder.model import Column, Figure, KeyFigure, Section, Table
from reports_builder.savings import savings_figure
from reports_builder.subjects.core.statements import spend_figures
from reports_builder.subjects.rates import queries as ask
from reports_builder.subjects.rates.charts import covered_hours, waterfall
from reports_builder.subjects.rates.cloud_commitments import offer_words, what_clouds_save
from reports_builder.warehouse import Warehouse

KINDS = {
    "model_switch": "Savings from model switches, a month",
    "batch": "Savings from the batch service, a month",
    "caching": "Savings from prompt caching, a month",
    "commitment": "Savings from commitments, a month",
}
"""The kinds of action that have a key figure of their own."""


def what_is_open(totals: Evidence) -> Prose:
    """What the same work could cost."""
    if not totals["action_count"]:
        return totals.say(
            "The period cost **{spend_usd:usd}**, and no change of model, service class or contract is known "
            "that would lower it by enough to act on."
        )
    resources = (
        " (models, and {resources_usd:usd} of machines and storage)" if totals["resources_usd"] else ""
    )
    return totals.say(
        f"The same work that cost **{{spend_usd:usd}}**{resources} in the period could cost "
        "**{spend_after_usd:usd}**: {action_count:count} pieces of work are worth **{total_net_usd:usd}** a "
        "month together, {net_share:percent} of what was examined (between {total_low_usd:usd} and "
        "{total_high_usd:usd})."
    )


def what_was_examined(bridge: Evidence) -> tuple[Prose, ...]:
    """From all spend to what was examined for savings; nothing where models are all that is paid for."""
    rest = bridge["not_examined_usd"]
    if rest is None or not float(str(rest)):
        return ()
    if float(str(rest)) < 0:
        return (
            bridge.say(
                "All spend of the period was {all_spend_usd:usd}; what was examined for savings is more, "
                "{examined_usd:usd}, as each bill counts with its own last month of machines and storage."
            ),
        )
    return (
        bridge.say(
            "Of all spend, {all_spend_usd:usd}, **{examined_usd:usd}** was examined for savings; "
            "{not_examined_usd:usd} was not: what commitments cover and spare capacity, services without a "
            "resource, support, fees and taxes."
        ),
    )


def what_first(best: Evidence) -> tuple[Prose, ...]:
    """The action worth most for its effort, and how it begins; nothing when there is none."""
    if not best.rows:
        return ()
    return (
        best.say(
            "Start with this one: {subject:text}, worth **{net_monthly_savings_usd:usd}** a month for "
            "{effort:text} of work; "
            "it has paid back after {payback_with_start_months:months} from today. First step: "
            "{first_step:text}."
        ),
    )


def key_figures(
    spend: Evidence, totals: Evidence, kinds: dict[str, Evidence], caching: Evidence
) -> tuple[KeyFigure, ...]:
    """Spend, what the whole ledger takes off it, and each kind of action."""
    return (
        spend_figures(spend)[0],
        savings_figure(totals),
        *(
            caching_figure(kind, caching) if name == "caching" else kind_figure(name, kind)
            for name, kind in kinds.items()
        ),
    )


def kind_figure(name: str, kind: Evidence) -> KeyFigure:
    """What the actions of one kind are worth; ``kind`` is the kind's sums."""
    if not kind["kind_actions"]:
        return KeyFigure(KINDS[name], note("0"), status=note("nothing to do"))
    return KeyFigure(
        KINDS[name],
        kind.cell("kind_net_usd", "usd_table"),
        status=kind.say(
            "example offers: in no total, until a provider quotes them"
            if kind["is_example"]
            else "{kind_low_usd:usd} to {kind_high_usd:usd}; actions: {kind_actions:count}"
        ),
    )


def caching_figure(kind: Evidence, caching: Evidence) -> KeyFigure:
    """What caching is worth, unknown where nobody can tell; ``caching`` is what is known of all prompts."""
    why = (
        *(
            (caching.say("{untraced_calls:count} of {unknown_calls:count} calls carry no trace id"),)
            if caching["untraced_calls"]
            else ()
        ),
        *(
            (
                caching.say(
                    ("one task" if caching["uncached_tasks"] == 1 else "{uncached_tasks:count} tasks")
                    + " in which no call reads from a cache"
                ),
            )
            if caching["uncached_tasks"]
            else ()
        ),
    )
    if why and not kind["kind_actions"]:
        return KeyFigure(KINDS["caching"], note("unknown"), status=join(why, "; "))
    figure = kind_figure("caching", kind)
    if figure.status is None or not (why or caching["left_out_calls"]):
        return figure
    stands_on = caching.say("; by {compared_token_share:percent} of prompt tokens, the rest is unknown")
    return replace(figure, status=figure.status + stands_on)


def days_of(kind: Evidence) -> str:
    """What the counted works of a kind take together, by the days that the seed states."""
    days = kind["kind_effort_days"]
    return "unknown" if days is None else f"{float(str(days)):g} days in all"


def waterfall_figure(warehouse: Warehouse, totals: Evidence) -> Figure:
    """From spend to what the actions would leave of it."""
    steps = ask.steps(warehouse)
    title = totals.say("The actions would take monthly spend from {spend_usd:usd} to {spend_after_usd:usd}")
    return Figure(
        "spend-after-actions",
        waterfall(steps),
        title,
        title + note(". One bar for spend, one for what each kind of action takes off, one for the rest."),
        steps,
        height=300,
    )


def commitment_section(warehouse: Warehouse, offer: Evidence) -> tuple[Section, ...]:
    """The hours behind the recommended commitment, and how sure each offer on models with a level is."""
    sure = _look_backs_table(warehouse)
    hours = ask.demand_curve(warehouse, offer)
    if not hours.rows:
        return (Section("How sure the offers on models are", tables=sure),) if sure else ()
    title = offer.say(
        "At {hourly_commitment_usd:usd} an hour the commitment covers {coverage_share:percent} of the usage "
        "and is {utilization_share:percent} used"
    )
    figure = Figure(
        "commitment-hours",
        covered_hours(hours, offer),
        title,
        title + note(". Hours of the look-back by falling demand; the dark part is covered."),
        hours,
    )
    return (Section("The hours behind the recommended commitment", figures=(figure,), tables=sure),)


def _look_backs_table(warehouse: Warehouse) -> tuple[Table, ...]:
    """The levels that other look-backs choose, and what the backtest saved."""
    found = ask.look_backs(warehouse)
    if not found.rows:
        return ()
    columns = (
        Column("offer_name", "Offer", words=offer_words),
        Column("committed_units", "Level", "ratio"),
        Column("best_units_last_7", "Best on 7 days", "ratio"),
        Column("best_units_last_30", "On 30", "ratio"),
        Column("best_units_last_60", "On 60", "ratio"),
        Column("best_units_last_90", "On 90", "ratio"),
        Column("monthly_savings_usd", "Level saves a month", "usd_table"),
        Column("monthly_savings_last_60_usd", "On 60 days", "usd_table"),
        Column("monthly_savings_last_90_usd", "On 90 days", "usd_table"),
        Column("backtested_units", "Backtest: level", "ratio"),
        Column("backtested_monthly_savings_usd", "Backtest: saved a month", "usd_table"),
        Column("confidence", "Confidence"),
    )
    return (
        Table(
            columns,
            found,
            note(
                "How sure each offer on models with a level is; units of spend are dollars an hour. The "
                "backtest's level is what the first two thirds of at most 90 days would have chosen, judged "
                "on the last third."
            ),
        ),
    )


def offers_called(counts: Evidence) -> Prose:
    """The word for the offers: what nobody has quoted is called an example."""
    if not counts["offers_illustrative"]:
        return phrase("rates/_offers")
    if counts["offers_illustrative"] == counts["offers_judged"]:
        return phrase("rates/_offers_examples")
    return phrase("rates/_offers_some_examples", counts)


def offers_that_pay(counts: Evidence) -> Prose:
    """How many offers pay, and how many of those can be signed where one excludes another; no full stop."""
    are_exclusive = counts["offers_recommended"] not in (0, counts["offers_paying"])
    called = offers_called(counts)
    return phrase("rates/_offers_that_pay", counts, offers_called=called, are_exclusive=are_exclusive)


def after_the_price_plan(offer: Evidence) -> Prose:
    """What a commitment on models saves once the price plan has taken its part of the usage; no full stop."""
    if (
        offer["usage_share_after_price_plan"] is None
        or float(str(offer["usage_share_after_price_plan"])) >= 1
    ):
        return note("")
    return phrase("rates/_after_the_price_plan", offer)


def what_commitments_save(
    offer: Evidence, beyond: Evidence, counts: Evidence, clouds: Evidence, terms: Evidence
) -> Prose:
    """Commitments to clouds and on models, in one paragraph."""
    return (
        note("Commitments: ")
        + what_clouds_save(clouds, terms)
        + _on_models(offer, beyond, counts)
        + note(". ")
        + _when_to_sign(offer, clouds)
    )


def _on_models(offer: Evidence, beyond: Evidence, counts: Evidence) -> Prose:
    if not counts["offers_judged"]:
        return note(
            "on models none was judged, because no offer for a model in use is on file (seed "
            "commitment_offers)"
        )
    if not offer.rows and beyond.rows:
        return note("on models ") + offers_that_pay(counts) + _beyond(beyond)
    if not offer.rows:
        return (
            counts.say("on models none of the {offers_judged:count} ")
            + offers_called(counts)
            + note(" pays once the other actions are taken")
        )
    return (
        note("on models ")
        + offers_that_pay(counts)
        + offer.say(
            (
                "; within the limits of the portfolio **{offer_net_usd:usd}** a month: "
                if beyond.rows
                else "; the best saves **{offer_net_usd:usd}** a month: "
            )
            + "{hourly_commitment_usd:usd} an hour with {provider:text} for {term_months:count} months"
        )
        + after_the_price_plan(offer)
        + _beyond(beyond)
    )


def _beyond(beyond: Evidence) -> Prose:
    """What is not recommended although it pays by itself; no full stop."""
    if not beyond.rows:
        return note("")
    return beyond.say(
        "; not recommended are {beyond_hourly_usd:usd} an hour for {beyond_net_usd:usd} a month, with "
        "{beyond_at_risk_usd:usd} at risk: {beyond_reason:text}"
    )


def _when_to_sign(offer: Evidence, clouds: Evidence) -> Prose:
    if not offer.rows and not clouds["signed"]:
        return note("Sign nothing.")
    if offer["is_illustrative"] or clouds["has_examples"]:
        return note(
            "Offers that are examples are in no total: ask for quotes, and sign nothing before the actions "
            "that they rest on are done."
        )
    return note("Sign after the other actions, not before.")


def offers_table(warehouse: Warehouse) -> Table:
    """Every offer of reserved capacity, judged on usage as it was."""
    columns = (
        Column("offer_name", "Offer", words=offer_words),
        Column("hourly_commitment_usd", "Per hour", "usd_table"),
        Column("on_demand_cost_usd", "On demand", "usd_table"),
        Column("total_cost_usd", "With commitment", "usd_table"),
        Column("coverage_share", "Coverage", "percent"),
        Column("utilization_share", "Utilization", "percent"),
        Column("break_even_utilization_share", "Break-even (above 100 %: never)", "percent"),
        Column("net_monthly_savings_usd", "Saves a month", "usd_table"),
        Column("savings_without_contract_usd", "Batch and caching, no contract", "usd_table"),
        Column("verdict", "Verdict"),
    )
    return Table(columns, ask.offers(warehouse, "as_used"))


def refused_table(warehouse: Warehouse) -> Table:
    """Switches that would save money and that something speaks against."""
    columns = (
        Column("task_type", "Task", "words"),
        Column("from_model", "From"),
        Column("to_model", "To"),
        Column("monthly_savings_usd", "Would save", "usd_table"),
        Column("quality_change", "Quality change", "delta_points"),
        Column("verdict", "Why not"),
    )
    return Table(columns, ask.refused_switches(warehouse))


def caching_section(warehouse: Warehouse) -> Section:
    """What is read from the cache, and what of the rest could be, by the place of a call in its run."""
    sums = ask.caching_in_all(warehouse)
    columns = (
        Column("task_type", "Task", "words"),
        Column("model", "Model"),
        Column("cached_share", "Cached", "percent"),
        Column("first_cached_share", "Of first calls", "percent"),
        Column("later_cached_share", "Of later calls", "percent"),
        Column("peer_later_cached_share", "Best model, later calls", "percent"),
        Column("verdict", "Verdict"),
        Column("more_cached_tokens", "Tokens to cache", "count_short"),
        Column("net_usd", "Saves a month", "usd_table"),
    )
    return Section(
        "Prompt caching: first calls of a run and later ones",
        text=(
            *_places_said(sums),
            *_left_out_said(sums),
            *_single_calls_said(sums),
            *_uncached_said(sums),
            *_untraced_said(sums),
        ),
        tables=(Table(columns, ask.caching(warehouse), max_rows=60),),
    )


def _places_said(sums: Evidence) -> tuple[Prose, ...]:
    if sums["first_token_share"] is None:
        return ()
    later = (
        "; of the later ones {later_cached_share:percent} of the tokens were read from it"
        if sums["later_cached_share"] is not None
        else ""
    )
    traced = " with a trace id" if sums["left_out_calls"] or sums["untraced_calls"] else ""
    return (
        sums.say(
            "The first call of a run finds nothing of that run in the cache: such calls are "
            f"{{first_token_share:percent}} of the prompt tokens{traced}{later}. "
            "Models are compared in the same place of a run, so that one with short runs is not "
            "blamed for them; "
            + (
                "the gaps that are left are worth **{caching_net_usd:usd}** a month."
                if sums["caching_net_usd"]
                else "where a task is cached at all, no model reads much less than the others on it."
            )
        ),
    )


def _uncached_said(sums: Evidence) -> tuple[Prose, ...]:
    if not sums["uncached_tasks"]:
        return ()
    tasks = "one task" if sums["uncached_tasks"] == 1 else "{uncached_tasks:count} tasks"
    return (
        sums.say(
            f"What a cache could save is not known for {tasks} in which no call reads from one "
            "({uncached_tokens:count_short} of {prompt_tokens:count_short} prompt tokens, "
            "**{uncached_cost_usd:usd}**): there is no model to compare with. Next step: measure how much of "
            "the beginning of their prompts is the same from call to call."
        ),
    )


def _left_out_said(sums: Evidence) -> tuple[Prose, ...]:
    if not sums["left_out_calls"]:
        return ()
    return (
        sums.say(
            "These figures stand on **{placed_token_share:percent}** of the prompt tokens: "
            "{left_out_calls:count} of {known_calls:count} calls carry no trace id, and what they could read "
            "is in no figure."
        ),
    )


def _single_calls_said(sums: Evidence) -> tuple[Prose, ...]:
    if not sums["single_call_tasks"]:
        return ()
    where = "one task" if sums["single_call_tasks"] == 1 else "{single_call_tasks:count} tasks"
    return (
        sums.say(
            f"In {where} no call follows another in its run, so there is nothing to cache between calls, "
            "only a beginning that all prompts share. If these calls are parts of longer runs, send the same "
            "trace id with all calls of a run."
        ),
    )


def _untraced_said(sums: Evidence) -> tuple[Prose, ...]:
    """The models of whose calls most carry no trace id; nothing where each has one for half of them."""
    if not sums["untraced_calls"]:
        return ()
    return (
        sums.say(
            "For **{unknown_token_share:percent}** of the prompt tokens it is unknown what a cache could "
            "save: {untraced_calls:count} of {unknown_calls:count} calls carry no trace id, so nobody "
            "knows which was the first of its run. Next step: send a trace id with every call, the same for "
            "all calls of a run."
        ),
    )


def owners_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """What the counted savings ask of each owner, added up; nothing without any."""
    owners = ask.owners(warehouse)
    if not owners.rows:
        return ()
    plan = ask.plan_work(warehouse)
    return (
        Section(
            "The work asked of each owner",
            text=(
                owners.say(
                    "Most is asked of {owner_role:text}: {owner_effort_days:days} in {owner_works:count} of "
                    "the works that count"
                )
                + (
                    plan.say("; the price plan takes {plan_effort_usd:usd_table} more of Product and Sales")
                    if plan.rows
                    else note("")
                )
                + say(
                    ". One after the other, what saves most for its effort first and "
                    "{owner_days_a_month:count} days a month, the last of them begins to save after "
                    "{owner_last_start_months:months} (assumption owner_days_a_month: hold it against the "
                    "calendar before you promise a start). Moves that lift a task to its quality floor come "
                    "on top, and so do canaries.",
                    owners,
                    assumption(warehouse, "owner_days_a_month"),
                ),
            ),
            tables=(
                Table(
                    (
                        Column("owner_role", "Owner"),
                        Column("owner_works", "Works", "count"),
                        Column("owner_effort_days", "Days", "ratio"),
                        Column("owner_effort_usd", "Takes once", "usd_table"),
                        Column("owner_last_start_months", "Last begins to save after", "months"),
                    ),
                    owners,
                ),
            ),
        ),
    )
