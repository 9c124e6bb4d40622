"""The IFX LLM Price Index and its relatives: reference data, exact, with diagnostics beside every value; no chain.

Table of contents: `ingest` (recorded files to rows) · `resolve` (a price and a status for each model) · `lpi`
(value, diagnostics, what each model contributes) · `decomposition` · `day` (all series of a day) · `tpi`, `quality`
(the capped, quality-adjusted index) · `cati`, `rebalance` (a company's composite) · `record`, `store`, `recompute`
(append-only rows, content-addressed inputs, the proof that they agree) · `folder` (a folder of recordings, day by day)
· `history` (everything a publication needs) · `cli` (`ifx-index`).
"""

from ifx_index.lpi import METHODOLOGY, UNIT
from ifx_index.model import COMPANIES

__all__ = ["COMPANIES", "METHODOLOGY", "UNIT"]
