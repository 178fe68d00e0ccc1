"""Pure parts of runs: words of errors, verdicts, rhythms, timelines."""

from datetime import timedelta

import pytest

from bridge24.bitrix import errors as bitrix
from bridge24.core.errors import AppError, DatabaseConnectionLost, DatabaseFull, DatabaseUnreachable
from bridge24.sync.entities import ENTITIES
from bridge24.sync.errors import TooManyMissing, WebhookMissing, explain_portal_error
from bridge24.sync.models import SyncConfig
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.registry import REGISTRY
from bridge24.sync.runs.due import Rhythm, is_wanted, rhythm_of
from bridge24.sync.runs.meter import HttpMeter
from bridge24.sync.runs.metrics import family
from bridge24.sync.runs.stopping import defaults_of
from bridge24.sync.runs.timeline import MOST_LINES, Timeline
from bridge24.sync.runs.told import passes, told_of
from bridge24.sync.runs.verdicts import Seen, state_of, verdict_of


def _portal(error: bitrix.BitrixError) -> AppError:
    told = explain_portal_error(error, host="acme: the portal")
    told.__cause__ = error
    return told


@pytest.mark.parametrize(
    ("error", "origin", "remedy"),
    [
        (
            DatabaseUnreachable(address="db:5432", reason="refused: no"),
            "database",
            "Start it, or correct DATABASE_URL (refused: no).",
        ),
        (
            _portal(bitrix.Unreachable("no")),
            "portal",
            "Check the address in BITRIX_WEBHOOK_URL and the network.",
        ),
        (
            WebhookMissing(),
            "settings",
            "Put the inbound webhook of your portal there (Bitrix24: Developer resources, Other, "
            "Inbound webhook).",
        ),
        (AppError(reason="odd: very. Indeed"), "program", None),
        (_portal(bitrix.MethodError("a: b")), "portal", None),
    ],
)
def test_an_error_is_kept_with_its_origin_and_what_helps(
    error: AppError, origin: str, remedy: str | None
) -> None:
    told = told_of(error)
    assert (told.code, told.origin, told.remedy) == (type(error).__name__, origin, remedy)
    assert told.message == str(error)


def test_a_remedy_is_found_behind_the_first_half_of_the_sentence() -> None:
    told = told_of(TooManyMissing(missing=9, stored=10, entity="deal"))
    assert told.remedy is not None
    assert told.remedy.startswith("So many at once")


def test_only_what_waiting_mends_is_tried_again() -> None:
    for error in (
        DatabaseConnectionLost(reason="x"),
        DatabaseUnreachable(address="", reason=""),
        _portal(bitrix.Unreachable("x")),
        _portal(bitrix.CircuitOpen("x")),
        _portal(bitrix.QueryLimitExceeded("x")),
    ):
        assert passes(error)
    for error in (
        DatabaseFull(reason="x"),
        WebhookMissing(),
        TooManyMissing(missing=1, stored=1, entity="deal"),
        _portal(bitrix.InvalidCredentials("x")),
        _portal(bitrix.AccessDenied("x")),
    ):
        assert not passes(error)


def _seen(**known: object) -> Seen:
    usual: dict[str, object] = {
        "enabled": True,
        "paused": False,
        "granted": True,
        "copied": True,
        "running": False,
        "lag": timedelta(minutes=5),
        "interval": timedelta(minutes=10),
        "failed": False,
        "lasting": False,
    }
    return Seen(**{**usual, **known})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({}, "fresh"),
        ({"lag": timedelta(minutes=25)}, "fresh"),
        ({"lag": timedelta(minutes=26)}, "lagging"),
        ({"lag": timedelta(minutes=26), "failed": True}, "lagging"),
        ({"lag": timedelta(minutes=101), "failed": True}, "broken"),
        ({"failed": True, "lasting": True}, "broken"),
        ({"failed": True, "lasting": True, "running": True}, "fresh"),
        ({"copied": False, "lag": None}, "never"),
        ({"copied": False, "lag": None, "running": True}, "copying"),
        ({"copied": False, "failed": True, "lag": None}, "broken"),
        ({"paused": True, "failed": True, "lasting": True}, "paused"),
        ({"granted": False, "copied": False}, "forbidden"),
        ({"enabled": False, "granted": False}, "off"),
        ({"granted": None}, "fresh"),
        ({"interval": timedelta(seconds=20), "lag": timedelta(minutes=2)}, "fresh"),
    ],
)
def test_an_object_is_judged_by_what_is_known(known: dict[str, object], state: str) -> None:
    assert state_of(_seen(**known)) == state


def test_the_worst_decides_about_the_whole() -> None:
    fresh = {"deal": "fresh", "lead": "off", "call": "forbidden", "quote": "never"}
    assert verdict_of(fresh, workers=1) == ("fresh", [])
    assert verdict_of({**fresh, "task": "lagging"}, workers=1) == ("lagging", ["lagging:task"])
    worst = {**fresh, "task": "lagging", "user": "broken"}
    assert verdict_of(worst, workers=0) == (
        "broken",
        ["no_worker", "broken:user", "lagging:task"],
    )
    assert verdict_of({"deal": "never"}, workers=1) == ("lagging", ["nothing_copied"])
    assert verdict_of(fresh, workers=1, troubles=["no_portal"])[0] == "broken"


def test_objects_of_one_rhythm_share_a_schedule() -> None:
    deal, status = REGISTRY["deal"], REGISTRY["status"]
    assert rhythm_of(deal, None, minutes=10) == rhythm_of(status, None, minutes=10)
    assert rhythm_of(REGISTRY["deal_contact"], None, minutes=10).name == "look:10m"
    own = SyncConfig(
        entity="deal", **{**defaults_of("deal"), "cron": "0 9 * * 1", "timezone": "Asia/Omsk"}
    )
    assert rhythm_of(deal, own, minutes=10) == Rhythm(cron="0 9 * * 1", zone="Asia/Omsk")
    often = SyncConfig(entity="deal", **{**defaults_of("deal"), "interval_minutes": 1})
    assert rhythm_of(deal, often, minutes=10).name == "look:1m"


def test_what_nothing_tells_changes_of_is_read_hourly_at_most() -> None:
    dear = [
        each for each in REGISTRY.values() if rhythm_of(each, None, minutes=10).name != "look:10m"
    ]
    assert dear
    assert {rhythm_of(each, None, minutes=10).name for each in dear} == {"look:60m"}
    assert {rhythm_of(each, None, minutes=90).name for each in dear} == {"look:90m"}
    assert "deal" not in {each.name for each in dear}
    assert len(ENTITIES) > len(dear)


def test_what_is_off_or_rests_is_not_looked_at() -> None:
    assert is_wanted("deal", None)
    assert not is_wanted("deal_timeline_comment", None)
    assert is_wanted("deal", SyncConfig(entity="deal", **defaults_of("deal")))
    assert not is_wanted(
        "deal", SyncConfig(entity="deal", **{**defaults_of("deal"), "paused": True})
    )
    assert not is_wanted(
        "deal", SyncConfig(entity="deal", **{**defaults_of("deal"), "enabled": False})
    )


def test_a_timeline_stays_bounded_whatever_happens() -> None:
    timeline, progress, meter = Timeline(), RunProgress("deal", SyncMode.FULL), HttpMeter()
    told = []
    for number in range(3 * MOST_LINES):
        progress.note("note", number=number)
        meter.note("HTTP 503")
        told += timeline.news(progress, meter)
    assert len(told) == MOST_LINES
    assert progress.notes == []


def test_a_timeline_tells_of_retries_and_pages_once() -> None:
    timeline, progress, meter = Timeline(), RunProgress("deal", SyncMode.FULL), HttpMeter()
    meter.note("HTTP 503")
    meter.note(None)
    progress.read = 100
    first = timeline.news(progress, meter, last=True)
    assert [note.kind for note in first] == ["phase", "retry", "pages"]
    assert first[1].facts == {"troubles": {"HTTP 503": 1}}
    assert timeline.news(progress, meter, last=True) == []


def test_figures_are_written_whole_and_escaped() -> None:
    written = family("a_total", "Of a.", [({"name": 'x"\\\n'}, 123456789)], kind="counter")
    assert written == (
        '# HELP a_total Of a.\n# TYPE a_total counter\na_total{name="x\\"\\\\\\n"} 123456789\n'
    )
    assert family("b", "Of b.", []) == ""
