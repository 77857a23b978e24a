"""``python -m reports_builder dashboard``: serve the pages on this machine."""

import os
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from reports_builder.access.policy import POLICY, load_policy
from reports_builder.dashboard.login import is_loopback, missing_of_login
from reports_builder.dashboard.settings import Settings
from reports_builder.errors import ReportError
from reports_builder.semantic.marts import mart_dimensions
from reports_builder.warehouse import DEFAULT_WAREHOUSE

_SCRIPT = Path(__file__).with_name("app.py")
_DEFAULTS = Settings()


def dashboard(
    *,
    warehouse: Annotated[
        Path, typer.Option(metavar="FILE", help="The published warehouse.")
    ] = DEFAULT_WAREHOUSE,
    raw: Annotated[Path, typer.Option(metavar="FOLDER", help="The raw data, whose growth is shown.")] = Path(
        _DEFAULTS.raw
    ),
    reports: Annotated[Path, typer.Option(metavar="FOLDER", help="The rendered reports.")] = Path(
        _DEFAULTS.reports
    ),
    charts: Annotated[Path, typer.Option(metavar="FOLDER", help="Where charts are saved.")] = Path(
        _DEFAULTS.charts
    ),
    host: Annotated[
        str, typer.Option(help="The address to serve; others than loopback need a login configured.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    access: Annotated[
        Path, typer.Option(metavar="FILE", help="The policy: which group of the login sees what.")
    ] = POLICY,
    unlimited: Annotated[
        bool,
        typer.Option(
            "--unlimited", help="Show everything on this machine, without login, whatever the policy says."
        ),
    ] = False,
) -> None:
    """Serve the dashboard at http://localhost:8000."""
    open_to_others = not is_loopback(host)
    if unlimited and open_to_others:
        raise ReportError(
            f"{host} can be reached from other machines; --unlimited is for this machine alone."
        )
    is_limited = not unlimited and (access != POLICY or os.path.lexists(access))
    if is_limited:
        load_policy(access)
    missing = missing_of_login() if open_to_others or is_limited else None
    if missing and open_to_others:
        raise ReportError(
            f"{host} can be reached from other machines, so a login is needed: .streamlit/secrets.toml lacks "
            f"{missing}. Without a login, serve 127.0.0.1."
        )
    if missing:
        raise ReportError(
            f"{access} says which group sees what, so a login is needed: .streamlit/secrets.toml lacks "
            f"{missing}. To see everything on this machine, whose file you can read anyway: --unlimited."
        )
    _check_port(host, port)
    if not warehouse.is_file():
        typer.echo(f"There is no warehouse at {warehouse} yet; the pages show one as soon as it is built.")
    settings = Settings(
        str(warehouse),
        str(raw),
        str(reports),
        str(charts),
        _DEFAULTS.poll_seconds,
        open_to_others,
        "" if unlimited else str(access),
        is_limited,
    )
    os.environ.update(settings.to_environment())
    try:
        from streamlit.web import bootstrap  # noqa: PLC0415 - seconds that only this command needs

        from reports_builder.dashboard.served import serve  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ReportError("the dashboard is not installed: pip install -e '.[dashboard]'.") from error
    options = {name.replace(".", "_"): value for name, value in _options(host, port).items()}
    bootstrap.load_config_options(options)
    # Where no dbt command ran since the semantic layer changed, it takes seconds: not the first reader's.
    threading.Thread(target=_read_semantic_layer, daemon=True).start()
    serve(_SCRIPT)


def _read_semantic_layer() -> None:
    # What is wrong with it, a page says to the reader who filters.
    with suppress(ReportError):
        mart_dimensions()


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            raise ReportError(
                f"port {port} of {host} cannot be served ({error.strerror}); choose another with --port."
            ) from error


def _options(host: str, port: int) -> dict[str, object]:
    """What Streamlit is told: this machine only, nothing sent elsewhere, no tools of developers."""
    return {
        "server.address": host,
        "server.port": port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        # A page of another host cannot reach this machine's dashboard through a name of its own.
        "server.allowedHosts": ["localhost", "127.0.0.1", "[::1]"] if is_loopback(host) else [],
        # Neither may a configuration of the user's let pages of other servers talk to this one.
        "server.enableCORS": True,
        "server.corsAllowedOrigins": [],
        "server.enableXsrfProtection": True,
        "server.enableAgentApi": False,
        "client.allowedOrigins": [],
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "viewer",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        # Its own download would not defuse formulas; each chart and table has one that does.
        "client.disableDataExport": True,
        "theme.light.primaryColor": "#8c2d04",
        # Streamlit writes white on it, and writes with it on the dark page: readable both ways.
        "theme.dark.primaryColor": "#cc5a24",
    }
