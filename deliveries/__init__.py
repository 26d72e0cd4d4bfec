"""What leaves the house to tell those outside: webhooks and mail, each with its port and adapters.

It is made of the feed and sent by processes of its own, never inside a transaction that decides.
"""
