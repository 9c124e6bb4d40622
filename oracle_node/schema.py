"""The tables of a node's store, version by version: entry n of `MIGRATIONS` makes version n + 1 of version n.

A step that is released is never edited: another one follows it. What must never change is held by triggers, so that
no other program with this file, and no `INSERT OR REPLACE`, changes it by mistake.
"""

from typing import Final

APPLICATION_ID: Final = 0x49465831
"""`IFX1` in the file's header: tells a node's store from any other database."""

_VERSION_1 = """
-- What a page said, or why it said nothing. `id` is the order in which they came.
CREATE TABLE readings (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL CHECK (at >= 0),                        -- unix seconds UTC
    underlying TEXT NOT NULL,
    page TEXT NOT NULL,                                         -- URL
    sha256 TEXT,                                                -- of the page's bytes; null where none came
    price INTEGER CHECK (price BETWEEN 0 AND 1099511627775),    -- micro-USD per Mtok, below 2^40; null where none
    alarm TEXT,                                                 -- why somebody should look at a price
    why TEXT,                                                   -- why there is no price
    CHECK ((price IS NULL) = (why IS NOT NULL)),
    CHECK (price IS NULL OR sha256 IS NOT NULL)
) STRICT;
CREATE INDEX readings_of ON readings (underlying, at, price);
CREATE INDEX readings_at ON readings (at);

-- The node's own signed reports: one of an underlying and UTC day number, for ever.
CREATE TABLE reports (
    id INTEGER PRIMARY KEY,
    underlying TEXT NOT NULL,
    day INTEGER NOT NULL CHECK (day >= 0),
    report TEXT NOT NULL,                                       -- canonical JSON
    UNIQUE (underlying, day)
) STRICT;
CREATE TRIGGER reports_once BEFORE INSERT ON reports
WHEN EXISTS (SELECT 1 FROM reports WHERE id = NEW.id OR (underlying = NEW.underlying AND day = NEW.day))
BEGIN SELECT RAISE(ABORT, 'reported already'); END;

-- The operator's word that a price on another scale is right.
CREATE TABLE releases (
    id INTEGER PRIMARY KEY,
    underlying TEXT NOT NULL,
    price INTEGER NOT NULL CHECK (price BETWEEN 0 AND 1099511627775),
    at INTEGER NOT NULL
) STRICT;

-- Transactions, each here before it is broadcast.
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY,
    chain_id INTEGER NOT NULL,
    sender TEXT NOT NULL,
    nonce INTEGER NOT NULL,
    recorded TEXT NOT NULL,                                     -- hash under which it was recorded; '' where unknown
    tx_hash TEXT,                                               -- hash as far as it is known by now
    attempt TEXT NOT NULL,                                      -- all fields, canonical JSON
    outcome TEXT,                                               -- what became of it, as far as noted
    settled INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),
    UNIQUE (chain_id, sender, nonce, recorded)
) STRICT;
CREATE INDEX attempts_open ON attempts (id) WHERE settled = 0;
CREATE TRIGGER attempts_stay BEFORE DELETE ON attempts BEGIN SELECT RAISE(ABORT, 'attempts stay'); END;

-- One row from when a cause begins until it ends.
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY,
    cause TEXT NOT NULL,
    text TEXT NOT NULL,
    began INTEGER NOT NULL,                                     -- unix seconds UTC
    ended INTEGER                                               -- null while it lasts
) STRICT;
CREATE UNIQUE INDEX alerts_open ON alerts (cause) WHERE ended IS NULL;
CREATE TRIGGER alerts_stay BEFORE DELETE ON alerts BEGIN SELECT RAISE(ABORT, 'alerts stay'); END;

-- REPLACE deletes without a DELETE trigger: a row that stands is not written again.
CREATE TRIGGER readings_once BEFORE INSERT ON readings WHEN EXISTS (SELECT 1 FROM readings WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'readings stay'); END;
CREATE TRIGGER releases_once BEFORE INSERT ON releases WHEN EXISTS (SELECT 1 FROM releases WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'releases stay'); END;
CREATE TRIGGER readings_never_change BEFORE UPDATE ON readings BEGIN SELECT RAISE(ABORT, 'readings never change'); END;
CREATE TRIGGER readings_stay BEFORE DELETE ON readings BEGIN SELECT RAISE(ABORT, 'readings stay'); END;
CREATE TRIGGER reports_never_change BEFORE UPDATE ON reports BEGIN SELECT RAISE(ABORT, 'reports never change'); END;
CREATE TRIGGER reports_stay BEFORE DELETE ON reports BEGIN SELECT RAISE(ABORT, 'reports stay'); END;
CREATE TRIGGER releases_never_change BEFORE UPDATE ON releases BEGIN SELECT RAISE(ABORT, 'releases never change'); END;
CREATE TRIGGER releases_stay BEFORE DELETE ON releases BEGIN SELECT RAISE(ABORT, 'releases stay'); END;
"""

MIGRATIONS: tuple[str, ...] = (_VERSION_1,)
"""Each step runs in one transaction with those after it: a crash in between leaves the older version whole."""
