"""What is kept, in PostgreSQL: every decision is one transaction.

Floors from the ground up: `schema`, `transactions`, `records`, `queue`, `planning`, `reading`,
`commands`, `insight`, `integrity`. None imports upwards.
"""
