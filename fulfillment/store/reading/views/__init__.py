"""What is read, as it is told: frozen dataclasses, with what each field means and counts.

The API serves them as they are, and its OpenAPI document takes its descriptions from here; pages
and papers show the same ones. Units are base units, money is integer minor units, days are those
of the merchant or the location, moments are UTC. Nothing here reads: who makes a view is beside it
in `reading`, or in `insight` where it needs the rules.
"""
