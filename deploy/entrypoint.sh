#!/bin/sh
# The probes of Airflow's Helm chart call the image's /entrypoint.
exec "$@"
