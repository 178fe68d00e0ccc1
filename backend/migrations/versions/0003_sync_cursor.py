"""Up to when every change of an object is stored."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sync_state", sa.Column("cursor_at", sa.DateTime))


def downgrade() -> None:
    op.drop_column("sync_state", "cursor_at")
