"""What people and channels may do to an order, and what the order is afterwards.

The top floor: it may use all others. Each action is a function from an order to an order.
"""
