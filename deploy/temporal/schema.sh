#!/bin/sh
# Brings Temporal's two databases to the schema of this image's version; safe to run again.
# The connection is in SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD and SQL_PLUGIN.
set -eu

schemas=/etc/temporal/schema/postgresql/v12

update() {
    # Only a database without a version is given version 0.0; the rest is an update.
    temporal-sql-tool --database "$1" setup-schema -v 0.0
    temporal-sql-tool --database "$1" update-schema -d "$schemas/$2/versioned"
}

update temporal temporal
update temporal_visibility visibility
