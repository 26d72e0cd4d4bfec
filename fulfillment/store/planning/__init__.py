"""The deciding transaction: open queues, plan over them, save; a change of one order, a dry run.

Nothing but a plan over a queue may settle it, so all that settles one goes through here.
"""
