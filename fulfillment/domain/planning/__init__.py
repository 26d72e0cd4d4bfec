"""Who gets which units: allocation, pegging, splitting, release, promise, in one pure plan.

It knows the model alone. Called by the store's deciding transaction, and by dry runs of it.
"""
