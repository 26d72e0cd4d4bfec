"""What must always be true (behaviour.md §9), and what starts again where it is not."""
