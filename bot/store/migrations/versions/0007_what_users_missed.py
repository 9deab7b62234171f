"""what users missed"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    of_whatsapp = sa.text("channel in ('whatsapp', 'twilio_whatsapp')")
    op.create_index('ix_inbox_whatsapp', 'inbox', ['address_id', 'received_at'], sqlite_where=of_whatsapp, postgresql_where=of_whatsapp)


def downgrade() -> None:
    raise NotImplementedError("data is never taken back; restore the backup made before the upgrade")
