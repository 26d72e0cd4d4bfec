"""Orders that are over for long leave the tables, packed, and come back when they are asked for.

What is at rest, how its rows are packed, and the months that they are kept by. The sweep and the
command line call it; that an order is brought back is part of every transaction
(`transactions/archived.py`). It reads records and writes what it packs; nobody below knows of it.
"""
