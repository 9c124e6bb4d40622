"""One module for each command of `ifx-oracle`; each prints, and gives the exit code."""
