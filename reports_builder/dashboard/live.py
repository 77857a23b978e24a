"""The strip above each page: how fresh the figures are, how far the generation is, and what went wrong."""

from html import escape
from pathlib import Path

import streamlit as st

from reports_builder.access import Scope
from reports_builder.attempts import FailedAttempt, failed_attempt
from reports_builder.dashboard.reading import Identity, identity_of
from reports_builder.dashboard.settings import Settings
from reports_builder.dashboard.status import (
    MEGABYTE,
    Following,
    Refresh,
    moment,
    read_following,
    read_refresh,
)

_DRAWN = "drawn"
_MOST_NAMED = 4

Drawn = tuple[Identity | None, int]


def note_drawn(settings: Settings, scope: Scope) -> Identity | None:
    """Keep what this run of the page is drawn from; a toast where reports changed since the last."""
    refresh = read_refresh(settings.refresh_file)
    before: Drawn | None = st.session_state.get(_DRAWN)
    drawn = _drawn(settings, scope, refresh, before)
    st.session_state[_DRAWN] = drawn
    if before is not None and refresh is not None and drawn[1] > before[1]:
        st.toast(_news(refresh), duration="long")
    return drawn[0]


def _drawn(settings: Settings, scope: Scope, refresh: Refresh | None, before: Drawn | None) -> Drawn:
    """The published file, and the last refresh that is over: only then it knows which reports changed."""
    identity = identity_of(Path(settings.warehouse), scope)
    if refresh is None:
        return identity, 0
    if refresh.is_rendered:
        return identity, refresh.sequence
    return identity, before[1] if before is not None else refresh.sequence - 1


def _news(refresh: Refresh) -> str:
    names = [Path(name).stem.replace("_", " ") for name in refresh.changed_reports if name.endswith(".md")]
    if not names:
        return "The figures are up to date: new data has arrived."
    named = ", ".join(names[:_MOST_NAMED])
    rest = len(names) - _MOST_NAMED
    return f"Reports changed: {named}" + (f" and {rest} more." if rest > 0 else ".")


def strip(settings: Settings, scope: Scope) -> None:
    """Draw the strip, and draw the page again when another warehouse has been published."""

    @st.fragment(run_every=settings.poll_seconds)
    def look() -> None:
        refresh = read_refresh(settings.refresh_file)
        if scope.is_everything:
            following = read_following(settings.follow_file)
            st.html(_strip_html(refresh, following, failed_attempt(Path(settings.warehouse))))
        else:
            # Why a refresh failed may be told with rows that are not this reader's.
            st.html(_strip_html(refresh and refresh.without_reasons, None))
        before: Drawn | None = st.session_state.get(_DRAWN)
        if before is not None and _drawn(settings, scope, refresh, before) != before:
            # The whole page, not a reload: scroll, page and filters stay as they are.
            st.rerun(scope="app")

    look()


def _strip_html(
    refresh: Refresh | None, following: Following | None, failed: FailedAttempt | None = None
) -> str:
    # A watcher's own word on its failure says when it tries again; once is enough.
    is_told = refresh is not None and refresh.state == "failed"
    parts = [
        *_refresh_html(refresh),
        *([f'<span class="failed">{escape(failed.sentence)}</span>'] if failed and not is_told else []),
        *_following_html(following),
    ]
    return f'<div class="live" role="status">{"".join(parts)}</div>' if parts else '<div class="live"></div>'


def _refresh_html(refresh: Refresh | None) -> list[str]:
    if refresh is None:
        return []
    parts = []
    if refresh.published_at:
        parts.append(f"<span>Figures of {escape(moment(refresh.published_at))}</span>")
    if refresh.arrived_at:
        parts.append(f"<span>Newest data arrived {escape(moment(refresh.arrived_at))}</span>")
    if refresh.state == "refreshing":
        parts.append("<span>Refreshing ...</span>")
    if refresh.state == "failed":
        retry = f" Next try at {moment(refresh.next_retry_at)}." if refresh.next_retry_at else ""
        tries = f" (attempt {refresh.attempt})" if refresh.attempt > 1 else ""
        said = f"The last refresh failed{tries}: {refresh.error or 'no reason was given'}"
        said = said if said.endswith(".") else f"{said}."
        parts.append(
            f'<span class="failed">{escape(said)}{escape(retry)} These are the last good figures.</span>'
        )
    if refresh.delivery_error:
        retry = (
            f" Next try at {moment(refresh.delivery_next_try_at)}." if refresh.delivery_next_try_at else ""
        )
        said = f"The executive summary was not sent: {refresh.delivery_error}{retry}"
        parts.append(f'<span class="failed">{escape(said)}</span>')
    return parts


def _following_html(following: Following | None) -> list[str]:
    if following is None:
        return []
    stage = following.stage
    percent = round(100 * following.share)
    written, target = following.written_bytes / MEGABYTE, following.target_bytes / MEGABYTE
    said = f"Generated {written:.1f} of {target:.0f} MB, {following.calls:,} calls: {stage}"
    if following.simulated_until:
        said += f", up to {moment(following.simulated_until)}"
    return [
        f'<span id="following">{escape(said)}</span>',
        f'<div class="bar" role="progressbar" aria-labelledby="following" aria-valuemin="0" '
        f'aria-valuemax="100" aria-valuenow="{percent}">'
        f'<div class="{stage.replace(" ", "-")}" style="width:{percent}%"></div></div>',
    ]
