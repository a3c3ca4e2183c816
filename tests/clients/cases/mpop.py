"""mpop fetches into a file of its own for each letter, and deletes unless told to keep."""

from functools import partial

from lab import BIG, NO_BODY, ODD, expect, expect_same, lf

AUTH = ("USER", "APOP", "PLAIN", "CRAM-MD5", "SCRAM-SHA-256")


def fetch(lab, *settings, port=None, auth="user", status=0):
    """The letters in the maildir, in the order of their arrival."""
    for part in ("cur", "new", "tmp"):
        (lab.folder / "mail" / part).mkdir(parents=True, exist_ok=True)
    lines = [
        *("account default", "host localhost", f"port {port or lab.pop3}"),
        *(f"auth {auth}", "user amy", "password secret"),
        *(f"delivery maildir {lab.folder}/mail", "received_header off"),
    ]
    configuration = lab.file("mpoprc", "\n".join([*lines, *settings, ""]))
    lab.run("mpop", "-C", configuration, status=status)
    files = (lab.folder / "mail/new").iterdir()
    return [file.read_bytes() for file in sorted(files, key=lambda file: file.stat().st_mtime_ns)]


def fetches(lab):
    lab.put(ODD, BIG, NO_BODY)
    letters = lab.mailbox()
    found = fetch(lab)
    expect(len(found) == 3, f"{len(found)} letters instead of 3")
    for number, (letter, wanted) in enumerate(zip(found, letters), 1):
        expect_same(f"letter {number}", letter, lf(wanted))
    lab.expect_empty()


def keeps(lab):
    lab.put(ODD)
    expect(len(fetch(lab, "keep on")) == 1, "nothing fetched")
    expect(len(fetch(lab, "keep on")) == 1, "the same letter was fetched twice")
    lab.put(BIG)
    expect(len(fetch(lab, "keep on")) == 2, "the new letter was not fetched")
    expect(len(lab.mailbox()) == 2, "a letter is gone from the mailbox")


def fetches_with_auth(mechanism, lab):
    lab.put(ODD)
    letter = lab.only_letter()
    found = fetch(lab, "tls on", "tls_certcheck off", auth=mechanism.lower())
    lab.expect_event("pop3.stls")
    lab.expect_pop3_auth("PASS" if mechanism == "USER" else mechanism)
    expect_same("the letter", found[0], lf(letter))
    lab.expect_empty()


def wrong_password(lab):
    lab.put(ODD)
    for auth in ("user", "apop", "scram-sha-256"):
        fetch(lab, "password wrong", auth=auth, status=77)
    lab.only_letter()


def fetches_with_stls(lab):
    lab.put(BIG)
    letter = lab.only_letter()
    found = fetch(lab, "tls on", f"tls_fingerprint {lab.fingerprint()}")
    expect_same("the letter", found[0], lf(letter))
    lab.expect_event("pop3.stls")


def fetches_with_pop3s(lab):
    lab.put(ODD)
    letter = lab.only_letter()
    trust = f"tls_trust_file {lab.file('sandpost.pem', lab.certificate())}"
    found = fetch(lab, "tls on", "tls_starttls off", trust, port=lab.pop3s)
    expect_same("the letter", found[0], lf(letter))


CASES = {
    "fetches and deletes": fetches,
    "keeps, and knows by UIDL what it has": keeps,
    **{f"fetches with STLS, {name}": partial(fetches_with_auth, name) for name in AUTH},
    "is refused with a wrong password": wrong_password,
    "fetches with STLS, with the certificate's fingerprint": fetches_with_stls,
    "fetches on the POP3S port, with the certificate as its authority": fetches_with_pop3s,
}
