"""What is shown of stored things, read without a lock.

It imports records and transactions, never commands.
"""
