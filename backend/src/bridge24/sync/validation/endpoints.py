"""The operator's door to comparisons of tables with the portal."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, status
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.db import get_session, transaction
from bridge24.core.web import HIGHEST, ErrorOut, Number
from bridge24.sync.entities import find_entity
from bridge24.sync.portal import portal_client
from bridge24.sync.validation import queries, reporting, service
from bridge24.sync.validation.models import SyncValidation
from bridge24.sync.validation.schemas import (
    SAMPLE,
    CheckIn,
    ColumnsOut,
    CostOut,
    DifferenceOut,
    DifferencesOut,
    EstimateOut,
    RepairIn,
    ValidationOut,
    ValidationsOut,
)

router = APIRouter(prefix="/api/v1/validation", tags=["validation"])

SessionDep = Annotated[AsyncSession, Depends(get_session)]
Sample = Annotated[int, Query(ge=0, le=5_000)]
MISSING: dict[int | str, dict[str, object]] = {404: {"model": ErrorOut}}
CONFLICT: dict[int | str, dict[str, object]] = {**MISSING, 409: {"model": ErrorOut}}


@router.get("")
async def list_latest(session: SessionDep) -> ValidationsOut:
    """Show the last comparison of every object."""
    return ValidationsOut(validations=await reporting.shown(session, await queries.latest(session)))


@router.get("/cost", responses=CONFLICT)
async def read_cost(entity: str, sample: Sample = SAMPLE) -> CostOut:
    """Say what comparing an object would take, by each method; asks the portal nothing."""
    known = await find_entity(entity)
    told, advised, costs = await service.cost(portal_client(), known, sample=sample)
    return CostOut.model_validate(
        {
            "entity": known.name,
            "estimates": [EstimateOut.model_validate(each) for each in told],
            "advised": advised,
            "measured_at": costs.measured_at,
        }
    )


@router.get("/columns/{entity}", responses=CONFLICT)
async def read_columns(session: SessionDep, entity: str) -> ColumnsOut:
    """Report what every column of a table holds; of a large one, of some of its rows."""
    return await reporting.columns(session, await find_entity(entity))


@router.post("/start/{entity}", status_code=status.HTTP_202_ACCEPTED, responses=CONFLICT)
async def start_validation(entity: str, body: CheckIn | None = None) -> ValidationOut:
    """Ask for a comparison; a worker carries it out."""
    wanted = body or CheckIn()
    known = await find_entity(entity)
    started = await service.start(
        portal_client(), known, method=wanted.method, sample=wanted.sample
    )
    return await _shown(started)


@router.get("/{validation_id}", responses=MISSING)
async def read_validation(session: SessionDep, validation_id: Number) -> ValidationOut:
    """Show a comparison, under way or over."""
    found = await queries.validation_named(session, validation_id)
    (shown,) = await reporting.shown(session, [found])
    return shown


@router.get("/{validation_id}/differences", responses=MISSING)
async def list_differences(
    session: SessionDep,
    validation_id: Number,
    cursor: Annotated[int | None, Query(ge=1, le=HIGHEST)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> DifferencesOut:
    """List what differs, with both values."""
    await queries.validation_named(session, validation_id)
    found, following = await queries.differences(session, validation_id, cursor=cursor, limit=limit)
    shown = [DifferenceOut.model_validate(each) for each in found]
    return DifferencesOut(differences=shown, next_cursor=following)


@router.post("/{validation_id}/repair", status_code=status.HTTP_202_ACCEPTED, responses=CONFLICT)
async def repair_validation(validation_id: Number, body: RepairIn | None = None) -> ValidationOut:
    """Ask for everything that differs to be read again, stored, and compared once more."""
    accept = (body or RepairIn()).accept_deletions
    return await _shown(await service.repair(validation_id, accept_deletions=accept))


async def _shown(validation: SyncValidation) -> ValidationOut:
    async with transaction() as session:
        (shown,) = await reporting.shown(session, [validation])
    return shown
