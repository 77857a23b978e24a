"""`python -m generator realism`: bands, what is generated, and what is real, side by side."""

import os
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from generator.plan import Options, make_plan
from generator.realism.bands import ALL, BANDS, Band, Measured
from generator.run import default_workers, generate
from generator.scenarios.registry import CHOICES, resolve

SEEDS: Final = (42, 1, 2)
REAL_FILES: Final = "FINOPS_REAL_FILES"
_REAL_FOLDER: Final = Path("../shared/fixtures/real")

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def realism(
    *,
    customers: Annotated[int, typer.Option(help="How many customers to simulate.")] = 100,
    days: Annotated[int, typer.Option(help="How many days of calls.")] = 30,
    end_date: Annotated[str, typer.Option(help="Last day of the period, YYYY-MM-DD.")] = "2026-10-31",
    seed: Annotated[
        list[int] | None, typer.Option(help="Seeds to generate with; repeat for several.")
    ] = None,
    scenario: Annotated[
        list[str] | None, typer.Option(help=f"What moves the traffic. One of {', '.join(CHOICES)}.")
    ] = None,
) -> None:
    """Print how real the generated traffic looks, per kind of application and seed."""
    # The generator itself does without a database.
    from generator.realism.measures import measure  # noqa: PLC0415
    from generator.realism.real import distances, measure_real  # noqa: PLC0415

    seeds = tuple(seed or SEEDS)
    folder = Path(os.environ.get(REAL_FILES, _REAL_FOLDER))
    measured: list[Measured] = []
    apart: dict[str, float] = {}
    for number in seeds:
        options = Options(customers, days, date.fromisoformat(end_date), number, resolve(scenario or ()))
        with tempfile.TemporaryDirectory() as raw:
            generate(make_plan(options), Path(raw), default_workers())
            measured.append(measure(Path(raw)))
            apart = apart or distances(folder, Path(raw))
    real = measure_real(folder) if folder.is_dir() else {}
    for line in table(seeds, measured, real):
        typer.echo(line)
    for name, value in apart.items():
        typer.echo(f"code completion, seed {seeds[0]} against the real trace: {name} {value:.3f}")
    if not real:
        typer.echo(f"No real traces: {folder} is not there (set {REAL_FILES} to the folder that holds them).")
    missed = sum(not holds(band, found) for band in BANDS for found in measured)
    typer.echo(f"{len(BANDS) * len(seeds) - missed} of {len(BANDS) * len(seeds)} met")


def holds(band: Band, found: Measured) -> bool:
    """Whether a data set meets a band; what could not be measured does not."""
    value = found.get((band.kind, band.measure))
    return value is not None and band.holds(value)


def table(seeds: tuple[int, ...], measured: list[Measured], real: Measured) -> list[str]:
    """The lines of the table: a row per band, met or MISSED per seed."""
    head = [
        f"{'kind':<16}",
        f"{'measure':<50}",
        f"{'band':>15}",
        *(f"{f'seed {it}':>16}" for it in seeds),
        f"{'real':>9}",
    ]
    lines = ["  ".join(head)]
    order = {kind: index for index, kind in enumerate(dict.fromkeys(band.kind for band in BANDS))}
    for band in sorted(BANDS, key=lambda band: (band.kind == ALL, order[band.kind])):
        cells = [
            f"{_number(found.get((band.kind, band.measure))):>9} {mark:<6}"
            for found in measured
            for mark in ["met" if holds(band, found) else "MISSED"]
        ]
        limit = "more" if band.high >= 1e9 else _number(band.high)
        known = real.get((band.kind, band.measure))
        lines.append(
            "  ".join(
                [
                    f"{band.kind:<16}",
                    f"{band.measure:<50}",
                    f"{_number(band.low)} - {limit}".rjust(15),
                    *cells,
                    f"{'' if known is None else _number(known):>9}",
                ]
            )
        )
    return lines


def _number(value: float | None) -> str:
    if value is None:
        return "none"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}" if value < 10 else f"{value:.1f}"
