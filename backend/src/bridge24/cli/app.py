"""The commands, their exit codes, and how errors are shown."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar

import typer

from bridge24.charts.grant import Granted, grant_readonly
from bridge24.cli import demo, evaluation, objects, operators, report, serving, working
from bridge24.cli.copying import copy_all
from bridge24.core.db import close_db, init_db
from bridge24.core.errors import AppError
from bridge24.core.logging import configure_logging, mask_text
from bridge24.core.settings import Settings, get_settings
from bridge24.core.tables import migrate
from bridge24.sync import doctor
from bridge24.sync.doctor import Finding
from bridge24.sync.entities import ENTITIES, check_name
from bridge24.sync.portal import client_for, impatient_client_for, knock, webhook_of
from bridge24.sync.progress import SyncMode

INTERRUPTED = 130
QUARANTINED = 6

T = TypeVar("T")

cli = typer.Typer(
    name="bridge24",
    help="Copies a Bitrix24 CRM into your own PostgreSQL or MySQL.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
sync_commands = typer.Typer(help="Copy CRM objects into the database.", no_args_is_help=True)
db_commands = typer.Typer(help="Look after the database.", no_args_is_help=True)
cli.add_typer(sync_commands, name="sync")
cli.add_typer(db_commands, name="db")
cli.add_typer(operators.commands, name="operators")
cli.add_typer(evaluation.commands, name="eval")

EntityName = Annotated[
    str,
    typer.Argument(
        help=f"One of {', '.join(ENTITIES)}, a smart process (dynamic_1256; `bridge24 objects` "
        "lists them), or all."
    ),
]
Mode = Annotated[
    SyncMode,
    typer.Option(
        help="full: read every row; incremental: what changed since; "
        "audit: find what was deleted or missed, and mend it."
    ),
]
AcceptDeletions = Annotated[
    bool, typer.Option("--accept-deletions", help="Believe it when many rows are gone.")
]


def main() -> None:
    """Run a command; whatever goes wrong is one sentence and an exit code."""
    configure_logging(debug=False)
    try:
        cli()
    except AppError as error:
        sys.stderr.write(f"Error: {mask_text(str(error))}\n")
        raise SystemExit(error.exit_code) from None
    except Exception as error:
        if get_settings().debug:
            raise
        sentence = f"Error: unexpected, {type(error).__name__}: {error}"
        sys.stderr.write(f"{mask_text(sentence)}\nSet DEBUG=true to see where.\n")
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted. What is stored stays; the next start goes on from there.\n")
        raise SystemExit(INTERRUPTED) from None


@sync_commands.command("run")
def sync_run(
    entity: EntityName,
    *,
    mode: Mode = SyncMode.FULL,
    accept_deletions: AcceptDeletions = False,
) -> None:
    """Copy one CRM object, or all, and show how it goes.

    Exit codes: 0 done, 2 wrong use or setting, 3 the portal, 4 the database, 5 a conflict,
    6 done but rows are in quarantine.
    """
    if entity != "all":
        check_name(entity)
    quarantined = _run(lambda: _copy(entity, mode=mode, accept_deletions=accept_deletions))
    if quarantined:
        raise typer.Exit(QUARANTINED)


@cli.command("objects")
def objects_command() -> None:
    """List the objects of the portal, their tables, and which the webhook may read."""
    _run(_show_objects)


@cli.command("doctor")
def doctor_command() -> None:
    """Look at the portal and the database and say what is missing."""
    raise typer.Exit(_run(_examine))


@db_commands.command("upgrade")
def db_upgrade() -> None:
    """Bring the system tables of DATABASE_URL up to date."""
    _run(_migrate)
    sys.stdout.write("The tables are up to date.\n")


@db_commands.command("grant-readonly")
def db_grant_readonly(
    user: Annotated[str, typer.Option(help="The login to make or renew.")] = "bridge24_charts",
) -> None:
    """Make a login that may only read the CRM's tables, for CHARTS_DATABASE_URL.

    Its password is shown once. Run it again when new tables have appeared.
    """
    granted = _run(lambda: _grant(user))
    shown = granted.url.render_as_string(hide_password=False)
    sys.stdout.write(
        f"The login may read {len(granted.tables)} tables and views, and nothing else. "
        f"Put this into .env; the password is not shown again:\nCHARTS_DATABASE_URL={shown}\n"
    )


@cli.command("serve")
def serve() -> None:
    """Serve the API."""
    serving.serve()


@cli.command("worker")
def worker_command(
    concurrency: Annotated[int, typer.Option(min=1, help="How many jobs at a time.")] = 50,
) -> None:
    """Work on jobs and keep the schedules, beside the API or on another machine."""
    _run(lambda: working.work_until_told(concurrency=concurrency))


@cli.command("demo")
def demo_command(
    *,
    deals: Annotated[int, typer.Option(min=1, help="How many deals the portal has.")] = 20_000,
    port: Annotated[int, typer.Option(help="Where the interface is served.")] = 8080,
    once: Annotated[bool, typer.Option("--once", help="End after the copy.")] = False,
) -> None:
    """Copy an emulated portal into a real PostgreSQL, then show it in the browser."""
    _run(lambda: demo.show(deals=deals, port=port, once=once))


async def _copy(name: str, *, mode: SyncMode, accept_deletions: bool) -> int:
    """Copy objects side by side; each method has a budget of its own. Count the quarantined."""
    settings = get_settings()
    webhook = webhook_of(settings)
    await knock(settings)
    async with _database(), client_for(settings) as client:
        await migrate()
        return await copy_all(
            client,
            await objects.chosen(client, name, host=webhook.host),
            host=webhook.host,
            mode=mode,
            pages_per_call=settings.sync_batch_size,
            accept_deletions=accept_deletions,
        )


async def _show_objects() -> None:
    settings = get_settings()
    webhook = webhook_of(settings)
    async with _database(), impatient_client_for(settings) as client:
        await migrate()
        await objects.show(client, host=webhook.host)


async def _examine() -> int:
    settings = get_settings()
    found = await _examined_portal(settings) + await _examined_database()
    found += doctor.examine_library()
    report.findings(found)
    return max((finding.exit_code for finding in found), default=0)


async def _examined_portal(settings: Settings) -> list[Finding]:
    try:
        webhook = webhook_of(settings)
    except AppError as error:
        return [doctor.trouble("webhook", error)]
    async with impatient_client_for(settings) as client:
        return await doctor.examine_portal(client, host=webhook.host)


async def _examined_database() -> list[Finding]:
    try:
        async with _database():
            return await doctor.examine_database()
    except AppError as error:
        return [doctor.trouble("database", error)]


async def _grant(user: str) -> Granted:
    async with _database():
        return await grant_readonly(user)


async def _migrate() -> None:
    async with _database():
        await migrate()


@asynccontextmanager
async def _database() -> AsyncIterator[None]:
    try:
        await init_db()
        yield
    finally:
        await close_db()


def _run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    return asyncio.run(work())
