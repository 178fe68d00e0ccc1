"""The commands about operators."""

import asyncio
import sys
from typing import Annotated

import typer

from bridge24.core.auth import Role
from bridge24.core.db import close_db, init_db, transaction
from bridge24.core.tables import migrate
from bridge24.operators import queries, service
from bridge24.operators.errors import NoSuchOperator

commands = typer.Typer(help="Say who may sign in.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The name to sign in with.")]
RoleOption = Annotated[
    Role, typer.Option(help="viewer reads, operator starts and repairs, admin configures.")
]
Password = Annotated[
    str,
    typer.Option(
        prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out."
    ),
]


@commands.command("add")
def add(name: Name, *, role: RoleOption = Role.VIEWER, password: Password) -> None:
    """Add an operator."""
    asyncio.run(_add(name, password, role=role))
    sys.stdout.write(f"{name} may sign in as {role}.\n")


@commands.command("password")
def password_command(name: Name, *, password: Password) -> None:
    """Set a new password, and end the operator's sessions."""
    asyncio.run(_set_password(name, password))
    sys.stdout.write(f"The password of {name} is changed.\n")


@commands.command("list")
def list_command() -> None:
    """List everybody who may sign in."""
    for line in asyncio.run(_lines()):
        sys.stdout.write(f"{line}\n")


async def _add(name: str, password: str, *, role: Role) -> None:
    await _connect()
    try:
        await service.add(name, password, role=role)
    finally:
        await close_db()


async def _set_password(name: str, password: str) -> None:
    await _connect()
    try:
        async with transaction() as session:
            operator = await queries.named(session, name)
        if operator is None:
            raise NoSuchOperator(operator=f'"{name}"')
        await service.change(operator.id, password=password)
    finally:
        await close_db()


async def _lines() -> list[str]:
    await _connect()
    try:
        async with transaction() as session:
            rows = await queries.everyone(session)
    finally:
        await close_db()
    return [f"{row.name}\t{row.role}\t{'active' if row.active else 'closed'}" for row in rows]


async def _connect() -> None:
    await init_db()
    await migrate()
