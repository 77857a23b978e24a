"""A chart is a file that says the same whoever wrote it, and a file that is no chart says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports_builder.errors import ReportError
from reports_builder.semantic import SavedChart, list_charts, load_chart, save_chart
from tests.semantic.conftest import HOSTILE
from tests.workspace import ROOT, Workspace

COMMITTED = ROOT / "reports_builder" / "saved_charts"
VALID = {
    "name": "Cost",
    "kind": "bars",
    "metrics": "[total_cost]",
    "dimensions": "[call__provider]",
}
NAMES = [
    "Cost by provider",
    "../../etc/passwd",
    "/absolute",
    "C:\\temp\\x",
    "..",
    ".hidden",
    "CON",
    "图表",
    "🙂",
    "Café",
    "cafe",
    "CAFE",
    "a: b # c",
    "'quoted' \"twice\"",
    "{{ x }}",
    "- list",
    "yes",
    "1.10",
    " spaces ",
    "x" * 120,
    "x" * 119 + "y",
    "\u202eabc",
]


def chart(name: str = "Cost", **parts: object) -> SavedChart:
    return SavedChart(**({"name": name, "kind": "bars", "metrics": ("total_cost",)} | parts))  # type: ignore[arg-type]


def test_any_name_comes_back_from_a_file_of_its_own_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "charts"
    paths = {name: save_chart(chart(name), folder) for name in NAMES}
    assert len(set(paths.values())) == len(NAMES)
    assert sorted(folder.iterdir()) == sorted(paths.values())
    assert list(tmp_path.iterdir()) == [folder]
    for name, path in paths.items():
        assert load_chart(path).name == name
        assert save_chart(chart(name, kind="table"), folder) == path
        assert load_chart(path).kind == "table"
    assert len(list_charts(folder)) == len(NAMES)


def test_a_chart_that_was_renamed_on_disk_is_saved_where_it_lies(tmp_path: Path) -> None:
    renamed = save_chart(chart("Alpha"), tmp_path).rename(tmp_path / "zeta.yml")
    assert save_chart(chart("Alpha", kind="table"), tmp_path) == renamed
    assert [found.kind for found in map(load_chart, tmp_path.iterdir())] == ["table"]


def test_a_file_says_the_same_whatever_the_order_of_filters(tmp_path: Path) -> None:
    one = chart(filters={"call__model": ("b", "a"), "call__environment": ("production",), "call__region": ()})
    two = chart(filters={"call__environment": ("production",), "call__model": ("a", "b", "a")})
    path = save_chart(one, tmp_path)
    written = path.read_text()
    assert save_chart(two, tmp_path) == path
    assert path.read_text() == written
    assert written.index("call__environment") < written.index("call__model")
    assert load_chart(path).filters == {"call__environment": ("production",), "call__model": ("a", "b")}


@pytest.mark.parametrize("value", [*HOSTILE, "no", "1.1", "2026-10-31", "~", "null"])
def test_values_of_filters_come_back_as_they_are(tmp_path: Path, value: str) -> None:
    path = save_chart(chart(filters={"call__model": (value,)}), tmp_path)
    assert load_chart(path).filters == {"call__model": (value,)}


def test_a_file_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "cost.yml").write_text("name: [broken")
    assert save_chart(chart("Cost"), tmp_path).name != "cost.yml"
    assert (tmp_path / "cost.yml").read_text() == "name: [broken"


def test_a_link_out_of_the_folder_is_replaced_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yml"
    outside.write_text("name: Cost\n")
    folder = tmp_path / "charts"
    folder.mkdir()
    (folder / "cost.yml").symlink_to(outside)
    save_chart(chart("Cost"), folder)
    assert outside.read_text() == "name: Cost\n"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "pie"}, "kind: 'pie' is none of bars, lines"),
        ({"kind": None}, "kind: is missing"),
        ({"metrics": "total_cost"}, "metrics: must be a list"),
        ({"metrics": "[]"}, "metrics: name at least one"),
        ({"metrics": "[totl_cost]"}, "metrics: there is no metric 'totl_cost'; did you mean total_cost?"),
        ({"metrics": "[margin]"}, "dimensions: margin cannot be taken apart by call__provider"),
        ({"dimensions": "[provider]"}, "dimensions: there is no dimension 'provider'"),
        ({"dimensions": "[call__model, call__model]"}, "dimensions: 'call__model' stands there twice"),
        ({"filters": "{call__model: [1.1]}"}, "filters.call__model: 1.1 is not a text"),
        ({"filters": "{call__model: gpt}"}, "filters.call__model: must be a list"),
        ({"filters": "[call__model]"}, "filters: must map"),
        ({"filters": "{provider: [x]}"}, "filters: there is no dimension 'provider'"),
        ({"name": "[x]"}, "name: must be a text"),
        ({"name": '"a\\nb"'}, "name: must be one line"),
        ({"colour": "red"}, "colour: no such key"),
        ({"metrics": "!!python/object/apply:os.getcwd []"}, "is not YAML"),
        ({"kind": "bars\nkind: lines"}, "kind: stands there twice"),
    ],
)
def test_a_file_that_is_no_chart_says_file_key_and_reason(
    tmp_path: Path, change: dict[str, str | None], said: str
) -> None:
    path = tmp_path / "bad.yml"
    content = {key: value for key, value in (VALID | change).items() if value is not None}
    path.write_text("".join(f"{key}: {value}\n" for key, value in content.items()))
    with pytest.raises(ReportError) as raised:
        load_chart(path)
    assert str(raised.value).startswith(f"{path}: {said}")
    (listed,) = list_charts(tmp_path).values()
    assert isinstance(listed, ReportError)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff\xfe\x00",
        b"name: x\n" * 20_000,
        b"<<<<<<< HEAD\nname: x\n",
        b"name: 2026-02-30\n",
        b"a: &a {b: *a}\n",
    ],
)
def test_any_other_file_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.yml"
    path.write_bytes(content)
    with pytest.raises(ReportError, match=r"bad\.yml: "):
        load_chart(path)


def test_a_chart_that_could_not_be_opened_again_is_not_saved(tmp_path: Path) -> None:
    for bad in (chart(kind="pie"), chart(""), chart("a\nb"), chart(metrics=("x",)), chart(name="\ud800")):
        with pytest.raises(ReportError, match="the chart"):
            save_chart(bad, tmp_path / "charts")
    assert not (tmp_path / "charts").exists()


def test_committed_charts_answer_and_stand_as_they_would_be_saved(built: Workspace, tmp_path: Path) -> None:
    committed = list_charts(COMMITTED)
    assert len(committed) >= 2
    for path, saved in committed.items():
        assert isinstance(saved, SavedChart)
        assert saved.result(warehouse=built.published).rows
        copy = save_chart(saved, tmp_path)
        assert (copy.name, copy.read_text()) == (path.name, path.read_text())
