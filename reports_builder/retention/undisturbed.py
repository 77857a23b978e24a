"""Keep builds away while inputs are rewritten, and have the next one begin from nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from dbt_project.landing.errors import unwritten, with_remedy
from reports_builder.errors import ReportError
from reports_builder.live.command import only_watcher


@contextmanager
def undisturbed(warehouse_dir: Path, *, from_nothing: bool = False) -> Iterator[None]:
    """No watcher and no build runs in the block, and none can begin; ReportError when one does.

    What a build keeps for the next one may hold what is removed, in blocks that it does not use any more,
    too. With ``from_nothing`` it goes at the end, and the next build is made of the files alone.
    """
    working = warehouse_dir / "build" / "finops.duckdb"
    with only_watcher(warehouse_dir):
        try:
            working.parent.mkdir(parents=True, exist_ok=True)
            connection = duckdb.connect(str(working))
        except duckdb.Error as error:
            said = str(error).splitlines()[0]
            if "lock" not in said:
                raise ReportError(f"{working} cannot be opened: {with_remedy(said)}.") from error
            raise ReportError(
                f"{working} is in use: a build of {warehouse_dir} runs. Try again when it is done."
            ) from error
        except OSError as error:
            raise ReportError(f"{unwritten(warehouse_dir, error)}.") from error
        try:
            yield
            if from_nothing:
                working.unlink(missing_ok=True)
                working.with_name(f"{working.name}.wal").unlink(missing_ok=True)
        finally:
            connection.close()
