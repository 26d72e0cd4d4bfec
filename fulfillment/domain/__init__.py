"""The rules, pure: values in, values out, and nothing of SQL, Temporal or the web.

Floors from the ground up, none imports upwards: `model`, `planning`, `floor`, `insight`, `actions`.
"""
