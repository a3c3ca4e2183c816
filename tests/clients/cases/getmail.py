"""getmail (the package getmail6) hands each letter to a program; it deletes only if told to."""

from lab import BIG, NO_BODY, ODD, expect_same, lf


def fetch(lab, *settings, kind="", delete=True, port=None, password="secret", status=0):
    """What the program was handed, one letter behind the other."""
    fetched = lab.folder / "fetched"
    lines = [
        f"[retriever]\ntype = SimplePOP3{kind}Retriever\nserver = localhost",
        f"port = {port or lab.pop3}\nusername = amy\npassword = {password}",
        *settings,
        # To a program, for getmail writes no maildir as root.
        "[destination]\ntype = MDA_external\nallow_root_commands = true",
        f"path = /bin/sh\narguments = ('-c', 'cat >> {fetched}')",
        f"[options]\ndelete = {delete}\nread_all = {delete}",
        "delivered_to = false\nreceived = false",
    ]
    configuration = lab.file("getmailrc", "\n".join([*lines, ""]))
    lab.run("getmail", "--getmaildir", lab.folder, "--rcfile", configuration, status=status)
    return fetched.read_bytes() if fetched.exists() else b""


def fetches(lab):
    lab.put(ODD, BIG, NO_BODY)
    letters = lab.mailbox()
    expect_same("the letters", fetch(lab), b"".join(map(lf, letters)))
    lab.expect_empty()


def keeps(lab):
    lab.put(ODD)
    letter = lf(lab.only_letter())
    expect_same("the letter", fetch(lab, delete=False), letter)
    expect_same("the letter alone", fetch(lab, delete=False), letter)
    lab.put(BIG)
    expect_same("both letters", fetch(lab, delete=False), b"".join(map(lf, lab.mailbox())))


def fetches_with_apop(lab):
    lab.put(ODD)
    letter = lab.only_letter()
    expect_same("the letter", fetch(lab, "use_apop = true"), lf(letter))
    lab.expect_pop3_auth("APOP")


def wrong_password(lab):
    lab.put(ODD)
    fetch(lab, password="wrong", status=127)
    lab.only_letter()


def fetches_with_pop3s(lab):
    lab.put(BIG)
    letter = lab.only_letter()
    trust = f"ca_certs = {lab.file('sandpost.pem', lab.certificate())}"
    expect_same("the letter", fetch(lab, trust, kind="SSL", port=lab.pop3s), lf(letter))
    lab.expect_empty()


CASES = {
    "fetches and deletes": fetches,
    "keeps, and knows by UIDL what it has": keeps,
    "fetches with APOP": fetches_with_apop,
    "is refused with a wrong password": wrong_password,
    "fetches on the POP3S port, with the certificate as its authority": fetches_with_pop3s,
}
