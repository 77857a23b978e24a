"""``python -m reports_builder mcp``: answer assistants from the published warehouse."""

from pathlib import Path
from typing import Annotated

import typer

from dbt_project.landing.errors import UsageError
from dbt_project.landing.receiver.senders import is_loopback, token_of
from reports_builder.access.policy import POLICY
from reports_builder.errors import ReportError
from reports_builder.warehouse import DEFAULT_WAREHOUSE

TOKEN_VARIABLE = "FINOPS_MCP_TOKEN"  # noqa: S105 - the name of a variable
_SHORTEST_TOKEN = 20


def mcp_command(
    *,
    warehouse: Annotated[
        Path, typer.Option(metavar="FILE", help="The published warehouse.")
    ] = DEFAULT_WAREHOUSE,
    group: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Answer with what this group of the policy sees; may be repeated."),
    ] = None,
    claim: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CLAIM=ID", help="What a claim says that a group names rows by; may be repeated."
        ),
    ] = None,
    access: Annotated[Path, typer.Option(metavar="FILE", help="The policy: which group sees what.")] = POLICY,
    unlimited: Annotated[
        bool, typer.Option("--unlimited", help="Answer with everything, whatever the policy says.")
    ] = False,
    seconds: Annotated[
        float, typer.Option(min=1, max=600, help="After so many seconds a question is broken off.")
    ] = 30,
    http: Annotated[
        bool, typer.Option("--http", help=f"By HTTP on this machine, with the token in {TOKEN_VARIABLE}.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --http: an address of this machine alone.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="With --http.")] = 8765,
    token_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=f"A file with the token, in place of {TOKEN_VARIABLE}."),
    ] = None,
) -> None:
    """Answer assistants by the Model Context Protocol, on standard input and output."""
    try:
        from reports_builder.mcp_server.answers import Answers  # noqa: PLC0415 - of an extra
        from reports_builder.mcp_server.audience import Audience  # noqa: PLC0415
        from reports_builder.mcp_server.server import build_server  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ReportError(
            f"{error.name} is not installed: pip install 'ai-finops-warehouse[mcp]'."
        ) from error
    audience = Audience(access, tuple(group or ()), _claims(claim or ()), unlimited)
    # What is wrong with the policy is said now, to whoever starts it, and not in the first answer.
    audience.scope()
    answers = Answers(warehouse, audience, seconds)
    if not http:
        build_server(answers).run()
        return
    token = _token(token_file)
    if not is_loopback(host):
        raise ReportError(
            f"{host} can be reached from other machines; serve 127.0.0.1 and put a proxy with TLS before it."
        )
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    typer.echo(f"Answering assistants at {address}/mcp.", err=True)
    build_server(answers, token, address).run(
        "streamable-http", host=host, port=port, stateless_http=True, json_response=True
    )


def _claims(said: list[str] | tuple[()]) -> dict[str, str]:
    claims = {}
    for each in said:
        name, sign, value = each.partition("=")
        if not (name and sign and value):
            raise ReportError(f"--claim {each}: write CLAIM=ID, as tenant_id=cust_0001.")
        claims[name] = value
    return claims


def _token(file: Path | None) -> str:
    try:
        token = token_of(file, TOKEN_VARIABLE)
    except UsageError as error:
        raise ReportError(f"{error}.") from error
    if token is None or len(token) < _SHORTEST_TOKEN:
        raise ReportError(
            f"--http needs a token of {_SHORTEST_TOKEN} or more signs in {TOKEN_VARIABLE}, or in a file that "
            "--token-file names; `openssl rand -hex 32` makes one."
        )
    return token
