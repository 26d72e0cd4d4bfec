"""What waits in a queue, summed in blocks of rank, so that nobody adds up a queue to read it.

A block has the sums over the lines of a queue bound to one place, from its first rank to the next
block's: some hundred orders. Who writes lines keeps them (`blocks`), while the queue is locked; who
reads them adds whole blocks, the lines of one, and those that stand apart (`reading`). The law is
in tests/store/sums: blocks are the sums of the lines, whatever was written in which order.
"""
