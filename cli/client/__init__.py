"""The command line as a client of the HTTP API: a table of commands, and what runs them.

`commands` holds the table: what is asked, with which arguments, and how the answer is shown. The
other modules read it. Nothing here knows the store, the domain or the API's code: only its URL.
"""
