"""The tables in which the sync keeps its state."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LONG_TEXT = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
UTF8 = {"mysql_charset": "utf8mb4", "mariadb_charset": "utf8mb4"}
COUNTERS = ("rows_read", "inserted", "updated", "unchanged", "deleted", "quarantined")


def upgrade() -> None:
    op.create_table(
        "sync_state",
        sa.Column("entity", sa.String(64), primary_key=True),
        sa.Column("checkpoint", LONG_TEXT),
        sa.Column("walk_started_at", sa.DateTime),
        sa.Column("last_full_at", sa.DateTime),
        sa.Column("rows_stored", sa.BigInteger, nullable=False),
        **UTF8,
    )
    op.create_table(
        "sync_log",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("entity", sa.String(64), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("finished_at", sa.DateTime),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in COUNTERS),
        sa.Column("http_calls", sa.Integer, nullable=False),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error_message", sa.Text),
        **UTF8,
    )
    op.create_index("ix_sync_log_entity_started_at", "sync_log", ["entity", "started_at"])
    op.create_table(
        "sync_quarantine",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("entity", sa.String(64), nullable=False),
        sa.Column("row_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("raw", LONG_TEXT, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
        **UTF8,
    )
    op.create_index(
        "ix_sync_quarantine_entity_row", "sync_quarantine", ["entity", "row_id"], unique=True
    )
    op.create_table(
        "sync_missing",
        sa.Column("entity", sa.String(64), primary_key=True),
        sa.Column("row_id", sa.BigInteger, primary_key=True, autoincrement=False),
        **UTF8,
    )


def downgrade() -> None:
    for table in ("sync_missing", "sync_quarantine", "sync_log", "sync_state"):
        op.drop_table(table)
