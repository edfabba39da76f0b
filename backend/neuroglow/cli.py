"""The `neuroglow` command. Heavy imports happen inside the commands: the URL line must be there within two seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from neuroglow import __version__
from neuroglow.errors import StartupError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="A neural network playground in the browser with a real training engine behind it.",
)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; the default is 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on, 8000 by default; 0 picks a free one.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where sessions are kept.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the page in a browser.")] = False,
    open_to_network: Annotated[
        bool, typer.Option("--open-to-network", help="Let other machines reach this server.")
    ] = False,
    static: Annotated[Path | None, typer.Option(help="The folder of the built page, for developing it.")] = None,
) -> None:
    """Serve the page and train. Everything else is set by NEUROGLOW_* variables, see docs/settings.md."""
    flags: dict[str, Any] = {"host": host, "port": port, "data_dir": data_dir, "static": static}
    given = {name: value for name, value in flags.items() if value is not None}
    if no_browser:
        given["browser"] = False
    if open_to_network:
        given["open_to_network"] = True

    from neuroglow.gateway.server import run
    from neuroglow.settings import read_settings

    run(read_settings(given))


@app.command()
def schema() -> None:
    """Print the JSON Schema of everything that crosses the public wire, for generating clients' types."""
    from neuroglow.wire.schema import schema_document

    typer.echo(json.dumps(schema_document(), indent=2, ensure_ascii=False))


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """The console script: a refusal to start is one sentence on stderr and exit code 1."""
    try:
        app()
    except StartupError as error:
        typer.echo(error.message, err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
