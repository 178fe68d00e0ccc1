"""A column's type changes under views: ours and the owner's stand again afterwards."""

from collections.abc import Awaitable, Callable

import pytest

from bridge24.core.errors import AppError
from bridge24.emulator import Portal
from bridge24.sync.service import SyncService
from bridge24.sync.views import keeper
from bridge24.sync.views.standing import ViewInTheWay

Query = Callable[[str], Awaitable[list[dict[str, object]]]]
LONG = "Ы" * 300
pg_only = pytest.mark.parametrize("migrated", ["migrated_pg_url"], indirect=True)


@pytest.fixture
def migrated(request: pytest.FixtureRequest) -> str:
    """Both dialects, or the one a test names."""
    url: str = request.getfixturevalue(getattr(request, "param", "migrated_pg_url"))
    return url


both = pytest.mark.parametrize(
    "migrated",
    [
        pytest.param("migrated_pg_url", marks=pytest.mark.postgresql, id="postgresql"),
        pytest.param("migrated_mysql_url", marks=pytest.mark.mysql, id="mysql"),
    ],
    indirect=True,
)


@both
async def test_views_survive_widening(service: SyncService, portal: Portal, query: Query) -> None:
    portal.add_field("deal", "UF_CRM_NOTE")
    await service.full_sync("deal")
    await query(
        "CREATE VIEW of_owner AS SELECT id, uf_crm_note AS title, responsible FROM v_crm_deals"
    )
    await query("CREATE VIEW on_table AS SELECT uf_crm_note AS t FROM crm_deals WHERE id = 1")
    await query("CREATE VIEW on_both AS SELECT o.title, t.t FROM of_owner o, on_table t")
    portal.update("deal", 1, {"UF_CRM_NOTE": LONG})

    counts = await service.full_sync("deal")

    assert counts["quarantined"] == 0
    assert await query("SELECT uf_crm_note AS title FROM v_crm_deals WHERE id = 1") == [
        {"title": LONG}
    ]
    assert await query("SELECT title FROM of_owner WHERE id = 1") == [{"title": LONG}]
    assert await query("SELECT t FROM on_table") == [{"t": LONG}]
    (row,) = await query("SELECT count(*) AS n FROM on_both WHERE t = title")
    assert row["n"] == 1


@pg_only
async def test_rights_and_comments_on_views_survive_widening(
    service: SyncService, portal: Portal, query: Query
) -> None:
    portal.add_field("deal", "UF_CRM_NOTE")
    await service.full_sync("deal")
    (name,) = await query("SELECT 'reader_' || md5(current_database()) AS r")
    reader = name["r"]
    await query(f"CREATE ROLE {reader}")
    await query(
        "CREATE VIEW of_owner WITH (security_barrier=true) AS "
        "SELECT uf_crm_note AS title FROM crm_deals"
    )
    await query("COMMENT ON VIEW of_owner IS 'It''s mine'")
    await query(f"GRANT SELECT ON v_crm_deals, of_owner TO {reader}")
    await query(f"GRANT UPDATE (title) ON of_owner TO {reader}")
    portal.update("deal", 1, {"UF_CRM_NOTE": LONG})

    await service.full_sync("deal")

    (row,) = await query(
        f"SELECT has_table_privilege('{reader}', 'v_crm_deals', 'SELECT') AS ours, "
        f"has_table_privilege('{reader}', 'of_owner', 'SELECT') AS theirs, "
        f"has_column_privilege('{reader}', 'of_owner', 'title', 'UPDATE') AS one, "
        f"has_table_privilege('{reader}', 'of_owner', 'DELETE') AS none, "
        "obj_description('of_owner'::regclass) AS comment, "
        "(SELECT reloptions::text FROM pg_class WHERE relname = 'of_owner') AS options"
    )
    assert row == {
        "ours": True,
        "theirs": True,
        "one": True,
        "none": False,
        "comment": "It's mine",
        "options": "{security_barrier=true}",
    }
    await query(f"DROP OWNED BY {reader}")
    await query(f"DROP ROLE {reader}")


@pg_only
@pytest.mark.parametrize(
    "theirs",
    [
        "CREATE MATERIALIZED VIEW of_owner AS SELECT uf_crm_note AS title FROM crm_deals",
        # Made anew it would not work: there is no text + 1.
        "CREATE VIEW of_owner AS SELECT uf_crm_count + 1 AS next FROM crm_deals",
    ],
)
async def test_a_view_that_cannot_be_made_again_is_never_dropped(
    service: SyncService, portal: Portal, query: Query, theirs: str
) -> None:
    portal.add_field("deal", "UF_CRM_COUNT", "integer")
    portal.add_field("deal", "UF_CRM_NOTE")
    await service.full_sync("deal")
    await query(theirs)
    portal.remove_field("deal", "UF_CRM_COUNT")
    portal.add_field("deal", "UF_CRM_COUNT", "string")
    portal.update("deal", 1, {"UF_CRM_COUNT": "many", "UF_CRM_NOTE": LONG})

    with pytest.raises(ViewInTheWay) as told:
        await service.full_sync("deal")

    assert "of_owner" in str(told.value)
    assert isinstance(told.value, AppError)
    assert await query("SELECT count(*) AS n FROM of_owner")
    assert await query("SELECT stage FROM v_crm_deals WHERE id = 1")
    await query(
        "DROP VIEW IF EXISTS of_owner" if "+" in theirs else "DROP MATERIALIZED VIEW of_owner"
    )
    await service.full_sync("deal")
    assert await query("SELECT uf_crm_note AS title FROM v_crm_deals WHERE id = 1") == [
        {"title": LONG}
    ]


@both
async def test_a_reference_that_becomes_a_text_still_finds_its_word(
    service: SyncService, query: Query, mirrored: str
) -> None:
    await service.full_sync("user")
    await service.full_sync("deal")
    before = await query("SELECT id, responsible FROM v_crm_deals ORDER BY id")
    if mirrored.startswith("postgresql"):
        await query("DROP VIEW v_crm_deals")
        await query("ALTER TABLE crm_deals ALTER COLUMN assigned_by_id TYPE VARCHAR(255)")
    else:
        await query("ALTER TABLE crm_deals MODIFY COLUMN assigned_by_id VARCHAR(255)")

    await service.full_sync("deal")

    assert await query("SELECT id, responsible FROM v_crm_deals ORDER BY id") == before


@both
async def test_a_real_column_keeps_its_name_before_a_label(
    service: SyncService, portal: Portal, query: Query
) -> None:
    await service.full_sync("deal")
    portal.add_field("deal", "STAGE")
    portal.update("deal", 1, {"STAGE": "of the owner's own"})

    await service.full_sync("status")
    await service.full_sync("deal")

    (row,) = await query("SELECT stage, stage_label, stage_id FROM v_crm_deals WHERE id = 1")
    assert row["stage"] == "of the owner's own"
    assert row["stage_label"] not in (None, row["stage_id"])


@both
async def test_dropping_a_dictionary_leaves_codes_until_it_is_there_again(
    service: SyncService, query: Query
) -> None:
    await service.full_sync("user")
    await service.full_sync("deal")
    told = "SELECT assigned_by_id, responsible FROM v_crm_deals ORDER BY id"
    before = await query(told)

    await keeper.drop("crm_users_multifields", "crm_users")

    codes = await query(told)
    assert all(row["responsible"] == str(row["assigned_by_id"]) for row in codes)
    await service.full_sync("user")
    assert await query(told) == before


@pg_only
async def test_a_table_under_the_owners_view_is_not_dropped(
    service: SyncService, query: Query
) -> None:
    await service.full_sync("deal")
    await query("CREATE VIEW of_owner AS SELECT count(*) AS n FROM v_crm_deals")

    with pytest.raises(ViewInTheWay, match="of_owner"):
        await keeper.drop("crm_deals")

    assert await query("SELECT n FROM of_owner") == [{"n": 40}]
