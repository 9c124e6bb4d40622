"""What the calculators refuse; leaves of the one tree of `ifx_sdk.errors`.

InputError
├── BadPlan               .given, .why
└── BadFile
    └── BadTable          .path, .line, .why
        └── BadUsageFile  BadRepricingTable
"""

from __future__ import annotations

from ifx_sdk.errors import BadFile, BadValue


class BadPlan(BadValue):
    """What was asked of a plan cannot be planned."""

    noun = "plan"
    cure = "Plan 3, 6, 9 or 12 months, on tenors among these."


class BadTable(BadFile):
    """A table that cannot be read, by its line."""

    noun = "table"

    def __init__(self, path: object, why: str, *, line: int | None = None, cure: str | None = None) -> None:
        """`line` counts from 1, the header included; None where the whole file is wrong."""
        super().__init__(path if line is None else f"{path}, line {line}", why, cure=cure)
        self.line = line


class BadUsageFile(BadTable):
    noun = "usage file"
    cure = "The plain form is a CSV with the header date,model,output_tokens, dates in UTC and whole tokens."


class BadRepricingTable(BadTable):
    noun = "repricing table"
    cure = "It is a CSV with the header date,model,old_price,new_price,mid_cycle: prices in USD, mid_cycle yes or no."
