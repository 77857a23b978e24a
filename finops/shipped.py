"""Where the installed product keeps the dbt project that it ships."""

from pathlib import Path

import reports_builder
from dbt_project.landing.project import SHIPPED

PROJECT = SHIPPED
SEEDS = PROJECT / "seeds"
PROFILES = PROJECT / "profiles.yml"
CHARTS = Path(reports_builder.__file__).parent / "saved_charts"
FOLDERS = ("models", "macros", "data-tests", "seeds")
"""What dbt reads besides the files below."""
FILES = ("selectors.yml",)
