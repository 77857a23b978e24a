"""The former place of `dbt_project.landing.tracking`, for code that imports it from here."""

from dbt_project.landing.tracking import track_ai_call

__all__ = ["track_ai_call"]
