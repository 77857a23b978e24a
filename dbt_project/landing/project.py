"""Where the dbt project is whose variables and seeds count."""

from pathlib import Path

SHIPPED = Path(__file__).resolve().parent.parent
"""The dbt project beside this package."""
_PLACES = ("dbt_project", "dbt_packages/ai_finops")
PROJECT = next(
    (Path(place).resolve() for place in _PLACES if Path(place, "dbt_project.yml").is_file()), SHIPPED
)
"""The one of the working directory: in the folder of a company it is made of its files and these, in another
dbt project it is the package that was installed there."""
