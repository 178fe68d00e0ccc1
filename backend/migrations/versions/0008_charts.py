"""Saved charts, what their words mean, known questions, descriptions of the schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT, VARCHAR

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LONG_TEXT = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
# "VIP" and "vip" are two terms, on either database.
TERM = sa.String(190).with_variant(VARCHAR(190, collation="utf8mb4_bin"), "mysql", "mariadb")
UTF8 = {"mysql_charset": "utf8mb4", "mariadb_charset": "utf8mb4"}


def upgrade() -> None:
    op.create_table(
        "ai_charts",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("chart_type", sa.String(16), nullable=False),
        sa.Column("sql_query", LONG_TEXT, nullable=False),
        sa.Column("spec", LONG_TEXT, nullable=False),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("refresh_minutes", sa.Integer),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("updated_at", sa.DateTime, nullable=False),
        sa.Column("result", LONG_TEXT),
        sa.Column("result_at", sa.DateTime),
        sa.Column("result_error", sa.Text),
        **UTF8,
    )
    op.create_index("ix_ai_charts_order", "ai_charts", ["pinned", "position", "id"])
    op.create_table(
        "chart_metrics",
        sa.Column("term", TERM, primary_key=True),
        sa.Column("meaning", sa.Text, nullable=False),
        **UTF8,
    )
    op.create_table(
        "chart_examples",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("spec", LONG_TEXT, nullable=False),
        sa.Column("verified_by", sa.String(200), nullable=False),
        sa.Column("verified_at", sa.DateTime, nullable=False),
        **UTF8,
    )
    op.create_table(
        "schema_descriptions",
        sa.Column("language", sa.String(8), primary_key=True),
        sa.Column("fingerprint", sa.String(32), nullable=False),
        sa.Column("markdown", LONG_TEXT, nullable=False),
        sa.Column("written_by", sa.String(128), nullable=False),
        sa.Column("written_at", sa.DateTime, nullable=False),
        **UTF8,
    )


def downgrade() -> None:
    op.drop_table("schema_descriptions")
    op.drop_table("chart_examples")
    op.drop_table("chart_metrics")
    op.drop_table("ai_charts")
