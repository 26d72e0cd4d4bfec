"""What operators do: keys, settings, and a database that was put back."""
