"""The commands that measure how well the program does on its own rehearsal."""

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bridge24.core.settings import get_settings

commands = typer.Typer(help="Measure a language model on made-up data.", no_args_is_help=True)

Files = Annotated[
    list[Path] | None,
    typer.Option("--cases", help="TOML files of cases; left out: those of the program."),
]
KeyName = Annotated[
    str, typer.Option("--key-env", help="The environment variable that holds the server's key.")
]


@commands.command("charts")
def charts(
    cases: Files = None,
    *,
    base_url: Annotated[str | None, typer.Option(help="The server; left out: OpenAI.")] = None,
    model: Annotated[str | None, typer.Option(help="Left out: OPENAI_MODEL.")] = None,
    key_env: KeyName = "OPENAI_API_KEY",
    most: Annotated[int | None, typer.Option("--limit", min=1, help="The first so many.")] = None,
    report: Annotated[Path | None, typer.Option(help="Where to write all of it as JSON.")] = None,
) -> None:
    """Ask a model questions whose answers are known, and score what it draws.

    The tables are those of a made-up company, copied into a database of its own that is
    dropped afterwards: the embedded PostgreSQL, or one beside DATABASE_URL's.
    """
    # Imported here: other commands have no use for the emulator and the SDK.
    from bridge24.cli.rehearsal.measuring import measured  # noqa: PLC0415

    told = asyncio.run(
        measured(
            cases,
            most=most,
            base_url=base_url,
            model=model or get_settings().openai_model,
            key=os.environ.get(key_env),
        )
    )
    console = Console(width=150)
    console.print(_table(told))
    if report is not None:
        report.write_text(json.dumps(told, indent=1, ensure_ascii=False, default=str) + "\n")
        console.print(f"Everything is in {report}.")


def _table(told: Mapping[str, Any]) -> Table:
    title = f"{told['model']} on {told['dialect']}"
    table = Table(title=title, title_justify="left", box=None)
    headings = (
        "questions,exact %,right %,type %,asked back %,failed %,told enough %,corrections,"
        "s mean,s p95,tokens,dollars"
    )
    table.add_column("")
    for heading in headings.split(","):
        table.add_column(heading, justify="right")
    for figures in told["figures"]:
        table.add_row(*map(str, figures.values()))
    return table
