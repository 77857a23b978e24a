"""The sources that can be switched on beside the calls."""

from __future__ import annotations

from dbt_project.landing.sources.coding_agents import CODING_AGENTS
from dbt_project.landing.sources.customers import CUSTOMERS
from dbt_project.landing.sources.focus import FOCUS
from dbt_project.landing.sources.invoices import INVOICES
from dbt_project.landing.sources.langfuse import LANGFUSE
from dbt_project.landing.sources.litellm import LITELLM
from dbt_project.landing.sources.otel import OTEL

LANDED_SOURCES = (FOCUS, INVOICES, CUSTOMERS, LITELLM, LANGFUSE, OTEL, CODING_AGENTS)
# Those that hold call records.
CALL_SOURCES = ("litellm", "langfuse", "otel", "coding_agents")
