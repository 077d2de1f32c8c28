"""A JSON gateway that can be killed: `python3 json_gateway.py PORT FILE` writes each delivery into the file, durably, before it answers."""

import http.server
import json
import os
import sys


class JSONGateway(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        dataset = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        delivery = {"key": self.headers["Idempotency-Key"], "message": dataset["functionalReferenceId"], "path": self.path}
        os.write(self.server.file, json.dumps(delivery).encode() + b"\n")
        os.fsync(self.server.file)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


def run(port, path):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), JSONGateway)
    server.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    server.serve_forever()


if __name__ == "__main__":
    run(*sys.argv[1:])
