"""What the owner wants of each object, and what happened to its table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LONG_TEXT = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
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


def downgrade() -> None:
    op.drop_table("sync_schema_change")
    op.drop_table("sync_config")
