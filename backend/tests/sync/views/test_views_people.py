"""Fields with several people show their names, and follow when somebody is renamed."""

from collections.abc import Awaitable, Callable

from bridge24.emulator import Portal
from bridge24.sync.service import SyncService

Query = Callable[[str], Awaitable[list[dict[str, object]]]]


async def test_several_people_are_named_in_their_order(
    service: SyncService, portal: Portal, query: Query
) -> None:
    portal.add_field("deal", "UF_CRM_TEAM", "employee", multiple=True)
    first, second = portal.users[0], portal.users[1]
    portal.update("deal", 5, {"UF_CRM_TEAM": [second["ID"], first["ID"], "999"]})
    portal.update("deal", 6, {"UF_CRM_TEAM": []})
    for entity in ("deal", "user"):
        await service.full_sync(entity)
    team = "SELECT id, uf_crm_team_label AS team FROM v_crm_deals WHERE id IN (5, 6) ORDER BY id"

    names = [f"{each['NAME']} {each['LAST_NAME']}" for each in (second, first)]
    assert [row["team"] for row in await query(team)] == [f"{', '.join(names)}, 999", None]

    first["LAST_NAME"] = "O'Neil, 7"
    await service.full_sync("user")

    assert str((await query(team))[0]["team"]).endswith(f"{first['NAME']} O'Neil, 7, 999")
