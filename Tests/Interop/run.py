"""Runs the folders of tests, as many at a time as there are cores; each line of theirs is told with its folder as it comes, and what
failed stands once more at the end. Usage: run.py [FOLDER ...]"""

import collections
import contextlib
import os
import pathlib
import queue
import re
import subprocess
import sys
import threading
import time
from concurrent import futures

import ports

HERE = pathlib.Path(__file__).resolve().parent
LONGEST = ["partners", "stores", "messages", "exchanges", "evidence"]  # these begin first, so that none is alone at the end
FOLDERS = LONGEST + sorted({path.parent.name for path in HERE.glob("*/__init__.py")} - set(LONGEST))
COMMAND = [sys.executable, "-W", "ignore::ResourceWarning", "-m", "unittest", "discover", "-v", "-t", ".", "-s"]


def lines(process):
    """What a process writes, line by line until it ends, whatever it leaves behind that holds its output."""
    written = queue.Queue()

    def read():
        for line in process.stdout:
            written.put(line)
        written.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        with contextlib.suppress(queue.Empty):
            line = written.get(timeout=5)
            if line is None:
                return
            yield line
            continue
        if process.poll() is not None:
            return


def run(folder, told):
    """Whether tests ran and all went well; what unittest says at its end, or else the last that was written."""
    start, report, last = time.monotonic(), None, collections.deque(maxlen=50)
    environment = os.environ | {"COCONECT_PORTS": ports.part(FOLDERS.index(folder), len(FOLDERS)), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [*COMMAND, folder], cwd=HERE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    for line in lines(process):
        report = [] if report is None and line.startswith("=" * 70) else report
        (last if report is None else report).append(line)
        with told:
            print(f"{folder:9} | {line}", end="", flush=True)
    status, ran = process.wait(), re.search(r"^Ran [1-9]\d* tests? in .*\n\nOK", "".join(last), re.MULTILINE)
    with told:
        print(f"── {folder}: exit status {status}, {time.monotonic() - start:.0f} s{'' if ran else ', not well'}", flush=True)
    return status == 0 and bool(ran), "".join(report or last)


def main(folders):
    unknown = set(folders) - set(FOLDERS)
    if unknown:
        sys.exit(f"error: no such folder: {', '.join(sorted(unknown))}\n  help: there are {', '.join(FOLDERS)}")
    folders, told = [folder for folder in FOLDERS if folder in folders] or FOLDERS, threading.Lock()
    with futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(lambda folder: run(folder, told), folders))
    failed = [(folder, report) for folder, (is_well, report) in zip(folders, outcomes) if not is_well]
    for folder, report in failed:
        print(f"\n── what failed in {folder}\n{report}")
    sys.exit(f"error: tests failed in {', '.join(folder for folder, _ in failed)}" if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
