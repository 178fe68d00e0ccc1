"""Which objects are copied, and what is said of those that are not."""

import io

import pytest
from rich.console import Console

from bridge24.bitrix import BitrixClient, Webhook
from bridge24.cli import objects
from bridge24.emulator import Emulator, Portal
from bridge24.sync.entities import check_name, discover
from bridge24.sync.errors import ScopeMissing, UnknownEntity
from bridge24.sync.registry import REGISTRY


def _webhook(emulator: Emulator, portal: Portal, *scopes: str) -> Webhook:
    portal.add_webhook(1, "limitedwebhook00", scopes=scopes)
    address = emulator.webhook_url("acme").rstrip("/").rpartition("/")[0]
    return Webhook(f"{address}/limitedwebhook00/")


async def _shown(client: BitrixClient) -> dict[str, str]:
    """The lines of the list by the object they begin with."""
    written = io.StringIO()
    await objects.show(client, host="acme", console=Console(file=written, width=300))
    return {line.split()[0]: line for line in written.getvalue().splitlines()}


async def test_every_object_is_listed_with_its_table(client: BitrixClient, mirror: str) -> None:
    lines = await _shown(client)

    assert REGISTRY.keys() <= lines.keys()
    assert "crm_deal_contacts" in lines["deal_contact"]
    assert "deal_id, contact_id" in lines["deal_contact"]
    assert "deal.updatedTime" in lines["deal_contact"]
    assert "discovered" in lines["dynamic_1030"]
    assert "Проекты" in lines["dynamic_1030"]


async def test_objects_without_permission_are_shown_and_left_out(
    client: BitrixClient,
    emulator: Emulator,
    portal: Portal,
    mirror: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await discover(client)
    async with BitrixClient(_webhook(emulator, portal, "crm")) as poor:
        lines = await _shown(poor)
        names = await objects.chosen(poor, "all", host="acme")

    assert 'no permission "catalog"' in lines["product"]
    assert {"deal", "dynamic_1030", "deal_product_row", "field_option"} <= set(names)
    assert not {"product", "user", "task", "call"} & set(names)
    assert (
        'product: left out, the webhook lacks the permission "catalog"' in capsys.readouterr().err
    )


async def test_a_webhook_that_may_read_nothing_is_told_so(
    emulator: Emulator, portal: Portal, mirror: str
) -> None:
    async with BitrixClient(_webhook(emulator, portal, "im")) as poor:
        with pytest.raises(ScopeMissing):
            await objects.chosen(poor, "all", host="acme")


async def test_a_smart_process_that_is_gone_is_listed_as_gone(
    client: BitrixClient, portal: Portal, mirror: str
) -> None:
    await discover(client)
    portal.types[:] = [row for row in portal.types if row["entityTypeId"] != 177]

    lines = await _shown(client)
    names = await objects.chosen(client, "all", host="acme")

    assert "gone from the portal" in lines["dynamic_177"]
    assert "dynamic_177" not in names


async def test_a_smart_process_may_be_named_before_it_was_ever_discovered(
    client: BitrixClient, mirror: str
) -> None:
    check_name("dynamic_1030")
    assert await objects.chosen(client, "dynamic_1030", host="acme") == ["dynamic_1030"]
    with pytest.raises(UnknownEntity):
        check_name("deels")
    with pytest.raises(UnknownEntity):
        await objects.chosen(client, "dynamic_9998", host="acme")
