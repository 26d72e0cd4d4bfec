"""What may be asked of the store: each command is one transaction, safe to be asked again."""
