"""Server processes: started, watched and ended by their ids, and nothing else is."""

import os
import pathlib
import signal
import socket
import ssl
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
ANY_CERTIFICATE = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
ANY_CERTIFICATE.check_hostname = False
ANY_CERTIFICATE.verify_mode = ssl.CERT_NONE


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _stat(pid):
    """The fields of /proc/PID/stat behind the name, or None."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def tree(pid):
    """That process and all below it."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := _stat(entry)):
            children.setdefault(int(stat[1]), []).append(int(entry))
    found = [pid]
    for parent in found:
        found += children.get(parent, [])
    return found


def cpu_seconds(pid):
    """User and system time of the tree, with its children that have ended."""
    ticks = 0
    for member in tree(pid):
        if stat := _stat(member):
            ticks += sum(int(field) for field in stat[11:15])
    return ticks / TICKS


def status_kib(pid, name):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise KeyError(name)


def greeting(process, port, timeout=10, tls=False):
    """Waits until something on the port greets; the process is to be what listens there."""
    end = time.monotonic() + timeout
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as client:
                if tls:
                    client = ANY_CERTIFICATE.wrap_socket(client)
                if line := client.recv(512):
                    return line
        except OSError:
            pass
        if process.child.poll() is not None:
            told = process.log.read_text(errors="replace").strip()
            raise RuntimeError("it has ended: " + (told.splitlines()[-1] if told else "silently"))
        if time.monotonic() > end:
            raise TimeoutError(f"nothing greets on port {port}")
        time.sleep(0.01)


running = set()  # what end_all has to end


class Process:
    """One started in a session of its own; stop() ends it and what it has started."""

    def __init__(self, words, folder, log="log"):
        self.log = pathlib.Path(folder) / log
        with self.log.open("ab") as out:
            self.child = subprocess.Popen(
                [str(word) for word in words], cwd=folder, stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, start_new_session=True)
        self.pid = self.child.pid
        running.add(self)

    def stop(self):
        members = tree(self.pid)
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        for member in members:  # what outlived its parent; its session is ours
            try:
                if member != self.pid and os.getsid(member) in members:
                    os.kill(member, signal.SIGKILL)
            except OSError:
                pass
        running.discard(self)


def end_all():
    for process in list(running):
        process.stop()
