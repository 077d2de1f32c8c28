"""One issuer as toolkits write it in X509IssuerName, and names that are not its own."""

from cryptography import x509
from cryptography.x509.oid import NameOID

# As electronic seals have it (ETSI EN 319 412-3), with everything that spellings differ in.
ISSUER = x509.Name([
    x509.NameAttribute(NameOID.COUNTRY_NAME, "KR"), x509.NameAttribute(NameOID.STATE_OR_PROVINCE_NAME, "Seoul"),
    x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "관세청"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, 'Hanbit, "Sign" + Co'),
    x509.NameAttribute(NameOID.EMAIL_ADDRESS, "ca@hanbit.example"),
    x509.NameAttribute(x509.ObjectIdentifier("2.5.4.97"), "VATKR-1"), x509.NameAttribute(NameOID.COMMON_NAME, "Issuing CA"),
])
# Java's are what JDK 17 makes of the certificate, OpenSSL's what `openssl x509 -nameopt RFC2253` does.
SPELLINGS = {
    "Java, RFC 2253": r'CN=Issuing CA,2.5.4.97=#0c075641544b522d31,1.2.840.113549.1.9.1=#161163614068616e6269742e6578616d706c65,O=Hanbit\, \"Sign\" \+ Co,OU=관세청,ST=Seoul,C=KR',
    "Java, toString": r'CN=Issuing CA, OID.2.5.4.97=VATKR-1, EMAILADDRESS=ca@hanbit.example, O="Hanbit, \"Sign\" + Co", OU=관세청, ST=Seoul, C=KR',
    ".NET": 'CN=Issuing CA, OID.2.5.4.97=VATKR-1, E=ca@hanbit.example, O="Hanbit, ""Sign"" + Co", OU=관세청, S=Seoul, C=KR',
    ".NET, reversed": 'C=KR, S=Seoul, OU=관세청, O="Hanbit, ""Sign"" + Co", E=ca@hanbit.example, OID.2.5.4.97=VATKR-1, CN=Issuing CA',
    "Bouncy Castle": r'C=KR,ST=Seoul,OU=관세청,O=Hanbit\, \"Sign\" \+ Co,E=ca@hanbit.example,2.5.4.97=VATKR-1,CN=Issuing CA',
    "OpenSSL": r'CN=Issuing CA,organizationIdentifier=VATKR-1,emailAddress=ca@hanbit.example,O=Hanbit\, \"Sign\" \+ Co,OU=\EA\B4\80\EC\84\B8\EC\B2\AD,ST=Seoul,C=KR',
    "cryptography": ISSUER.rfc4514_string(),
    "spaces everywhere": r'  CN = Issuing CA ,  oid.2.5.4.97 = VATKR-1 , E=ca@hanbit.example , O = Hanbit\, \"Sign\" \+ Co , OU = 관세청 , ST = Seoul , C = KR  ',
    "hexadecimal escapes": r'CN=Issuing\20CA,2.5.4.97=VATKR-1,E=ca@hanbit.example,O=Hanbit\2C \22Sign\22 \2b Co,OU=\ea\b4\80\EC\84\B8\EC\B2\AD,ST=Seoul,C=KR',
    "semicolons": r'CN=Issuing CA;OID.2.5.4.97=VATKR-1;E=ca@hanbit.example;O="Hanbit, \"Sign\" + Co";OU=관세청;ST=Seoul;C=KR',
    "multi-valued": r'CN=Issuing CA+OID.2.5.4.97=VATKR-1,E=ca@hanbit.example,O=Hanbit\, \"Sign\" \+ Co,OU=관세청,ST=Seoul + C=KR',
    "long names": r'commonName=Issuing CA,organizationIdentifier=VATKR-1,emailAddress=ca@hanbit.example,organizationName=Hanbit\, \"Sign\" \+ Co,organizationalUnitName=관세청,stateOrProvinceName=Seoul,countryName=KR',
    "inner spaces and case": r'CN=ISSUING   ca,OID.2.5.4.97=vatkr-1,E=ca@hanbit.example,O=Hanbit\, \"Sign\"  \+ Co,OU=관세청,ST=Seoul,C=kr',
}
# None of them names the issuer.
OTHER_NAMES = {
    "a part is missing": SPELLINGS[".NET"].replace(", S=Seoul", ""),
    "a part more": SPELLINGS[".NET"] + ", L=Seoul",
    "a part twice": SPELLINGS[".NET"] + ", C=KR",
    "another value": SPELLINGS[".NET"].replace("VATKR-1", "VATKR-2"),
    "a value under another type": SPELLINGS[".NET"].replace("S=Seoul", "L=Seoul"),
    "no name": "Issuing CA",
    "an open quote": 'CN=Issuing CA, O="Hanbit',
    "nothing": " ",
}
