"""The desk's page: its shell and its files. Sources are in `web/`, the built files are committed (`make page`)."""
