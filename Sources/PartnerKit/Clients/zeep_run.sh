#!/bin/sh
# Sends a message. Usage: sh clients/zeep/run.sh OPERATION [DATASET.xml]
exec "${PYTHON:-python3}" -B "$(dirname "$0")/client.py" "$@"
