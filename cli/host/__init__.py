"""What runs on the operator's own machine: processes, migrations, keys, audit, import of files."""
