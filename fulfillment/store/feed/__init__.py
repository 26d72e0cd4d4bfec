"""What happened, in the order in which those outside read it: its places, its cursors, its end.

Histories come in, once they are committed; the relay has their places given, the API reads. No
command enters: who changes something writes its history, and leaves a row in `untold`.
"""
