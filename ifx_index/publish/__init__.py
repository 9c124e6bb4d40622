"""Publication: every record of a store as JSON, CSV, Parquet and one self-contained HTML page.

The files follow from the store alone: the same rows and inputs give the same bytes. They are written whole or not at
all. Nothing here decides anything; what it shows is `ifx_index.history` and the store's rows.
"""

from ifx_index.publish.files import NAMES, publish

__all__ = ["NAMES", "publish"]
