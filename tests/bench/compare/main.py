"""Measures sandpost beside other mail servers; scripts/bench is how to call it.

Within a row the contestants take turns, round after round, so that what disturbs the machine
disturbs all of them; figures are medians over the rounds.
"""

import argparse
import datetime
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import traceback

import chart
import figures
import processes
import report
import servers
from mailboxes import load
from stages import stages
from targets import TARGETS

LATENCIES = ("p50_us", "p99_us", "p999_us")


class Bench:
    def __init__(self, arguments, folder):
        self.source = pathlib.Path(__file__).resolve().parents[3]
        self.load = str(arguments.build / "tests/bench/sandpost_load")
        self.folder = folder
        self.quick = arguments.quick
        self.rounds = 3 if arguments.quick else 5
        self.seconds = 0.3 if arguments.quick else 1.5
        for kind in (servers.Sandpost, servers.Machine):
            kind.program = str(arguments.build / "sandpost")
        servers.BareSink.program = self.load
        self.failures = []
        self.peers = self.choose(arguments.peers)
        self.certificate = None

    @staticmethod
    def choose(names):
        known = {"smtp-sink": servers.SmtpSink, "postfix": servers.Postfix,
                 "dovecot": servers.Dovecot}
        known.update({peer.name.lower(): peer for peer in servers.OTHERS})
        wanted = list(known) if names == "all" else [n for n in names.split(",") if n != "none"]
        chosen = []
        for name in wanted:
            if name not in known:
                sys.exit(f"unknown peer {name}; there are {', '.join(known)}")
            reason = known[name].missing()
            if reason:
                if names != "all" or known[name] not in servers.OTHERS:
                    print(f"left out: {reason}", file=sys.stderr)
            else:
                chosen.append(known[name])
        return chosen

    def takes_part(self, kind):
        peer = servers.Dovecot if kind is servers.QuickDovecot else kind
        return peer in self.peers or not hasattr(kind, "missing")

    def start(self, stage, contestant):
        if stage.tls and not self.certificate:
            self.certificate = servers.make_certificate(self.folder)
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        server = contestant.kind(folder, self.certificate if stage.tls else None)
        try:
            stage.prepare(self, server, contestant)
        except Exception:
            end(server)
            raise
        return server

    def measure(self, stage, rows):
        """The rows' results, as figures.py describes them. Who fails once is out of the stage."""
        print(", ".join(row.name for row in rows) + " ...", end="", file=sys.stderr, flush=True)
        running, runs = {}, {}
        try:
            for contestant in stage.contestants:
                if self.takes_part(contestant.kind):
                    with self.kept_as_failure(rows[0], contestant):
                        running[contestant] = self.start(stage, contestant)
            for _ in range(stage.rounds or self.rounds):
                for row in rows:
                    for contestant in list(running):
                        os.sync()  # what another one has left would slow down those who sync
                        with self.kept_as_failure(row, contestant):
                            told = row.run(self, running[contestant], contestant)
                            runs.setdefault((row.name, contestant), []).append(told)
                            continue
                        end(running.pop(contestant))
                print(".", end="", file=sys.stderr, flush=True)
        finally:
            for server in running.values():
                end(server)
            print(file=sys.stderr)
        return [{"name": row.name, "unit": row.unit, "axis": row.axis,
                 "results": [result(contestant, runs[row.name, contestant])
                             for contestant in stage.contestants
                             if (row.name, contestant) in runs]} for row in rows]

    def kept_as_failure(self, row, contestant):
        return Kept(self.failures, f"{row.name}, {contestant.kind.name}")

    def syncs(self, kind, messages=50):
        """How often a server syncs for one message over one kept connection; None: not known."""
        if not shutil.which("strace"):
            return None
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        server = kind(folder)
        trace = folder / "trace"
        tracer = None
        try:
            server.start()
            pids = [word for pid in processes.tree(server.pid) for word in ("-p", pid)]
            tracer = processes.Process(
                ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync,sync_file_range", "-o", trace,
                 *pids], folder, "strace.log")
            attached = re.compile(r"^TracerPid:\t[1-9]", re.MULTILINE)
            for _ in range(500):
                status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
                if attached.search(status):
                    break
                if tracer.child.poll() is not None:
                    return None
                time.sleep(0.01)
            load(self, "smtp", server, rcpt=server.rcpt, count=messages)
            tracer.stop()
            tracer = None
            return len(re.findall(r"(?:fsync|fdatasync)\(", trace.read_text())) / messages
        finally:
            if tracer:
                tracer.stop()
            end(server)


class Kept:
    """A context in which an error is one more failure of the run, and what follows goes on."""

    def __init__(self, failures, where):
        self.failures, self.where = failures, where

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None or not issubclass(kind, Exception):
            return False
        print(file=sys.stderr)
        traceback.print_exception(kind, error, trace)
        self.failures.append(f"{self.where}: {error}")
        return True


def end(server):
    server.stop()
    shutil.rmtree(server.folder, ignore_errors=True)


def result(contestant, told):
    runs = [figure for figure, _, _ in told]
    cpu = [each for _, each, _ in told if each is not None]
    found = {"server": contestant.kind.name, "at": contestant.at, "runs": runs,
             **figures.summary(runs), "cpu_us": statistics.median(cpu) if cpu else None}
    for name in LATENCIES:
        values = [detail[name] for _, _, detail in told if name in detail]
        if values:
            found[name] = statistics.median(values)
    return found


def machine(disk):
    model = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(),
                      re.MULTILINE)
    return {"date": datetime.date.today().isoformat(), "processor": model[1] if model else "",
            "processors": os.cpu_count(), "kernel": os.uname().release,
            "disk": servers.describe_disk(disk), "load": os.getloadavg()[0]}


def parse(words):
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--peers", default="all")
    parser.add_argument("--only", default="")
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--disk", type=pathlib.Path, default=pathlib.Path("/var/tmp"))
    return parser.parse_args(words)


def run(bench, only):
    measured = []
    for stage in stages(bench.quick):
        rows = [row for row in stage.rows if only in row.name]
        if rows:
            measured += bench.measure(stage, rows)
    syncs = {}
    if any(row["unit"] == "/s" and "SMTP" in row["name"] for row in measured):
        for kind in [servers.Sandpost, servers.ThrowAway, *bench.peers]:
            if kind is not servers.Dovecot:
                with Kept(bench.failures, f"syncs of {kind.name}"):
                    syncs[kind.name] = bench.syncs(kind)
    return measured, syncs


def write(out, told):
    """performance.json, .svg and .md."""
    out.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(row) for row in told["rows"]]
    head = json.dumps({key: value for key, value in told.items() if key != "rows"}, indent=1)
    (out / "performance.json").write_text(
        head[:-2] + ',\n "rows": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n")
    (out / "performance.svg").write_text(chart.draw(told))
    report.put_into(out / "performance.md", report.text(told))


def interrupted(number, _):
    # Once is enough: another one may not break off the cleaning up.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    print("\nstopping, and ending what was started", file=sys.stderr)
    sys.exit(128 + number)


def main():
    arguments = parse(sys.argv[1:])
    arguments.build = arguments.build.resolve()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a thousand sessions on each server
    out = arguments.out or arguments.build / "results"
    if arguments.only and any(map(str.strip, report.by_hand(out / "performance.md") or ())):
        sys.exit(f"{out}/performance.md wants every row: with --only, name another folder")
    about = machine(arguments.disk)
    if about["disk"] in ("tmpfs", "ramfs"):
        sys.exit(f"{arguments.disk} is a {about['disk']}, where nothing is on disk: name another "
                 "folder with --disk")
    begin = time.monotonic()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sandpost-bench-", dir=arguments.disk))
    folder.chmod(0o755)
    try:
        bench = Bench(arguments, folder)
        measured, syncs = run(bench, arguments.only)
    finally:
        processes.end_all()
        shutil.rmtree(folder, ignore_errors=True)
    verdicts, not_judged = figures.judge_all(TARGETS, measured)
    told = {"machine": about, "quick": arguments.quick, "rounds": bench.rounds,
            "seconds_each": bench.seconds, "minutes": round((time.monotonic() - begin) / 60, 1),
            "syncs_per_message": syncs, "targets": verdicts,
            "not_judged": [] if arguments.only else [target.row for target in not_judged],
            "failures": bench.failures,
            "rows": measured}
    write(out, told)
    print(report.text(told))
    print(f"\n{out}/performance.md, .json and .svg written after {told['minutes']} minutes",
          file=sys.stderr)
    for failure in bench.failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
