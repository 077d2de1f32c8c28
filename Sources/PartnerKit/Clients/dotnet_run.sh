#!/bin/sh
# Sends a message with the client in Client.cs, built first where it is not. Usage: sh clients/dotnet/run.sh OPERATION [DATASET.xml]
set -eu
. "$(dirname "$0")/../kit.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# KIT_BUILD keeps what is built for the next time.
KIT_BUILD=${KIT_BUILD:-$work/build}
build() {
  # Times become text, because DateTime keeps no zone; DataType="date", which wants a DateTime, must then go.
  wsdl -nologo -n:Eco -out:proxies.cs "$kit"/wsdl/*.wsdl &&
    sed -E 's/System\.DateTime(\[\])? /string\1 /g; s/\[[A-Za-z.]+\(DataType="date"\)\]//' proxies.cs > eco.cs &&
    cp "$here/Client.exe.config" . &&
    mcs -nowarn:0219,0414 -r:System.Web.Services,System.Security -out:Client.exe eco.cs "$here/Client.cs" "$here/WSSecurity.cs"
}
mkdir -p "$KIT_BUILD"
cd "$KIT_BUILD"
if [ ! -f Client.exe ] && ! build > build.log 2>&1; then
  cat build.log >&2
  untrusted "the client cannot be built"
fi

# .NET Framework and mono read keys from PKCS#12 with the older ciphers, and trust the user's store: here one of its own.
cd "$kit"
export XDG_CONFIG_HOME="$work" KIT_SIGNING_P12="$work/signing.p12" KIT_TLS_P12="$work/tls.p12" KIT_PASSWORD=kit
join() {
  openssl pkcs12 -export -legacy -passout env:KIT_PASSWORD -in "$1" -inkey "$2" -out "$3" ||
    untrusted "$1 and $2 are not a pair of PEM files"
}
join "$KIT_SIGNING_CERTIFICATE" "$KIT_SIGNING_KEY" "$KIT_SIGNING_P12"
join "$KIT_TLS_CERTIFICATE" "$KIT_TLS_KEY" "$KIT_TLS_P12"
cert-sync --quiet --user "$KIT_TLS_ANCHORS" > /dev/null || untrusted "$KIT_TLS_ANCHORS is no PEM file"
mono "$KIT_BUILD/Client.exe" "$operation" "$dataset"
