"""What language models were asked and what it cost."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UTF8 = {"mysql_charset": "utf8mb4", "mariadb_charset": "utf8mb4"}
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
COUNTS = ("prompt_chars", "answer_chars", "prompt_tokens", "answer_tokens", "milliseconds")


def upgrade() -> None:
    op.create_table(
        "llm_calls",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("purpose", sa.String(64), nullable=False),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("rung", sa.String(16)),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("prompt_hash", sa.String(16), nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in COUNTS),
        sa.Column("cost_micros", sa.BigInteger),
        **UTF8,
    )
    op.create_index("ix_llm_calls_at", "llm_calls", ["at"])


def downgrade() -> None:
    op.drop_table("llm_calls")
