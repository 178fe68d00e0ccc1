"""The last lines of the log, as operators see them."""

from collections.abc import Iterator

import httpx2
import pytest
import structlog

from bridge24.core import recent_log
from bridge24.core.auth import Role
from bridge24.core.logging import configure_logging

PASSWORD = "correct horse"
LOG = "/api/v1/system/log"


@pytest.fixture
def written() -> Iterator[None]:
    """Lines as a running server writes them."""
    before = structlog.get_config()
    configure_logging(debug=False)
    log = structlog.get_logger().bind()
    log.info("run.started", entity="deal")
    log.warning("portal.slow", trace_id="abc123", url="https://x.bitrix24.ru/rest/1/s3cret/profile")
    log.debug("not.written")
    yield
    structlog.configure(**before)


def _lines(**asked: str) -> list[str]:
    return [line.event for line in recent_log.lines(**{"least": "info", "words": "", **asked})]


def test_the_latest_lines_come_first(written: None) -> None:
    assert _lines()[:2] == ["portal.slow", "run.started"]


def test_lines_are_found_by_level_and_by_any_word_of_them(written: None) -> None:
    assert "run.started" not in _lines(least="warning")
    assert _lines(words="ABC123")[0] == "portal.slow"
    assert _lines(words="deal")[0] == "run.started"
    assert _lines(words="nothing has this") == []


def test_no_secret_is_kept(written: None) -> None:
    (line, *_) = recent_log.lines(least="info", words="portal.slow")

    assert line.facts == {"url": "https://x.bitrix24.ru/rest/1/***/profile"}


def test_old_lines_make_room_for_new_ones(written: None) -> None:
    for _ in range(recent_log.MOST):
        recent_log.keep(None, "info", {"event": "filler"})

    assert _lines(words="run.started") == []


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.OPERATOR, 200)])
async def test_operators_read_the_log_and_viewers_do_not(
    http: httpx2.AsyncClient, people: dict[Role, str], written: None, role: Role, status: int
) -> None:
    await http.post("/api/v1/auth/login", json={"name": people[role], "password": PASSWORD})

    answer = await http.get(LOG, params={"least": "warning", "words": "abc123"})

    assert answer.status_code == status
    if status == 200:
        (line, *_) = answer.json()["lines"]
        assert (line["event"], line["trace_id"]) == ("portal.slow", "abc123")
