"""`pegboard import`: its options, and the mapping that they say."""
