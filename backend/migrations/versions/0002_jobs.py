"""The job queue, its workers, and the slots of the schedules."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT, VARCHAR

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LONG_TEXT = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
UTF8 = {"mysql_charset": "utf8mb4", "mariadb_charset": "utf8mb4"}


def _exact(length: int) -> sa.types.TypeEngine[str]:
    exact = VARCHAR(length, collation="utf8mb4_bin")
    return sa.String(length).with_variant(exact, "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("task", sa.String(100), nullable=False),
        sa.Column("arguments", LONG_TEXT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("priority", sa.SmallInteger, nullable=False),
        sa.Column("key", _exact(200)),
        sa.Column("key_limit", sa.SmallInteger, nullable=False),
        sa.Column("ordered", sa.Boolean, nullable=False),
        sa.Column("slot", _exact(208)),
        sa.Column("dedup", _exact(200)),
        sa.Column("dedup_held", _exact(200)),
        sa.Column("absorbed", sa.Integer, nullable=False),
        sa.Column("run_at", sa.BigInteger, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("worker", sa.String(100)),
        sa.Column("cancel_asked", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("error", LONG_TEXT),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error_facts", sa.Text),
        **UTF8,
    )
    op.create_index("ix_jobs_state_priority_id", "jobs", ["state", "priority", "id"])
    op.create_index("ix_jobs_state_finished_at", "jobs", ["state", "finished_at"])
    op.create_index("ix_jobs_key_state_id", "jobs", ["key", "state", "id"])
    op.create_index("ix_jobs_worker", "jobs", ["worker"])
    op.create_index("uq_jobs_slot", "jobs", ["slot"], unique=True)
    op.create_index("uq_jobs_dedup_held", "jobs", ["dedup_held"], unique=True)
    op.create_table(
        "job_workers",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("place", sa.String(200)),
        sa.Column("born", sa.BigInteger),
        sa.Column("concurrency", sa.Integer, nullable=False),
        sa.Column("running", sa.Integer, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("lease_until", sa.BigInteger, nullable=False),
        **UTF8,
    )
    op.create_table(
        "schedule_slots",
        sa.Column("name", _exact(100), primary_key=True),
        sa.Column("slot", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("job_id", sa.BigInteger),
        **UTF8,
    )


def downgrade() -> None:
    for table in ("schedule_slots", "job_workers", "jobs"):
        op.drop_table(table)
