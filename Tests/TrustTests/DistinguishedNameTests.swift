import Support
import Testing
import Trust

/// What toolkits write into X509IssuerName for one and the same certificate.
struct DistinguishedNameTests {
    private static let identity = TestAuthority("Root").issue(
        TestCertificate(commonName: "Signing 1", organization: "Hanbit, Ltd", unit: "관세청", country: "KR"))

    @Test(arguments: [
        "CN=Signing 1,OU=관세청,O=Hanbit\\, Ltd,C=KR", "C=KR,O=Hanbit\\, Ltd,OU=관세청,CN=Signing 1",
        "C=KR, O=\"Hanbit, Ltd\", OU=관세청, CN=Signing 1", "cn=signing  1;ou=관세청;o=HANBIT\\, LTD;c=kr",
        "2.5.4.3=Signing 1,OID.2.5.4.11=관세청,2.5.4.10=Hanbit\\2C Ltd,C=KR",
        "CN=Signing 1, OU=\\EA\\B4\\80\\EC\\84\\B8\\EC\\B2\\AD, O=Hanbit\\, Ltd, C=KR",
        "CN=#0c095369676e696e672031,OU=관세청,O=Hanbit\\, Ltd,C=#13024b52",
        "CN=Signing 1+OU=관세청,O=Hanbit\\, Ltd,C=KR",
    ])
    func `every spelling of a name is the same name`(_ text: String) throws {
        #expect(DistinguishedName(text) == Self.identity.certificate.subjectName)
    }

    @Test(arguments: [
        "CN=Signing 1,OU=관세청,O=Hanbit\\, Ltd", "CN=Signing 2,OU=관세청,O=Hanbit\\, Ltd,C=KR", "O=Signing 1,OU=관세청,CN=Hanbit\\, Ltd,C=KR",
        "CN=Signing 1,CN=Signing 1,OU=관세청,O=Hanbit\\, Ltd,C=KR",
    ])
    func `another name is another name`(_ text: String) throws {
        #expect(try #require(DistinguishedName(text)) != Self.identity.certificate.subjectName)
    }

    @Test(arguments: [
        "", "CN", "CN=\"a", "CN=a,", "CN=#0", "CN=#zz", "NOSUCHTYPE=a", "=a", "CN=\\", String(repeating: "CN=a,", count: 1000) + "CN=a",
    ])
    func `what is no name is not taken for one`(_ text: String) {
        #expect(DistinguishedName(text) == nil)
    }

    @Test func `a name contains what it has, however often`() throws {
        let name = Self.identity.certificate.subjectName
        for part in ["C=KR", "O=\"Hanbit, Ltd\"", "CN=Signing 1, C=KR"] { #expect(name.contains(try #require(DistinguishedName(part)))) }
        for part in ["C=VN", "O=Hanbit", "CN=Signing 1, C=KR, L=Seoul", "C=KR, C=KR"] {
            #expect(!name.contains(try #require(DistinguishedName(part))))
        }
    }
}
