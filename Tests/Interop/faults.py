"""Faults that come from outside of a gateway: a disk that fills up, and servers that do not answer its calls as they should."""

import contextlib
import http.server
import pathlib
import resource
import subprocess
import threading


class NoDisk(Exception):
    """Why no disk can be mounted here; that takes root, and a container that allows it."""


class Disk:
    """A small disk of its own in memory, mounted on a folder that is there."""

    def __init__(self, folder, megabytes):
        self.folder = pathlib.Path(folder)
        done = self.run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", self.folder)
        if done.returncode != 0:
            raise NoDisk(done.stderr.strip())

    def fill(self, leaving=0):
        """Leaves so many bytes."""
        with open(self.folder / "ballast", "ab", buffering=0) as ballast:
            with contextlib.suppress(OSError):
                while ballast.write(bytes(4096)):
                    pass
            ballast.truncate(max(0, ballast.tell() - leaving))

    def free(self):
        (self.folder / "ballast").unlink(missing_ok=True)

    def make_read_only(self):
        """Only while nobody has a file of it open for writing."""
        self.run("mount", "-o", "remount,ro", self.folder).check_returncode()

    def unmount(self):
        self.run("umount", self.folder).check_returncode()

    def run(self, *command):
        return subprocess.run(command, capture_output=True, text=True)


class FileLimit:
    """As a disk for the files of a process that is under way: none may grow larger than one of them is, and so many bytes."""

    def __init__(self, process, file):
        self.process, self.file = process, file

    def fill(self, leaving=0):
        self.limit(self.file.stat().st_size + leaving)

    def free(self):
        self.limit(resource.RLIM_INFINITY)

    def limit(self, size):
        # The hard limit stays, or only root could lift it again.
        _, hard = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, hard))


class Peer(http.server.ThreadingHTTPServer):
    """What a gateway calls. It does with each message first what was set for it, one act at each call, and then what is right.

    `message_of` says which message a body is; `answer` takes the path and the body, and gives the right answer: status, Content-Type
    and bytes. An act is given the call and the right answer to it, which is always made: a peer may well have taken what it does not
    answer."""

    daemon_threads = True

    def __init__(self, message_of, answer, tls=None):
        super().__init__(("127.0.0.1", 0), Call)
        if tls:
            # The handshake is left to the thread of the connection, so that a client that stalls holds up nobody else.
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.message_of, self.answer = message_of, answer
        self.acts, self.calls, self.is_over = {}, [], threading.Event()

    def calls_of(self, message):
        return [call for call in self.calls if call.message == message]

    def shutdown(self):
        self.is_over.set()
        super().shutdown()


class Call(http.server.BaseHTTPRequestHandler):
    """One call of a gateway to a peer."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.message = self.server.message_of(body)
        self.key = self.headers["Idempotency-Key"]
        acts = self.server.acts.get(self.message, [])
        act = acts.pop(0) if acts else say
        right = self.server.answer(self.path, body)
        self.server.calls.append(self)
        with contextlib.suppress(OSError):
            act(self, *right)

    def head(self, status, kind, length):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *arguments):
        pass


def say(call, status, kind, body):
    call.head(status, kind, len(body))
    call.wfile.write(body)


def instead(status, kind, body):
    """The act of answering this in place of what is right."""
    return lambda call, *right: say(call, status, kind, body)


def changed(change):
    """The act of answering what a function makes of the right answer's bytes."""
    return lambda call, status, kind, body: say(call, status, kind, change(body))


def wait(event):
    """The act of answering rightly, but only when something has happened."""
    def act(call, *right):
        event.wait()
        say(call, *right)
    return act


def hang(call, *right):
    call.server.is_over.wait()


def hang_up(call, *right):
    pass


def cut(call, status, kind, body):
    """Ends the connection in the middle of the answer."""
    call.head(status, kind, len(body))
    call.wfile.write(body[:len(body) // 2])


def stall(call, status, kind, body):
    """Goes no further in the middle of the answer."""
    cut(call, status, kind, body)
    call.server.is_over.wait()


def drip(call, status, kind, body):
    """Goes on so slowly in the middle of the answer that it takes hours."""
    call.head(status, kind, len(body))
    while not call.server.is_over.wait(0.5):
        call.wfile.write(b" ")


def go_on(call, status, kind, body):
    """Answers without end."""
    call.send_response(status)
    call.send_header("Content-Type", kind)
    call.end_headers()
    while not call.server.is_over.is_set():
        call.wfile.write(body)
