"""One connection a server makes and drops all its databases: connecting costs more than they do."""

import atexit
from contextlib import suppress
from typing import Any

import psycopg
import pymysql
from sqlalchemy.engine import URL

import services

LOST = (psycopg.OperationalError, pymysql.err.OperationalError, pymysql.err.InterfaceError)

_kept: dict[URL, Any] = {}


def run(server: URL, statement: str) -> None:
    """Run a statement as the administrator; a connection that was lost is made anew."""
    try:
        _kept_or_new(server).cursor().execute(statement)
    except LOST:
        _forget(server)
        _kept_or_new(server).cursor().execute(statement)


def _kept_or_new(server: URL) -> Any:
    if server not in _kept:
        _kept[server] = services.administrator(server)
    return _kept[server]


def _forget(server: URL) -> None:
    kept = _kept.pop(server, None)
    if kept is not None:
        with suppress(*LOST, pymysql.Error):
            kept.close()


@atexit.register
def _forget_all() -> None:
    for server in list(_kept):
        _forget(server)
