"""Pages: what people look at in a browser, served by the process of the API.

A page calls the same commands and typed reads as the API, never SQL, and decides nothing of its
own. Templates are filled on the server; they load nothing from any other host. Only `starter`
composes it.
"""
