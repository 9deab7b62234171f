"""a road for each kind of text"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('people', sa.Column('reminders_by', sa.String(), nullable=True, comment='the same for one kind of text; null = as channel says'))
    op.add_column('people', sa.Column('tips_by', sa.String(), nullable=True))
    op.add_column('people', sa.Column('broadcasts_by', sa.String(), nullable=True))
    op.add_column('people', sa.Column('answers_by', sa.String(), nullable=True, comment="a mentor's answers: sms, telegram, whatsapp; null = where she asked"))


def downgrade() -> None:
    raise NotImplementedError("data is never taken back; restore the backup made before the upgrade")
