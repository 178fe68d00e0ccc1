"""The questions with their right answers; pure.

A file of cases is TOML: ``[[case]]`` with ``name``, the question in ``ru`` and ``en`` (one is
enough), ``types`` (the chart types that suit it), ``sql`` for PostgreSQL and, where it differs,
``mysql``. ``ordered`` says that the question asks for an order. In SQL, ``{month:column}``,
``{quarter:column}`` and ``{days:from,to}`` stand for what each database calls them, and
``{process:Title}`` for the table of the smart process of that title.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge24.charts.guard import Dialect
from bridge24.core.errors import AppError

HALVES = ("first", "second")
"""Written before and after the context was tuned; told apart, since only the second half tells
how questions fare that nobody had in mind."""
LANGUAGES = ("ru", "en")

_SPELLED: Mapping[Dialect, Mapping[str, str]] = {
    "postgresql": {
        "month": "CAST(DATE_TRUNC('month', {0}) AS DATE)",
        "quarter": "CAST(DATE_TRUNC('quarter', {0}) AS DATE)",
        "days": "(EXTRACT(EPOCH FROM ({1} - {0})) / 86400.0)",
    },
    "mysql": {
        "month": "CAST(DATE_FORMAT({0}, '%Y-%m-01') AS DATE)",
        "quarter": "DATE_ADD(MAKEDATE(YEAR({0}), 1), INTERVAL QUARTER({0}) - 1 QUARTER)",
        "days": "(TIMESTAMPDIFF(SECOND, {0}, {1}) / 86400.0)",
    },
}
_MARK = re.compile(r"\{(\w+):([^{}]+)\}")


class BadCases(AppError):
    """The file of cases {file} cannot be used: {reason}."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Case:
    """One question in one language, and the query that answers it."""

    name: str
    language: str
    question: str
    sql: Mapping[Dialect, str]
    types: Sequence[str]
    ordered: bool
    half: str
    """The file's name: ``first``, ``second`` …"""

    def gold(self, dialect: Dialect, processes: Mapping[str, str]) -> str:
        """Spell the right query for a database.

        Args:
            dialect: Of the database.
            processes: Title of each smart process → its table.
        """

        def spelled(found: re.Match[str]) -> str:
            what, of = found[1], found[2]
            if what == "process":
                return processes[of]
            return _SPELLED[dialect][what].format(*(part.strip() for part in of.split(",")))

        return _MARK.sub(spelled, self.sql[dialect])


def built_in() -> list[Path]:
    """Name the files of cases that come with the program, for the rehearsal's company."""
    return [Path(__file__).parent / "cases" / f"{half}.toml" for half in HALVES]


def load(files: Iterable[Path]) -> list[Case]:
    """Read cases.

    Raises:
        BadCases: A file is not there, is no TOML, or lacks something.
    """
    return [case for file in files for case in _read(file)]


def _read(file: Path) -> list[Case]:
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
        return [case for row in told["case"] for case in _of(row, half=file.stem)]
    except OSError as error:
        raise BadCases(file=file.name, reason=error.strerror) from error
    except tomllib.TOMLDecodeError as error:
        raise BadCases(file=file.name, reason=error) from error
    except KeyError as error:
        raise BadCases(file=file.name, reason=f"a case lacks {error}") from error


def _of(row: Mapping[str, object], *, half: str) -> list[Case]:
    sql = str(row["sql"])
    types = row["types"]
    return [
        Case(
            name=str(row["name"]),
            language=language,
            question=str(row[language]),
            sql={"postgresql": sql, "mysql": str(row.get("mysql", sql))},
            types=[str(type_) for type_ in types] if isinstance(types, list) else [str(types)],
            ordered=bool(row.get("ordered", False)),
            half=half,
        )
        for language in LANGUAGES
        if language in row
    ]
