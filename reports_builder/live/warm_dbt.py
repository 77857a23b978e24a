"""One dbt that is started once and builds many times."""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner, dbtRunnerResult

from dbt_project.plugins.attempts import failure_of, summary
from reports_builder.live.errors import RefreshError
from reports_builder.live.scope import REFRESHED_TAG, touched_nodes

# The results say what went wrong; logs of a program that never ends would fill the disk.
_QUIET = ("--log-level", "none", "--log-level-file", "none", "--no-write-json")
_READ_ONCE = ("models", "macros", "seeds", "data-tests", "dbt_project.yml")
_FAILED = frozenset({"error", "fail", "runtime error", "partial success"})


class WarmDbt:
    """Builds and publishes the project in ``project_dir``; parses it again when its files change."""

    def __init__(self, project_dir: Path) -> None:
        self._project_dir = project_dir
        self._manifest: Any = None
        self._parsed: frozenset[tuple[str, int]] = frozenset()

    def is_stale(self) -> bool:
        """Whether the project's files are not those that were parsed, so that only a whole build will do."""
        return self._versions() != self._parsed

    def build(self, sources: frozenset[str] | None) -> int:
        """Build and publish what data of ``sources`` touches, with the tests that compare sums.

        None: everything, with all tests. Returns how many nodes were built and tested. Raises RefreshError.
        """
        if self._manifest is None or self.is_stale():
            self._parse()
            sources = None
        command = ["build", "--exclude-resource-type", "unit_test"]
        if sources is not None:
            self._mark(touched_nodes(self._manifest, sources))
            command += ["--select", f"tag:{REFRESHED_TAG}", "--indirect-selection", "empty"]
            command += ["--vars", "{is_live_refresh: true}"]
        result = self._invoke(command, self._manifest)
        if not result.success:
            raise RefreshError(_reason(result))
        results: Any = result.result
        return len(results.results)

    def _parse(self) -> None:
        # What does not parse is tried again in time, and at once when it changes.
        self._manifest, self._parsed = None, self._versions()
        result = self._invoke(["parse"], None)
        if not result.success:
            raise RefreshError(_reason(result))
        self._manifest = result.result
        # The manifest's many objects stay, so the search for garbage need not look through them.
        gc.collect()
        gc.freeze()

    def _invoke(self, command: list[str], manifest: Any) -> dbtRunnerResult:
        arguments = [*_QUIET, *command, "--project-dir", str(self._project_dir)]
        result = dbtRunner(manifest=manifest).invoke(arguments)
        if isinstance(result.exception, KeyboardInterrupt | SystemExit):
            raise result.exception
        return result

    def _mark(self, chosen: frozenset[str]) -> None:
        for name, node in self._manifest.nodes.items():
            if name in chosen and REFRESHED_TAG not in node.tags:
                node.tags.append(REFRESHED_TAG)
            elif name not in chosen and REFRESHED_TAG in node.tags:
                node.tags.remove(REFRESHED_TAG)

    def _versions(self) -> frozenset[tuple[str, int]]:
        versions = set()
        for name in _READ_ONCE:
            path = self._project_dir / name
            folders = os.walk(path) if path.is_dir() else [(str(self._project_dir), [], [name])]
            for folder, _, names in folders:
                for each in names:
                    if each.startswith("."):
                        continue  # an editor's lock or swap file
                    file = os.path.join(folder, each)  # noqa: PTH118 - some hundred files, every few seconds
                    with suppress(FileNotFoundError):  # gone between the listing and the look
                        versions.add((file, os.stat(file).st_mtime_ns))  # noqa: PTH116
        return frozenset(versions)


def _reason(result: dbtRunnerResult) -> str:
    """The first thing that failed, as a sentence."""
    results = getattr(result.result, "results", None) or ()
    failed = [each for each in results if str(each.status) in _FAILED]
    if not failed:
        reason = f"The build stopped: {summary(str(result.exception or 'dbt gave no reason'))}"
        return reason if reason.endswith((".", "…")) else f"{reason}."
    first, node = failed[0], failed[0].node
    others = f" ({len(failed) - 1} more failed.)" if len(failed) > 1 else ""
    found_rows = str(first.failures or "")
    return failure_of(str(node.resource_type), node.name, found_rows, first.message or "", "") + others
