"""What every case stands on: a sandpost of its own, a folder of its own, and letters to send."""

import email
import email.policy
import hashlib
import json
import os
import poplib
import shlex
import signal
import smtplib
import ssl
import subprocess
import time
from pathlib import Path

DOMAIN = "ntut.edu.tw"
PASSWORDS = {"amy": "secret", "bob": "wonderland"}
AMY = f"amy@{DOMAIN}"
BOB = f"bob@{DOMAIN}"

SECONDS = 15  # the longest that anything may take


class Failure(Exception):
    """A case failed; the text says why, in one line."""


def expect(condition, reason):
    if not condition:
        raise Failure(reason)


def expect_same(what, found, wanted):
    """Both are bytes. The reason shows where they part."""
    if found == wanted:
        return
    at = next(
        (i for i, (a, b) in enumerate(zip(found, wanted)) if a != b), min(len(found), len(wanted))
    )
    around = slice(max(at - 10, 0), at + 40)
    raise Failure(
        f"{what}: {len(found)} octets instead of {len(wanted)}, other ones from {at} on: "
        f"{found[around]!r} instead of {wanted[around]!r}"
    )


def wait_until(condition, reason):
    """Until the condition gives something that is true, which is returned."""
    end = time.monotonic() + SECONDS
    while not (found := condition()):
        expect(time.monotonic() < end, f"waited {SECONDS} s: {reason}")
        time.sleep(0.01)
    return found


class Lab:
    """One sandpost with two accounts, amy and bob, from `with` to the end of its block."""

    def __init__(self, program, folder, options=()):
        self.program = program
        self.folder = Path(folder)
        self.options = options
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "LANG": "C.UTF-8",
            "USER": "amy",
        }

    def __enter__(self):
        port_file = self.folder / "ports.json"
        self.log = self.folder / "sandpost.log"
        words = [self.program, "serve", "--delay", "0s", "--verbose", "--port-file", port_file]
        for port in ("--smtp-port", "--pop3-port", "--smtps-port", "--pop3s-port"):
            words += [port, "0"]
        for name, password in PASSWORDS.items():
            words += ["--user", f"{name}:{password}"]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [*words, *self.options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=self.environment,
            )
        try:
            wait_until(
                lambda: port_file.exists() or self.process.poll() is not None, "no port file"
            )
            expect(self.process.poll() is None, f"sandpost did not start: {self.said()}")
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        ports = json.loads(port_file.read_text())
        self.smtp, self.pop3 = ports["smtp"], ports["pop3"]
        self.smtps, self.pop3s = ports["smtps"], ports["pop3s"]
        return self

    def __exit__(self, kind, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        if kind is None:
            expect(status == 0, f"sandpost ended with status {status}: {self.said()}")

    # The server's side.

    def said(self):
        """Every line of every session so far, and what it meant."""
        return self.log.read_text(errors="replace")

    def expect_event(self, text):
        """Wait for an event of docs/events.md, such as `pop3.stls`; part of its line will do."""
        wait_until(lambda: text in self.said(), f"no {text}")

    def expect_smtp_auth(self, mechanism, user="amy"):
        self.expect_event(f"smtp.auth mechanism={mechanism} user={user} code=235")

    def expect_pop3_auth(self, mechanism, user="amy"):
        self.expect_event(f"pop3.auth user={user} mechanism={mechanism} ok=yes")

    def put(self, *letters, to=AMY):
        """Leave letters in a mailbox, without the client that is tried."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=SECONDS) as smtp:
            for letter in letters:
                smtp.sendmail(BOB, [to], letter, ["BODY=8BITMIME"])

    def mailbox(self, user="amy"):
        """The letters in it, without the client that is tried."""
        session = wait_until(lambda: self._logged_in(user), f"the mailbox of {user} stays in use")
        count, _ = session.stat()
        letters = [
            b"".join(line + b"\r\n" for line in session.retr(number)[1])
            for number in range(1, count + 1)
        ]
        session.quit()
        return letters

    def _logged_in(self, user):
        """A session, or nothing while another one has the mailbox."""
        session = poplib.POP3("127.0.0.1", self.pop3, timeout=SECONDS)
        session.user(user)
        try:
            session.pass_(PASSWORDS[user])
        except poplib.error_proto as error:
            session.close()
            if b"[IN-USE]" in error.args[0]:
                return None
            raise
        return session

    def only_letter(self, user="amy"):
        """The one letter in the mailbox."""
        letters = self.mailbox(user)
        expect(len(letters) == 1, f"{len(letters)} letters for {user} instead of one")
        return letters[0]

    def expect_empty(self, user="amy"):
        count = len(self.mailbox(user))
        expect(count == 0, f"{count} letters are left for {user}")

    def certificate(self):
        """The server's own, as a PEM text."""
        return ssl.get_server_certificate(("127.0.0.1", self.smtps), timeout=SECONDS)

    def fingerprint(self):
        """The certificate's SHA-256, with a colon between two octets."""
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.certificate())).digest().hex(":")

    # The client's side.

    def file(self, name, content, mode=0o600):
        """Write a file into the folder; its path as a text."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(mode)
        return str(path)

    def run(self, *words, stdin=b"", status=0, environment=None):
        """Run a program to its end, at home in the folder; what it wrote to stdout.

        stdin: what it reads there, or a file descriptor.
        """
        try:
            process = subprocess.Popen(
                [str(word) for word in words],
                stdin=subprocess.PIPE if isinstance(stdin, bytes) else stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self.folder,
                env={**self.environment, **(environment or {})},
                start_new_session=True,
            )
        except FileNotFoundError:
            raise Failure(f"{words[0]} is not installed") from None
        try:
            output, errors = process.communicate(stdin if process.stdin else None, SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
            raise Failure(f"{words[0]} was still running after {SECONDS} s") from None
        if process.returncode != status:
            last = (errors or output).decode(errors="replace").strip().splitlines()[-3:]
            raise Failure(f"{words[0]} ended with status {process.returncode}: {' / '.join(last)}")
        return output

    def run_in_terminal(self, *words):
        """The same for a program that needs a terminal. Nothing is typed there."""
        # `script` takes the end of its stdin for a Ctrl-D, so it gets one without an end.
        nothing, never_closed = os.pipe()
        try:
            terminal = ("script", "--quiet", "--return", "--command", shlex.join(words))
            self.run(*terminal, "/dev/null", stdin=nothing, environment={"TERM": "vt100"})
        finally:
            os.close(nothing)
            os.close(never_closed)


# Letters, all with CRLF.


def crlf(text):
    return text.replace("\n", "\r\n").encode()


def lf(letter):
    return letter.replace(b"\r\n", b"\n")


def body(letter):
    """What stands behind the head, with LF."""
    return lf(letter).split(b"\n\n", 1)[1]


def parsed(letter):
    return email.message_from_bytes(letter, policy=email.policy.SMTP)


def text_of(letter):
    """Its text, with LF, whatever its encoding."""
    return lf(parsed(letter).get_body().get_content().encode())


def attachment_of(letter):
    return next(parsed(letter).iter_attachments()).get_content()


def as_sent(letter):
    """A letter from a mailbox without the lines that sandpost put in front of it."""
    lines = letter.split(b"\r\n")
    trace = 1 if lines[0].startswith(b"Return-Path:") else 0
    expect(lines[trace].startswith(b"Received:"), f"no Received: but {lines[trace][:40]!r}")
    trace += 1
    while lines[trace][:1] in (b" ", b"\t"):
        trace += 1
    return b"\r\n".join(lines[trace:])


HEAD = f"""\
From: Amy <{AMY}>
To: Amy <{AMY}>
Date: Mon, 15 Oct 2001 09:00:00 +0800
Message-ID: <1@client.example>
"""

# Whatever a text may hold that a program likes to spoil; one line is as long as SMTP allows.
ODD_BODY = crlf(
    f"""\
Grüße aus Taipei: 你好，世界 🙂
.
..
...
.a dot at the beginning
From here on it could be an mbox
>From there on too
a blank at the end\x20
\tand a tab

{"long " * 199}3

end
"""
)
ODD = crlf(
    HEAD
    + "Subject: odd\n"
    + "MIME-Version: 1.0\n"
    + "Content-Type: text/plain; charset=utf-8\n"
    + "Content-Transfer-Encoding: 8bit\n\n"
) + ODD_BODY
PLAIN = crlf(HEAD + "Subject: plain\n\nHello, this is me.\n")
NO_BODY = crlf(HEAD + "Subject: no text\n\n")
BIG = crlf(HEAD + "Subject: big\n\n") + b"".join(
    b"%07d %s\r\n" % (number, b"x" * 62) for number in range(1024 * 1024 // 72)
)
ATTACHMENT = bytes(range(256)) * 4096  # 1 MiB
