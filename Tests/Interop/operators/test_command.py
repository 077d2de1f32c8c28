"""The command as people and scripts use it: exit status 0 yes, 1 no, 2 could not tell, and errors that say what to do."""

import json
import os
import re
import shutil
import stat
import subprocess
import unittest

import gateway

SUBCOMMANDS = [
    ["serve"], ["check"], ["send"], ["sign"], ["verify"], ["explain"], ["selftest"], ["convert"], ["check-dataset"], ["contract"],
    ["partner-kit"], ["identity"], ["identity", "new"],
    ["messages"], ["messages", "list"], ["messages", "show"], ["messages", "retry"], ["messages", "abandon"], ["messages", "reconcile"],
    ["store"], ["store", "backup"], ["store", "restore"], ["store", "retire"],
    ["log"], ["log", "verify"], ["log", "list"], ["log", "seal"],
    ["evidence"], ["evidence", "export"], ["evidence", "verify"],
]


class CommandCase(unittest.TestCase):
    """A folder with a PKI, and the command with what it should exit with."""

    @classmethod
    def setUpClass(cls):
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        cls.folder = cls.world.folder
        cls.trust = cls.world.trust("korea")

    def run_command(self, expected, *arguments, input=None, **variables):
        """Runs the command with variables beside the usual environment, and expects an exit status; both outputs as text."""
        done = subprocess.run(
            [gateway.COMMAND, *map(str, arguments)], input=input, capture_output=True, env=gateway.environment() | variables
        )
        output, errors = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, expected, f"{arguments}\n{output}\n{errors}")
        return output, errors

    def error(self, expected, *arguments, input=None):
        """Runs what must fail; its error, place and help from standard error, which must hold nothing else."""
        output, errors = self.run_command(expected, *arguments, input=input)
        self.assertEqual(output, "")
        parts = re.fullmatch(r"error: (.+?)\n(?:  where: ([^\n]+)\n)?(?:  help: ([^\n]+)\n)?", errors, re.DOTALL)
        self.assertIsNotNone(parts, errors)
        return parts.groups()

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path


class HelpTest(CommandCase):
    def test_every_help_has_an_example(self):
        for subcommand in [[]] + SUBCOMMANDS:
            with self.subTest(subcommand=subcommand):
                output, _ = self.run_command(0, *subcommand, "--help")
                self.assertRegex(output, r"EXAMPLES?\n +(\w+=\S+ )?coconect-soap " + " ".join(subcommand))

    def test_the_list_of_subcommands_here_is_the_commands_own(self):
        output, _ = self.run_command(0, "--help")
        listed = re.findall(r"^  ([a-z-]+)  ", output.partition("SUBCOMMANDS:")[2], re.MULTILINE)
        self.assertEqual(listed, [subcommand[0] for subcommand in SUBCOMMANDS if len(subcommand) == 1])


class ReadmeTest(CommandCase):
    """What the READMEs tell people to type exists: subcommands, options, files and make targets."""

    def test_every_command_of_the_readmes_is_understood(self):
        text = "".join((gateway.ROOT / name).read_text() for name in ["README.md", "certs/README.md", "wsdl/README.md"])
        commands = re.findall(r"^    coconect-soap (.*)$", text, re.MULTILINE)
        self.assertGreater(len(commands), 3)
        for command in commands:
            words = command.split()
            subcommand = words[:2] if words[0] in ("identity", "messages", "store", "log", "evidence") else words[:1]
            help = self.run_command(0, *subcommand, "--help")[0]
            for option in re.findall(r"--[a-z-]+", command):
                self.assertIn(option, help, command)
        makefile = (gateway.ROOT / "Makefile").read_text()
        for target in re.findall(r"(?:`|^    )make ([a-z]+)", text, re.MULTILINE):
            self.assertIn(f"\n{target}:", makefile)
        for path in re.findall(r"\]\(([^)#:]+)\)", (gateway.ROOT / "README.md").read_text()):
            self.assertTrue((gateway.ROOT / path).exists(), path)


class VerifyTest(CommandCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good = cls.folder / "good.xml"
        cls.good.write_bytes(cls.world.signed(gateway.example()))
        cls.tampered = cls.folder / "tampered.xml"
        cls.tampered.write_bytes(cls.good.read_bytes().replace(b">812.500<", b">812.501<"))

    def test_a_good_message_is_0(self):
        output, errors = self.run_command(0, "verify", self.good, "--trust", self.trust)
        self.assertEqual(errors, "")
        for line in ["verdict: +good", "integrity: intact", "signer: +korea: ", "libxmlsec1: agrees"]:
            self.assertRegex(output, f"(?m)^{line}")

    def test_a_tampered_message_is_1_with_the_reason(self):
        output, _ = self.run_command(1, "verify", self.tampered, "--trust", self.trust)
        for line in [r"verdict: +bad \(rule \d+, digest-wrong\)", "integrity: broken", "reason: .*/Envelope/Body"]:
            self.assertRegex(output, f"(?m)^{line}")

    def test_a_message_of_a_signer_who_is_not_trusted_is_1(self):
        output, _ = self.run_command(1, "verify", self.good, "--trust", self.world.trust("vietnam"))
        self.assertRegex(output, r"verdict: +bad \(rule \d+, signer-unknown\)")

    def test_a_refusal_writes_nothing_on_standard_error(self):
        done = gateway.run("verify", self.tampered, "--trust", self.trust)
        self.assertEqual(done[2], "")

    def test_the_json_report_says_the_same(self):
        good = json.loads(self.run_command(0, "verify", self.good, "--trust", self.trust, "--format", "json")[0])
        self.assertEqual((good["verdict"], good["secondEngine"], good["signer"]["partner"]), ("good", "agrees", "korea"))
        self.assertEqual([part["path"] for part in good["parts"]], ["/Envelope/Body", "/Envelope/Header/Security/Timestamp"])
        bad = json.loads(self.run_command(1, "verify", self.tampered, "--trust", self.trust, "--format", "json")[0])
        self.assertEqual((bad["verdict"], bad["code"]), ("bad", "digest-wrong"))

    def test_the_moment_decides_over_the_timestamp(self):
        created = json.loads(self.run_command(0, "verify", self.good, "--trust", self.trust, "--format", "json")[0])["created"]
        self.run_command(0, "verify", self.good, "--trust", self.trust, "--at", created)
        output, _ = self.run_command(1, "verify", self.good, "--trust", self.trust, "--at", "2028-01-01T00:00:00Z")
        self.assertIn("timestamp-expired", output)

    def test_what_cannot_be_read_is_2(self):
        for arguments, word in [
            ([self.folder / "nosuch.xml", "--trust", self.trust], "no such file"),
            ([gateway.EXAMPLE, "--trust", self.trust], "not well-formed XML"),
            ([self.file("empty.xml", b""), "--trust", self.trust], "empty"),
            ([self.file("other.xml", b"<a/>"), "--trust", self.trust], "expected a SOAP"),
            ([self.good, "--trust", self.folder / "nosuch"], "folder of trusted certificates"),
            ([self.good, "--trust", self.trust, "--at", "yesterday"], "'yesterday' is no time"),
        ]:
            with self.subTest(arguments=arguments):
                self.assertIn(word, self.error(2, "verify", *arguments)[0])

    def test_wrong_use_is_2_and_names_the_option(self):
        for arguments, word in [
            ([self.good, "--trust", self.trust, "--trusted", "x"], "--trusted"), ([self.good], "--trust"), ([], "file"),
            ([self.good, "--trust", self.trust, "--format", "yaml"], "json"),
        ]:
            with self.subTest(arguments=arguments):
                self.assertIn(word, self.run_command(2, "verify", *arguments)[1])
        self.assertIn("verfy", self.run_command(2, "verfy")[1])


class ConvertTest(CommandCase):
    def test_json_becomes_xml_and_the_same_json_again(self):
        xml, _ = self.run_command(0, "convert", "--to", "xml", gateway.EXAMPLE)
        self.assertTrue(xml.startswith('<SendCO xmlns="urn:coconect:eco:1">'), xml[:80])
        back, _ = self.run_command(0, "convert", "--to", "json", "-", input=xml.encode())
        self.assertEqual(json.loads(back), json.loads(gateway.EXAMPLE.read_bytes()))

    def test_a_signed_message_is_opened_only_with_trust(self):
        path = self.file("signed.xml", self.world.signed(gateway.example()))
        text, place, help = self.error(2, "convert", "--to", "json", path)
        self.assertIn("SOAP envelope", text)
        self.assertEqual(place, str(path))
        self.assertIn("--trust", help)
        self.assertIn('"goodsItems"', self.run_command(0, "convert", "--to", "json", path, "--trust", self.trust)[0])
        tampered = self.file("changed.xml", path.read_bytes().replace(b">812.500<", b">812.501<"))
        self.assertIn("changed after signing", self.error(1, "convert", "--to", "json", tampered, "--trust", self.trust)[0])

    def test_an_unknown_element_gets_the_nearest_name_in_both_spellings(self):
        json_file = self.file("misspelt.json", gateway.EXAMPLE.read_bytes().replace(b'"exporter"', b'"exportr"'))
        xml = self.run_command(0, "convert", "--to", "xml", gateway.EXAMPLE)[0]
        xml_file = self.file("misspelt.xml", xml.replace("Exporter>", "Exportr>").encode())
        for path, place, name in [(json_file, "/exportr", "exporter"), (xml_file, "/SendCO/Exportr", "Exporter")]:
            text, where, _ = self.error(1, "convert", "--to", "xml", path)
            self.assertIn(f"unknown-element at {place}: ", text)
            self.assertIn(f"did you mean {name}?", text)
            self.assertEqual(where, str(path))

    def test_what_cannot_be_read_is_an_error_with_its_place(self):
        for content, word in [(b"hello", "line 1, column 1"), (b'{"a":', "line 1, column 6"), (b"<a><b></a>", "line 1")]:
            with self.subTest(content=content):
                self.assertIn(word, self.error(2, "convert", "--to", "xml", "-", input=content)[0])


class ContractTest(CommandCase):
    def test_the_committed_contracts_are_what_the_menu_gives(self):
        self.run_command(0, "contract", "--check", "--out", gateway.ROOT / "wsdl")

    def test_a_changed_contract_is_found_and_named(self):
        copy = self.folder / "wsdl"
        shutil.copytree(gateway.ROOT / "wsdl", copy)
        with open(copy / "send-co.wsdl", "a") as file:
            file.write(" ")
        (copy / "coconect-eco-1.xsd").unlink()
        text, place, help = self.error(1, "contract", "--check", "--out", copy)
        self.assertEqual(set(place.split(", ")), {str(copy / "send-co.wsdl"), str(copy / "coconect-eco-1.xsd")})
        self.run_command(0, *help.removeprefix("run: coconect-soap ").split())
        self.run_command(0, "contract", "--check", "--out", copy)


class IdentityTest(CommandCase):
    def test_openssl_reads_what_identity_new_makes(self):
        for algorithm, words in [("rsa-2048", "2048 bit"), ("rsa-3072", "3072 bit"), ("p-256", "prime256v1")]:
            with self.subTest(algorithm=algorithm):
                self.run_command(
                    0, "identity", "new", algorithm, "--out", self.folder, "--algorithm", algorithm, "--country", "KR",
                    "--subject", "한국 Customs, \"Seoul\"",
                )
                key, certificate = self.folder / f"{algorithm}.key", self.folder / f"{algorithm}.pem"
                self.assertEqual(stat.S_IMODE(os.stat(key).st_mode), 0o600)
                text = self.openssl("x509", "-in", certificate, "-noout", "-text", "-nameopt", "utf8,sep_multiline")
                for word in [words, "CN=한국 Customs, \"Seoul\"", "C=KR", "Digital Signature", "CA:FALSE"]:
                    self.assertIn(word, text)
                public = self.openssl("x509", "-in", certificate, "-noout", "-pubkey")
                self.assertEqual(self.openssl("pkey", "-in", key, "-pubout"), public)

    def openssl(self, *arguments):
        return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=True).stdout.decode()

    def test_files_that_are_there_are_kept(self):
        arguments = ["identity", "new", "twice", "--out", self.folder, "--subject", "Someone", "--algorithm", "p-256"]
        self.run_command(0, *arguments)
        key = (self.folder / "twice.key").read_bytes()
        text, place, help = self.error(2, *arguments)
        self.assertEqual((place, help), (str(self.folder / "twice.key"), "choose another name, or give --force"))
        self.assertEqual((self.folder / "twice.key").read_bytes(), key)
        (self.folder / "twice.key").chmod(0o644)
        self.run_command(0, *arguments, "--force")
        self.assertNotEqual((self.folder / "twice.key").read_bytes(), key)
        self.assertEqual(stat.S_IMODE(os.stat(self.folder / "twice.key").st_mode), 0o600)


class CheckTest(CommandCase):
    def test_a_good_configuration_is_0(self):
        self.assertIn("korea", self.run_command(0, "check", "--config", self.world.configure("vietnam"))[0])

    def test_all_problems_are_told_at_once_each_with_place_and_help(self):
        path = self.world.configure("vietnam", sopa={"port": 1}, partner={
            "roles": ["inbound-gatway"], "certificates": ["nosuch.pem"],
        })
        path.write_text(path.read_text().replace("vietnam-signing.pem", "nosuch.pem").replace("  port:", "  prot:"))
        output, _ = self.run_command(1, "check", "--config", path)
        for problem in [
            r"unknown key soap\.prot\n  where: .*gateway\.yaml:\d+\n  help: did you mean soap\.port\?",
            r"unknown key api\.prot\n  where: .*gateway\.yaml:\d+\n  help: did you mean api\.port\?",
            r"unknown key sopa\.prot\n", r"/pki/nosuch\.pem: no such file\n  where: .*gateway\.yaml:\d+\n  help: ",
            r"roles is 'inbound-gatway'\n  where: .*korea\.yaml.*\n  help: .*inbound-gateway",
            r"/partners/nosuch\.pem: no such file\n  where: .*korea\.yaml",
        ]:
            self.assertRegex(output, "error: (.*)" + problem)
        report = json.loads(self.run_command(1, "check", "--config", path, "--format", "json")[0])
        self.assertEqual((report["verdict"], len(report["problems"])), ("bad", output.count("error: ")))

    def test_a_tls_key_that_does_not_fit_its_certificate_is_found(self):
        """serve could not start with it."""
        other = self.world.pki / "korea-tls.key"
        tls = {"certificate": "../pki/vietnam-tls.pem", "key": str(other), "anchors": "../pki/tls-ca.pem"}
        path = self.world.configure("vietnam", soap={"host": "127.0.0.1", "port": 8443, "tls": tls})
        self.run_command(1, "check", "--config", path)

    def test_variables_override_the_file(self):
        path = self.world.configure("vietnam")
        path.write_text(re.sub(r"port: \d+", "port: none", path.read_text()))
        self.run_command(1, "check", "--config", path)
        self.run_command(0, "check", "--config", path, COCONECT_SOAP_PORT="9443", COCONECT_API_PORT="9080")

    def test_a_wrong_or_unknown_variable_is_told_by_its_name(self):
        path = self.world.configure("vietnam")
        for name, value, words in [
            ("COCONECT_SOAP_PORT", "none", "COCONECT_SOAP_PORT"),
            ("COCONECT_SOAP_PROT", "9443", "did you mean COCONECT_SOAP_PORT?"),
            ("COCONECT_NONSENSE", "1", "unknown variable COCONECT_NONSENSE"),
        ]:
            with self.subTest(variable=name, value=value):
                self.assertIn(words, self.run_command(1, "check", "--config", path, **{name: value})[0])


if __name__ == "__main__":
    unittest.main()
