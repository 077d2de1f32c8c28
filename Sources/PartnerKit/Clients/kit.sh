# For the run.sh of a client, which reads it first: what it was called with, and the settings of the kit. Sets operation, dataset, here (the
# client's folder), kit, and KIT_… for each line of kit.properties; goes to the kit's folder.
untrusted() {
  echo "untrusted $*"
  exit 2
}
[ $# -ge 1 ] || untrusted "usage: sh $0 OPERATION [DATASET.xml]"
operation=$1
here=$(cd "$(dirname "$0")" && pwd)
kit=$(cd "$here/../.." && pwd)
dataset=$(realpath "${2:-$kit/samples/$operation.xml}") || exit 2

# A line NAME=VALUE of kit.properties becomes KIT_NAME, unless the environment has it.
while IFS='=' read -r name value; do
  case $name in [A-Z]*) eval "export KIT_$name=\${KIT_$name:-\$value}" ;; esac
done < "$kit/kit.properties"
cd "$kit"
for path in "$KIT_SIGNING_KEY" "$KIT_SIGNING_CERTIFICATE" "$KIT_TLS_KEY" "$KIT_TLS_CERTIFICATE" "$KIT_TLS_ANCHORS" \
  "$KIT_GATEWAY_CERTIFICATES" "$dataset"; do
  [ -r "$path" ] || untrusted "$path cannot be read"
done
