"""Maildrops with messages in them, before anything is measured. They are named u0, u1 and so on."""

import json
import poplib
import sqlite3
import subprocess

import servers

KIB = 1024
MANY = 10_000  # messages, from which on the file is filled without SMTP


def letter(octets):
    head = b"From: <load@client.example>\r\nSubject: load\r\n\r\n"
    lines = (octets - len(head)) // 72
    return head + (b"x" * 70 + b"\r\n") * lines


def load(bench, work, server, **options):
    """One run of the load generator; what it printed."""
    port = server.smtp if work in ("smtp", "ping") else server.pop3
    options = {"port": port, "tls": bool(server.tls), **options}
    words = [bench.load, work]
    for name, value in options.items():
        if value is not False:
            option = "--" + name.replace("_", "-")
            words += [option] if value is True else [option, str(value)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=600)
    if not done.stdout:
        raise RuntimeError(done.stderr.strip() or f"{work}: no result")
    result = json.loads(done.stdout)
    if result["errors"] > 0:
        raise RuntimeError(f"{work}: {result['errors']} errors, first: {result['first_error']}")
    return result


def start_with(bench, server, maildrops, count, octets):
    """Starts the server; each of its first maildrops has that many messages of that size."""
    if not isinstance(server, servers.Sandpost):
        server.start()
        for maildrop in range(maildrops if isinstance(server, servers.Dovecot) else 0):
            server.fill(maildrop, count, letter(octets))
            # What it keeps about a maildrop is made at the first login.
            for _ in range(2):
                load(bench, "sessions", server, user=f"u{maildrop}", count=1)
        return
    if maildrops * count >= MANY:
        multiply(bench, server, maildrops, count, octets)
    server.start()
    if maildrops * count < MANY and count > 0:
        for maildrop in range(maildrops):
            load(bench, "smtp", server, rcpt=f"u{maildrop}@bench.test", count=count, size=octets)
    if not server.tls:
        check(server, count)


def multiply(bench, server, maildrops, count, octets):
    """Multiplies in the file, while no server has it, a message that came in by SMTP."""
    server.start()
    load(bench, "smtp", server, rcpt=server.rcpt, count=1, size=octets)
    server.stop()
    total = maildrops * count
    file = sqlite3.connect(server.folder / "mail.db")
    file.execute("PRAGMA journal_mode = OFF")  # the server turns it on again
    file.execute("PRAGMA synchronous = OFF")
    message, delivery = (
        ", ".join(row[1] for row in file.execute(f"PRAGMA table_info({table})")
                  if row[1] not in ("number", "maildrop")) for table in ("message", "delivery"))
    first, = file.execute("SELECT max(number) FROM message").fetchone()
    file.execute(f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                 f"INSERT INTO message (number, {message}) "
                 f"SELECT ? + i, {message} FROM n, message WHERE number = ?",
                 (total - 1, first, first))
    for maildrop in range(maildrops):
        begin = first + maildrop * count
        file.execute(
            f"INSERT OR REPLACE INTO delivery (maildrop, number, {delivery}) "
            f"SELECT ?, number, {delivery} FROM message, "
            f"(SELECT {delivery} FROM delivery WHERE number = ?) WHERE number BETWEEN ? AND ?",
            (f"u{maildrop}", first, begin, begin + count - 1))
    file.commit()
    file.close()


def check(server, count):
    """The first maildrop must have what the row speaks of."""
    client = poplib.POP3("127.0.0.1", server.pop3, timeout=60)
    client.user("u0")
    client.pass_("pw")
    found, _ = client.stat()
    client.quit()
    if found != count:
        raise RuntimeError(f"the maildrop has {found} messages instead of {count}")
