"""Bindings of applications and their queue of offline events."""

import pytest

from bridge24.emulator.calls import RestError
from bridge24.emulator.clock import Clock
from bridge24.emulator.faults import Faults
from bridge24.emulator.oauth import Application, Install, OAuthServer, Site
from bridge24.emulator.outbound import Outbound
from bridge24.emulator.subscriptions import Subscriptions

SITE = Site("d897063e", "portal.example.com", "https://portal.example.com/rest/")


class Portal:
    """The pieces of a portal that offline events need."""

    def __init__(self) -> None:
        clock = Clock(1_766_047_124.0)
        self.subscriptions = Subscriptions()
        self.oauth = OAuthServer(clock)
        self.outbound = Outbound(
            SITE,
            subscriptions=self.subscriptions,
            oauth=self.oauth,
            faults=Faults(),
            clock=clock,
        )

    def install(self) -> Install:
        self.oauth.register(Application("app.1", "s", "https://app/cb", frozenset({"crm"})))
        return self.oauth.install("app.1", SITE)

    def change(self, *ids: int) -> None:
        for number in ids:
            self.outbound.publish("ONCRMDEALUPDATE", {"FIELDS": {"ID": number}}, user_id=1)


@pytest.fixture
def portal() -> Portal:
    return Portal()


def test_binding_the_same_handler_twice_fails(portal: Portal) -> None:
    install = portal.install()
    portal.subscriptions.bind(install, event="OnCrmDealAdd", url="http://h/")

    with pytest.raises(RestError, match="Unable to set event handler"):
        portal.subscriptions.bind(install, event="ONCRMDEALADD", url="http://h/")


def test_offline_events_keep_one_row_per_object(portal: Portal) -> None:
    install = portal.install()
    portal.subscriptions.bind(install, event="ONCRMDEALUPDATE", url="", offline=True)
    portal.change(*[5] * 1_000, 6)

    process_id, rows = portal.outbound.offline("app.1").take(lambda row: True, limit=50, clear=True)
    assert process_id is None
    assert [row.data for row in rows] == [{"FIELDS": {"ID": "5"}}, {"FIELDS": {"ID": "6"}}]


def test_reserved_offline_rows_are_handed_out_once(portal: Portal) -> None:
    install = portal.install()
    portal.subscriptions.bind(install, event="ONCRMDEALUPDATE", url="", offline=True)
    portal.change(1, 2, 3)
    queue = portal.outbound.offline("app.1")

    first, lot = queue.take(lambda row: True, limit=2, clear=False)
    _, rest = queue.take(lambda row: True, limit=50, clear=False)

    assert [row.data["FIELDS"]["ID"] for row in (*lot, *rest)] == ["1", "2", "3"]
    assert first is not None
    queue.fail(first, lambda row: row is lot[0])
    queue.clear(first, lambda row: True)
    assert queue.take(lambda row: True, limit=50, clear=True)[1] == []
    assert queue.take(lambda row: True, limit=50, clear=True, failed=True)[1] == [lot[0]]
