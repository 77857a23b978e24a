"""The realism table: its statistics by hand, its lines, and the real traces where they are."""

import numpy as np
import pytest
from typer.testing import CliRunner

from generator.cli import app
from generator.patterns.tokens import normal_quantiles
from generator.realism.bands import BANDS, KINDS, Band
from generator.realism.command import holds, table
from generator.realism.real import CODE_TRACE, measure_real
from generator.realism.statistics import (
    day_cv,
    dispersion,
    gini,
    lognormal_distance,
    peak_over_trough,
    top_share,
    two_sample_distance,
)
from tests.real_files import FOLDER, real_file


def test_statistics_by_hand():
    assert gini(np.array([1.0, 1.0, 1.0, 1.0])) == pytest.approx(0)
    # One of four has everything: (n - 1) / n.
    assert gini(np.array([0.0, 0.0, 0.0, 8.0])) == pytest.approx(0.75)
    assert top_share(np.array([1.0] * 9 + [11.0]), 0.1) == pytest.approx(0.55)
    assert day_cv(np.array([8.0, 12.0])) == pytest.approx(np.sqrt(8) / 10)
    hours = np.full(24, 2.0)
    hours[[10, 11, 12]] = 8.0
    assert peak_over_trough(hours) == pytest.approx(4.0)
    # All 14,400 calls of a day in one minute: variance over mean is the count less the mean.
    assert dispersion([(0, 14_400)]) == pytest.approx(14_400 - 10)
    assert two_sample_distance(np.array([1.0, 2.0]), np.array([3.0, 4.0])) == 1.0
    assert two_sample_distance(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0])) == pytest.approx(0.5)


def test_a_lognormal_is_near_itself_and_a_template_is_not():
    normal = normal_quantiles()
    drawn = np.exp(3 + 0.8 * normal)
    assert lognormal_distance(drawn, normal) < 0.005
    assert lognormal_distance(np.concatenate([drawn, np.full(len(drawn) // 2, 500.0)]), normal) > 0.1


def test_a_band_is_judged_as_it_is_shown():
    band = Band("chat", "ratio", 0.2, 0.35)
    assert band.holds(0.354)
    assert not band.holds(0.36)
    assert not holds(band, {})
    line = table((7,), [{("chat", "weekend day / weekday"): 0.7}], {("chat", "weekend day / weekday"): 0.6})
    row = next(text for text in line if "weekend" in text and text.startswith("chat"))
    assert "0.7 MISSED" in row
    assert row.rstrip().endswith("0.6")


def test_every_kind_has_its_bands():
    assert {band.kind for band in BANDS} == {*KINDS, "all"}


def test_the_command_prints_every_band_for_every_seed(monkeypatch, tmp_path):
    monkeypatch.setenv("FINOPS_REAL_FILES", str(tmp_path / "nowhere"))
    options = [
        "realism",
        "--customers",
        "20",
        "--days",
        "8",
        "--seed",
        "3",
        "--seed",
        "4",
        "--scenario",
        "base",
    ]
    done = CliRunner().invoke(app, options)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert len([line for line in lines if "met" in line or "MISSED" in line]) >= len(BANDS)
    assert "seed 3" in lines[0]
    assert "seed 4" in lines[0]
    assert any("No real traces" in line for line in lines)
    assert f"of {2 * len(BANDS)} met" in lines[-1]


def test_the_real_code_trace_lies_in_the_bands_of_code_completion():
    real_file(CODE_TRACE)
    found = measure_real(FOLDER)
    for measure in ("input tokens / output tokens", "median output tokens", "KS of one lognormal on inputs"):
        (band,) = [it for it in BANDS if it.kind == "code completion" and it.measure == measure]
        assert band.holds(found["code completion", measure]), measure
