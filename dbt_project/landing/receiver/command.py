"""`python -m dbt_project.landing receive`: take spans from exporters by OTLP over HTTP."""

from __future__ import annotations

import gc
import signal
import socket
from contextlib import suppress
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from dbt_project.landing.errors import UsageError
from dbt_project.landing.receiver.senders import TOKEN_VARIABLE, is_loopback, token_of
from dbt_project.landing.receiver.spool import Spool

_MOST_CONNECTIONS = 500
# Less than the ten seconds after which systems kill what they asked to end.
_DRAIN_SECONDS = 5
# A request in JSON is tens of thousands of objects without cycles: to look for some in them again and again
# would be a fifth of the time.
_OBJECTS_BETWEEN_COLLECTIONS = 200_000


def receive(
    *,
    raw_dir: Annotated[
        Path, typer.Option("--raw", envvar="FINOPS_RAW_DIR", help="Where the raw files are.")
    ] = Path("data/raw"),
    host: Annotated[
        str, typer.Option(help="The address to listen at; others than loopback need a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 4318,
    token_file: Annotated[
        Path | None,
        typer.Option(help=f"A file with the token that senders give; else the variable {TOKEN_VARIABLE}."),
    ] = None,
    file_seconds: Annotated[
        float, typer.Option(min=1, help="After how long a file is finished, so that it can be landed.")
    ] = 300,
    file_megabytes: Annotated[
        int, typer.Option(min=1, max=1024, help="With how much in it a file is finished before that.")
    ] = 64,
) -> None:
    """Receive spans by OTLP over HTTP into RAW/otel/received, until it is told to end.

    What was answered 200 is on disk and survives a kill and a loss of power.
    """
    token = token_of(token_file)
    if not is_loopback(host) and token is None:
        raise UsageError(
            f"{host} can be reached from other machines, so a token is needed:"
            f" --token-file or {TOKEN_VARIABLE}"
        )
    try:
        import uvicorn  # noqa: PLC0415 - of an extra, as what the application needs

        from dbt_project.landing.receiver.application import TRACES_PATH, Receiver  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{error.name} is not installed: pip install 'ai-finops-warehouse[receive]'"
        ) from error
    folder = raw_dir / "otel" / "received"
    # Sockets and the wait for the end of requests are the library's; what is said is ours.
    with _listening(host, port) as listener:
        spool = Spool(folder, file_seconds=file_seconds, file_bytes=file_megabytes << 20, say=_say)
        try:
            config = uvicorn.Config(
                Receiver(spool, token, _say),
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=_MOST_CONNECTIONS,
                timeout_graceful_shutdown=_DRAIN_SECONDS,
            )
            gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
            signal.signal(signal.SIGTERM, _leave)
            _say(f"Receiving spans at {_url(listener)}{TRACES_PATH} into {folder}.")
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            spool.close()


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(f"{host}:{port} cannot be listened at ({error.strerror or error})") from error


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _say(line: str) -> None:
    # Whoever read it may have gone; what is received counts more.
    with suppress(OSError):
        typer.echo(line, err=True)


def _leave(*_: object) -> NoReturn:
    """SIGTERM, which the server hands on after it has answered all: an end as any other."""
    raise SystemExit(0)
