"""Phones, e-mails and the like have a view of their own."""

from collections.abc import Awaitable, Callable

from bridge24.emulator import Portal
from bridge24.sync.service import SyncService

Query = Callable[[str], Awaitable[list[dict[str, object]]]]


async def test_phones_and_addresses_have_a_view_with_their_owner(
    service: SyncService, portal: Portal, query: Query
) -> None:
    phone = [{"VALUE": "+79991112233", "VALUE_TYPE": "WORK"}]
    owner = portal.add("contact", {"NAME": "Анна", "LAST_NAME": "Котова", "PHONE": phone})
    await service.full_sync("contact")
    told = f"SELECT owner, type, value FROM v_crm_contacts_multifields WHERE owner_id = {owner}"
    assert await query(told) == [
        {"owner": "Анна Котова", "type": "телефон", "value": "+79991112233"}
    ]
    portal.delete("contact", owner)

    await service.full_sync("contact")

    assert await query(told) == []
