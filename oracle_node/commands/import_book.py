"""`ifx-oracle import-book`: the reports of an earlier version's file into the node's store."""

import json

from oracle_node.commands import OK
from oracle_node.settings import read_settings
from oracle_node.store import made_store


def run(book: str, *, config: str) -> int:
    """Take the book over, all or nothing, and say how many of its reports were new."""
    with made_store(read_settings(config)) as store:
        print(json.dumps({"book": book, "imported": store.import_book(book), "reports": len(store.book.all())}))
    return OK
