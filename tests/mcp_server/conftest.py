"""Clients of the official library: one over standard input and output, the others in this process."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters

from reports_builder.mcp_server.answers import Answers
from reports_builder.mcp_server.audience import Audience
from reports_builder.mcp_server.server import build_server
from tests.workspace import ROOT, Workspace

POLICY = """
issuer = "https://login.example.com/ours"

[groups.engineers]
teams = ["assistant-team"]

[groups.controllers]
rows = "all"

[groups.tenants]
customers_claim = "tenant"
revenue = true
"""


@pytest.fixture(autouse=True)
def every_test_asks_the_layer_of_the_build(layer: None) -> None:
    """None of them parses the project."""


@dataclass(frozen=True)
class Told:
    """What a client got: an error, or an answer."""

    text: str
    is_error: bool

    @property
    def answer(self) -> dict[str, Any]:
        assert not self.is_error, self.text
        told: dict[str, Any] = json.loads(self.text)
        return told


Call = tuple[str, dict[str, Any]]


def ask(server: Any, *calls: Call) -> list[Told]:
    """What a client of this server gets for each call, in one session."""

    async def session() -> list[Told]:
        async with Client(server) as client:
            results = [await client.call_tool(name, arguments) for name, arguments in calls]
        for each in results:
            assert each.is_error or each.structured_content == json.loads(each.content[0].text)
        return [Told(each.content[0].text, each.is_error) for each in results]

    return anyio.run(session)


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "access.toml"
    path.write_text(POLICY)
    return path


@pytest.fixture
def copy(built: Workspace, tmp_path: Path) -> Path:
    """A copy of the published file alone, which a test may change."""
    return Path(shutil.copy(built.published, tmp_path / "finops.duckdb"))


@pytest.fixture
def everything(built: Workspace) -> Answers:
    return Answers(built.published, Audience(is_unlimited=True))


@pytest.fixture
def asked(everything: Answers) -> Callable[..., Told]:
    """An assistant that may see everything."""
    return lambda name, **arguments: ask(build_server(everything), (name, arguments))[0]


@pytest.fixture
def engineer(built: Workspace, policy: Path) -> Answers:
    """For one team, costs without revenue."""
    return Answers(built.published, Audience(policy, ("engineers",)))


@pytest.fixture
def stdio(built: Workspace, tmp_path: Path) -> Iterator[Callable[..., StdioServerParameters]]:
    """The command as an assistant's program starts it, with these options, in an empty folder."""

    def started(*options: str) -> StdioServerParameters:
        arguments = ["-m", "reports_builder", "mcp", "--warehouse", str(built.published), *options]
        env = {**os.environ, "PYTHONPATH": str(ROOT), "DBT_TARGET_PATH": str(built.target)}
        return StdioServerParameters(command=sys.executable, args=arguments, env=env, cwd=tmp_path)

    yield started
