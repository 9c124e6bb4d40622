"""E-mail addresses are confirmed by a code that is mailed there; those of before must be confirmed too.

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-20
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """When an address was confirmed, and the mails that go to an address as such."""
    op.add_column("participants", sa.Column("email_confirmed_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "address_mails",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=True),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("guesses", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('code', 'gone')", name=op.f("ck_address_mails_kind")),
        sa.ForeignKeyConstraint(["account"], ["participants.account"], name="fk_address_mails_account_participants"),
        sa.PrimaryKeyConstraint("id", name="pk_address_mails"),
    )
    for column in ("account", "address_hash", "next_try_at"):
        op.create_index(f"ix_address_mails_{column}", "address_mails", [column])


def downgrade() -> None:
    """Undo it: every address counts as before, confirmed or not."""
    op.drop_table("address_mails")
    op.drop_column("participants", "email_confirmed_at")
