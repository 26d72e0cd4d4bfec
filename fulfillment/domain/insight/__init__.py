"""What can be said of an order and of a product: why it waits, what would help, what has happened.

It reads what the floors below decided, and decides nothing itself.
"""
