"""Paper about a forward: pure functions from plain facts to documents, and from documents to bytes.

facts = gather(...)                          otc_desk.documents.gather: the database and the chain, read once
document = confirmation(facts)               also settlement, mark, memo: what a document says
to_pdf(document), to_json(document)          the same facts, the same bytes
ledger_csv(entries), calendar_file(facts)    the two that other programs read
"""
