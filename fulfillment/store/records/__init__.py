"""Rows into values of the domain, and values into rows.

It decides nothing: what is loaded is saved the same if nobody changes it.
"""
