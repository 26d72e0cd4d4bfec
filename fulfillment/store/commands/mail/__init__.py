"""Mail to customers: made of the feed, claimed, sent once, and what people do about it.

Nothing here runs inside a transaction that decides about orders. It is asked by the process that
sends (`deliveries/mail`), by the API and by the customer's page.
"""
