"""What people, channels and workflows ask of one order."""
