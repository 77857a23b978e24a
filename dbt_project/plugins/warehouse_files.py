"""What dbt on DuckDB needs beside SQL: land before a build, publish after it.

dbt-duckdb loads this module through `plugins` in profiles.yml and calls `Plugin`. Its functions are
registered in DuckDB, so that the dbt hooks in macros/publication/ can call them with a SELECT.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import sys
import weakref
from pathlib import Path
from typing import Any

import duckdb
import yaml
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from duckdb.func import SPECIAL

from dbt_project.landing.errors import unwritten
from dbt_project.landing.landing_folder import LandingFolder
from dbt_project.landing.seed_values import seed_problems
from dbt_project.landing.variables import KINDS, variable_problems
from dbt_project.plugins import attempts
from dbt_project.plugins.ledgers import make_ledgers
from dbt_project.plugins.publication import publish

_TOLD: set[str] = set()
"""What this process has said of the files."""


class Plugin(BasePlugin):
    """Registers the functions of the hooks on the build's connection."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Make the folder of the working file, and the empty files that give each source its columns."""
        self.warehouse_dir = Path(plugin_config["warehouse_dir"])
        self.landing = LandingFolder(self.warehouse_dir)
        # On a full disk each line of dbt's log would be followed by pages on where it was written from.
        logging.raiseExceptions = False
        self.problem = ""
        try:
            self.landing.prepare()
            make_ledgers(self.warehouse_dir)
        except OSError as error:
            self.problem = unwritten(self.warehouse_dir, error)
            # Where there is only no room, the run begins, and notes how it ends.
            if not os.access(self.warehouse_dir, os.W_OK):
                raise DbtRuntimeError(f"Nothing was changed: {self.problem}.") from None
        self.slot = self.landing.frozen.free_slot()

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Register the functions, and look at the end of the process whether the run could tell its end."""
        atexit.unregister(attempts.end_of_process)
        # Who holds a connection keeps the file locked.
        atexit.register(attempts.end_of_process, self.warehouse_dir, weakref.ref(conn))
        for name, function, parameters in (
            ("variable_names", self.variable_names, 0),
            ("check_variables", self.check_variables, 1),
            ("check_seeds", self.check_seeds, 1),
            ("check_raw_files", self.check_raw_files, 3),
            ("freeze_files", self.freeze_files, 1),
            ("publish_file", self.publish_file, 1),
            ("note_attempt", self.note_attempt, 2),
            ("failure_of", attempts.failure_of, 5),
        ):
            conn.create_function(
                name,
                function,
                ["VARCHAR"] * parameters,
                "VARCHAR",
                side_effects=True,
                null_handling=SPECIAL,
            )

    def variable_names(self) -> str:
        """The variables of the project, joined by commas."""
        return ",".join(KINDS)

    def check_variables(self, given: str) -> str:
        """Check the variables of the project and of the command (YAML); returns problems in one line."""
        return self.problem or "; ".join(variable_problems(yaml.safe_load(given)))

    def check_seeds(self, files: str) -> str:
        """Check the values in the files of seeds (a JSON list); returns problems, one a line."""
        return "\n".join(seed_problems(map(Path, json.loads(files))))

    def check_raw_files(self, raw_dir: str, sources: str, pseudonymised: str) -> str:
        """Check and land the raw files of sources; returns problems, one a line. Commas join names."""
        switched_on, ids = (
            {name.strip() for name in names.split(",") if name.strip()} for names in (sources, pseudonymised)
        )
        try:
            return "\n".join(self.landing.land(Path(raw_dir), switched_on, ids))
        except OSError as error:
            return f"{unwritten(self.warehouse_dir, error)}."

    def freeze_files(self, raw_dir: str) -> str:
        """Fix the list of files to read: those that `check_raw_files` found. Returns their folder.

        What is to be said of them goes to the terminal, whatever dbt prints there; a watcher says it once.
        """
        self.slot = self.landing.freeze(Path(raw_dir))
        for note in self.landing.notes:
            if note.is_warning and note.details not in _TOLD:
                _TOLD.add(note.details)
                sys.stderr.write(f"Warning: {note.details}\n")
        sys.stderr.flush()
        return str(self.slot)

    def publish_file(self, built: str) -> str:
        """Publish the built file, where it is the warehouse's working file.

        Returns as JSON the published `path` or the `problem`. Another file is the database of a project that
        has this one as a package; its readers open that.
        """
        working = self.warehouse_dir / "build" / "finops.duckdb"
        if Path(built).resolve() != working.resolve():
            self.landing.frozen.publishing(self.slot.name)
            self.landing.frozen.published(self.slot.name)
            return json.dumps({"path": built})
        published = self.warehouse_dir / working.name
        try:
            publish(working, published, self.landing.frozen, self.slot)
        except OSError as error:
            return json.dumps({"problem": f"{unwritten(published, error)}."})
        return json.dumps({"path": str(published)})

    def note_attempt(self, outcome: str, problem: str) -> str:
        """Write what becomes of this build beside the published file."""
        if outcome == "running":
            attempts.begin(self.warehouse_dir)
        else:
            attempts.end(self.warehouse_dir, outcome, problem or None)
        return outcome
