"""gSOAP as a partner's server: what its generators made answers all four operations, signed with the wsse plugin."""

import unittest

import gateway
from partners import test_gsoap
from partners.toolkits import AnsweringCase, identity


class ServerTest(AnsweringCase, unittest.TestCase):
    # A fault of the sender's over SOAP 1.2 is Bad Request, as SOAP 1.2 part 2 has it (section 7.5.2.2).
    refusal_statuses = {"1.1": 500, "1.2": 400}

    @classmethod
    def setUpClass(cls):
        cls.toolkit = "gSOAP + wsse", test_gsoap.version_of_gsoap()
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        folder = cls.world.folder / "gsoap"
        folder.mkdir()
        test_gsoap.build("server", "-S", folder)
        cls.serve(folder / "server", "{}", folder=identity(cls.world, "vietnam", "korea"))


if __name__ == "__main__":
    unittest.main()
