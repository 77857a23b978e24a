"""What the reports and the dashboard say of free tokens and lifetimes."""

from reports_builder.chart_kinds import ranges
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Column, Figure, KeyFigure, Section, Table
from reports_builder.subjects.planning.returns.statements import CLAIM_COLUMNS
from reports_builder.subjects.planning.tokens import queries as ask
from reports_builder.warehouse import Warehouse


def tokens_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Free allowances side by side; nothing without segments of users."""
    allowances = ask.allowances(warehouse)
    if not allowances.rows:
        return ()
    best, claims = ask.best_allowances(warehouse), ask.claims(warehouse)
    return (
        Section(
            "Example: free tokens, what they win and cost",
            text=(
                say(
                    "This is an example and no result of yours: segments, prices and costs are those "
                    "that are shipped. It assumes {assumed_cost_per_1k_usd:usd_unit} for 1,000 tokens; "
                    "measured here, they cost {cost_per_1k_tokens_usd:usd_unit}, and one call takes "
                    "{tokens_per_call:count}. Put your own figures into the seeds before you act on one.",
                    ask.measured_tokens(warehouse),
                    allowances,
                ),
                note(
                    "Per thousand users who sign up, from the segments in the seed token_segments. Whom an "
                    "allowance covers has no reason to pay; how many of the others do is an assumption with "
                    "a range (free_tier_ in the seed assumptions) until an allowance was tried (seed "
                    "allowance_experiments)."
                ),
                _which_is_best(best),
                _where_the_price_stands(best),
            ),
            tables=(
                Table(
                    (
                        Column("allowance_tokens", "Free tokens a month", "count"),
                        Column("covered_user_share", "Users covered", "percent"),
                        Column("covered_token_share", "Tokens covered", "percent"),
                        Column("conversion_share", "Begin to pay", "percent"),
                        Column("conversion_source", "By"),
                        Column("free_cost_usd", "Given away", "usd_table"),
                        Column("profit_usd", "Worth", "usd_table"),
                        Column("lower_profit_usd", "Low", "usd_table"),
                        Column("upper_profit_usd", "High", "usd_table"),
                        Column("lifetime_value_ratio", "Lifetime value / cost of winning", "ratio"),
                        Column("payback_months", "Paid back, months", "ratio"),
                        Column("verdict", "Verdict"),
                    ),
                    allowances,
                    max_rows=17,
                ),
            ),
        ),
        *_claims_section(claims),
    )


def _which_is_best(best: Evidence) -> Prose:
    """The best allowance, how flat it is around it, and what is best if conversion goes badly."""
    said = best.say(
        "On the example's figures {best_tokens:count} free tokens a month are worth most, "
        "{best_profit_usd:usd} per thousand users"
    )
    if best["tried"]:
        said += best.say(", of {tried:count} that were tried")
    said += note(". ")
    if best["as_good"]:
        said += best.say(
            "As good (free_tier_flat_share): {as_good:count} more, all from {least_as_good_tokens:count} to "
            "{most_as_good_tokens:count}. "
        )
    else:
        said += note("No other comes near it (free_tier_flat_share). ")
    return said + best.say(
        "At the low end of what is known of conversion {best_at_worst_tokens:count} are best, at "
        "{worst_profit_usd:usd}."
    )


def _where_the_price_stands(best: Evidence) -> Prose:
    if best["price_distance_share"] is None:
        return note("What competitors ask is not known: put it into the seed competitor_prices.")
    side = "below" if best["is_priced_below"] else "above"
    return best.say(
        f"The price of a token is {{price_distance_share:percent}} {side} the mean of what competitors ask "
        "(seed competitor_prices)."
    )


def _claims_section(claims: Evidence) -> tuple[Section, ...]:
    if not claims.rows:
        return ()
    return (
        Section(
            "Example: figures that others printed on free tokens, checked",
            tables=(
                Table(
                    CLAIM_COLUMNS,
                    claims,
                    note(
                        "Claims of others, shipped as examples in the seed token_claims; nobody in your "
                        "company made them. Computed from the figures of the example."
                    ),
                    max_rows=20,
                ),
            ),
        ),
    )


def tiers_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """How many calls a month each tier's fee pays for; nothing without tiers."""
    tiers = ask.tier_break_evens(warehouse)
    if not tiers.rows:
        return ()
    return (
        Section(
            "How many calls a fee pays for",
            tables=(
                Table(
                    (
                        Column("subscription_tier", "Tier"),
                        Column("monthly_fee_usd", "Fee a month", "usd_table"),
                        Column("cost_per_call_usd", "A call costs", "usd_unit"),
                        Column("break_even_calls", "Break-even, calls a month", "count"),
                        Column("lower_break_even_calls", "With dear calls", "count"),
                        Column("upper_break_even_calls", "With cheap calls", "count"),
                        Column("median_calls", "Usual customer, calls", "count"),
                        Column("customers", "Customers", "count"),
                        Column("customers_beyond", "Beyond it", "count"),
                        Column("customers_beyond_share", "Share", "percent"),
                    ),
                    tiers,
                    note(
                        "Of customers who were subscribed all 30 days and all of whose calls have a cost. "
                        "Dear and cheap are the calls of the dearest and the cheapest tenth of them."
                    ),
                ),
            ),
        ),
    )


def lifetime_figure(warehouse: Warehouse) -> tuple[KeyFigure, ...]:
    """What a new customer is worth until it leaves; nothing where nobody left."""
    lifetimes = ask.lifetimes(warehouse)
    if not lifetimes.rows:
        return ()
    return (
        KeyFigure(
            "Lifetime value of a new customer",
            lifetimes.cell("lifetime_value_usd", "usd_table"),
            status=lifetimes.say(
                "{lower_lifetime_value_usd:usd} to {upper_lifetime_value_usd:usd}; departures: "
                "{departures:count}"
            ),
        ),
    )


def lifetimes_chart(warehouse: Warehouse) -> tuple[Section, ...]:
    """The same by tier as bars from the low to the high end; nothing where nobody left."""
    lifetimes = ask.lifetimes(warehouse)
    if not lifetimes.rows:
        return ()
    title = lifetimes.say(
        "A new customer is worth {lifetime_value_usd:usd} of discounted margin, if those who stayed stay on"
    )
    figure = Figure(
        "lifetime-value",
        ranges(
            lifetimes,
            label="subscription_tier",
            low="lower_lifetime_value_usd",
            high="upper_lifetime_value_usd",
            middle="lifetime_value_usd",
            axis_title="US dollars until it leaves",
        ),
        title,
        title + note(". A bar per tier from the low to the high end; the tick is the value."),
        lifetimes,
        height=70 + 28 * len(lifetimes.rows),
        key="From the low to the high end, which hold in 19 of 20 cases. The tick is the value.",
    )
    return (Section("What a new customer is worth", figures=(figure,)),)


def lifetimes_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Lifetimes by tier; nothing where nobody left."""
    lifetimes, months = ask.lifetimes(warehouse), ask.retention_by_month(warehouse)
    if not lifetimes.rows:
        return ()
    return (
        Section(
            "What a new customer is worth, if those who stayed stay on",
            text=(
                note(
                    "These values differ from those of customer profitability for two reasons. There all "
                    "departures count, and a customer leaves with the same chance in each month, "
                    "undiscounted; here a customer's chance falls the longer it stays, months are "
                    "discounted, and only departures count in a month of life that the data shows from "
                    "its beginning, so they may be fewer. For a decision on spending now, take the "
                    "least value of either."
                ),
            ),
            tables=(
                Table(
                    (
                        Column("subscription_tier", "Tier"),
                        Column("departures", "Left", "count"),
                        Column("is_small_sample", "Few", "yes_no"),
                        Column("first_month_retention_share", "There after a month", "percent"),
                        Column("first_year_survival_share", "After a year", "percent"),
                        Column("lifetime_months", "Months", "ratio"),
                        Column("lower_lifetime_months", "Low", "ratio"),
                        Column("upper_lifetime_months", "High", "ratio"),
                        Column("constant_churn_lifetime_months", "At one churn rate", "ratio"),
                        Column("lifetime_value_usd", "Worth", "usd_table"),
                        Column("lower_lifetime_value_usd", "Low", "usd_table"),
                        Column("upper_lifetime_value_usd", "High", "usd_table"),
                    ),
                    lifetimes,
                    note(
                        "Low and high hold in 19 of 20 cases. Months are discounted; the first counts whole."
                    ),
                ),
                Table(
                    (
                        Column("month_of_life", "Month of life", "count"),
                        Column("survival_share", "Still there after it", "percent"),
                        Column("lower_survival_share", "Low", "percent"),
                        Column("upper_survival_share", "High", "percent"),
                        Column("revenue_usd", "Revenue in it", "usd_table"),
                        Column("revenue_so_far_usd", "Revenue so far", "usd_table"),
                        Column("lower_revenue_so_far_usd", "Low", "usd_table"),
                        Column("upper_revenue_so_far_usd", "High", "usd_table"),
                    ),
                    months,
                    note(
                        "A new customer of any tier, month by month: whether it is still there, and what its "
                        "fees bring in, not discounted. Low and high hold in 19 of 20 cases."
                    ),
                ),
            ),
        ),
    )


def before_it_is_made_sections(warehouse: Warehouse) -> tuple[Section, ...]:
    """What content will cost, and which model suits which budget; each only where something is known."""
    content, choices = ask.content(warehouse), ask.choices(warehouse)
    sections = []
    if content.rows:
        sections.append(
            Section(
                "Content before it is made",
                tables=(
                    Table(
                        (
                            Column("content_type", "Content", "words"),
                            Column("model", "Model"),
                            Column("pieces_per_month", "Pieces a month", "count"),
                            Column("cost_per_piece_usd", "A piece", "usd_unit"),
                            Column("monthly_cost_usd", "A month", "usd_table"),
                            Column("price_source", "Price"),
                        ),
                        content,
                        note("From the plan in the seed content_plans."),
                        max_rows=15,
                    ),
                ),
            )
        )
    if choices.rows:
        sections.append(
            Section(
                "Which model for which budget",
                text=(
                    note(
                        "Low cost: the cheapest that keeps the task's floor of quality. Balanced: the "
                        "cheapest that loses little against the best. Premium: the best. All with the same "
                        "tokens."
                    ),
                ),
                tables=(
                    Table(
                        (
                            Column("task_type", "Task", "words"),
                            Column("budget", "Budget", "words"),
                            Column("model", "Model"),
                            Column("cost_per_call_usd", "A call", "usd_unit"),
                            Column("quality_score_avg", "Quality", "percent"),
                        ),
                        choices,
                        max_rows=30,
                    ),
                ),
            )
        )
    return (*sections, *_content_choices_section(warehouse))


def _content_choices_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Which model suits which type of content, and what all of it then costs a month."""
    choices, budgets = ask.content_choices(warehouse), ask.content_budgets(warehouse)
    if not choices.rows:
        return ()
    total = Table(
        (
            Column("budget", "All content", "words"),
            Column("pieces_per_month", "Pieces a month", "count"),
            Column("monthly_cost_usd", "A month", "usd_table"),
            Column("change_from_plan_usd", "Against the plan", "delta_usd_table"),
        ),
        budgets,
    )
    return (
        Section(
            "Which model for which content",
            text=(
                note(
                    "By the same three rules, with the tokens that a piece takes in the plan and the quality "
                    "measured on the task that stands for it (task_type in the seed content_plans). Where no "
                    "answers of that task are scored there is no choice, and no total. If even low cost is "
                    "dearer than the plan, the model that is planned was not scored on the task, or lies "
                    "below its floor."
                ),
            ),
            tables=(
                *([total] if budgets.rows else []),
                Table(
                    (
                        Column("content_type", "Content", "words"),
                        Column("budget", "Budget", "words"),
                        Column("model", "Model"),
                        Column("task_type", "Judged on", "words"),
                        Column("quality_score_avg", "Quality", "percent"),
                        Column("quality_floor", "Floor", "percent"),
                        Column("cost_per_piece_usd", "A piece", "usd_unit"),
                        Column("monthly_cost_usd", "A month", "usd_table"),
                        Column("change_from_plan_usd", "Against the plan", "delta_usd_table"),
                    ),
                    choices,
                    max_rows=30,
                ),
            ),
        ),
    )
