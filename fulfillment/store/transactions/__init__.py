"""How a transaction runs: sessions, locks, limits on waiting, and what it owes to Temporal.

It knows the tables and no rule. Whatever reads or writes goes through it.
"""
