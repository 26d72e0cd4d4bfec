#!/bin/sh
# Waits until Temporal serves and makes the namespace if it is missing; safe to run again.
# The server is in TEMPORAL_ADDRESS, the namespace in TEMPORAL_NAMESPACE.
set -eu

tries=60
until temporal operator cluster health >/dev/null 2>&1; do
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ]; then
        echo "Temporal does not serve at $TEMPORAL_ADDRESS" >&2
        exit 1
    fi
    sleep 2
done

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
    echo "namespace $TEMPORAL_NAMESPACE is there"
    exit 0
fi
# How long a closed order can still be looked at in the UI. What was decided stays in our database.
temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d
