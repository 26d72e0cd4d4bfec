"""Endpoints of webhooks, the deliveries that they are owed, and what came of each attempt.

Called by the API, and by who delivers (`deliveries/webhooks`). Nothing here runs inside a
transaction that decides: deliveries are made of the feed, after it.
"""
