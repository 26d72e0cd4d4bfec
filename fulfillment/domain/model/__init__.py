"""What there is: orders, shipments, supply, policy, payments, and the words for their states.

It imports nothing but itself. Everybody may read it.
"""
