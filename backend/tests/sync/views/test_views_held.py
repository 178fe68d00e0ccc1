"""A view that somebody reads just now is renewed by itself, as soon as nobody does."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select, text

from bridge24.bitrix import BitrixClient
from bridge24.core.db import connection, transaction
from bridge24.core.jobs import Job
from bridge24.emulator import Portal
from bridge24.sync.service import SyncService
from bridge24.sync.views import keeper

Query = Callable[[str], Awaitable[list[dict[str, object]]]]


def _field_with_an_option(portal: Portal) -> tuple[int, str]:
    """Add a list field, choose its only option in a deal, and say the ids of both."""
    field = portal.add_field("deal", "UF_CRM_MOOD", "enumeration", options=["Plain"])
    assert field.custom
    (option,) = field.custom.options
    portal.update("deal", 5, {"UF_CRM_MOOD": option.id})
    return int(field.custom.id), option.id


async def test_a_view_held_by_a_query_is_renewed_once_it_is_free(
    service: SyncService, client: BitrixClient, portal: Portal, query: Query
) -> None:
    field_id, option_id = _field_with_an_option(portal)
    await service.full_sync("deal")
    await service.full_sync("field_option")
    asked = "SELECT uf_crm_mood_label AS word FROM v_crm_deals WHERE id = 5"
    assert await query(asked) == [{"word": "Plain"}]
    news = {"LIST": [{"ID": option_id, "VALUE": "Joyful"}]}
    await client.call("crm.deal.userfield.update", {"id": field_id, "fields": news})

    async with connection() as reading:
        await reading.execute(text("SELECT count(*) FROM v_crm_deals"))
        await service.full_sync("field_option")
        with pytest.raises(keeper.ViewsHeld, match="deal"):
            await keeper.settle()

    async with transaction() as session:
        promised = await session.scalars(select(Job.task).where(Job.task == keeper.TASK))
        assert promised.all() == [keeper.TASK]
    assert await query(asked) == [{"word": "Plain"}]
    await keeper.settle()
    assert await query(asked) == [{"word": "Joyful"}]
