#!/bin/sh
# Sends a message with the client in Client.java, built first where it is not. Usage: sh clients/jaxws/run.sh OPERATION [DATASET.xml]
set -eu
operation=$1
here=$(cd "$(dirname "$0")" && pwd)
kit=$(cd "$here/../.." && pwd)
dataset=$(realpath "${2:-$kit/samples/$operation.xml}") || exit 2

# KIT_CLASSPATH names the libraries of another system; KIT_BUILD keeps what is built for the next time.
libraries=${KIT_CLASSPATH:-$(printf '/usr/share/java/%s.jar:' jaxws-rt wss4j xmlsec commons-logging slf4j-api slf4j-nop javax.activation)}
if [ -z "${KIT_BUILD:-}" ]; then
  KIT_BUILD=$(mktemp -d)
  trap 'rm -rf "$KIT_BUILD"' EXIT
fi
build() {
  # The four WSDLs share one schema, so the classes of one are those of all. -extension: SOAP 1.2 is none of JAX-WS's own.
  WSIMPORT_OPTS=-Djavax.xml.accessExternalSchema=all wsimport -extension -Xnocompile -s . "$kit/wsdl/send-co.wsdl" &&
    find . -name '*.java' > sources &&
    javac -nowarn -d . -cp "$libraries" "$here/Client.java" "$here/Security.java" "$here/Kit.java" @sources
}
mkdir -p "$KIT_BUILD"
cd "$KIT_BUILD"
if [ ! -f Client.class ] && ! build > build.log 2>&1; then
  cat build.log >&2
  echo "untrusted the client cannot be built"
  exit 2
fi

cd "$kit"
java -cp "$KIT_BUILD:$libraries" Client "$kit" "$operation" "$dataset"
