"""What is measured. Each row names its contestants, what it takes to prepare one, and one run."""

import json
import os
import socket
import sqlite3
import subprocess
import time

import servers
from processes import cpu_seconds, free_port, status_kib

KIB = 1024
TABLE_FILL = 200  # messages in each maildrop that RETR reads


def letter(octets):
    head = b"From: <load@client.example>\r\nSubject: load\r\n\r\n"
    lines = (octets - len(head)) // 72
    return head + (b"x" * 70 + b"\r\n") * lines


def load(bench, work, port, **options):
    """One run of the load generator; what it printed."""
    words = [bench.load, work, "--port", str(port)]
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        words += [option] if value is True else [option, str(value)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=600)
    if not done.stdout:
        raise RuntimeError(done.stderr.strip() or f"{work}: no result")
    result = json.loads(done.stdout)
    if result["errors"] > 0:
        raise RuntimeError(f"{work}: {result['errors']} errors, first: {result['first_error']}")
    return result


def fill_sandpost(bench, server, accounts, count, octets):
    """Multiplies in the file, while no server has it, a message that came in by SMTP."""
    server.start()
    load(bench, "smtp", server.smtp, rcpt=server.rcpt, count=1, size=octets)
    server.stop()
    with sqlite3.connect(server.folder / "mail.db") as file:
        columns = [row[1] for row in file.execute("PRAGMA table_info(message)")]
        columns = ", ".join(name for name in columns if name != "number")
        first, = file.execute("SELECT max(number) FROM message").fetchone()
        total = accounts * count
        file.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            f"INSERT INTO message ({columns}) SELECT {columns} FROM n, message WHERE number = ?",
            (total, first))
        due, size = file.execute("SELECT deliver_at, octets FROM delivery").fetchone()
        file.executemany(
            "INSERT INTO delivery (maildrop, number, deliver_at, octets) VALUES (?, ?, ?, ?)",
            ((f"u{i % accounts}", first + 1 + i, due, size) for i in range(total)))
        file.execute("DELETE FROM delivery WHERE number = ?", (first,))
        file.execute("DELETE FROM message WHERE number = ?", (first,))
    file.close()


class Row:
    unit = "/s"
    more_is_better = True
    full_only = False
    target = None  # (ratio, the peer's name), or (figure, None)

    def __init__(self, name, **fields):
        self.name = name
        self.__dict__.update(fields)

    def prepare(self, bench, server):
        server.start()


class Smtp(Row):
    kind = "smtp"

    def run(self, bench, server):
        before = cpu_seconds(server.pid)
        result = load(bench, "smtp", server.smtp, rcpt=server.rcpt, seconds=bench.seconds,
                      **self.options)
        cpu = cpu_seconds(server.pid) - before
        return result["rate"], cpu / max(result["units"], 1) * 1e6, result


class Pop3(Row):
    kind = "pop3"
    fill = (10, TABLE_FILL, KIB)  # maildrops, messages in each, octets of each
    figure = "rate"

    def prepare(self, bench, server):
        accounts, count, octets = self.fill
        if isinstance(server, servers.Sandpost):
            fill_sandpost(bench, server, accounts, count, octets)
            server.start()
        else:
            server.start()
            for account in range(accounts):
                server.fill(account, count, letter(octets))
            # What it keeps about a maildrop is made at the first login.
            for _ in range(2):
                load(bench, "sessions", server.pop3, connections=accounts, count=accounts)

    def run(self, bench, server):
        amount = {"count": self.count} if hasattr(self, "count") else {"seconds": bench.seconds}
        before = cpu_seconds(server.pid)
        result = load(bench, self.work, server.pop3, **amount, **self.options)
        cpu = cpu_seconds(server.pid) - before
        figures = {"rate": result["rate"], "MiB/s": result["bytes_per_s"] / KIB / KIB,
                   "ms": result["p50_us"] / 1000}
        return figures[self.figure], cpu / max(result["units"], 1) * 1e6, result


class Million(Row):
    """A million messages in the file, and none: alternately, as two contestants."""

    kind = "million"
    full_only = True

    def prepare(self, bench, server):
        if server.name != "sandpost, empty file":
            fill_sandpost(bench, server, 50, 20_000, KIB)
        server.start()

    def run(self, bench, server):
        before = cpu_seconds(server.pid)
        if self.work == "smtp":
            result = load(bench, "smtp", server.smtp, rcpt="u99@bench.test", connections=10,
                          seconds=bench.seconds)
        else:
            result = load(bench, "sessions", server.pop3, user="u99", connections=1,
                          seconds=bench.seconds)
        cpu = cpu_seconds(server.pid) - before
        return result["rate"], cpu / max(result["units"], 1) * 1e6, result


class Idle(Row):
    kind = "single"
    more_is_better = False
    sessions = 10_000

    def prepare(self, bench, server):
        pass

    def run(self, bench, server):
        server.start()
        try:
            begin = status_kib(server.pid, "VmRSS")
            client = subprocess.Popen(
                [bench.load, "idle", "--port", str(server.smtp), "--connections",
                 str(self.sessions)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            ready = client.stdout.readline()
            end = status_kib(server.pid, "VmRSS")
            client.stdin.close()
            client.wait()
            if not ready.startswith("ready"):
                raise RuntimeError("not all idle connections could be opened")
        finally:
            server.stop()
        each = (end - begin) / self.sessions
        return (end / KIB if self.unit == "MiB" else each), None, {"rss_kib": end}


class Banner(Row):
    """From exec to the 220 line. The port is chosen before, and asked again and again."""

    kind = "single"
    more_is_better = False
    unit = "ms"

    def prepare(self, bench, server):
        pass

    def run(self, bench, server):
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


class Size(Row):
    kind = "once"
    more_is_better = False
    unit = "KiB"

    def prepare(self, bench, server):
        pass

    def run(self, bench, server):
        stripped = bench.folder / "stripped"
        subprocess.run(["strip", "-o", stripped, server.program], check=True)
        return stripped.stat().st_size / KIB, None, {}


class Build(Row):
    """Without the compiler's cache, in a folder of its own."""

    kind = "once"
    more_is_better = False
    full_only = True
    unit = "s"

    def prepare(self, bench, server):
        pass

    def run(self, bench, server):
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


def smtp(name, target, with_throw_away=False, **options):
    return Smtp(name, options=options, target=target, with_throw_away=with_throw_away)


KEPT = "SMTP 1 KiB, {} kept"
ROWS = [
    smtp(KEPT.format(1), [(0.6, "smtp-sink")], True, connections=1, size=KIB),
    smtp(KEPT.format(10), [(0.55, "smtp-sink")], True, connections=10, size=KIB),
    smtp(KEPT.format(100), [(0.9, "smtp-sink"), (30, "Postfix")], True, connections=100, size=KIB),
    smtp("SMTP 1 KiB, connection each, 10", [(0.75, "smtp-sink")], connections=10, size=KIB,
         connection_each=True),
    smtp("SMTP 1 KiB, connection each, 100", [(0.75, "smtp-sink")], connections=100, size=KIB,
         connection_each=True),
    smtp("SMTP 64 KiB, 10 kept", [(1.2, "smtp-sink")], connections=10, size=64 * KIB),
    Pop3("RETR 1 KiB, 10, one at a time", work="retr", target=[(3, "Dovecot")],
         options={"connections": 10, "messages": TABLE_FILL}),
    Pop3("RETR 1 KiB, 10, 16 deep", work="retr", target=[(2, "Dovecot")],
         options={"connections": 10, "messages": TABLE_FILL, "pipeline": 16}),
    Pop3("RETR 64 KiB, 10", work="retr", target=[(2, "Dovecot")], figure="MiB/s", unit="MiB/s",
         fill=(10, 20, 64 * KIB), options={"connections": 10, "messages": 20}),
    Pop3("POP3 sessions, 10", work="sessions", target=[(5, "Dovecot, quick logins")],
         fill=(10, 3, KIB), options={"connections": 10}, quick_logins=True),
    Pop3("login to 100,000 messages", work="sessions", target=[(15, None)], figure="ms", unit="ms",
         more_is_better=False, fill=(1, 100_000, 100), count=10, alone=True, options={"connections": 1}),
    Million("ingest, 1,000,000 in the file", work="smtp", target=[(0.8, "sandpost, empty file")]),
    Million("login, 1,000,000 in the file", work="login", target=[(0.8, "sandpost, empty file")]),
    Idle("memory each, 10,000 idle", unit="KiB", target=[(1.5, None)]),
    Idle("memory in all, 10,000 idle", unit="MiB", target=[(25, None)]),
    Banner("exec to the 220 banner", target=[(8, None)]),
    Size("program, stripped", target=[]),
    Build("full build", rebuild=False, target=[(120, None)]),
    Build("rebuild after one engine file", rebuild=True, target=[(20, None)]),
]
