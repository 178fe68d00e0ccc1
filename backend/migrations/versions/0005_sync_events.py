"""Events kept before they are worked on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

long_text = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
moment = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
exact_id = sa.String(100).with_variant(
    mysql.VARCHAR(100, collation="utf8mb4_bin"), "mysql", "mariadb"
)


def upgrade() -> None:
    op.create_table(
        "sync_events",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("entity", sa.String(64), nullable=False),
        sa.Column("object_id", exact_id, nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("member_id", sa.String(64), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column(
            "received_at", moment, server_default=sa.text("CURRENT_TIMESTAMP(6)"), nullable=False
        ),
        sa.Column("content", long_text, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", moment, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("handled_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sync_events"),
    )
    op.create_index("ix_sync_events_state_kind_id", "sync_events", ["state", "kind", "id"])
    op.create_index("ix_sync_events_entity_object_id", "sync_events", ["entity", "object_id", "id"])
    op.create_index("ix_sync_events_name_received_at", "sync_events", ["name", "received_at"])
    op.create_table(
        "sync_event_refusals",
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("last_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("reason", name="pk_sync_event_refusals"),
    )
    op.create_table(
        "sync_application",
        sa.Column("client_id", sa.String(100), nullable=False),
        sa.Column("member_id", sa.String(64), nullable=False),
        sa.Column("client_endpoint", sa.String(255), nullable=False),
        sa.Column("application_token", sa.Text(), nullable=True),
        sa.Column("former_token", sa.Text(), nullable=True),
        sa.Column("token_changed_at", moment, nullable=True),
        sa.Column("access_token", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("client_id", name="pk_sync_application"),
    )


def downgrade() -> None:
    op.drop_table("sync_application")
    op.drop_table("sync_event_refusals")
    op.drop_table("sync_events")
