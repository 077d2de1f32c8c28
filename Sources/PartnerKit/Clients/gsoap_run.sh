#!/bin/sh
# Sends a message with the client in client.c, built first where it is not. Usage: sh clients/gsoap/run.sh OPERATION [DATASET.xml]
set -eu
. "$(dirname "$0")/../kit.sh"

# KIT_BUILD keeps what is built for the next time.
if [ -z "${KIT_BUILD:-}" ]; then
  KIT_BUILD=$(mktemp -d)
  trap 'rm -rf "$KIT_BUILD"' EXIT
fi
build() {
  share=${GSOAP_SHARE:-/usr/share/gsoap}
  # Without optimization, which would take many times as long on code of this size.
  wsdl2h -c -L -t "$here/typemap.dat" -o eco.h "$kit"/wsdl/*.wsdl &&
    soapcpp2 -c -C -x -L -I "$share/import" eco.h &&
    cc -O0 -w -DSOAP_WSSE_CLKSKEW=60 -I. -I"$share/plugin" -o client "$here/client.c" soapC.c soapClient.c \
      "$share/plugin/wsseapi.c" "$share/plugin/smdevp.c" "$share/plugin/mecevp.c" "$share/custom/struct_timeval.c" \
      $(pkg-config --cflags --libs gsoapssl) -lssl -lcrypto
}
mkdir -p "$KIT_BUILD"
cd "$KIT_BUILD"
if [ ! -x client ] && ! build > build.log 2>&1; then
  cat build.log >&2
  untrusted "the client cannot be built"
fi

cd "$kit"
"$KIT_BUILD/client" "$operation" < "$dataset"
