"""Ports that belong to one run of tests: below those that the system gives to outgoing connections, so that nobody takes one while the
process that it belongs to is dead. Runs at the same time are given a part each, by COCONECT_PORTS=FIRST-LAST."""

import contextlib
import os
import pathlib
import random
import socket

END = max(32_768, int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0]))
FIRST, LAST = map(int, os.environ.get("COCONECT_PORTS", f"{END // 2}-{END - 1}").split("-"))
BLOCK = 100
BLOCKS = range(LAST - 9 * BLOCK, LAST - BLOCK, BLOCK)  # each the first of so many
SINGLE = iter(random.sample(range(FIRST, BLOCKS[0]), BLOCKS[0] - FIRST))


def part(number, count):
    """One of so many parts of all ports, as COCONECT_PORTS has it."""
    size = (LAST - FIRST + 1) // count
    return f"{FIRST + number * size}-{FIRST + (number + 1) * size - 1}"


def free_port():
    """A port that this run has given to nobody else."""
    return next(port for port in SINGLE if is_free(port))


def free_block():
    """The first of a hundred ports of which none is used."""
    return random.choice([first for first in BLOCKS if all(map(is_free, range(first, first + BLOCK)))])


def is_open(port):
    """Whether somebody listens."""
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    return False


def is_free(port):
    with contextlib.suppress(OSError), socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: a connection that rests holds up nobody
        probe.bind(("127.0.0.1", port))
        return True
    return False
