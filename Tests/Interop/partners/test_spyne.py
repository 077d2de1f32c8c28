"""Python spyne as a partner's server, with python-xmlsec: types from our schema, all four operations, answers signed."""

import subprocess
import unittest

import gateway
from partners.toolkits import AnsweringCase, identity

PYTHON = gateway.ROOT / "var/spyne/bin/python"
SOURCES = gateway.ROOT / "Tests/Interop/partners/spyne"


def setUpModule():
    done = subprocess.run([gateway.ROOT / "Scripts/spyne"], capture_output=True, text=True)
    if done.returncode == 75:
        raise unittest.SkipTest("Scripts/spyne cannot reach the package registry; without it nothing here is tested")
    assert done.returncode == 0, done.stdout + done.stderr


def version_of_spyne():
    command = [PYTHON, "-c", "import spyne; print(spyne.__version__)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


class ServerTest(AnsweringCase, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.toolkit = "spyne", version_of_spyne()
        cls.world = gateway.World()
        cls.addClassCleanup(cls.world.close)
        folder = identity(cls.world, "vietnam", "korea")
        cls.serve(PYTHON, "-B", SOURCES / "server.py", "{}", gateway.ROOT / "wsdl/coconect-eco-1.xsd", folder=folder)


if __name__ == "__main__":
    unittest.main()
