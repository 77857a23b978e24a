"""Charts of a reader's own."""

import streamlit as st

from reports_builder.dashboard.reading import Identity
from reports_builder.dashboard.settings import Settings


def draw(settings: Settings, identity: Identity) -> None:
    """The chart builder."""
    st.info(f"{settings.charts} {identity}")
