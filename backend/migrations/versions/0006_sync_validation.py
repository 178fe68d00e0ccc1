"""What was compared with the portal, and what differed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import DATETIME, LONGTEXT

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LONG = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
MICROS = sa.DateTime().with_variant(DATETIME(fsp=6), "mysql", "mariadb")
UTF8 = {"mysql_charset": "utf8mb4", "mariadb_charset": "utf8mb4"}


def upgrade() -> None:
    _audits()
    _validations()
    _differences()


def _audits() -> None:
    op.create_table(
        "sync_audit",
        sa.Column("entity", sa.String(64), primary_key=True),
        sa.Column("checkpoint", LONG),
        sa.Column("method", sa.String(16)),
        sa.Column("began_at", sa.DateTime),
        sa.Column("stopped_at", sa.DateTime),
        sa.Column("finished_at", sa.DateTime),
        sa.Column("exact_at", sa.DateTime),
        sa.Column("reader", sa.String(64)),
        sa.Column("costs", LONG),
        **UTF8,
    )
    op.create_table(
        "sync_finding",
        sa.Column("entity", sa.String(64), primary_key=True),
        sa.Column("row_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("seen_at", MICROS, nullable=False),
        **UTF8,
    )
    op.create_index("ix_sync_finding_entity_kind", "sync_finding", ["entity", "kind", "row_id"])


def _validations() -> None:
    op.create_table(
        "sync_validation",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("entity", sa.String(64), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("sample", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("open_for", sa.String(64)),
        sa.Column("phase", sa.String(16)),
        sa.Column("asked_at", sa.DateTime, nullable=False),
        sa.Column("started_at", sa.DateTime),
        sa.Column("finished_at", sa.DateTime),
        sa.Column("checked_at", sa.DateTime),
        sa.Column("rows_compared", sa.BigInteger, nullable=False),
        sa.Column("sampled", sa.Integer, nullable=False),
        sa.Column("source_rows", sa.BigInteger),
        sa.Column("target_rows", sa.BigInteger),
        sa.Column("differing", sa.BigInteger),
        sa.Column("recent", sa.Integer, nullable=False),
        sa.Column("repairs", sa.Integer, nullable=False),
        sa.Column("http_calls", sa.Integer, nullable=False),
        sa.Column("operating_seconds", sa.Float, nullable=False),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error_message", sa.Text),
        sa.Column("error_facts", sa.Text),
        **UTF8,
    )
    op.create_index("ix_sync_validation_entity_id", "sync_validation", ["entity", "id"])
    op.create_index("uq_sync_validation_open_for", "sync_validation", ["open_for"], unique=True)


def _differences() -> None:
    op.create_table(
        "sync_difference",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("validation_id", sa.BigInteger, nullable=False),
        sa.Column("entity", sa.String(64), nullable=False),
        sa.Column("row_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("column_name", sa.String(64)),
        sa.Column("portal_value", LONG),
        sa.Column("stored_value", LONG),
        sa.Column("repaired_at", sa.DateTime),
        **UTF8,
    )
    op.create_index("ix_sync_difference_validation_id", "sync_difference", ["validation_id", "id"])


def downgrade() -> None:
    op.drop_table("sync_difference")
    op.drop_table("sync_validation")
    op.drop_table("sync_finding")
    op.drop_table("sync_audit")
