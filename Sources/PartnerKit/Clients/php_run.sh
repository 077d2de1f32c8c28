#!/bin/sh
# Sends a message. Usage: sh clients/php/run.sh OPERATION [DATASET.xml]
exec php "$(dirname "$0")/client.php" "$@"
