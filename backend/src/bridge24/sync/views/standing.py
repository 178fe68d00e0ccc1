"""What stands on a table or view in PostgreSQL: set aside while it changes, then put back.

PostgreSQL refuses to change the type of a column that a view reads. Everything happens in
the caller's transaction: either all views stand again with their rights, or nothing was done.
https://www.postgresql.org/docs/current/sql-altertable.html
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
from psycopg import AsyncConnection as Driver
from psycopg import sql

from bridge24.core.errors import Conflict

Remake = Callable[[str], Awaitable[bool | None]]
"""Makes a view of ours anew by its name; False: it is none of ours, None: it is to be gone."""

_STANDING = """
WITH RECURSIVE standing(oid, level) AS (
  SELECT r.ev_class, 1
  FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
  WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
    AND d.refobjid = to_regclass(%(relation)s) AND r.ev_class <> d.refobjid
    AND (%(columns)s::text[] IS NULL OR d.refobjsubid IN (
      SELECT attnum FROM pg_attribute
      WHERE attrelid = d.refobjid AND attname = ANY(%(columns)s::text[])
    ))
  UNION
  SELECT r.ev_class, s.level + 1
  FROM standing s
  JOIN pg_depend d ON d.refobjid = s.oid AND d.refclassid = 'pg_class'::regclass
  JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass
  WHERE r.ev_class <> s.oid
)
SELECT c.oid::int8, c.relname, c.oid::regclass::text, c.relkind::text,
  format('CREATE VIEW %%s%%s AS %%s', c.oid::regclass,
    ' WITH (' || array_to_string(c.reloptions, ', ') || ')', pg_get_viewdef(c.oid))
FROM (SELECT oid, max(level) AS level FROM standing GROUP BY oid) s
JOIN pg_class c ON c.oid = s.oid
ORDER BY s.level, c.oid
"""
_ABOUT = """
SELECT 1, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %(view)s AND NOT tgisinternal
UNION ALL
SELECT 2, pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class = %(view)s AND rulename <> '_RETURN'
UNION ALL
SELECT 3, format('GRANT %%s ON %%s TO %%s%%s', a.privilege_type, c.oid::regclass,
  CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
  CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = %(view)s AND a.grantee <> c.relowner
UNION ALL
SELECT 4, format('GRANT %%s (%%I) ON %%s TO %%s%%s', x.privilege_type, a.attname,
  a.attrelid::regclass,
  CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
  CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_attribute a, aclexplode(a.attacl) x WHERE a.attrelid = %(view)s
UNION ALL
SELECT 5, format('ALTER VIEW %%s OWNER TO %%I', oid::regclass, pg_get_userbyid(relowner))
FROM pg_class WHERE oid = %(view)s AND pg_get_userbyid(relowner) <> current_user
ORDER BY 1
"""
_COMMENTS = """
SELECT format('COMMENT ON VIEW %%s IS %%L', oid::regclass, obj_description(oid, 'pg_class'))
FROM pg_class WHERE oid = %(view)s AND obj_description(oid, 'pg_class') IS NOT NULL
UNION ALL
SELECT format('COMMENT ON COLUMN %%s.%%I IS %%L', attrelid::regclass, attname,
  col_description(attrelid, attnum))
FROM pg_attribute
WHERE attrelid = %(view)s AND attnum > 0 AND col_description(attrelid, attnum) IS NOT NULL
"""


class ViewInTheWay(Conflict):
    """The view {view} reads {relation}, which has to change, and cannot be put back by this
    program afterwards ({reason}). Nothing was changed: drop the view or make it fit, start
    again, then make it anew."""


@dataclass(frozen=True, slots=True)
class _View:
    name: str
    full_name: str
    kind: str
    definition: str
    comments: Sequence[str]
    rights: Sequence[str]
    """Triggers, rules, grants and the owner, in this order."""


@asynccontextmanager
async def set_aside(
    driver: "Driver[tuple[object, ...]]",
    relation: str,
    *,
    columns: Sequence[str] | None,
    remake: Remake,
) -> AsyncIterator[None]:
    """Drop every view on some columns (None: on any), and make all of them again at the end.

    Raises:
        ViewInTheWay: One cannot be dropped or made again; the transaction is to be rolled back.
    """
    standing = await _standing(driver, relation, columns)
    for view in reversed(standing):
        if view.kind != "v":
            raise ViewInTheWay(view=view.full_name, relation=relation, reason="it is materialised")
        await _try(driver, f"DROP VIEW {view.full_name}", view, relation)
    yield
    for view in standing:
        made = await remake(view.name)
        if made is None:
            continue
        if not made:
            for statement in (view.definition, *view.comments):
                await _try(driver, statement, view, relation)
        for statement in view.rights:
            await _try(driver, statement, view, relation)


async def _standing(
    driver: "Driver[tuple[object, ...]]", relation: str, columns: Sequence[str] | None
) -> list[_View]:
    name = sql.Identifier(relation).as_string(driver)
    listed = None if columns is None else list(columns)
    cursor = await driver.execute(_STANDING, {"relation": name, "columns": listed})
    views = []
    for oid, relname, full_name, kind, definition in await cursor.fetchall():
        comments = await driver.execute(_COMMENTS, {"view": oid})
        about = await driver.execute(_ABOUT, {"view": oid})
        views.append(
            _View(
                name=str(relname),
                full_name=str(full_name),
                kind=str(kind),
                definition=str(definition),
                comments=[str(row[0]) for row in await comments.fetchall()],
                rights=[str(row[1]) for row in await about.fetchall()],
            )
        )
    return views


async def _try(
    driver: "Driver[tuple[object, ...]]", statement: str, view: _View, relation: str
) -> None:
    try:
        await driver.execute(statement.encode())
    except (psycopg.ProgrammingError, psycopg.DataError, psycopg.InternalError) as error:
        reason = error.diag.message_primary or str(error)
        raise ViewInTheWay(view=view.full_name, relation=relation, reason=reason) from error
    except psycopg.errors.DependentObjectsStillExist as error:
        reason = error.diag.message_detail or str(error)
        raise ViewInTheWay(view=view.full_name, relation=relation, reason=reason) from error
