"""Options that the whole test suite understands."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh-snapshots",
        action="store_true",
        help="Write the rendered pages into tests/**/snapshots instead of comparing with them.",
    )
