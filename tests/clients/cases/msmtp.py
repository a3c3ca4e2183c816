"""msmtp sends a letter as it stands on its stdin."""

from functools import partial

from lab import AMY, BIG, BOB, ODD, as_sent, expect_same, lf

AUTH = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256")


def send(lab, letter, *settings, to=(AMY,), port=None, status=0):
    lines = ["account default", "host localhost", f"port {port or lab.smtp}", f"from {AMY}"]
    configuration = lab.file("msmtprc", "\n".join([*lines, *settings, ""]))
    lab.run("msmtp", "-C", configuration, *to, stdin=lf(letter), status=status)


def login(mechanism):
    return f"auth {mechanism.lower()}", "user amy", "password secret"


def sends(letter, lab):
    send(lab, letter)
    expect_same("the letter", as_sent(lab.only_letter()), letter)


def several_recipients(lab):
    send(lab, ODD, to=(AMY, BOB))
    for user in ("amy", "bob"):
        expect_same(f"the letter for {user}", as_sent(lab.only_letter(user)), ODD)


def unknown_recipient(lab):
    send(lab, ODD, to=(AMY, "eve@elsewhere.example"), status=65)
    lab.expect_empty()


def sends_with_auth(mechanism, lab):
    send(lab, ODD, *login(mechanism), "tls on", "tls_certcheck off")
    lab.expect_event("smtp.starttls")
    lab.expect_smtp_auth(mechanism)
    expect_same("the letter", as_sent(lab.only_letter()), ODD)


def wrong_password(lab):
    settings = ("auth scram-sha-256", "user amy", "password wrong")
    send(lab, ODD, *settings, status=77)
    lab.expect_empty()


def sends_with_starttls(lab):
    send(lab, BIG, "tls on", f"tls_fingerprint {lab.fingerprint()}", *login("PLAIN"))
    lab.expect_event("smtp.starttls")
    expect_same("the letter", as_sent(lab.only_letter()), BIG)


def sends_with_smtps(lab):
    trust = f"tls_trust_file {lab.file('sandpost.pem', lab.certificate())}"
    send(lab, ODD, "tls on", "tls_starttls off", trust, port=lab.smtps)
    expect_same("the letter", as_sent(lab.only_letter()), ODD)


def does_not_trust(lab):
    send(lab, ODD, "tls on", status=69)
    lab.expect_empty()


def sends_with_dsn(lab):
    send(lab, ODD, "dsn_notify success,failure", "dsn_return headers")
    expect_same("the letter", as_sent(lab.mailbox()[0]), ODD)


CASES = {
    "sends 8-bit text, dots and long lines": partial(sends, ODD),
    "sends a letter of 1 MiB": partial(sends, BIG),
    "sends to several": several_recipients,
    "is told of a recipient elsewhere": unknown_recipient,
    **{f"sends with STARTTLS, AUTH {name}": partial(sends_with_auth, name) for name in AUTH},
    "is refused with a wrong password": wrong_password,
    "sends with STARTTLS, with the certificate's fingerprint": sends_with_starttls,
    "sends on the SMTPS port, with the certificate as its authority": sends_with_smtps,
    "does not trust the certificate unasked": does_not_trust,
    "asks for a report of the delivery": sends_with_dsn,
}
