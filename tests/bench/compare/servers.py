"""How each server is started under a configuration of its own, in a folder of its own.

A server has: name, smtp and pop3 (ports, or None), pid, stop(). With `tls` they are ports where TLS
begins at once, with the certificate that all share. None of them is told to be less careful than it
is as shipped.
"""

import json
import os
import pathlib
import pwd
import shutil
import subprocess
import time

from processes import Process, free_port, greeting

ACCOUNTS = 100


def find(*names):
    for name in names:
        path = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
        if path:
            return path
    return None


class Server:
    name = ""
    smtp = pop3 = process = None
    rcpt = "u0@bench.test"

    def __init__(self, folder, tls=None):
        self.tls = tls  # the certificate and its key, or None
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        self.launcher = []

    def run(self, *words):
        self.process = Process([*self.launcher, *words], self.folder)
        self.pid = self.process.pid

    def stop(self):
        if self.process:
            self.process.stop()


class Machine(Server):
    """None at all: what is measured is what the machine allows."""

    name = "this machine"
    program = None


class Sandpost(Server):
    name = "sandpost"
    program = None
    durable = True

    def start(self):
        ports = self.folder / "ports.json"
        ports.unlink(missing_ok=True)
        words = ["serve", "--smtp-port", 0, "--pop3-port", 0, "--port-file", ports, "--delay", "0s",
                 "--quiet", "--as", "u0@bench.test", "--password", "pw"]
        if self.tls:
            words += ["--smtps-port", 0, "--pop3s-port", 0, "--tls", ",".join(map(str, self.tls))]
        for i in range(1, ACCOUNTS):
            words += ["--user", f"u{i}:pw"]
        if self.durable:
            words += ["--db", self.folder / "mail.db"]
        self.run(self.program, *words)
        for _ in range(6000):
            if ports.exists():
                break
            if self.process.child.poll() is not None:
                raise RuntimeError(self.process.log.read_text())
            time.sleep(0.01)
        told = json.loads(ports.read_text())
        letter = "s" if self.tls else ""
        self.smtp, self.pop3 = told["smtp" + letter], told["pop3" + letter]
        self.pid = told["pid"]


class ThrowAway(Sandpost):
    name = "sandpost, throw-away"
    durable = False


class BareSink(Server):
    """The load generator's own: no server can surpass it. RETR fetches `octets`."""

    name = "bare sink"
    program = None
    octets = 1024

    def start(self):
        self.run(self.program, "sink", "--size", self.octets)
        for _ in range(500):
            if (told := self.process.log.read_text()).endswith("\n"):
                break
            time.sleep(0.01)
        self.smtp, self.pop3 = (int(word) for word in told.split())


class BareSink64(BareSink):
    octets = 64 * 1024


class SmtpSink(Server):
    name = "smtp-sink"

    @staticmethod
    def missing():
        return None if find("smtp-sink") else "smtp-sink is not installed"

    def start(self):
        self.smtp = free_port()
        as_user = ["-u", "nobody"] if os.geteuid() == 0 else []
        self.run(find("smtp-sink"), *as_user, "-m", "2000",
                 f"127.0.0.1:{self.smtp}", "1000")
        greeting(self.process, self.smtp)


class Postfix(Server):
    """As shipped, but for the folder and the port; what it has accepted goes to its discard
    service, so that it delivers for nothing."""

    name = "Postfix"

    @staticmethod
    def missing():
        if os.geteuid() != 0:
            return "Postfix can be started by root only"
        return None if find("postfix") else "Postfix is not installed"

    def start(self):
        self.smtp = free_port()
        queue, data, etc = (self.folder / name for name in ("queue", "data", "etc"))
        for folder in (queue, data, etc):
            folder.mkdir(exist_ok=True)
        shutil.chown(data, "postfix")
        (etc / "main.cf").write_text(f"""\
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = bench.test
mydestination = bench.test
mynetworks = 127.0.0.0/8
local_recipient_maps =
alias_maps =
alias_database =
local_transport = discard:
default_transport = discard:
default_process_limit = 150
""")
        services = [f"127.0.0.1:{self.smtp} inet n - n - - smtpd"]
        if self.tls:
            certificate, key = self.tls
            services[0] += (" -o smtpd_tls_wrappermode=yes -o smtpd_tls_security_level=encrypt"
                            f" -o smtpd_tls_cert_file={certificate} -o smtpd_tls_key_file={key}")
        for name, kind, wake, limit, command in [
                ("pickup", "unix", 60, 1, "pickup"), ("cleanup", "unix", "-", 0, "cleanup"),
                ("qmgr", "unix", 300, 1, "qmgr"), ("tlsmgr", "unix", "1000?", 1, "tlsmgr"),
                ("rewrite", "unix", "-", "-", "trivial-rewrite"),
                ("bounce", "unix", "-", 0, "bounce"), ("defer", "unix", "-", 0, "bounce"),
                ("trace", "unix", "-", 0, "bounce"), ("verify", "unix", "-", 1, "verify"),
                ("flush", "unix", "1000?", 0, "flush"), ("proxymap", "unix", "-", "-", "proxymap"),
                ("error", "unix", "-", "-", "error"), ("retry", "unix", "-", "-", "error"),
                ("discard", "unix", "-", "-", "discard"), ("anvil", "unix", "-", 1, "anvil"),
                ("scache", "unix", "-", 1, "scache")]:
            public = "n" if name in ("pickup", "cleanup", "qmgr", "flush") else "-"
            services.append(f"{name} {kind} {public} - n {wake} {limit} {command}")
        (etc / "master.cf").write_text("\n".join(services) + "\n")
        self.run(find("postfix"), "-c", etc, "start-fg")
        greeting(self.process, self.smtp, tls=bool(self.tls))


class Dovecot(Server):
    """As shipped: each login in a process of its own."""

    name = "Dovecot"
    login = sessions = ""

    @staticmethod
    def missing():
        if os.geteuid() != 0:
            return "Dovecot can be started by root only"
        return None if find("dovecot") else "Dovecot is not installed"

    def start(self):
        self.pop3 = free_port()
        self.owner = pwd.getpwnam("mail")
        (self.folder / "users").write_text(
            "".join(f"u{i}:{{PLAIN}}pw\n" for i in range(ACCOUNTS)))
        (self.folder / "dovecot.conf").write_text(f"""\
protocols = pop3
listen = 127.0.0.1
base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = {self.folder}/dovecot.log
{self.certificate()}
disable_plaintext_auth = no
mail_location = maildir:{self.folder}/mail/%u
mail_max_userip_connections = 0
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = {self.folder}/users
}}
userdb {{
  driver = static
  args = uid={self.owner.pw_uid} gid={self.owner.pw_gid} home={self.folder}/mail/%u
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {0 if self.tls else self.pop3}
  }}
  inet_listener pop3s {{
    port = {self.pop3 if self.tls else 0}
  }}
{self.login}}}
{self.sessions}
""")
        for i in range(ACCOUNTS):
            self.maildir(i)
        self.run(find("dovecot"), "-F", "-c", self.folder / "dovecot.conf")
        greeting(self.process, self.pop3, tls=bool(self.tls))

    def certificate(self):
        if not self.tls:
            return "ssl = no"
        certificate, key = self.tls
        return f"ssl = yes\nssl_cert = <{certificate}\nssl_key = <{key}"

    def maildir(self, account):
        new = self.folder / "mail" / f"u{account}"
        for part in (new.parent, new, new / "cur", new / "new", new / "tmp"):
            if not part.exists():
                part.mkdir()
                os.chown(part, self.owner.pw_uid, self.owner.pw_gid)
        return new / "cur"

    def fill(self, account, count, content):
        folder = self.maildir(account)
        text = content.replace(b"\r\n", b"\n")
        for i in range(count):
            path = folder / f"{1_000_000_000 + i}.M{i}P1.bench,S={len(text)}:2,"
            path.write_bytes(text)
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)


class QuickDovecot(Dovecot):
    """With the high-performance settings that its documentation has for logins, and processes that
    serve one session after another."""

    name = "Dovecot, quick logins"
    login = "  service_count = 0\n  process_min_avail = 2\n  client_limit = 1000\n"
    sessions = "service pop3 {\n  service_count = 256\n  process_min_avail = 4\n}"


class Other(Server):
    """A server that is measured where its program is found, SMTP only."""

    programs = ()
    words = ()

    @classmethod
    def missing(cls):
        return None if find(*cls.programs) else f"{cls.name} is not installed"

    def start(self):
        self.smtp = free_port()
        ports = {"smtp": self.smtp, "web": free_port(), "pop3": free_port()}
        self.run(find(*self.programs), *(word.format(**ports) for word in self.words))
        greeting(self.process, self.smtp, 30)


class Mailpit(Other):
    name = "Mailpit"
    programs = ("mailpit",)
    words = ("--smtp", "127.0.0.1:{smtp}", "--listen", "127.0.0.1:{web}", "--database", "mailpit.db",
             "--quiet")


class MailHog(Other):
    name = "MailHog"
    programs = ("mailhog", "MailHog")
    words = ("-smtp-bind-addr", "127.0.0.1:{smtp}", "-ui-bind-addr", "127.0.0.1:{web}",
             "-api-bind-addr", "127.0.0.1:{web}")


class Inbucket(Other):
    name = "Inbucket"
    programs = ("inbucket",)

    def start(self):
        self.smtp = free_port()
        self.run("env", f"INBUCKET_SMTP_ADDR=127.0.0.1:{self.smtp}",
                 f"INBUCKET_POP3_ADDR=127.0.0.1:{free_port()}",
                 f"INBUCKET_WEB_ADDR=127.0.0.1:{free_port()}", find(*self.programs))
        greeting(self.process, self.smtp, 30)


class GreenMail(Other):
    name = "GreenMail"
    programs = ("greenmail", "greenmail-standalone")
    words = ("-Dgreenmail.smtp.port={smtp}", "-Dgreenmail.smtp.hostname=127.0.0.1")


class Maildev(Other):
    name = "maildev"
    programs = ("maildev",)
    words = ("--ip", "127.0.0.1", "--smtp", "{smtp}", "--web", "{web}", "--web-ip", "127.0.0.1",
             "--silent")


OTHERS = [Mailpit, MailHog, Inbucket, GreenMail, Maildev]


def describe_disk(folder):
    """The type of the file system that the folder is on."""
    told = "-"
    for words in (["df", "--output=fstype"], ["stat", "--file-system", "--format=%T"]):
        if told == "-":  # in a chroot, df does not know
            told = subprocess.run([*words, str(folder)], capture_output=True, text=True,
                                  check=True).stdout.split()[-1]
    return told


def make_certificate(folder):
    """One certificate for all, and its key; no client looks at what it says."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=bench.test",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key
