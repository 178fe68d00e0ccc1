"""What the owner wants of each object, and what happened to its table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import DATETIME, LONGTEXT, VARCHAR

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LONG_TEXT = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
MICROS = sa.DateTime().with_variant(DATETIME(fsp=6), "mysql", "mariadb")
UTF8 = {"mysql_charset": "utf8mb4", "mariadb_charset": "utf8mb4"}


def upgrade() -> None:
    op.create_table(
        "sync_config",
        sa.Column("entity", sa.String(64), primary_key=True),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("interval_minutes", sa.Integer),
        sa.Column("cron", sa.String(100)),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("delete_mode", sa.String(8), nullable=False),
        sa.Column("history", sa.Boolean, nullable=False),
        sa.Column("lookback_minutes", sa.Integer, nullable=False),
        sa.Column("columns", LONG_TEXT, nullable=False),
        sa.Column("origin", LONG_TEXT),
        **UTF8,
    )
    op.create_table(
        "sync_schema_change",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("entity", sa.String(64), nullable=False),
        sa.Column("table_name", sa.String(64), nullable=False),
        sa.Column("column_name", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("at", sa.DateTime, nullable=False),
        **UTF8,
    )
    op.create_index("ix_sync_schema_change_entity_id", "sync_schema_change", ["entity", "id"])
    op.create_table(
        "sync_column",
        sa.Column("table_name", sa.String(64), primary_key=True),
        sa.Column("column_name", sa.String(64), primary_key=True),
        sa.Column("code", LONG_TEXT, nullable=False),
        **UTF8,
    )
    _upgrade_marks()
    _upgrade_runs()
    _upgrade_views()


STATE_COLUMNS = (
    ("digest", sa.String(64)),
    ("recent_after", sa.BigInteger),
    ("recent_at", sa.DateTime),
    ("backfill", LONG_TEXT),
    ("history_since", MICROS),
)


def _upgrade_marks() -> None:
    for name, kind in STATE_COLUMNS:
        op.add_column("sync_state", sa.Column(name, kind))
    # What an unfinished walk noted is noted anew when it goes on.
    op.drop_table("sync_missing")
    _create_marks("sync_missing")
    _create_marks("sync_tombstone")
    op.create_index("ix_sync_tombstone_seen_at", "sync_tombstone", ["seen_at"])
    op.create_table(
        "sync_sighting",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("entity", sa.String(64), nullable=False),
        sa.Column("read_at", MICROS, nullable=False),
        sa.Column("spans", LONG_TEXT, nullable=False),
        sa.Column("ids", LONG_TEXT, nullable=False),
        **UTF8,
    )
    op.create_index("ix_sync_sighting_entity_read_at", "sync_sighting", ["entity", "read_at"])


def _create_marks(table: str) -> None:
    op.create_table(
        table,
        sa.Column("entity", sa.String(64), primary_key=True),
        sa.Column("row_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("seen_at", MICROS, nullable=False),
        **UTF8,
    )


def _downgrade_marks() -> None:
    op.drop_table("sync_sighting")
    op.drop_table("sync_tombstone")
    op.drop_column("sync_missing", "seen_at")
    for name, _ in STATE_COLUMNS:
        op.drop_column("sync_state", name)


RUN_COLUMNS = (
    ("error_origin", sa.String(16)),
    ("error_remedy", sa.Text),
    ("error_facts", sa.Text),
    ("open_for", sa.String(64)),
    ("job_id", sa.BigInteger),
    ("asked_at", sa.DateTime),
    ("asked_by", sa.String(64)),
    ("phase", sa.String(16)),
    ("progress", LONG_TEXT),
    ("beat_at", sa.DateTime),
    ("wipe", sa.String(8)),
)
TOTALS = ("runs", "failures", "rows_written", "http_calls")


def _upgrade_runs() -> None:
    for name, kind in RUN_COLUMNS:
        op.add_column("sync_log", sa.Column(name, kind))
    op.add_column("sync_log", sa.Column("attempts", sa.Integer, nullable=False, server_default="0"))
    op.alter_column(
        "sync_log",
        "attempts",
        server_default=None,
        existing_type=sa.Integer(),
        existing_nullable=False,
    )
    op.create_index("uq_sync_log_open_for", "sync_log", ["open_for"], unique=True)
    op.create_table(
        "sync_run_event",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("run_id", sa.BigInteger, nullable=False),
        sa.Column("entity", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("facts", LONG_TEXT, nullable=False),
        **UTF8,
    )
    op.create_index("ix_sync_run_event_run_id_id", "sync_run_event", ["run_id", "id"])
    op.create_table(
        "sync_tally",
        sa.Column("entity", sa.String(64), primary_key=True),
        sa.Column("rows_here", sa.BigInteger),
        sa.Column("here_at", sa.DateTime),
        sa.Column("rows_in_portal", sa.BigInteger),
        sa.Column("portal_at", sa.DateTime),
        sa.Column("looked_at", sa.DateTime),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in TOTALS),
        **UTF8,
    )
    op.create_table(
        "sync_gauge",
        sa.Column("holder", sa.String(100), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("budget", LONG_TEXT, nullable=False),
        **UTF8,
    )
    op.create_table(
        "sync_portal",
        sa.Column("host", sa.String(255), primary_key=True),
        sa.Column("scopes", LONG_TEXT, nullable=False),
        sa.Column("asked_at", sa.DateTime, nullable=False),
        **UTF8,
    )


def _downgrade_runs() -> None:
    for table in ("sync_portal", "sync_gauge", "sync_tally", "sync_run_event"):
        op.drop_table(table)
    op.drop_index("uq_sync_log_open_for", "sync_log")
    for name, _ in (*RUN_COLUMNS, ("attempts", None)):
        op.drop_column("sync_log", name)


def _exact(length: int) -> sa.types.TypeEngine[str]:
    exact = VARCHAR(length, collation="utf8mb4_bin")
    return sa.String(length).with_variant(exact, "mysql", "mariadb")


def _upgrade_views() -> None:
    op.create_table(
        "sync_view",
        sa.Column("entity", sa.String(64), primary_key=True),
        sa.Column("recipe", LONG_TEXT, nullable=False),
        sa.Column("digest", sa.String(64)),
        **UTF8,
    )
    op.create_table(
        "sync_word",
        sa.Column("dictionary", _exact(100), primary_key=True),
        sa.Column("code", _exact(190), primary_key=True),
        sa.Column("word", LONG_TEXT, nullable=False),
        **UTF8,
    )


def downgrade() -> None:
    op.drop_table("sync_word")
    op.drop_table("sync_view")
    _downgrade_runs()
    _downgrade_marks()
    op.drop_table("sync_column")
    op.drop_table("sync_schema_change")
    op.drop_table("sync_config")
