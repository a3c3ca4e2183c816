"""swaks sends a letter, and prints the session; it ends with 0 only if all was accepted."""

import email
from functools import partial

from lab import AMY, ATTACHMENT, BIG, BOB, ODD, as_sent, expect, expect_same, lf

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")


def send(lab, *options, to=(AMY,), port=None, status=0):
    server = ("--server", f"localhost:{port or lab.smtp}", "--from", AMY, "--to", ",".join(to))
    return lab.run("swaks", *server, *options, status=status)


def send_file(lab, letter, *options, **more):
    # swaks puts one more line end behind whatever it sends.
    send(lab, "--data", "@" + lab.file("letter", lf(letter)[:-1]), *options, **more)


def sends(letter, lab):
    send_file(lab, letter)
    expect_same("the letter", as_sent(lab.only_letter()), letter)


def several_recipients(lab):
    send_file(lab, ODD, to=(AMY, BOB))
    for user in ("amy", "bob"):
        expect_same(f"the letter for {user}", as_sent(lab.only_letter(user)), ODD)


def unknown_recipient(lab):
    send(lab, to=("eve@elsewhere.example",), status=24)


def pipelines(lab):
    send_file(lab, ODD, "--pipeline", to=(AMY, BOB))
    expect_same("the letter", as_sent(lab.only_letter("bob")), ODD)


def attachment(lab):
    send(lab, "--attach", "@" + lab.file("noise", ATTACHMENT), "--body", "Hello")
    parts = email.message_from_bytes(lab.only_letter()).get_payload()
    expect(parts[0].get_payload(decode=True).strip() == b"Hello", "the text is another one")
    expect_same("the attachment", parts[1].get_payload(decode=True), ATTACHMENT)


def sends_with_auth(mechanism, lab):
    login = ("--auth", mechanism, "--auth-user", "amy", "--auth-password", "secret")
    send_file(lab, ODD, "-tls", *login)
    lab.expect_event("smtp.starttls")
    lab.expect_smtp_auth(mechanism)
    expect_same("the letter", as_sent(lab.only_letter()), ODD)


def wrong_password(lab):
    send(lab, "--auth", "PLAIN", "-au", "amy", "-ap", "wrong", status=28)
    lab.expect_empty()


def verifies(lab):
    trust = ("--tls-verify", "--tls-ca-path", lab.file("sandpost.pem", lab.certificate()))
    send_file(lab, BIG, "-tls", *trust)
    expect_same("the letter", as_sent(lab.only_letter()), BIG)


def sends_with_smtps(lab):
    send_file(lab, ODD, "--tlsc", port=lab.smtps)
    expect_same("the letter", as_sent(lab.only_letter()), ODD)


def does_not_trust(lab):
    send(lab, "-tls", "--tls-verify", status=29)
    lab.expect_empty()


CASES = {
    "sends 8-bit text, dots and long lines": partial(sends, ODD),
    "sends a letter of 1 MiB": partial(sends, BIG),
    "sends to several": several_recipients,
    "is told of a recipient elsewhere": unknown_recipient,
    "sends with PIPELINING": pipelines,
    "sends an attachment of 1 MiB": attachment,
    **{f"sends with STARTTLS, AUTH {name}": partial(sends_with_auth, name) for name in MECHANISMS},
    "is refused with a wrong password": wrong_password,
    "sends with STARTTLS, with the certificate as its authority": verifies,
    "sends on the SMTPS port": sends_with_smtps,
    "does not trust the certificate unasked": does_not_trust,
}
