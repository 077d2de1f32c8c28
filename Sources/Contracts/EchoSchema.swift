/// The schema of what `POST /echo` answers: the report on a message, for partners' tests.
public enum EchoSchema {
    public static let fileName = "coconect-echo-1.xsd"

    public static var bytes: [UInt8] { Array(text.utf8) }

    private static let text = """
        <?xml version="1.0" encoding="UTF-8"?>
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:coconect:echo:1" targetNamespace="urn:coconect:echo:1"
            elementFormDefault="qualified">
          <xs:element name="EchoReport">
            <xs:annotation><xs:documentation>What POST /echo says of a message; nothing was stored.</xs:documentation></xs:annotation>
            <xs:complexType>
              <xs:sequence>
                <xs:element name="Verdict">
                  <xs:annotation><xs:documentation>What the operation's own address would say, but for what depends on earlier messages.</xs:documentation></xs:annotation>
                  <xs:simpleType>
                    <xs:restriction base="xs:string">
                      <xs:enumeration value="accepted"/>
                      <xs:enumeration value="refused"/>
                    </xs:restriction>
                  </xs:simpleType>
                </xs:element>
                <xs:element name="Operation" type="xs:string" minOccurs="0"/>
                <xs:element name="Refusal" minOccurs="0">
                  <xs:complexType>
                    <xs:sequence>
                      <xs:element name="Reason" type="xs:string"/>
                      <xs:element name="Found" type="xs:string" minOccurs="0"/>
                      <xs:element name="Remedy" type="xs:string"/>
                      <xs:element name="Problem" minOccurs="0" maxOccurs="unbounded">
                        <xs:complexType>
                          <xs:sequence>
                            <xs:element name="Place" type="xs:string" minOccurs="0"/>
                            <xs:element name="Text" type="xs:string"/>
                          </xs:sequence>
                          <xs:attribute name="code" type="xs:string" use="required"/>
                        </xs:complexType>
                      </xs:element>
                    </xs:sequence>
                    <xs:attribute name="rule" type="xs:positiveInteger" use="required"/>
                    <xs:attribute name="code" type="xs:string" use="required"/>
                  </xs:complexType>
                </xs:element>
                <xs:element name="ServerDateTime" type="xs:dateTime"/>
                <xs:element name="Signer" minOccurs="0">
                  <xs:annotation><xs:documentation>Whose certificate the message names, as it is registered here.</xs:documentation></xs:annotation>
                  <xs:complexType>
                    <xs:sequence>
                      <xs:element name="Subject" type="xs:string"/>
                      <xs:element name="Issuer" type="xs:string"/>
                      <xs:element name="Fingerprint" type="xs:string"/>
                      <xs:element name="Key" type="xs:string"/>
                      <xs:element name="NotAfter" type="xs:dateTime"/>
                    </xs:sequence>
                    <xs:attribute name="partner" type="xs:string" use="required"/>
                  </xs:complexType>
                </xs:element>
                <xs:element name="SignatureMethod" type="xs:anyURI" minOccurs="0"/>
                <xs:element name="Created" type="xs:dateTime" minOccurs="0"/>
                <xs:element name="Expires" type="xs:dateTime" minOccurs="0"/>
                <xs:element name="SignedPart" minOccurs="0" maxOccurs="unbounded">
                  <xs:complexType>
                    <xs:sequence>
                      <xs:element name="Path" type="xs:string"/>
                      <xs:element name="DigestMethod" type="xs:anyURI"/>
                      <xs:element name="DigestValue" type="xs:base64Binary"/>
                    </xs:sequence>
                    <xs:attribute name="id" type="xs:string" use="required"/>
                  </xs:complexType>
                </xs:element>
                <xs:element name="Warning" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
                <xs:element name="NotSigned" type="xs:string" minOccurs="0" maxOccurs="unbounded">
                  <xs:annotation><xs:documentation>Header blocks that the signature does not cover, beside Security itself.</xs:documentation></xs:annotation>
                </xs:element>
                <xs:element name="ProfileFinding" minOccurs="0" maxOccurs="unbounded">
                  <xs:annotation>
                    <xs:documentation>Rules of the WS-I Basic Security Profile 1.1 that the message breaks: other gateways may refuse it.</xs:documentation>
                  </xs:annotation>
                  <xs:complexType>
                    <xs:sequence>
                      <xs:element name="Place" type="xs:string"/>
                      <xs:element name="Text" type="xs:string"/>
                      <xs:element name="Remedy" type="xs:string"/>
                    </xs:sequence>
                    <xs:attribute name="rule" type="xs:string" use="required"/>
                    <xs:attribute name="level" use="required">
                      <xs:simpleType>
                        <xs:restriction base="xs:string">
                          <xs:enumeration value="broken"/>
                          <xs:enumeration value="advice"/>
                        </xs:restriction>
                      </xs:simpleType>
                    </xs:attribute>
                  </xs:complexType>
                </xs:element>
                <xs:element name="WhyNot" minOccurs="0">
                  <xs:annotation><xs:documentation>What was done to the message between signer and receiver, as far as it is one of the things that happen.</xs:documentation></xs:annotation>
                  <xs:complexType>
                    <xs:sequence>
                      <xs:element name="Cause" type="xs:string"/>
                      <xs:element name="Text" type="xs:string"/>
                      <xs:element name="Part" type="xs:string" minOccurs="0"/>
                      <xs:element name="Received" type="xs:string" minOccurs="0"/>
                      <xs:element name="Signed" type="xs:string" minOccurs="0"/>
                    </xs:sequence>
                  </xs:complexType>
                </xs:element>
              </xs:sequence>
            </xs:complexType>
          </xs:element>
        </xs:schema>

        """
}
