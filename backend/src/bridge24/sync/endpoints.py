"""The operator's door to runs and their configuration."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, status
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.auth import Role, needs
from bridge24.core.db import get_dialect, get_session
from bridge24.core.web import HIGHEST, ErrorOut, Number
from bridge24.operators.guard import CurrentCaller
from bridge24.sync import (
    config,
    tasks,  # noqa: F401  what is asked for here is declared there
)
from bridge24.sync.entities import all_mirrored, find_entity
from bridge24.sync.fields import table_name
from bridge24.sync.progress import SyncMode
from bridge24.sync.runs import due, opening, reading, repair, rights, starting, stopping
from bridge24.sync.runs import status as whole
from bridge24.sync.runs.models import Status
from bridge24.sync.runs.schemas import RunOut, RunsOut, StartedOut, StatusOut, Utc
from bridge24.sync.runs.shown import event_out, quarantined_out, reason_out, run_out
from bridge24.sync.schemas import (
    ConfigIn,
    ConfigOut,
    EntityConfigOut,
    FindingOut,
    ObjectOut,
    QuarantineOut,
    ReplayedOut,
    ResetIn,
    ResumedOut,
    RunDetailOut,
    SchemaChangeOut,
    SchemaChangesOut,
    StartIn,
)

router = APIRouter(prefix="/api/v1/sync", tags=["sync"])

SessionDep = Annotated[AsyncSession, Depends(get_session)]
Cursor = Annotated[
    int | None, Query(ge=1, le=HIGHEST, description="The ``next_cursor`` of the page before.")
]
Limit = Annotated[int, Query(ge=1, le=200)]
CONFLICT: dict[int | str, dict[str, object]] = {
    404: {"model": ErrorOut},
    409: {"model": ErrorOut, "description": "The run under way is in ``detail.run``."},
}
ADMIN = needs(Role.ADMIN)


@router.post("/start", status_code=status.HTTP_202_ACCEPTED)
async def start_uncopied(caller: CurrentCaller) -> StartedOut:
    """Ask for the first full copy of every object that has none, is switched on and permitted."""
    opened = await starting.start_uncopied(asked_by=caller.name)
    return StartedOut(runs=[run_out(run) for run in opened])


@router.post("/start/{entity}", status_code=status.HTTP_202_ACCEPTED, responses=CONFLICT)
async def start_sync(
    entity: str, caller: CurrentCaller, body: StartIn | None = None, mode: SyncMode | None = None
) -> RunOut:
    """Ask for a run; a worker carries it out. The mode may stand in the body or the query."""
    wanted = body or StartIn()
    known = await find_entity(entity)
    run = await opening.open_run(
        known.name,
        mode=mode or wanted.mode,
        asked_by=caller.name,
        accept_deletions=wanted.accept_deletions,
    )
    return run_out(run)


@router.get("/status")
async def sync_status() -> StatusOut:
    """Say how each object and the whole mirror are doing."""
    return await whole.status()


@router.get("/config")
async def read_config() -> ConfigOut:
    """Say what is wanted of every object."""
    return await config.read()


@router.put("/config", responses={422: {"model": ErrorOut}}, openapi_extra=ADMIN)
async def write_config(body: ConfigIn) -> ConfigOut:
    """Change what is wanted: of some objects or all, some fields or all; all or nothing."""
    return await config.change(body)


@router.get("/runs")
async def list_runs(
    session: SessionDep,
    *,
    entity: str | None = None,
    mode: SyncMode | None = None,
    status: Status | None = None,
    since: Utc | None = None,
    until: Utc | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> RunsOut:
    """List runs, the newest first."""
    found, following = await reading.runs(
        session,
        entity=entity,
        mode=mode,
        status=status,
        since=opening.naive(since),
        until=opening.naive(until),
        cursor=cursor,
        limit=limit,
    )
    return RunsOut(runs=[run_out(run) for run in found], next_cursor=following)


@router.get("/runs/{run_id}", responses={404: {"model": ErrorOut}})
async def read_run(session: SessionDep, run_id: Number) -> RunDetailOut:
    """Show a run and what happened in it."""
    run = await opening.run_named(session, run_id)
    lines = await reading.timeline(session, run_id)
    changes = await reading.changes_during(session, run)
    return RunDetailOut(
        run=run_out(run),
        timeline=[event_out(line) for line in lines],
        schema_changes=[SchemaChangeOut.model_validate(change) for change in changes],
    )


@router.post("/runs/{run_id}/cancel", responses=CONFLICT)
async def cancel_run(run_id: Number) -> RunOut:
    """Cancel a run: what is stored stays, the next one goes on from there."""
    return run_out(await stopping.cancel_run(run_id))


@router.post("/{entity}/pause", responses={404: {"model": ErrorOut}})
async def pause_entity(entity: str) -> EntityConfigOut:
    """Let an object rest; a run under way stops at its checkpoint."""
    known = await find_entity(entity)
    return config.shown(known.name, await stopping.pause(known.name))


@router.post("/{entity}/resume", responses=CONFLICT)
async def resume_entity(entity: str, caller: CurrentCaller) -> ResumedOut:
    """End the rest; a run that the pause stopped goes on as a new one."""
    known = await find_entity(entity)
    run = await stopping.resume(known.name, asked_by=caller.name)
    return ResumedOut(run=run_out(run) if run else None)


@router.post("/{entity}/reset", status_code=status.HTTP_202_ACCEPTED, responses=CONFLICT)
async def reset_entity(entity: str, caller: CurrentCaller, body: ResetIn | None = None) -> RunOut:
    """Forget how far an object is copied, and read it anew; a run under way is cancelled."""
    known = await find_entity(entity)
    drop_table = body is not None and body.drop_table
    run = await stopping.reset(known.name, drop_table=drop_table, asked_by=caller.name)
    return run_out(run)


@router.get("/schema-changes")
async def list_schema_changes(
    session: SessionDep, entity: str | None = None, cursor: Cursor = None, limit: Limit = 50
) -> SchemaChangesOut:
    """List what the portal's fields did to the tables, the newest first."""
    found, following = await reading.changes(session, entity=entity, cursor=cursor, limit=limit)
    shown = [SchemaChangeOut.model_validate(change) for change in found]
    return SchemaChangesOut(changes=shown, next_cursor=following)


@router.get("/objects")
async def list_objects(session: SessionDep) -> list[ObjectOut]:
    """List every object with its table, its permission, and how it is read."""
    configs = await due.configurations()
    scopes = await rights.kept_or_none(session)
    return [
        ObjectOut(
            entity=each.name,
            title=each.title,
            table=table_name(each.name, get_dialect()),
            key=list(each.key),
            scope=each.entity.scope,
            scope_granted=None if scopes is None else each.entity.scope in scopes,
            strategy=each.strategy,
            list_method=each.entity.list_method,
            cursor_field=each.cursor or None,
            event_prefix=each.entity.event_prefix or None,
            enabled=due.is_enabled(each.name, configs.get(each.name)),
            discovered=each.name.startswith("dynamic_"),
        )
        for each in await all_mirrored()
    ]


@router.get("/quarantine", openapi_extra=needs(Role.OPERATOR))
async def list_quarantine(
    session: SessionDep, entity: str | None = None, cursor: Cursor = None, limit: Limit = 50
) -> QuarantineOut:
    """List rows that could not be stored, with what the portal sent, the newest first."""
    found, following = await reading.quarantined(session, entity=entity, cursor=cursor, limit=limit)
    return QuarantineOut(rows=[quarantined_out(row) for row in found], next_cursor=following)


@router.post("/quarantine/{quarantine_id}/replay", responses={**CONFLICT, 502: {"model": ErrorOut}})
async def replay_quarantined(quarantine_id: Number) -> ReplayedOut:
    """Ask the portal for the row again and store its present state."""
    reason = await repair.replay(quarantine_id)
    return ReplayedOut(stored=reason is None, reason=reason and reason_out(reason))


@router.get("/doctor")
async def ask_doctor() -> list[FindingOut]:
    """Look at the portal and the database and say what is missing; asks the portal once."""
    return [FindingOut.model_validate(finding) for finding in await repair.examine()]
