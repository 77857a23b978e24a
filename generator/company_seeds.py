"""`python -m generator seeds --own`: empty the seeds that hold decisions of the demo's company.

Its tiers, plans, teams, budgets and offers are invented. Left in place they would price, judge and bill the
calls of a company that never decided them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from dbt_project.landing.whole_files import replace_together
from generator.errors import UsageError

SEEDS: Final = Path("dbt_project/seeds")


@dataclass(frozen=True)
class CompanySeed:
    """A seed, what a company writes into it, and the SHA-256 of the file as shipped (lines end in LF)."""

    name: str
    holds: str
    shipped: str


COMPANY_SEEDS: Final = (
    CompanySeed(
        "accepted_savings",
        "savings that you decided to make, from which day on",
        "cfbb79f5e9501b5726f7ba57e937dc7a8082b14a24836ef24a89041431a6bc86",
    ),
    CompanySeed(
        "acquisition_costs",
        "what winning a customer of each tier costs",
        "ca1c81f3f13f99a90fe9ff53d07ecdb6efd16a8da96887148ac869f940557ca1",
    ),
    CompanySeed(
        "batchable_tasks",
        "the share of each task that can wait for the batch service",
        "da12a911d1dec313a6d5a2f153a80bd04d95faf55a60d7161ff68155143f7a99",
    ),
    CompanySeed(
        "budgets",
        "what each team may spend in each month",
        "cf7b9df39b2320f6732690d6b3b1df69243556e349fe16915bd31ca7124d0084",
    ),
    CompanySeed(
        "chargeback_policies",
        "which teams are billed for their cost",
        "4e6806b86aa53c55bd33c3e4a23d8f9dcabd8265d55d4da8f7ffe57ec2d5bc54",
    ),
    CompanySeed(
        "commitment_offers",
        "offers of reserved capacity or spend that you can take",
        "ccc361adef26e227009e067d5ffb150c9f522d34053e9390cf7151ba0ad51d25",
    ),
    CompanySeed(
        "content_plans",
        "what content you plan to make, with which model",
        "bd0b22c06b51e9097d0ffee67d1aa461712ee257b01d4a55397ac5ac138cca65",
    ),
    CompanySeed(
        "investment_claims",
        "figures that somebody printed of an investment",
        "3a4aaa0466cb555439c266fdbfa8fe11beb7a6e50dca30fa707c3cef0284933f",
    ),
    CompanySeed(
        "investment_drivers",
        "how far the drivers of an investment may turn out otherwise",
        "6502665a86212569fd51f3c91e8f60857cb1529352eee7c354cacdf0d754a924",
    ),
    CompanySeed(
        "investment_lines",
        "what each investment costs and brings, by period",
        "798a14d228dec83c1bb573983600528aba1b44fd0531066e9aec079d95b8a971",
    ),
    CompanySeed(
        "investments",
        "investments that you judge, who answers for them and their rates",
        "c5f61d3073d084b519647cd1c7535cd59373bca7b3490c0f49b7740e646c876c",
    ),
    CompanySeed(
        "owner_assignments",
        "which team and cost centre answers for each feature, account and tag",
        "5292346b5811af0146b7f0e02472bef634a55111d0204b313b78b3be3293d2d4",
    ),
    CompanySeed(
        "owners",
        "your business units, teams, projects, users and cost centres",
        "bb39f4656170fcc644920fab696727efe3b501765d2874cd64df61d19b31c3a5",
    ),
    CompanySeed(
        "pricing_plans",
        "the plans you sell today, and those to compare with them",
        "234d83e3255839aaaeb3f1059c520a3fbd1718cb6654a72165fadfd62e13bf28",
    ),
    CompanySeed(
        "savings_levers",
        "how much shorter prompts can be, and what of content can be cached and can wait",
        "05c6ae6f935da88f95644a4ff24773e75cb0eaca6f7c455f0219cb84b06bc1a0",
    ),
    CompanySeed(
        "scope_budgets",
        "what may be spent by other scopes and periods",
        "e5dc94d3adf829f98d3fd715e958c35ea0bd349c7d33ea8913ca01b201f1c49b",
    ),
    CompanySeed(
        "service_levels",
        "how quick and how sure answers are that you promise, by task",
        "7386c9c089f7fb5e7ff1a8c0157847a04fbea01bb845cc4664d689202e1b62d4",
    ),
    CompanySeed(
        "spending_policies",
        "which single requests need an approval, or are refused",
        "14be84d6fd046cfc4df3be21406470a4698267126171ad6721b3faca252b8f76",
    ),
    CompanySeed(
        "subscription_tiers",
        "your tiers with their monthly fee and rank",
        "2eefda4b0d262786a44761d438b3c5a282bd19a015ab75e5a1e571112fa7e5eb",
    ),
    CompanySeed(
        "competitor_prices",
        "what competitors ask for a thousand tokens",
        "0f4e21f502b42802263c2e3a7e8df9efff4f3f80de6198b4a21f82b12e74a3a1",
    ),
    CompanySeed(
        "task_quality_floors",
        "how good an answer has to be, by task",
        "99faf0b435201e03060dbdb707c0e5b3f3c064396887f6b49b29bca7ac8a40e5",
    ),
    CompanySeed(
        "token_claims",
        "figures that somebody printed of free tokens",
        "a886c97e22a10eb0de7877abc09bc60a09f30eac5cd9b509794e26ac4aac667e",
    ),
    CompanySeed(
        "token_segments",
        "how your users without a plan use tokens",
        "4f64196b82d75c93f2a6dc7ba62722855a4bbb5f93fb87a42286e7c177504a86",
    ),
)
"""What stays: published prices, names of providers and services, limits, bands and rules of judgement,
and assumptions that say that they are assumptions."""

State = Literal["empty", "shipped", "changed", "missing"]

app = typer.Typer(
    help="The seeds that hold decisions of the demo's company.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def seeds(
    *,
    own: Annotated[bool, typer.Option("--own", help="Empty them: the header of each stays.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Empty also those that were changed.")] = False,
    folder: Annotated[
        Path, typer.Option("--seeds", metavar="FOLDER", help="The folder of the seeds.")
    ] = SEEDS,
) -> None:
    """List the seeds of the demo's company; with --own, empty them for a company of your own."""
    states = {seed: state_of(seed, folder) for seed in COMPANY_SEEDS}
    for seed, state in states.items():
        typer.echo(f"{seed.name + '.csv':<26}{_SAID[state]:<28}{seed.holds}")
    if not own:
        typer.echo("`python -m generator seeds --own` empties what the demo's company decided.")
        return
    missing = [seed.name for seed, state in states.items() if state == "missing"]
    if missing:
        raise UsageError(f"{folder / missing[0]}.csv is not there: run this at the root of the project")
    changed = [f"{seed.name}.csv" for seed, state in states.items() if state == "changed"]
    if changed and not force:
        raise UsageError(
            f"{', '.join(changed)} in {folder} differ from the demo's, so they are yours: nothing was "
            "emptied. With --force they are emptied too"
        )
    full = [seed for seed, state in states.items() if state != "empty"]
    if not full:
        typer.echo("They are empty already.")
        return
    if not yes:
        typer.confirm(
            f"Empty {len(full)} files in {folder}? `git checkout -- dbt_project/seeds` brings them back",
            abort=True,
        )
    empty(full, folder)
    typer.echo(
        f"{len(full)} seeds are empty. Fill those that you have answers for (each has a description in the "
        ".yml file beside it), then: dbt build --project-dir dbt_project --full-refresh"
    )


_SAID: Final[dict[State, str]] = {
    "empty": "empty",
    "shipped": "the demo company's",
    "changed": "changed, so yours",
    "missing": "not there",
}


def state_of(seed: CompanySeed, folder: Path) -> State:
    """Whether the file is as it was shipped, has no row, or is somebody's own; ends of lines do not count."""
    try:
        content = (folder / f"{seed.name}.csv").read_bytes().replace(b"\r\n", b"\n")
    except FileNotFoundError:
        return "missing"
    if not content.partition(b"\n")[2].strip():
        return "empty"
    return "shipped" if hashlib.sha256(content).hexdigest() == seed.shipped else "changed"


def empty(chosen: list[CompanySeed], folder: Path) -> None:
    """Leave the header of each file, of all of them or, when one cannot be written, of none."""
    paths = [folder / f"{seed.name}.csv" for seed in chosen]
    replace_together(
        {path: path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r") + "\n" for path in paths}
    )
