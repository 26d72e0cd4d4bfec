"""The page of a customer: one order, opened by a link from a mail, without signing in.

It shows what is true now and offers what the merchant lets be chosen; looking changes nothing.
Who has the link may look and choose, so its token stands in no log, and in no other page's address.
"""
