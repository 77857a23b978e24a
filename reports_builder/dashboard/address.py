"""The address of the page, and the widgets that show what it says."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict

import streamlit as st

_TURNS = "turns_of_widgets"


class Bound(TypedDict):
    """What ties a widget to the address: arguments of any widget of Streamlit."""

    key: str
    on_change: Callable[[], None]


def write(names: Iterable[str], wanted: Mapping[str, str | list[str]]) -> None:
    """Give these parameters these values, all at once, and leave the rest of the address alone.

    A name of ``names`` without a value in ``wanted`` leaves the address.
    """
    there = {name: st.query_params.get_all(name) for name in st.query_params}
    asked = {name: values for name, values in there.items() if name not in names}
    asked |= {name: [value] if isinstance(value, str) else value for name, value in wanted.items()}
    if asked != there:
        st.query_params.from_dict(asked)


def bound(name: str, value: object, changed: Callable[[Any], None]) -> Bound:
    """Tie a widget that is drawn with ``value`` to ``changed``, which is given what the reader chooses.

    It stays the same widget, which keeps the focus, as long as it holds what the page asks for. Where the
    page asks for something else, another widget takes its place. Setting the value of the one that is there
    would not do: the page looks for news every few seconds and tells what each widget holds, so that a
    value which the browser has not yet replaced would come back as a choice of the reader's.
    """
    turns: dict[str, int] = st.session_state.setdefault(_TURNS, {})
    if held(name, default=...) != value:
        turns[name] = turns.get(name, 0) + 1
    key = _key(name)

    def on_change() -> None:
        if key == _key(name):
            changed(st.session_state[key])

    return {"key": key, "on_change": on_change}


def held(name: str, default: Any = None) -> Any:
    """What the widget holds that stands for ``name`` now."""
    return st.session_state.get(_key(name), default)


def _key(name: str) -> str:
    return f"{name}-{st.session_state.get(_TURNS, {}).get(name, 0)}"
