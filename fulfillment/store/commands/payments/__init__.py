"""What was paid, and what is asked of a payment provider."""
