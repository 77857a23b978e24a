"""`python -m dbt_project.landing prices`: keep the price book of the warehouse up to date."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Final

import typer

from dbt_project.landing.errors import UsageError
from dbt_project.landing.price_book.book import (
    CLASSES,
    METER_COLUMNS,
    Change,
    Key,
    Update,
    Version,
    compare,
    read_book,
    with_changes,
    with_names,
)
from dbt_project.landing.price_book.packages import installed_release, release_of_file
from dbt_project.landing.whole_files import replace_together

SEEDS: Final = Path("dbt_project/seeds")

app = typer.Typer(
    help="List prices of published models: dbt_project/seeds/price_book.csv.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def prices() -> None:
    """List prices of published models: dbt_project/seeds/price_book.csv."""


@app.command()
def update(
    *,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="A price list in JSON, of genai-prices or LiteLLM; without it the installed genai-prices.",
        ),
    ] = None,
    release: Annotated[
        str | None, typer.Option(help="Which release the file is; needed with --from.")
    ] = None,
    effective: Annotated[
        str | None,
        typer.Option(
            help="Day (UTC) from which a changed price without a date of its own holds; today when not said."
        ),
    ] = None,
    seeds: Annotated[Path, typer.Option(help="Folder of the price book.")] = SEEDS,
) -> None:
    """Append what a release of a price list says anew, and say what changed.

    Rows are never edited: a changed price ends the earlier one, calls before it keep theirs. The same
    release a second time changes nothing.
    """
    if (source is None) != (release is None):
        raise UsageError("--from and --release belong together: a file, and which release it is")
    day = _day(effective) if effective else datetime.now(UTC).date()
    stated = release_of_file(source, release) if source and release else installed_release()
    if not seeds.is_dir():
        raise UsageError(f"{seeds} is not there: run from the root of the repository")
    book_file = seeds / "price_book.csv"
    book = read_book(book_file)
    at = datetime.combine(day, time())
    found = compare(book, stated.offers, at, stated.package)
    book_text, rows = with_changes(book_file, found, release=stated.release, recorded_on=day)
    meter_file = seeds / "price_book_meters.csv"
    metered = compare(read_book(meter_file, METER_COLUMNS), stated.meters, at, stated.package)
    meter_text, meter_rows = with_changes(meter_file, metered, release=stated.release, recorded_on=day)
    name_file = seeds / "price_book_names.csv"
    texts = {book_file: book_text, meter_file: meter_text, name_file: with_names(name_file, stated)}
    replace_together({path: text for path, text in texts.items() if text is not None})
    for line in report(book, found, stated.left_out):
        typer.echo(line)
    typer.echo(
        f"{stated.package} {stated.release}: {rows:,} rows added to {book_file}"
        + (f", {meter_rows:,} to {meter_file}" if meter_rows else "")
        + (", names of models renewed" if texts[name_file] else "")
    )


def report(book: dict[Key, list[Version]], found: Update, left_out: Sequence[str]) -> list[str]:
    """What an update means, as lines for a reader."""
    fresh = {(key.provider, key.model) for key in found.new_keys}
    known = {(key.provider, key.model) for key in book}
    changed = [change for change in found.changes if change.key not in found.new_keys]
    models = {(change.key.provider, change.key.model) for change in changed}
    tiers = sum((key.provider, key.model) in known for key in found.new_keys)
    lines = [
        f"new models: {len(fresh - known):,}; new service tiers of known models: {tiers:,}",
        f"changed prices: {len(changed):,} of {len(models):,} models",
    ]
    lines += [f"  {_change_line(change)}" for change in changed]
    if found.no_longer_listed:
        lines.append(f"no longer listed, prices kept: {len(found.no_longer_listed):,}")
    if left_out:
        lines.append(f"left out: {len(left_out):,}")
        lines += [f"  {reason}" for reason in left_out]
    return lines


def _change_line(change: Change) -> str:
    key = change.key
    parts = []
    before = {band.place: band.prices for band in change.before or ()}
    after = {band.place: band.prices for band in change.version.bands}
    for place in sorted(before.keys() | after.keys()):
        weekdays, hours, start = place
        where = f" above {start - 1:,} input tokens" if start else ""
        where += f" on days {weekdays}" if weekdays else ""
        where += f" at {hours} UTC" if hours else ""
        if place not in after:
            parts.append(f"no price of its own{where}")
            continue
        old = before.get(place, (None,) * len(CLASSES))
        for name, was, now in zip(CLASSES, old, after[place], strict=True):
            if was != now:
                parts.append(f"{name}{where} {_usd(was)} -> {_usd(now)}")
    return (
        f"{key.provider}/{key.model} ({key.service_tier}) from {change.version.valid_from:%Y-%m-%d}:"
        f" {', '.join(parts)} per million"
    )


def _usd(price: object) -> str:
    return "none" if price is None else f"${price:f}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--effective {text}: give a date as YYYY-MM-DD") from error
