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
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import traceback

import chart
import rows
import servers
from processes import Process, tree


class EmptyFile(servers.Sandpost):
    name = "sandpost, empty file"


class Bench:
    def __init__(self, arguments, folder):
        self.source = pathlib.Path(__file__).resolve().parents[3]
        self.load = str(arguments.build / "tests/bench/sandpost_load")
        self.folder = folder
        self.quick = arguments.quick
        self.rounds = 3 if arguments.quick else 7
        self.seconds = 0.5 if arguments.quick else 3
        servers.Sandpost.program = str(arguments.build / "sandpost")
        self.peers = self.choose(arguments.peers)

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

    def contestants(self, row):
        if row.kind == "smtp":
            own = [servers.Sandpost] + ([servers.ThrowAway] if row.with_throw_away else [])
            return own + [peer for peer in self.peers if peer is not servers.Dovecot]
        if row.kind == "pop3":
            found = [servers.Sandpost]
            if servers.Dovecot in self.peers and not getattr(row, "alone", False):
                found.append(servers.Dovecot)
                if getattr(row, "quick_logins", False):
                    found.append(servers.QuickDovecot)
            return found
        if row.kind == "million":
            return [servers.Sandpost, EmptyFile]
        return [servers.Sandpost]

    def measure(self, row):
        """The row's figures, by contestant."""
        print(f"{row.name} ...", end="", file=sys.stderr, flush=True)
        running = {}
        results = {}
        try:
            for kind in self.contestants(row):
                folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
                server = kind(folder)
                running[server.name] = server
                results[server.name] = {"runs": [], "cpu_us": [], "details": []}
                row.prepare(self, server)
            for _ in range(1 if row.kind == "once" else self.rounds):
                for name, server in running.items():
                    figure, cpu, detail = row.run(self, server)
                    results[name]["runs"].append(figure)
                    results[name]["details"].append(detail)
                    if cpu is not None:
                        results[name]["cpu_us"].append(cpu)
                print(".", end="", file=sys.stderr, flush=True)
        finally:
            for server in running.values():
                if hasattr(server, "process"):
                    server.stop()
                shutil.rmtree(server.folder, ignore_errors=True)
            print(file=sys.stderr)
        for result in results.values():
            result["median"] = statistics.median(result["runs"])
            result["min"], result["max"] = min(result["runs"]), max(result["runs"])
            if result["cpu_us"]:
                result["cpu_us"] = statistics.median(result["cpu_us"])
            else:
                result["cpu_us"] = None
        return results

    def syncs(self, kind, messages=50):
        """How often a server syncs for one message over one kept connection; None: not known."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        server = kind(folder)
        trace = folder / "trace"
        tracer = None
        try:
            server.start()
            pids = [word for pid in tree(server.pid) for word in ("-p", pid)]
            tracer = Process(["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync,sync_file_range",
                              "-o", trace, *pids], folder, "strace.log")
            attached = re.compile(r"^TracerPid:\t[1-9]", re.MULTILINE)
            for _ in range(500):
                status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
                if attached.search(status):
                    break
                if tracer.child.poll() is not None:
                    return None
                subprocess.run(["sleep", "0.01"], check=True)
            rows.load(self, "smtp", server.smtp, rcpt=server.rcpt, count=messages)
            tracer.stop()
            tracer = None
            return len(re.findall(r"(?:fsync|fdatasync)\(", trace.read_text())) / messages
        finally:
            if tracer:
                tracer.stop()
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)


def figure(number):
    return f"{number:,.0f}" if number >= 100 else f"{number:,.1f}" if number >= 10 else f"{number:.2f}"


def verdict(row, results):
    """What became of the row's targets."""
    told = []
    own = results["sandpost"]["median"]
    for wanted, peer in row.target:
        if peer is None:
            told.append(f"{'reached' if own <= wanted else 'MISSED'}: at most {wanted} {row.unit}")
        elif peer in results:
            ratio = own / results[peer]["median"]
            reached = "reached" if ratio >= wanted else "MISSED"
            told.append(f"{reached}: {ratio:.2f} of {peer}, wanted {wanted}")
    if "sandpost, throw-away" in results and "smtp-sink" in results:
        ratio = results["sandpost, throw-away"]["median"] / results["smtp-sink"]["median"]
        told.append(f"{'reached' if ratio >= 1 else 'MISSED'}: throw-away {ratio:.2f} of smtp-sink, "
                    "wanted 1.0")
    return told


def table(measured, syncs):
    lines = ["| what | server | median | min | max | sandpost : it | CPU us each | 250 on disk |",
             "|---|---|---:|---:|---:|---:|---:|---|"]
    for row, results in measured:
        own = results["sandpost"]["median"]
        for name, result in results.items():
            ratio = "" if name == "sandpost" else f"{own / result['median']:.2f}"
            cpu = "" if result["cpu_us"] is None else f"{result['cpu_us']:.0f}"
            on_disk = ""
            if row.kind == "smtp" and name in syncs:
                count = syncs[name]
                on_disk = ("not known" if count is None else "no" if count < 1
                           else f"yes, {count:.1f} syncs")
            unit = "" if row.unit == "/s" else " " + row.unit
            lines.append(f"| {row.name} | {name} | {figure(result['median'])}{unit} | "
                         f"{figure(result['min'])} | {figure(result['max'])} | {ratio} | {cpu} | "
                         f"{on_disk} |")
    return "\n".join(lines)


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


def main():
    arguments = parse(sys.argv[1:])
    arguments.build = arguments.build.resolve()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all is cleaned up
    out = arguments.out or arguments.build / "results"
    out.mkdir(parents=True, exist_ok=True)
    about = machine(arguments.disk)
    if about["disk"] in ("tmpfs", "ramfs"):
        sys.exit(f"{arguments.disk} is a {about['disk']}, where nothing is on disk: name another "
                 "folder with --disk")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sandpost-bench-", dir=arguments.disk))
    folder.chmod(0o755)
    measured, failures, syncs = [], [], {}
    try:
        bench = Bench(arguments, folder)
        for row in rows.ROWS:
            if arguments.only not in row.name or (row.full_only and arguments.quick):
                continue
            try:
                measured.append((row, bench.measure(row)))
            except Exception as error:  # the other rows are worth having all the same
                traceback.print_exc()
                failures.append(f"{row.name}: {error}")
        if any(row.kind == "smtp" for row, _ in measured):
            for kind in [servers.Sandpost, servers.ThrowAway, *bench.peers]:
                if kind is not servers.Dovecot:
                    try:
                        syncs[kind.name] = bench.syncs(kind)
                    except Exception as error:
                        failures.append(f"syncs of {kind.name}: {error}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = table(measured, syncs)
    print(text)
    print()
    targets = {row.name: verdict(row, results) for row, results in measured}
    for name, told in targets.items():
        for line in told:
            print(f"{name}: {line}")
    print(f"\n{about['processors']} x {about['processor']}, Linux {about['kernel']}, mailboxes on "
          f"{about['disk']}, {about['date']}, load {about['load']:.1f} at the start; client on the "
          "same machine")
    (out / "bench.json").write_text(json.dumps(
        {"machine": about, "quick": arguments.quick, "syncs_per_message": syncs,
         "targets": targets, "failures": failures,
         "rows": [{"name": row.name, "unit": row.unit, "results": results}
                  for row, results in measured]}, indent=1) + "\n")
    (out / "bench.svg").write_text(chart.draw(measured, about))
    print(f"{out}/bench.json and bench.svg written")
    for failure in failures:
        print(f"FAILED: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
