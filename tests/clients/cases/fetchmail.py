"""fetchmail hands each letter to a program, or sends it on by SMTP, and deletes it then."""

from functools import partial

from lab import BIG, BOB, NO_BODY, ODD, body, expect_same, lf

NO_MAIL, WRONG_PASSWORD, NO_TLS = 1, 3, 2  # exit statuses
NO_STLS = "sslproto ''"


def fetch(lab, *settings, port=None, auth="any", password="secret", onward=None, status=0):
    """What the program was handed, one letter behind the other."""
    fetched = lab.folder / "fetched"
    protocol = "APOP" if auth == "APOP" else f"POP3 auth {auth}"
    lines = [
        "set invisible",
        f"poll localhost service {port or lab.pop3} protocol {protocol} uidl",
        f"user amy password {password} no rewrite {' '.join(settings)}",
        onward or f'mda "cat >> {fetched}"',
    ]
    configuration = lab.file("fetchmailrc", "\n".join([*lines, ""]))
    lab.run(
        *("fetchmail", "--nosyslog", "--pidfile", lab.folder / "fetchmail.pid"),
        *("-f", configuration),
        status=status,
    )
    return fetched.read_bytes() if fetched.exists() else b""


def fetches(lab):
    lab.put(ODD, BIG, NO_BODY)
    letters = lab.mailbox()
    expect_same("the letters", fetch(lab, NO_STLS), b"".join(map(lf, letters)))
    lab.expect_empty()
    fetch(lab, NO_STLS, status=NO_MAIL)


def keeps(lab):
    lab.put(ODD)
    letter = lf(lab.only_letter())
    expect_same("the letter", fetch(lab, NO_STLS, "keep"), letter)
    fetch(lab, NO_STLS, "keep", status=NO_MAIL)
    lab.put(ODD)
    expect_same("both letters", fetch(lab, NO_STLS, "keep"), b"".join(map(lf, lab.mailbox())))


def sends_on(lab):
    lab.put(ODD, BIG)
    wanted = [body(letter) for letter in lab.mailbox()]
    fetch(lab, NO_STLS, onward=f"smtphost localhost/{lab.smtp} smtpname {BOB}")
    lab.expect_empty()
    for letter, text in zip(lab.mailbox("bob"), wanted, strict=True):
        expect_same("the text", body(letter), text)


def fetches_with_apop(lab):
    lab.put(ODD)
    letter = lab.only_letter()
    expect_same("the letter", fetch(lab, NO_STLS, auth="APOP"), lf(letter))
    lab.expect_pop3_auth("APOP")


def fetches_with_auth(setting, mechanism, lab):
    lab.put(ODD)
    letter = lab.only_letter()
    expect_same("the letter", fetch(lab, NO_STLS, auth=setting), lf(letter))
    lab.expect_pop3_auth(mechanism)
    lab.expect_empty()


def wrong_password(lab):
    lab.put(ODD)
    fetch(lab, NO_STLS, password="wrong", status=WRONG_PASSWORD)
    lab.only_letter()


def trust(lab):
    return f"sslcertck sslcertfile {lab.file('sandpost.pem', lab.certificate())}"


def fetches_with_stls(lab):
    lab.put(BIG)
    letter = lab.only_letter()
    expect_same("the letter", fetch(lab, "sslproto tls1.2+", trust(lab)), lf(letter))
    lab.expect_event("pop3.stls")
    lab.expect_empty()


def fetches_with_pop3s(lab):
    lab.put(ODD)
    letter = lab.only_letter()
    expect_same("the letter", fetch(lab, "ssl", trust(lab), port=lab.pop3s), lf(letter))


def does_not_trust(lab):
    lab.put(ODD)
    fetch(lab, status=NO_TLS)
    lab.only_letter()


CASES = {
    "fetches and deletes": fetches,
    "keeps, and knows by UIDL what it has": keeps,
    "sends on by SMTP what it fetched": sends_on,
    "fetches with APOP": fetches_with_apop,
    "fetches with PASS": partial(fetches_with_auth, "password", "PASS"),
    "fetches with CRAM-MD5": partial(fetches_with_auth, "cram-md5", "CRAM-MD5"),
    "is refused with a wrong password": wrong_password,
    "fetches with STLS, with the certificate as its authority": fetches_with_stls,
    "fetches on the POP3S port": fetches_with_pop3s,
    "does not trust the certificate unasked": does_not_trust,
}
