"""One module for each command of `ifx-oracle`; each prints, and gives the exit code."""

from typing import Final

OK: Final = 0
"""Everything that was asked for is there."""
FAILED: Final = 1
"""Something outside failed: the node, the chain."""
USAGE: Final = 2
"""The call, its settings or its files cannot be used."""
REFUSED: Final = 3
"""A page, a window or the nodes gave no price; stdout says which."""
