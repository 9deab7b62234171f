"""the console"""

import sqlalchemy as sa
from alembic import op

from bot.store import types

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('accounts',
    sa.Column('person_id', _ID, autoincrement=False, nullable=False),
    sa.Column('login', types.Personal(), nullable=False, comment='the name that is typed at the sign-in, in small letters'),
    sa.Column('password', sa.String(), nullable=True, comment='argon2id; null: signs in by a link from the bot'),
    sa.Column('totp', types.Personal(), nullable=True, comment='secret of the authenticator, base32'),
    sa.Column('totp_step', sa.Integer(), nullable=True, comment='the last time step whose code was taken: a code is taken once'),
    sa.Column('pin', sa.String(), nullable=True, comment='argon2id of the six digits'),
    sa.Column('failed', sa.Integer(), server_default='0', nullable=False, comment='tries in a row that failed'),
    sa.Column('locked_until', types.Moment(), nullable=True),
    sa.Column('language', sa.String(), nullable=True, comment="of the pages: en or fr; null = as the person's"),
    sa.Column('made_at', types.Moment(), nullable=False),
    sa.Column('revoked_at', types.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_accounts_person_id_people')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('login', name=op.f('uq_accounts_login')),
    comment='of people of the team, for the console'
    )
    op.create_table('sessions',
    sa.Column('id', _ID, nullable=False),
    sa.Column('digest', sa.String(), nullable=False, comment="SHA-256 of the cookie's token"),
    sa.Column('person_id', _ID, nullable=False),
    sa.Column('made_at', types.Moment(), nullable=False),
    sa.Column('seen_at', types.Moment(), nullable=False),
    sa.Column('ends_at', types.Moment(), nullable=False, comment='at the latest'),
    sa.Column('confirmed_at', types.Moment(), nullable=False, comment='when the password or PIN was given last'),
    sa.Column('agent', sa.String(), nullable=False, comment='kind of browser: Firefox, phone'),
    sa.Column('ended_at', types.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_sessions_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sessions')),
    sa.UniqueConstraint('digest', name=op.f('uq_sessions_digest')),
    comment='who is signed in to the console, and where'
    )
    op.create_index(op.f('ix_sessions_person_id'), 'sessions', ['person_id'])
    op.create_table('sign_in_links',
    sa.Column('digest', sa.String(), nullable=False, comment='SHA-256 of the token in the address'),
    sa.Column('person_id', _ID, nullable=False),
    sa.Column('kind', sa.String(), nullable=False, comment='sign_in, or enrol: password and authenticator are set'),
    sa.Column('browser', sa.String(), nullable=True, comment='digest of the browser that asked; null: asked for in the chat'),
    sa.Column('totp', types.Personal(), nullable=True, comment='of an enrolment: the secret that it shows'),
    sa.Column('made_at', types.Moment(), nullable=False),
    sa.Column('expires_at', types.Moment(), nullable=False),
    sa.Column('used_at', types.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_sign_in_links_person_id_people')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_sign_in_links')),
    comment='one-time addresses'
    )
    op.create_index(op.f('ix_sign_in_links_person_id'), 'sign_in_links', ['person_id'])
    op.create_table('talks',
    sa.Column('address_id', _ID, autoincrement=False, nullable=False),
    sa.Column('assigned_to', _ID, nullable=True, comment='one of the team; null = nobody in particular'),
    sa.Column('state', sa.String(), server_default='open', nullable=False, comment='open, pending or snoozed'),
    sa.Column('until', types.Moment(), nullable=True, comment='of a snoozed one'),
    sa.Column('changed_at', types.Moment(), nullable=False, comment='what comes later opens it again'),
    sa.ForeignKeyConstraint(['address_id'], ['addresses.id'], name=op.f('fk_talks_address_id_addresses')),
    sa.ForeignKeyConstraint(['assigned_to'], ['people.id'], name=op.f('fk_talks_assigned_to_people')),
    sa.PrimaryKeyConstraint('address_id', name=op.f('pk_talks')),
    comment='what the team has decided about the conversation with a phone or a chat'
    )
    op.create_table('notes',
    sa.Column('id', _ID, nullable=False),
    sa.Column('address_id', _ID, nullable=False),
    sa.Column('person_id', _ID, nullable=True, comment='who of the team wrote it'),
    sa.Column('text', types.Personal(), nullable=False),
    sa.Column('at', types.Moment(), nullable=False),
    sa.ForeignKeyConstraint(['address_id'], ['addresses.id'], name=op.f('fk_notes_address_id_addresses')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notes')),
    comment='private notes of the team beside a conversation; no leader ever reads them'
    )
    op.create_index(op.f('ix_notes_address_id'), 'notes', ['address_id'])
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_shown', sqlite_where=sa.text("key = 'S.case'"))
        batch_op.create_index('ix_outbox_shown', ['id'], unique=False, sqlite_where=sa.text("key IN ('S.case', 'O.console')"), postgresql_where=sa.text("key IN ('S.case', 'O.console')"))
    if op.get_bind().dialect.name == 'postgresql':
        roles = 'of a leader: free; of staff: officer, supervisor, mentor, staff, safeguarding, admin, auditor'
        op.alter_column('people', 'role', existing_type=sa.String(), comment=roles)


def downgrade() -> None:
    raise NotImplementedError("data is never taken back; restore the backup made before the upgrade")
