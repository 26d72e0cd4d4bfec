"""Pages that need the rules: why an order waits, what would help, what may be done now.

What runs commands on a copy of the data and keeps nothing stands here, above the commands.
"""
