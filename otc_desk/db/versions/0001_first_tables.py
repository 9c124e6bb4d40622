"""The first tables.

Revision ID: 0001
Revises:
Create Date: 2026-11-20
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_FIXED = {"events": "the audit trail is append-only", "matches": "a match stands as it was confirmed"}
"""Tables whose rows never change and never go, whatever program has the database open."""


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sender", sa.String(length=42), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.Column("attempt", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_index("ix_attempts_sender_nonce", "attempts", ["sender", "nonce"])
    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=42), nullable=False),
        sa.Column("object", sa.String(length=12), nullable=False),
        sa.Column("object_id", sa.String(length=66), nullable=False),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
        sa.UniqueConstraint("hash", name="uq_events_hash"),
    )
    op.create_index("ix_events_object_object_id", "events", ["object", "object_id"])
    op.create_table(
        "idempotent_answers",
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "key", name="pk_idempotent_answers"),
    )
    op.create_index("ix_idempotent_answers_created_at", "idempotent_answers", ["created_at"])
    op.create_table(
        "nonces",
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name="pk_nonces"),
    )
    op.create_index("ix_nonces_expires_at", "nonces", ["expires_at"])
    op.create_table(
        "participants",
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("webhook", sa.String(length=2000), nullable=False),
        sa.Column("webhook_secret", sa.String(length=100), nullable=False),
        sa.Column("webhook_failures", sa.BigInteger(), nullable=False),
        sa.Column("webhook_off_at", sa.BigInteger(), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_participants"),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["participants.account"], name="fk_notices_account_participants"),
        sa.ForeignKeyConstraint(["event"], ["events.seq"], name="fk_notices_event_events"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("event", "account", "channel", name="uq_notices_event_account_channel"),
    )
    op.create_table(
        "notice_cursor",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice_cursor"),
    )
    op.create_index("ix_notices_account", "notices", ["account"])
    op.create_index("ix_notices_next_try_at", "notices", ["next_try_at"])
    op.create_table(
        "requests",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("side", sa.String(length=5), nullable=False),
        sa.Column("underlying", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("months", sa.BigInteger(), nullable=True),
        sa.Column("maturity", sa.BigInteger(), nullable=False),
        sa.Column("averaging_days", sa.BigInteger(), nullable=False),
        sa.Column("limit_price", sa.BigInteger(), nullable=True),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("contact", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("parent", sa.String(length=26), nullable=True),
        sa.Column("family", sa.String(length=26), nullable=False),
        sa.Column("agreement", sa.String(length=26), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("side IN ('long', 'short')", name=op.f("ck_requests_side")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_requests_quantity")),
        sa.ForeignKeyConstraint(["account"], ["participants.account"], name="fk_requests_account_participants"),
        sa.ForeignKeyConstraint(["parent"], ["requests.id"], name="fk_requests_parent_requests"),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
    )
    op.create_index("ix_requests_account", "requests", ["account"])
    op.create_index("ix_requests_agreement", "requests", ["agreement"])
    op.create_index("ix_requests_family", "requests", ["family"])
    op.create_index(
        "ix_requests_state_underlying_maturity_averaging_days",
        "requests",
        ["state", "underlying", "maturity", "averaging_days"],
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["participants.account"], name="fk_sessions_account_participants"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_account", "sessions", ["account"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_table(
        "matches",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("long_request", sa.String(length=26), nullable=False),
        sa.Column("short_request", sa.String(length=26), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=42), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["long_request"], ["requests.id"], name="fk_matches_long_request_requests"),
        sa.ForeignKeyConstraint(["short_request"], ["requests.id"], name="fk_matches_short_request_requests"),
        sa.PrimaryKeyConstraint("id", name="pk_matches"),
    )
    op.create_index("ix_matches_long_request", "matches", ["long_request"])
    op.create_index("ix_matches_short_request", "matches", ["short_request"])
    op.create_table(
        "agreements",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=66), nullable=False),
        sa.Column("onchain_id", sa.String(length=66), nullable=False),
        sa.Column("forward", sa.String(length=66), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("match", sa.String(length=26), nullable=True),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.Column("final_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('terms', 'termination', 'novation')", name=op.f("ck_agreements_kind")),
        sa.ForeignKeyConstraint(["match"], ["matches.id"], name="fk_agreements_match_matches"),
        sa.PrimaryKeyConstraint("id", name="pk_agreements"),
        sa.UniqueConstraint("digest", name="uq_agreements_digest"),
    )
    op.create_index("ix_agreements_deadline", "agreements", ["deadline"])
    op.create_index("ix_agreements_forward", "agreements", ["forward"])
    op.create_index("ix_agreements_onchain_id", "agreements", ["onchain_id"])
    op.create_index("ix_agreements_state", "agreements", ["state"])
    op.create_table(
        "parties",
        sa.Column("agreement", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("approval", sa.LargeBinary(), nullable=False),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["agreement"], ["agreements.id"], name="fk_parties_agreement_agreements"),
        sa.PrimaryKeyConstraint("agreement", "role", name="pk_parties"),
    )
    op.create_index("ix_parties_account", "parties", ["account"])
    op.create_table(
        "chain_cursors",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("oracle", sa.String(length=42), nullable=False),
        sa.Column("escrow", sa.String(length=42), nullable=False),
        sa.Column("kept_number", sa.BigInteger(), nullable=False),
        sa.Column("kept_hash", sa.String(length=66), nullable=False),
        sa.Column("head_number", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.String(length=66), nullable=False),
        sa.Column("head_time", sa.BigInteger(), nullable=False),
        sa.Column("final_number", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_chain_cursors"),
    )
    op.create_table(
        "chain_endings",
        sa.Column("forward", sa.String(length=66), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.Column("block_hash", sa.String(length=66), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("forward", name="pk_chain_endings"),
    )
    op.create_index("ix_chain_endings_block_number", "chain_endings", ["block_number"])
    op.create_table(
        "chain_fixings",
        sa.Column("underlying", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("signers", sa.BigInteger(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.Column("block_hash", sa.String(length=66), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("underlying", "day", name="pk_chain_fixings"),
    )
    op.create_index("ix_chain_fixings_block_number", "chain_fixings", ["block_number"])
    op.create_table(
        "chain_forwards",
        sa.Column("id", sa.String(length=66), nullable=False),
        sa.Column("long", sa.String(length=42), nullable=False),
        sa.Column("short", sa.String(length=42), nullable=False),
        sa.Column("underlying", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("spot", sa.BigInteger(), nullable=False),
        sa.Column("indicative", sa.BigInteger(), nullable=False),
        sa.Column("maturity", sa.BigInteger(), nullable=False),
        sa.Column("averaging_days", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.Column("block_hash", sa.String(length=66), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chain_forwards"),
    )
    op.create_index("ix_chain_forwards_block_number", "chain_forwards", ["block_number"])
    op.create_table(
        "chain_listings",
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("underlying", sa.BigInteger(), nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("block_hash", sa.String(length=66), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("block_number", "log_index", name="pk_chain_listings"),
    )
    op.create_table(
        "chain_novations",
        sa.Column("id", sa.String(length=66), nullable=False),
        sa.Column("forward", sa.String(length=66), nullable=False),
        sa.Column("outgoing", sa.String(length=42), nullable=False),
        sa.Column("incoming", sa.String(length=42), nullable=False),
        sa.Column("payment", sa.String(length=40), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.Column("block_hash", sa.String(length=66), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chain_novations"),
    )
    op.create_index("ix_chain_novations_block_number", "chain_novations", ["block_number"])
    op.create_index("ix_chain_novations_forward", "chain_novations", ["forward"])
    op.create_table(
        "chain_underlyings",
        sa.Column("underlying", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("review_required", sa.Boolean(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.Column("block_hash", sa.String(length=66), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("underlying", name="pk_chain_underlyings"),
        sa.UniqueConstraint("name", name="uq_chain_underlyings_name"),
    )
    op.create_index("ix_chain_underlyings_block_number", "chain_underlyings", ["block_number"])
    for table, why in _FIXED.items():
        _fix(table, why)


def downgrade() -> None:
    """Undo everything: the data is gone."""
    for table in (
        "chain_cursors",
        "chain_endings",
        "chain_fixings",
        "chain_forwards",
        "chain_listings",
        "chain_novations",
        "chain_underlyings",
        "parties",
        "agreements",
        "matches",
        "sessions",
        "requests",
        "notice_cursor",
        "notices",
        "participants",
        "nonces",
        "idempotent_answers",
        "events",
        "attempts",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in _FIXED:
            op.execute(f"DROP FUNCTION IF EXISTS {table}_are_fixed() CASCADE")


def _fix(table: str, why: str) -> None:
    """Let rows in, and never change or leave."""
    if op.get_bind().dialect.name == "sqlite":
        key = "seq" if table == "events" else "id"
        # REPLACE takes a row out without a word to the trigger on DELETE.
        replaces = f"INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608
        for name, what in (("update", f"UPDATE ON {table}"), ("delete", f"DELETE ON {table}"), ("replace", replaces)):
            op.execute(f"CREATE TRIGGER {table}_no_{name} BEFORE {what} BEGIN SELECT RAISE(ABORT, '{why}'); END")
        return
    op.execute(
        f"CREATE FUNCTION {table}_are_fixed() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{why}'; END $$"
    )
    # TRUNCATE is told to no trigger on rows.
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_are_fixed()"
    )
