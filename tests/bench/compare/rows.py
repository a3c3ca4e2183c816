"""Kinds of rows, and how one run of each is made. Which there are stands in stages.py.

run() returns the figure, the microseconds of CPU time that the server's processes took for one unit
(or None), and what the load generator told (or nothing).
"""

import os
import re
import socket
import subprocess
import time

from mailboxes import KIB, load
from processes import cpu_seconds, free_port, status_kib


class Row:
    unit = "/s"
    axis = None  # of a row about growth: what grows

    def __init__(self, name, **fields):
        self.name = name
        self.__dict__.update(fields)


class Load(Row):
    """What the load generator reaches. `by_point` has further options for each point of growth."""

    work = "smtp"
    by_point = {}
    options = {}

    def run(self, bench, server, contestant):
        options = {**self.options, **self.by_point.get(contestant.at, {})}
        if "count" not in options:
            options["seconds"] = bench.seconds
        if self.work == "smtp":
            options.setdefault("rcpt", server.rcpt)
        before = cpu_seconds(server.pid)
        result = load(bench, self.work, server, **options)
        cpu = cpu_seconds(server.pid) - before
        figures = {"/s": result["rate"], "MiB/s": result["bytes_per_s"] / KIB / KIB,
                   "ms": result["p50_us"] / 1000}
        return figures[self.unit], cpu / max(result["units"], 1) * 1e6, result


class Idle(Row):
    """The resident set: `in_all`, or its growth for each of so many greeted connections."""

    sessions = 10_000

    def run(self, bench, server, contestant):
        server.start()
        try:
            begin = status_kib(server.pid, "VmRSS")
            client = subprocess.Popen(
                [bench.load, "idle", "--port", str(server.smtp), "--connections",
                 str(self.sessions)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            with client:
                ready = client.stdout.readline()
                end = status_kib(server.pid, "VmRSS")
        finally:
            server.stop()
        if not ready.startswith("ready"):
            raise RuntimeError(f"not all of {self.sessions:,} idle connections could be opened")
        return (end / KIB if self.in_all else (end - begin) / self.sessions), None, {}


class Banner(Row):
    """From exec to the 220 line. The port is chosen before, and asked again and again."""

    unit = "ms"

    def run(self, bench, server, contestant):
        port = free_port()
        begin = time.monotonic()
        child = subprocess.Popen([server.program, "serve", "--smtp-port", str(port), "--pop3-port",
                                  "0", "--quiet"], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        try:
            while True:
                try:
                    with socket.create_connection(("127.0.0.1", port)) as client:
                        client.recv(512)
                        break
                except ConnectionRefusedError:
                    if time.monotonic() - begin > 10:
                        raise
                    time.sleep(0.0002)
            taken = time.monotonic() - begin
        finally:
            child.terminate()
            child.wait()
        return taken * 1000, None, {}


class Exec(Row):
    """From exec to the end of a program that does nothing else."""

    unit = "ms"

    def run(self, bench, server, contestant):
        words = [server.program if word == "sandpost" else word for word in self.words]
        begin = time.monotonic()
        subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
        return (time.monotonic() - begin) * 1000, None, {}


class Sync(Row):
    """How often a second 4 KiB can be written and synced, one after the other."""

    def run(self, bench, server, contestant):
        block = b"x" * 4 * KIB
        path = server.folder / "synced"
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        try:
            room = 0 if self.append else 1000
            os.pwrite(file, block * room, 0)
            os.fsync(file)
            done = 0
            begin = time.monotonic()
            while (taken := time.monotonic() - begin) < bench.seconds:
                os.pwrite(file, block, (done % room if room else done) * len(block))
                os.fdatasync(file)
                done += 1
        finally:
            os.close(file)
            path.unlink()
        return done / taken, None, {}


class TwiceWritten(Row):
    """How many 64 KiB a second can be written to a log, synced five at a time, and written again
    behind the end of a growing file: what a message of that size costs the disk and the memory of
    any store that has a log."""

    def run(self, bench, server, contestant):
        block = b"x" * 64 * KIB
        log_room, together = 60, 5
        paths = server.folder / "log", server.folder / "file"
        log, file = (os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC) for path in paths)
        try:
            done = 0
            begin = time.monotonic()
            while (taken := time.monotonic() - begin) < bench.seconds:
                for _ in range(together):
                    os.pwrite(log, block, done % log_room * len(block))
                    os.pwrite(file, block, done * len(block))
                    done += 1
                os.fdatasync(log)
                if done % log_room == 0:
                    os.fdatasync(file)
        finally:
            for descriptor, path in zip((log, file), paths):
                os.close(descriptor)
                path.unlink()
        return done / taken, None, {}


class Size(Row):
    unit = "kB"

    def run(self, bench, server, contestant):
        stripped = server.folder / "stripped"
        subprocess.run(["strip", "-o", stripped, server.program], check=True)
        return stripped.stat().st_size / 1000, None, {}


class OwnSize(Row):
    """The functions and data of our namespace; string literals have no name, and are not in it."""

    unit = "kB"

    def run(self, bench, server, contestant):
        symbols = subprocess.run(["nm", "-S", "-C", "--defined-only", server.program],
                                 capture_output=True, text=True, check=True).stdout
        # A constructor has two names at one address.
        sizes = dict(re.findall(r"^(\S+) (\S+) \S (?:[a-z_ ]+ )?sandpost::", symbols, re.MULTILINE))
        return sum(int(size, 16) for size in sizes.values()) / 1000, None, {}


class Build(Row):
    """Without the compiler's cache, in a folder of its own; all, or after one engine file."""

    unit = "s"

    def run(self, bench, server, contestant):
        folder = bench.folder / "build"
        environment = {**os.environ, "CCACHE_DISABLE": "1"}
        quiet = {"stdout": subprocess.DEVNULL, "check": True, "env": environment}
        if not folder.exists():
            subprocess.run(["cmake", "-S", bench.source, "-B", folder, "-G", "Ninja",
                            "-DCMAKE_BUILD_TYPE=Release", "-DSANDPOST_TESTS=OFF"], **quiet)
        if self.rebuild:
            subprocess.run(["ninja", "-C", folder, "sandpost"], **quiet)
            (folder / "CMakeFiles/sandpost_core.dir/src/smtp/engine.cpp.o").unlink()
        begin = time.monotonic()
        subprocess.run(["ninja", "-C", folder, "sandpost"], **quiet)
        return time.monotonic() - begin, None, {}
