"""What the site has beside the pages of docs/: the front page, the data dictionary, and its decisions.

MkDocs calls the functions ``on_*``. Nothing is written twice: the front page is the README, the dictionary is
made of the YAML and Markdown beside the models.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "dbt_project" / "models"
SCHEMAS = ("core", "allocation", "margin", "pricing", "efficiency", "anomalies", "rates", "planning")

_BLOCK = re.compile(r"{%-?\s*docs\s+(\w+)\s*-?%}(.*?){%-?\s*enddocs\s*-?%}", re.DOTALL)
_DOC = re.compile(r"{{\s*doc\(['\"](\w+)['\"]\)\s*}}")
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")
_EXCERPT = re.compile(r"<!-- /?excerpt[^>]*-->\n?")


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that are made."""
    from mkdocs.structure.files import File  # noqa: PLC0415 - only in the environment of the site

    for path, content in pages().items():
        files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Show what a page of docs/ links outside of it as a path: the site has no sources."""
    return _LINK.sub(_within, markdown) if not page.file.generated_by else markdown


def pages() -> dict[str, str]:
    """Path and Markdown of each page that is made."""
    front = _EXCERPT.sub("", (ROOT / "README.md").read_text(encoding="utf-8"))
    made = {"index.md": _LINK.sub(_from_root, front).replace("](docs/", "](")}
    titles = {name: title for name, title, _ in _decisions()}
    for schema in SCHEMAS:
        marts = [_mart(mart, titles) for mart in _marts(schema)]
        head = f"# {schema}\n\nThe public tables of this schema, with every column.\n\n"
        made[f"dictionary/{schema}.md"] = head + "\n".join(marts)
    made["dictionary/decisions.md"] = "# Decisions\n\n" + "\n".join(
        f"## {title} {{#{name}}}\n\n{text}\n" for name, title, text in _decisions()
    )
    return made


def _marts(schema: str) -> Iterator[dict[str, Any]]:
    for path in sorted((MODELS / schema).rglob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models") or ():
            if model.get("config", {}).get("access") == "public":
                yield model


def _mart(mart: dict[str, Any], titles: dict[str, str]) -> str:
    rows = [
        f"| `{column['name']}` | {column.get('data_type', '')} | {_cell(column.get('description', ''))} |"
        for column in mart.get("columns", ())
    ]
    said = _DOC.sub(
        lambda found: f"Decision: [{titles[found[1]]}](decisions.md#{found[1]})", mart.get("description", "")
    )
    return "\n".join(
        [f"## {mart['name']}", "", said.strip(), "", "| Column | Type | |", "|---|---|---|", *rows, ""]
    )


def _cell(text: str) -> str:
    return " ".join(_DOC.sub("", text).split()).replace("|", "\\|").replace("<", "&lt;")


def _decisions() -> list[tuple[str, str, str]]:
    """Name, title and text of each block of documentation, by title."""
    found = []
    for path in sorted(MODELS.rglob("*.md")):
        for name, block in _BLOCK.findall(path.read_text(encoding="utf-8")):
            heading, _, text = block.strip().partition("\n")
            title = heading.lstrip("# ") if heading.startswith("#") else name.replace("_", " ")
            found.append((name, title, text.strip() if heading.startswith("#") else block.strip()))
    return sorted(found, key=lambda each: each[1].lower())


def _within(link: re.Match[str]) -> str:
    text, target = link.groups()
    if target == "../README.md":
        return f"[{text}](index.md)"
    return f"{text} (`{target.removeprefix('../')}`)" if target.startswith("../") else link[0]


def _from_root(link: re.Match[str]) -> str:
    text, target = link.groups()
    is_page = target.startswith(("docs/", "http", "#"))
    return link[0] if is_page else f"{text} (`{target}`)"
