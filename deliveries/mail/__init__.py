"""Mail to customers: words become a message, a message is sent once, what comes back is read.

It knows the store's commands and readings, and the domain; never SQL, the API or Temporal. The
worker runs it (`process.py`), and the API asks it for previews.
"""
