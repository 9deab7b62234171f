"""${message}"""

import sqlalchemy as sa
from alembic import op

from bot.store import types

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    raise NotImplementedError("data is never taken back; restore the backup made before the upgrade")
