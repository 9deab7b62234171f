"""counted beside the turns"""

import sqlalchemy as sa
from alembic import op

from bot.store import training_days, types

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('countings',
    sa.Column('address_id', _ID, autoincrement=False, nullable=False),
    sa.Column('about', sa.String(), nullable=False, comment='audiences, plan, ends: the newest question counts; figures N'),
    sa.Column('question', types.Personal(), nullable=False, comment='what a card of /broadcast, or /summary, asks'),
    sa.Column('inbox_id', _ID, nullable=False, comment='the turn that asked it'),
    sa.Column('asked_at', types.Moment(), nullable=False),
    sa.Column('found', types.PersonalJson(), nullable=True, comment='null = not counted yet'),
    sa.Column('counted_at', types.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['address_id'], ['addresses.id'], name=op.f('fk_countings_address_id_addresses')),
    sa.PrimaryKeyConstraint('address_id', 'about', name=op.f('pk_countings')),
    comment='what is counted over everybody for a chat of the team, beside the turns; a day at most'
    )
    op.create_table('export_requests',
    sa.Column('id', _ID, nullable=False),
    sa.Column('what', sa.String(), nullable=False, comment='the list: its page, or the command with place and period'),
    sa.Column('persons', sa.Integer(), nullable=False),
    sa.Column('reason', types.Personal(), nullable=False),
    sa.Column('asked_by', _ID, nullable=False),
    sa.Column('asked_at', types.Moment(), nullable=False),
    sa.Column('expires_at', types.Moment(), nullable=False),
    sa.Column('decided_by', _ID, nullable=True, comment='somebody else of the team'),
    sa.Column('decided_at', types.Moment(), nullable=True),
    sa.Column('agreed', sa.Boolean(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_export_requests')),
    comment='lists of many persons that somebody wants to take away'
    )
    if op.get_bind().dialect.name == 'postgresql':  # SQLite keeps no comments
        op.alter_column('people', 'channel', existing_type=sa.String(), comment='preferred: sms, telegram, whatsapp, call; null = the cheapest that works')
    op.create_index('ix_outbox_uncertain', 'outbox', ['id'], sqlite_where=sa.text("state = 'uncertain'"), postgresql_where=sa.text("state = 'uncertain'"))
    _order_messages()
    _count_groups()


def _order_messages() -> None:
    """The days of messages by what they are added up by; the associations of a kind stand behind one another."""
    op.execute(sa.text('create table message_days_before as select * from message_days'))
    op.drop_table('message_days')
    op.create_table('message_days',
    sa.Column('day', sa.String(), nullable=False, comment='ISO date, of the programme'),
    sa.Column('direction', sa.String(), nullable=False, comment='in: it arrived; out: it left'),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('association_id', _ID, autoincrement=False, nullable=False),
    sa.Column('part', sa.Integer(), autoincrement=False, nullable=False, comment='the process that counts: none waits'),
    sa.Column('messages', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'direction', 'channel', 'language', 'association_id', 'part', name=op.f('pk_message_days')),
    comment='rolled up from the messages of leaders, in the transactions that handle and send them',
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('message_days', schema=None) as batch_op:
        batch_op.create_index('ix_message_days_of', ['association_id', 'day'], unique=False)
    names = 'day, direction, channel, language, association_id, part, messages'
    op.execute(sa.text(f'insert into message_days ({names}) select {names} from message_days_before'))
    op.drop_table('message_days_before')


def _count_groups() -> None:
    """The days of the training reports once more: of the groups of new people counts now what is certain."""
    there = sa.text(
        "select day, association_id, person_id, \"values\", state, verdict, new_found from reports "
        "where form = 'training' and state in ('reported', 'doubtful') and verdict <> 'rejected' and practice = :no "
        "and association_id is not null"
    ).columns(values=types.PersonalJson())
    totals = {}
    for row in op.get_bind().execute(there, {'no': False}):
        how = training_days.standing(row.state, row.verdict)
        key = (row.day or '', row.association_id, row.person_id or 0, how)
        adds = training_days.of_report(row.values, how, row.new_found)
        totals[key] = training_days.add(totals.get(key, training_days.NOTHING), adds)
    keys = ('day', 'association_id', 'person_id', 'standing')
    table = sa.table('training_days', *(sa.column(name) for name in (*keys, *training_days.NOTHING)))
    rows = [{f'of_{name}': part for name, part in zip(keys, key)} | dict(total) for key, total in totals.items()]
    if rows:
        which = (table.c[name] == sa.bindparam(f'of_{name}') for name in keys)
        values = {name: sa.bindparam(name) for name in training_days.NOTHING}
        op.get_bind().execute(sa.update(table).where(*which).values(values), rows)
    op.drop_index('ix_outbox_talk', 'outbox')
    left = sa.text('association_id is not null and sent_at is not null')
    op.create_index('ix_outbox_talk', 'outbox', ['association_id', 'sent_at', 'address_id'], sqlite_where=left, postgresql_where=left)
    failed = sa.text("state in ('failed','uncertain')")
    op.create_index('ix_outbox_failed', 'outbox', ['address_id', 'id'], sqlite_where=failed, postgresql_where=failed)
