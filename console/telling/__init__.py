"""What happened, as sentences that the desk reads: each kind of thing in a history has its own.

Facts come from histories as they were written, old ones too: what a sentence can do without is left
out, and what is told too little of is told by its kind. It reads facts alone; only pages call it.
"""
