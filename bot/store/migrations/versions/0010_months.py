"""trainings by month, and the messages of all associations together"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_SUMS = ('trainings', 'women', 'men', 'new_women', 'new_men', 'new_people', 'new_checked', 'new_not_said', 'youth',
         'youth_not_said', 'displaced', 'returnee', 'host', 'groups_not_said', 'new_youth', 'new_youth_not_said',
         'new_displaced', 'new_returnee', 'new_host', 'new_groups_not_said')
_LARGEST = ('largest_women', 'largest_men')


def upgrade() -> None:
    op.create_table('training_months',
    sa.Column('month', sa.String(), nullable=False, comment='YYYY-MM; empty for reports without a date'),
    sa.Column('association_id', _ID, autoincrement=False, nullable=False),
    sa.Column('standing', sa.String(), nullable=False, comment='checked reported doubtful'),
    *(sa.Column(name, sa.Integer(), nullable=False) for name in _SUMS),
    sa.Column('largest_women', sa.Integer(), nullable=False, comment='of one training'),
    sa.Column('largest_men', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('month', 'association_id', 'standing', name=op.f('pk_training_months')),
    comment='the days added up; kept with them',
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('training_months', schema=None) as batch_op:
        batch_op.create_index('ix_training_months_of', ['association_id', 'month'], unique=False)
    names = ', '.join((*_SUMS, *_LARGEST))
    added = ', '.join((*(f'sum({name})' for name in _SUMS), *(f'max({name})' for name in _LARGEST)))
    op.execute(sa.text(
        f'insert into training_months (month, association_id, standing, {names}) '
        f'select substr(day, 1, 7), association_id, standing, {added} from training_days '
        'group by substr(day, 1, 7), association_id, standing'
    ))
    op.execute(sa.text(
        'insert into message_days (day, direction, channel, language, association_id, part, messages) '
        'select day, direction, channel, language, 0, 0, sum(messages) from message_days '
        'group by day, direction, channel, language'
    ))


def downgrade() -> None:
    raise NotImplementedError("data is never taken back; restore the backup made before the upgrade")
