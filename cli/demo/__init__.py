"""The sample that plays when the system starts for the first time, and its screen."""
