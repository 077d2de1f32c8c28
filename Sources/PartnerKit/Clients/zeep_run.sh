#!/bin/sh
# Sends a message. Usage: sh clients/zeep/run.sh OPERATION [DATASET.xml]
python=${PYTHON:-python3}
"$python" -c "import zeep, xmlsec" 2> /dev/null || {
  echo "untrusted $python lacks zeep or xmlsec, see clients/zeep/README.md; PYTHON names another one"
  exit 2
}
exec "$python" -B "$(dirname "$0")/client.py" "$@"
