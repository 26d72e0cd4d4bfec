"""A product's queue: who stands at its head, what can reach them, and what is owed to it.

Reads in bounded pieces, under the queue's lock. Called by `planning` and by commands.
"""
