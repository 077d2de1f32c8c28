#!/bin/sh
# Sends a message to the gateway with curl and xmlsec1, and believes nothing but what the gateway signed.
# Usage: sh clients/curl/run.sh OPERATION [DATASET.xml]
#
# Prints "receipt ID TIME" and exits with 0; or, where the gateway refuses, "fault CODE RULE CORRELATION-ID", the reason and each
# problem, with 1; or, where there is no answer to believe, "untrusted WHY", with 2.
set -eu
. "$(dirname "$0")/../kit.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

oasis=http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss
wsse=$oasis-wssecurity-secext-1.0.xsd
wsu=$oasis-wssecurity-utility-1.0.xsd
x509=$oasis-x509-token-profile-1.0#X509v3
ds=http://www.w3.org/2000/09/xmldsig#
exclusive=http://www.w3.org/2001/10/xml-exc-c14n#
sha256=http://www.w3.org/2001/04/xmlenc#sha256
more=http://www.w3.org/2001/04/xmldsig-more
eco=urn:coconect:eco:1
case $KIT_SOAP_VERSION in
  1.1) soap=http://schemas.xmlsoap.org/soap/envelope/ type=text/xml ;;
  *) soap=http://www.w3.org/2003/05/soap-envelope type=application/soap+xml ;;
esac

# select XPATH FILE: what stands there, or nothing.
select() {
  xmlstarlet sel -T -N s="$soap" -N wsse="$wsse" -N wsu="$wsu" -N ds="$ds" -N eco="$eco" -t -v "$1" "$2" || true
}

# ---- The message, with an id of its own, in an envelope that xmlsec1 signs where values are missing.

id=$(openssl rand -hex 16)
xmlstarlet ed -O -P -N eco="$eco" -u '/*/eco:FunctionalReferenceID' -v "$id" "$dataset" > "$work/message.xml" 2> "$work/errors" \
  || untrusted "the dataset cannot be read: $(head -1 "$work/errors")"
name=$(xmlstarlet sel -t -v 'local-name(/*)' "$work/message.xml")
method=rsa
openssl x509 -in "$KIT_SIGNING_CERTIFICATE" -noout -text | grep -q id-ecPublicKey && method=ecdsa

reference() {
  echo "<ds:Reference URI=\"#$1\"><ds:Transforms><ds:Transform Algorithm=\"$exclusive\"/></ds:Transforms>"
  echo "<ds:DigestMethod Algorithm=\"$sha256\"/><ds:DigestValue/></ds:Reference>"
}

cat > "$work/template.xml" <<END
<s:Envelope xmlns:s="$soap" xmlns:wsu="$wsu">
<s:Header>
<wsse:Security xmlns:wsse="$wsse" s:mustUnderstand="1">
<wsu:Timestamp wsu:Id="Timestamp">
<wsu:Created>$(date -u +%Y-%m-%dT%H:%M:%SZ)</wsu:Created>
</wsu:Timestamp>
<wsse:BinarySecurityToken wsu:Id="Token" ValueType="$x509" EncodingType="$oasis-soap-message-security-1.0#Base64Binary">
$(openssl x509 -in "$KIT_SIGNING_CERTIFICATE" -outform DER | openssl base64 -A)
</wsse:BinarySecurityToken>
<ds:Signature xmlns:ds="$ds">
<ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="$exclusive"/>
<ds:SignatureMethod Algorithm="$more#$method-sha256"/>
$(reference Body)
$(reference Timestamp)
</ds:SignedInfo>
<ds:SignatureValue/>
<ds:KeyInfo>
<wsse:SecurityTokenReference><wsse:Reference URI="#Token" ValueType="$x509"/></wsse:SecurityTokenReference>
</ds:KeyInfo>
</ds:Signature>
</wsse:Security>
</s:Header>
<s:Body wsu:Id="Body">$(cat "$work/message.xml")</s:Body>
</s:Envelope>
END
# xmlsec1 knows no wsu:Id unless it is told of each element that has one; and since 1.3 no key that KeyInfo does not name, unless lax.
options="--id-attr:Id $soap:Body --id-attr:Id $wsu:Timestamp $(xmlsec1 --help-sign | grep -o -m 1 -- --lax-key-search || true)"
xmlsec1 --sign $options --privkey-pem "$KIT_SIGNING_KEY" --output "$work/request.xml" "$work/template.xml" > /dev/null 2> "$work/errors" \
  || untrusted "signing failed: $(head -1 "$work/errors")"

# ---- The call. A fault comes with HTTP 500, so the status says nothing of whether there is an answer.

curl --silent --show-error --max-time 60 --cert "$KIT_TLS_CERTIFICATE" --key "$KIT_TLS_KEY" --cacert "$KIT_TLS_ANCHORS" \
  --header "Content-Type: $type; charset=utf-8" --header "SOAPAction: \"$eco:$name\"" \
  --data-binary "@$work/request.xml" --output "$work/answer.xml" "$KIT_ENDPOINT/$operation" 2> "$work/errors" \
  || untrusted "$(head -1 "$work/errors")"

# ---- The answer: whose it is, which parts are signed, whether they are, and only then what they say.

answer() { select "$1" "$work/answer.xml" 2> /dev/null; }

# demand XPATH OTHERWISE
demand() { [ "$(answer "$1")" = true ] || untrusted "$2"; }

body=/s:Envelope/s:Body
security=/s:Envelope/s:Header/wsse:Security
timestamp=$security/wsu:Timestamp
signature=$security/ds:Signature

tr -d '\0' < "$work/answer.xml" | grep -q '<!DOCTYPE' && untrusted "the answer has a DOCTYPE"
demand "count($body) = 1 and count($timestamp) = 1 and count($signature) = 1 and count(//ds:Signature) = 1" \
  "the answer is not a signed message"

token=$(answer "$security/wsse:BinarySecurityToken" | tr -d '[:space:]')
awk '/-BEGIN CERTIFICATE-/ { one = ""; next } /-END CERTIFICATE-/ { print one } { one = one $0 }' "$KIT_GATEWAY_CERTIFICATES" \
  | grep -qxF "$token" || untrusted "the answer is signed by another certificate"
printf -- '-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n' "$(echo "$token" | fold -w 64)" > "$work/gateway.pem"

for part in "$body" "$timestamp"; do
  demand "count($signature/ds:SignedInfo/ds:Reference[@URI = concat('#', $part/@wsu:Id)]) = 1" "${part##*:} is not signed"
  demand "count(//@*[translate(local-name(), 'ID', 'id') = 'id'][. = $part/@wsu:Id]) = 1" "two parts have the id of ${part##*:}"
done
# xmlsec1 would compute whatever a Signature names, and would take a bare key from it.
# only ELEMENTS ALGORITHM...
only() {
  elements=$1
  shift
  demand "count($signature//$elements) > 0 and not($signature//$elements[not($(printf "@Algorithm = '%s' or " "$@") false())])" \
    "the answer has another ${elements#ds:}"
}
only ds:CanonicalizationMethod "$exclusive"
only ds:Transform "$exclusive"
only ds:DigestMethod "$sha256" "$more#sha384" "${sha256%256}512"
only ds:SignatureMethod "$more#rsa-sha256" "$more#rsa-sha384" "$more#rsa-sha512" \
  "$more#ecdsa-sha256" "$more#ecdsa-sha384" "$more#ecdsa-sha512"
demand "count($signature/ds:KeyInfo/*) = 1 and count($signature/ds:KeyInfo/wsse:SecurityTokenReference) = 1" "the answer has a bare key"
xmlsec1 --verify $options --pubkey-cert-pem "$work/gateway.pem" --enabled-reference-uris same-doc \
  "$work/answer.xml" > /dev/null 2>&1 || untrusted "the signature of the answer is wrong"

seconds() { date -d "$(answer "$timestamp/wsu:$1")" +%s; }
now=$(date +%s)
[ "$(seconds Created)" -le $((now + 60)) ] && [ "$(seconds Expires)" -ge $((now - 60)) ] \
  || untrusted "the answer is old, or the clock is wrong"

refusal=$body/s:Fault//eco:Refusal
if [ "$(answer "count($refusal)")" = 1 ]; then
  echo "fault $(answer "$refusal/eco:Code") $(answer "$refusal/eco:Rule") $(answer "$refusal/eco:CorrelationID")"
  answer "$body/s:Fault/s:Reason/s:Text | $body/s:Fault/faultstring"
  echo
  xmlstarlet sel -T -N eco="$eco" -t -m //eco:Problem -v eco:Place -o ': ' -v eco:Text -n "$work/answer.xml" || true
  exit 1
fi
receipt=$body/*/eco:Receipt
[ "$(answer "$receipt/eco:FunctionalReferenceID")" = "$id" ] || untrusted "the receipt is for another message"
[ "$(answer "$receipt/eco:DigestValue")" = "$(select "//ds:Reference[@URI = '#Body']/ds:DigestValue" "$work/request.xml")" ] \
  || untrusted "the receipt is for other content"
echo "receipt $id $(answer "$receipt/eco:ReceivedDateTime")"
