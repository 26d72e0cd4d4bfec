"""Files in: read, mapped, checked and taken row by row, each bad one by itself.

Used by the command line; it knows the store's commands, and whoever calls it opens the store.
"""
