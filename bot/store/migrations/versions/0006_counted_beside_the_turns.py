"""counted beside the turns"""

import sqlalchemy as sa
from alembic import op

from bot.store import types

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('countings',
    sa.Column('address_id', _ID, autoincrement=False, nullable=False),
    sa.Column('about', sa.String(), nullable=False, comment='audiences, plan, ends: the newest question counts'),
    sa.Column('question', types.Personal(), nullable=False, comment='what a card of /broadcast asks'),
    sa.Column('inbox_id', _ID, nullable=False, comment='the turn that asked it'),
    sa.Column('asked_at', types.Moment(), nullable=False),
    sa.Column('found', types.PersonalJson(), nullable=True, comment='null = not counted yet'),
    sa.Column('counted_at', types.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['address_id'], ['addresses.id'], name=op.f('fk_countings_address_id_addresses')),
    sa.PrimaryKeyConstraint('address_id', 'about', name=op.f('pk_countings')),
    comment='what is counted over everybody for a chat of the team, beside the turns; a day at most'
    )
    if op.get_bind().dialect.name == 'postgresql':  # SQLite keeps no comments
        op.alter_column('people', 'channel', existing_type=sa.String(), comment='preferred: sms, telegram, whatsapp, call; null = the cheapest that works')
