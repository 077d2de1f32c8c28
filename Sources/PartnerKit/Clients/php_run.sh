#!/bin/sh
# Sends a message. Usage: sh clients/php/run.sh OPERATION [DATASET.xml]
php -r 'exit((int) !(extension_loaded("soap") && extension_loaded("openssl")));' 2> /dev/null || {
  echo "untrusted php with its soap and openssl extensions is not there, see clients/php/README.md"
  exit 2
}
exec php "$(dirname "$0")/client.php" "$@"
