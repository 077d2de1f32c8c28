"""PostgreSQL servers of the tests' own, run by Scripts/postgresql."""

import shutil
import subprocess
import tempfile

import gateway

SCRIPT = gateway.ROOT / "Scripts/postgresql"


class Server:
    """A server in a folder of its own on a port of its own."""

    def __init__(self, port):
        self.folder, self.port = tempfile.mkdtemp(prefix="coconect-postgresql-"), port

    def start(self):
        started = self.run("start", self.port)
        assert started.returncode == 0, started.stderr

    def kill(self):
        self.run("kill").check_returncode()

    def end(self):
        """Also of one that was killed."""
        self.run("stop")
        shutil.rmtree(self.folder)

    def run(self, verb, *arguments):
        return subprocess.run([SCRIPT, verb, self.folder, *map(str, arguments)], capture_output=True, text=True)

    def make_database(self, name):
        """Its URL."""
        url = subprocess.run([SCRIPT, "url", str(self.port)], capture_output=True, check=True, text=True).stdout.strip()
        query(url, f"CREATE DATABASE {name}")
        return url.removesuffix("postgres") + name


def query(url, sql):
    done = subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, url], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
