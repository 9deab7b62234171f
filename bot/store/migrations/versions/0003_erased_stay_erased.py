"""erased stay erased"""

import sqlalchemy as sa
from alembic import op

from bot.store import types

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('tombstones',
    sa.Column('digest', sa.String(), nullable=False, comment='keyed hash of a number, or of an association and a name'),
    sa.Column('at', types.Moment(), nullable=False, comment='when she had herself erased'),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_tombstones')),
    comment='so that no roster enters an erased person again; nothing can be read back from it'
    )
    door = sa.text("key >= 'J' AND key < 'K'")
    op.create_index('ix_outbox_door', 'outbox', ['inbox_id'], unique=False, sqlite_where=door, postgresql_where=door)


def downgrade() -> None:
    raise NotImplementedError("data is never taken back; restore the backup made before the upgrade")
