"""A filter's value is compared, never read: not as SQL, not as a template, not as another value's place."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from reports_builder.semantic import dimension_values, query
from tests.semantic.conftest import HOSTILE


@pytest.mark.parametrize("name", HOSTILE)
def test_a_value_selects_its_rows_and_no_other(hostile: Path, name: str) -> None:
    result = query(["calls"], [], {"call__provider": [name]}, warehouse=hostile)
    assert result.rows == ((2 ** HOSTILE.index(name),),)


def test_several_values_select_their_rows(hostile: Path) -> None:
    for first, second in combinations(range(len(HOSTILE)), 2):
        chosen = [HOSTILE[first], HOSTILE[second]]
        result = query(["calls"], [], {"call__provider": chosen}, warehouse=hostile)
        assert result.rows == ((2**first + 2**second,),), chosen


def test_filters_on_several_dimensions_all_hold(hostile: Path) -> None:
    filters = {
        "call__provider": HOSTILE,
        "call__model": ["finops_value_0", "x"],
        "customer": ["x", "finops_value_1"],
    }
    assert query(["calls"], [], filters, warehouse=hostile).rows == ((2 ** len(HOSTILE) - 1,),)
    assert query(["calls"], [], filters | {"customer": ["y"]}, warehouse=hostile).rows == ((0,),)


def test_no_values_are_no_filter(hostile: Path) -> None:
    assert query(["calls"], [], {"call__provider": []}, warehouse=hostile).rows == ((2 ** len(HOSTILE) - 1,),)


def test_a_filter_offers_every_value_as_it_is(hostile: Path) -> None:
    assert set(dimension_values("call__provider", warehouse=hostile)) == set(HOSTILE)
    assert dimension_values("customer", warehouse=hostile) == ("x",)


def test_the_warehouse_is_only_read(hostile: Path) -> None:
    before = hostile.read_bytes()
    for name in HOSTILE:
        query(["calls"], ["call__provider"], {"call__provider": [name]}, warehouse=hostile)
    assert hostile.read_bytes() == before
    assert [path.name for path in hostile.parent.iterdir()] == [hostile.name]
