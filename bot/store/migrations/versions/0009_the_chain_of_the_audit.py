"""the chain of the audit"""

import sqlalchemy as sa
from alembic import op

from bot.store import types

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('audit_links',
    sa.Column('upto', _ID, autoincrement=False, nullable=False, comment='the last row of the audit that it holds'),
    sa.Column('after', _ID, nullable=False, comment='the last row of the link before; 0 = the first link'),
    sa.Column('digest', sa.String(), nullable=False, comment='SHA-256 along the rows until there'),
    sa.Column('at', types.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('upto', name=op.f('pk_audit_links')),
    sa.UniqueConstraint('after', name=op.f('uq_audit_links_after')),
    comment='the chain of the audit: what was changed afterwards does not fit it any more'
    )


def downgrade() -> None:
    raise NotImplementedError("data is never taken back; restore the backup made before the upgrade")
