"""Events posted to endpoints: addresses that may be called, signatures, sending, the process.

What is owed to whom, and what follows from an answer, is decided in the store
(`store/commands/webhooks`) by a rule of the domain (`domain/model/webhooks`).
"""
