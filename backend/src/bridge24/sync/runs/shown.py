"""Rows of the database as the API gives them."""

import orjson

from bridge24.core.web import ToldOut
from bridge24.sync.models import SyncLog, SyncQuarantine
from bridge24.sync.reasons import Reason
from bridge24.sync.rejected import reason_of
from bridge24.sync.runs.models import SyncRunEvent
from bridge24.sync.runs.schemas import ProgressOut, RunErrorOut, RunEventOut, RunOut
from bridge24.sync.schemas import QuarantinedOut

COPIED = (
    *("id", "entity", "mode", "status", "phase", "asked_by", "asked_at", "started_at"),
    *("finished_at", "beat_at", "attempts", "rows_read", "inserted", "updated", "unchanged"),
    *("deleted", "quarantined", "http_calls"),
)


def run_out(run: SyncLog) -> RunOut:
    """Show a run."""
    told = {name: getattr(run, name) for name in COPIED}
    return RunOut.model_validate({**told, "progress": _progress(run), "error": error_out(run)})


def error_out(run: SyncLog) -> RunErrorOut | None:
    """Show why a run failed."""
    if run.error_code is None:
        return None
    facts = {"code": run.error_code, "origin": run.error_origin or "program"}
    return RunErrorOut.model_validate(
        {
            **facts,
            "message": run.error_message or "",
            "remedy": run.error_remedy,
            "facts": orjson.loads(run.error_facts or "{}"),
        }
    )


def reason_out(reason: Reason) -> ToldOut:
    """Show why a row is in quarantine."""
    return ToldOut(code=reason.code, message=str(reason), facts=dict(reason.facts))


def quarantined_out(row: SyncQuarantine) -> QuarantinedOut:
    """Show a row in quarantine."""
    plain = {name: getattr(row, name) for name in ("id", "entity", "row_id", "raw", "seen_at")}
    return QuarantinedOut.model_validate({**plain, "reason": reason_out(reason_of(row))})


def event_out(row: SyncRunEvent) -> RunEventOut:
    """Show a line of a timeline."""
    plain = {name: getattr(row, name) for name in ("id", "run_id", "entity", "at", "kind")}
    return RunEventOut.model_validate({**plain, "facts": orjson.loads(row.facts)})


def _progress(run: SyncLog) -> ProgressOut | None:
    return None if run.progress is None else ProgressOut.model_validate_json(run.progress)
