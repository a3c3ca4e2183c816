"""s-nail (mailx) writes its own letters, and copies what it fetched into a maildir."""

from functools import partial

from lab import AMY, ATTACHMENT, BIG, BOB, NO_BODY, ODD, ODD_BODY
from lab import attachment_of, body, expect, expect_same, lf, parsed, text_of

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")
PLAIN_POP3 = ("pop3-auth=plain", "pop3-no-apop")


def command(*settings):
    base = ("v15-compat", "ttycharset=utf-8", f"from={AMY}", *settings)
    return ("s-nail", "-:/", *(f"-S{setting}" for setting in base))


def send(lab, *settings, mta=None, text=ODD_BODY, files=(), to=(AMY,), status=0):
    mta = mta or f"smtp://localhost:{lab.smtp}"
    attached = [f"-a{file}" for file in files]
    lab.run(
        *command(f"mta={mta}", *settings),
        *(*attached, "-s", "Grüße", *to),
        stdin=lf(text),
        status=status,
    )


def sends(lab):
    send(lab, "smtp-auth=none", to=(AMY, BOB))
    for user in ("amy", "bob"):
        letter = lab.only_letter(user)
        expect(parsed(letter)["Subject"] == "Grüße", f"the subject is {parsed(letter)['Subject']}")
        expect_same(f"the text for {user}", text_of(letter), lf(ODD_BODY))


def sends_8_bit(lab):
    text = "Grüße\n.\n..\n你好\n".encode()
    send(lab, "smtp-auth=none", "mime-encoding=8bit", text=text)
    expect_same("the text", body(lab.only_letter()), text)


def unknown_recipient(lab):
    send(lab, "smtp-auth=none", to=("eve@elsewhere.example",), status=4)
    lab.expect_empty()


def attachment(lab):
    send(lab, "smtp-auth=none", files=[lab.file("noise", ATTACHMENT)])
    expect_same("the attachment", attachment_of(lab.only_letter()), ATTACHMENT)


def sends_with_auth(mechanism, lab):
    mta = f"smtp://amy:secret@localhost:{lab.smtp}"
    send(lab, f"smtp-auth={mechanism.lower()}", mta=mta)
    lab.expect_smtp_auth(mechanism)
    expect_same("the text", text_of(lab.only_letter()), lf(ODD_BODY))


def wrong_password(lab):
    send(lab, mta=f"smtp://amy:wrong@localhost:{lab.smtp}", status=4)
    lab.expect_empty()


def trust(lab):
    authority = f"tls-ca-file={lab.file('sandpost.pem', lab.certificate())}"
    return ("tls-ca-no-defaults", "tls-verify=strict", authority)


def sends_with_starttls(lab):
    mta = f"smtp://amy:secret@localhost:{lab.smtp}"
    send(lab, "smtp-use-starttls", *trust(lab), mta=mta)
    lab.expect_event("smtp.starttls")
    expect_same("the text", text_of(lab.only_letter()), lf(ODD_BODY))


def sends_with_smtps(lab):
    send(lab, *trust(lab), mta=f"smtps://amy:secret@localhost:{lab.smtps}")
    expect_same("the text", text_of(lab.only_letter()), lf(ODD_BODY))


def does_not_trust(lab):
    mta = f"smtp://amy:secret@localhost:{lab.smtp}"
    send(lab, "smtp-use-starttls", "tls-verify=strict", mta=mta, status=4)
    lab.expect_empty()


def fetch(lab, *settings, place=None, orders="delete *", status=0):
    """The letters that are in the maildir then, the shortest first."""
    place = place or f"pop3://amy:secret@localhost:{lab.pop3}"
    typed = f'copy * "maildir://{lab.folder}/box"\n{orders}\nquit\n'
    lab.run(*command(*settings), "-f", place, stdin=typed.encode(), status=status)
    files = [file for part in ("cur", "new") for file in lab.folder.glob(f"box/{part}/*")]
    return sorted((file.read_bytes() for file in files), key=len)


def as_kept(letter):
    """s-nail ends every letter with an empty line."""
    return lf(letter) if letter.endswith(b"\r\n\r\n") else lf(letter) + b"\n"


def fetches(lab):
    lab.put(ODD, BIG, NO_BODY)
    letters = sorted(lab.mailbox(), key=len)
    for letter, wanted in zip(fetch(lab, *PLAIN_POP3), letters, strict=True):
        expect_same("a letter", letter, as_kept(wanted))
    lab.expect_pop3_auth("PASS")
    lab.expect_empty()


def keeps(lab):
    lab.put(ODD, BIG)
    fetch(lab, *PLAIN_POP3, orders="delete 1\nundelete 1\ndelete 2")
    expect(b"Subject: odd" in lab.only_letter(), "the wrong letter is gone")


def fetches_with_apop(lab):
    lab.put(ODD)
    letter = lab.only_letter()
    expect_same("the letter", fetch(lab)[0], as_kept(letter))
    lab.expect_pop3_auth("APOP")


def wrong_pop3_password(lab):
    lab.put(ODD)
    fetch(lab, *PLAIN_POP3, place=f"pop3://amy:wrong@localhost:{lab.pop3}", status=1)
    lab.only_letter()


def fetches_with_stls(lab):
    lab.put(BIG)
    letter = lab.only_letter()
    found = fetch(lab, "pop3-use-starttls", *trust(lab), *PLAIN_POP3)
    expect_same("the letter", found[0], as_kept(letter))
    lab.expect_event("pop3.stls")
    lab.expect_empty()


def fetches_with_pop3s(lab):
    lab.put(ODD)
    letter = lab.only_letter()
    place = f"pop3s://amy:secret@localhost:{lab.pop3s}"
    expect_same("the letter", fetch(lab, *trust(lab), place=place)[0], as_kept(letter))


CASES = {
    "sends to several": sends,
    "sends 8-bit text": sends_8_bit,
    "is told of a recipient elsewhere": unknown_recipient,
    "sends an attachment of 1 MiB": attachment,
    **{f"sends with AUTH {name}": partial(sends_with_auth, name) for name in MECHANISMS},
    "is refused by SMTP with a wrong password": wrong_password,
    "sends with STARTTLS, with the certificate as its authority": sends_with_starttls,
    "sends on the SMTPS port": sends_with_smtps,
    "does not trust the certificate unasked": does_not_trust,
    "fetches and deletes": fetches,
    "deletes only what it was told": keeps,
    "fetches with APOP": fetches_with_apop,
    "is refused by POP3 with a wrong password": wrong_pop3_password,
    "fetches with STLS, with the certificate as its authority": fetches_with_stls,
    "fetches on the POP3S port": fetches_with_pop3s,
}
