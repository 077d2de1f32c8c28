"""Mistakes in partners' files and in files of names: each is told once, with its place and what to do."""

import copy
import os
import re
import unittest

import yaml

import gateway
from partners.partner_server import PartnerFiles


class MistakeTest(unittest.TestCase):
    """What a partner's file may have wrong: one error each, with the place and what to do."""

    # By what is wrong: keys, the line that the error points to, its text and its help.
    mistakes = {
        "unknown toolkit": ({"toolkit": "cfx"}, "toolkit: ", "toolkit is 'cfx'", "did you mean cxf?"),
        "order without signature": (
            {"endpoint": {"securityHeader": ["token", "timestamp"]}}, "- token", "no signature", "[token, timestamp, signature]"),
        "order with a child twice": (
            {"answers": {"securityHeader": ["token", "token", "signature"]}}, "- token", "twice", "[token, timestamp, signature]"),
        "order without the token that KeyInfo names": (
            {"endpoint": {"securityHeader": ["timestamp", "signature"]}}, "- timestamp", "token", "token"),
        "parts without body": ({"endpoint": {"signedParts": ["timestamp"]}}, "- timestamp", "leaves out body", "Body is always signed"),
        "unknown part": ({"answers": {"signedParts": ["bodi"]}}, "- bodi", "'bodi'", "did you mean body?"),
        "unknown algorithm": ({"endpoint": {"algorithm": "rsa-sha1"}}, "algorithm: ", "is 'rsa-sha1'", "rsa-sha256, "),
        "unknown digest": ({"answers": {"digest": "sha1"}}, "digest: ", "is 'sha1'", "sha256, sha384, sha512"),
        "algorithm of another key": (
            {"endpoint": {"algorithm": "ecdsa-sha256"}}, "algorithm: ", "ecdsa-sha256, but our key is RSA", "endpoint.algorithm"),
        "path without slash": ({"endpoint": {"paths": {"send-co": "services"}}}, "send-co: ", "is 'services'", "starts with a slash"),
        "path that is none": ({"endpoint": {"paths": {"send-co": "/a b"}}}, "send-co: ", "is '/a b'", "%20"),
        "status that is no answer": ({"answers": {"faultStatus": 302}}, "faultStatus: ", "is 302", "use 500, 200 or one from 400 on"),
        "only a key": ({"endpoint": {"tls": {"key": "x.key"}}}, "key: ", "has not all of certificate, key and anchors", "give all three"),
        "anchors that are not there": (
            {"endpoint": {"tls": {"anchors": "nothing.pem"}}}, "anchors: ", "nothing.pem", ""),
        "a key that is not the certificate's": (
            {"endpoint": {"tls": {
                "certificate": "../../pki/korea-tls.pem", "key": "../../pki/vietnam-tls.key", "anchors": "../../pki/tls-ca.pem"}}},
            "key: ", "is not the key of", "made together"),
        "unknown version of TLS": ({"endpoint": {"tls": {"minimumVersion": "1.1"}}}, "minimumVersion: ", "is '1.1'", "known: 1.2, 1.3"),
        "unknown key": ({"endpoint": {"soapAktion": "quoted"}}, "soapAktion: ", "unknown key", "did you mean endpoint.soapAction?"),
        "unknown operation": ({"endpoint": {"paths": {"send-c0": "/x"}}}, "send-c0: ", "unknown key", "endpoint.paths.send-co"),
    }
    # Likewise of a file of names.
    names = {
        "unknown element": ({"elements": {"ID": "Number", "AgreementCod": "Treaty"}}, "AgreementCod: ", "AgreementCod", "AgreementCode"),
        "unknown message": ({"messages": {"SendCo": "Submit"}}, "SendCo: ", "SendCo is no message", "did you mean SendCO?"),
        "unknown operation": ({"actions": {"send": "urn:x"}}, "send: ", "send", "send-co"),
        "not a name": ({"elements": {"ID": "a b"}}, "ID: ", "'a b' is not a name", ""),
        "two of one name": ({"elements": {"VersionID": "ID"}}, "VersionID: ", "two elements of the same name", ""),
        "unknown key": ({"element": {"ID": "Number"}}, "element:", "unknown key", "elements"),
        "unknown form": ({"elementForm": "unqualifed"}, "elementForm: ", "unqualifed", "qualified"),
    }

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.config = cls.world.configure("korea")
        cls.files = PartnerFiles(cls.world, "korea")

    def expect(self, file, line, text, help):
        """The one error of `check`, at this line of this file."""
        status, output, errors = gateway.run("check", "--config", self.config)
        found = re.findall(r"error: (.+)\n  where: (.+)\n(?:  help: (.+)\n)?", output.decode())
        self.assertEqual((status, len(found)), (1, 1), output.decode() + errors)
        told, where, advice = found[0]
        self.assertIn(text, told)
        self.assertIn(help, told + " " + advice)
        lines = file.read_text().splitlines()
        (number,) = [number for number, content in enumerate(lines, 1) if content.strip().startswith(line)][:1]
        path, _, at = where.rpartition(":")
        self.assertEqual((os.path.normpath(path), at), (str(file), str(number)), where)

    def test_each_mistake_of_a_partners_file_is_told_with_its_place_and_what_to_do(self):
        for what, (keys, line, text, help) in self.mistakes.items():
            with self.subTest(what):
                self.files.add("mistaken", **copy.deepcopy(keys))
                self.expect(self.files.folder / "mistaken.yaml", line, text, help)

    def test_each_mistake_of_a_file_of_names_is_told_with_its_place_and_what_to_do(self):
        file = self.config.parent / "names.yaml"
        self.files.add("mistaken", names="../names.yaml")
        for what, (names, line, text, help) in self.names.items():
            with self.subTest(what):
                file.write_text(yaml.safe_dump(names))
                self.expect(file, line, text, help)

    def test_a_file_of_names_that_is_not_there_is_told(self):
        self.files.add("mistaken", names="../nothing.yaml")
        self.expect(self.files.folder / "mistaken.yaml", "names: ", "nothing.yaml', which cannot be read", "")


if __name__ == "__main__":
    unittest.main()
