"""mutt writes its own letters, and fetches into a maildir."""

from functools import partial

from lab import AMY, ATTACHMENT, BIG, BOB, NO_BODY, ODD, ODD_BODY
from lab import attachment_of, body, expect, expect_same, lf, parsed, text_of

SMTP_AUTH = ("PLAIN", "CRAM-MD5", "SCRAM-SHA-256")
POP3_AUTH = ("USER", "APOP", "PLAIN", "CRAM-MD5", "SCRAM-SHA-256")
NO_TLS = ("ssl_starttls=no", "ssl_force_tls=no")


def configuration(lab, settings):
    lines = [
        *(f"from={AMY}", "charset=utf-8", "send_charset=utf-8", "record=''", "copy=no"),
        *("smtp_pass=secret", "pop_pass=secret", "pop_delete=yes", "quit=yes"),
        *("mbox_type=maildir", "mail_check=0"),
        f"certificate_file={lab.file('sandpost.pem', lab.certificate())}",
    ]
    text = "".join(f"set {line}\n" for line in (*lines, *settings))
    return lab.file("muttrc", text)


def send(lab, *settings, place=None, text=ODD_BODY, files=(), to=(AMY,), status=0):
    url = f"smtp_url={place or f'smtp://localhost:{lab.smtp}/'}"
    attached = [word for file in files for word in ("-a", file)]
    lab.run(
        *("mutt", "-n", "-F", configuration(lab, [url, *settings]), "-s", "Grüße"),
        *(*attached, "--", *to),
        stdin=lf(text),
        status=status,
    )


def sends(lab):
    send(lab, *NO_TLS, to=(AMY, BOB))
    for user in ("amy", "bob"):
        letter = lab.only_letter(user)
        expect(parsed(letter)["Subject"] == "Grüße", f"the subject is {parsed(letter)['Subject']}")
        expect_same(f"the text for {user}", text_of(letter), lf(ODD_BODY))


def sends_8_bit(lab):
    text = "Grüße\n.\n..\n你好\n".encode()
    send(lab, *NO_TLS, "allow_8bit=yes", "use_8bitmime=yes", text=text)
    expect_same("the text", body(lab.only_letter()), text)


def unknown_recipient(lab):
    send(lab, *NO_TLS, to=("eve@elsewhere.example",), status=1)
    lab.expect_empty()


def attachment(lab):
    send(lab, *NO_TLS, files=[lab.file("noise", ATTACHMENT)])
    expect_same("the attachment", attachment_of(lab.only_letter()), ATTACHMENT)


def as_amy(lab):
    return f"smtp://amy@localhost:{lab.smtp}/"


def sends_with_auth(mechanism, lab):
    send(lab, *NO_TLS, f"smtp_authenticators={mechanism.lower()}", place=as_amy(lab))
    lab.expect_smtp_auth(mechanism)
    expect_same("the text", text_of(lab.only_letter()), lf(ODD_BODY))


def wrong_password(lab):
    send(lab, *NO_TLS, "smtp_pass=wrong", place=as_amy(lab), status=1)
    lab.expect_empty()


def sends_with_starttls(lab):
    send(lab, "ssl_force_tls=yes", place=as_amy(lab))
    lab.expect_event("smtp.starttls")
    expect_same("the text", text_of(lab.only_letter()), lf(ODD_BODY))


def sends_with_smtps(lab):
    send(lab, place=f"smtps://localhost:{lab.smtps}/")
    expect_same("the text", text_of(lab.only_letter()), lf(ODD_BODY))


def does_not_trust(lab):
    send(lab, "ssl_force_tls=yes", "certificate_file=/dev/null", status=1)
    lab.expect_empty()


def look(lab, keys, *settings, mailbox):
    """The letters that are in the maildir once these keys were pressed, the shortest first."""
    for part in ("cur", "new", "tmp"):
        (lab.folder / "box" / part).mkdir(parents=True, exist_ok=True)
    folders = [f"folder={lab.folder}", f"spoolfile={lab.folder}/box"]
    rules = configuration(lab, [*folders, *settings])
    lab.run_in_terminal("mutt", "-n", "-F", rules, "-f", mailbox, "-e", f'push "{keys}"')
    files = [file for part in ("cur", "new") for file in lab.folder.glob(f"box/{part}/*")]
    return sorted((file.read_bytes() for file in files), key=len)


def fetch(lab, *settings, scheme="pop", port=None):
    host = f"pop_host={scheme}://amy@localhost:{port or lab.pop3}/"
    return look(lab, "<fetch-mail><quit>", host, *settings, mailbox="!")


def fetches(lab):
    lab.put(ODD, BIG, NO_BODY)
    letters = sorted(lab.mailbox(), key=len)
    for letter, wanted in zip(fetch(lab, *NO_TLS), letters, strict=True):
        expect_same("a letter", letter, lf(wanted))
    lab.expect_empty()


def reads_at_the_server(lab):
    lab.put(ODD, BIG, NO_BODY)
    keys = "<delete-message><save-message>=box<enter><quit>"
    place = f"pop://amy@localhost:{lab.pop3}/"
    found = look(lab, keys, *NO_TLS, "confirmappend=no", "delete=yes", mailbox=place)
    expect(len(found) == 1 and b"Subject: big" in found[0], f"it saved {len(found)} letters")
    expect(b"Subject: no text" in lab.only_letter(), "the wrong letter is left")


def fetches_with_auth(mechanism, lab):
    lab.put(ODD)
    letter = lab.only_letter()
    found = fetch(lab, *NO_TLS, f"pop_authenticators={mechanism.lower()}")
    lab.expect_pop3_auth("PASS" if mechanism == "USER" else mechanism)
    expect_same("the letter", found[0], lf(letter))


def fetches_with_stls(lab):
    lab.put(BIG)
    letter = lab.only_letter()
    expect_same("the letter", fetch(lab, "ssl_force_tls=yes")[0], lf(letter))
    lab.expect_event("pop3.stls")
    lab.expect_empty()


def fetches_with_pop3s(lab):
    lab.put(ODD)
    letter = lab.only_letter()
    expect_same("the letter", fetch(lab, scheme="pops", port=lab.pop3s)[0], lf(letter))


CASES = {
    "sends to several": sends,
    "sends 8-bit text": sends_8_bit,
    "is told of a recipient elsewhere": unknown_recipient,
    "sends an attachment of 1 MiB": attachment,
    **{f"sends with AUTH {name}": partial(sends_with_auth, name) for name in SMTP_AUTH},
    "is refused with a wrong password": wrong_password,
    "sends with STARTTLS, with the certificate as its authority": sends_with_starttls,
    "sends on the SMTPS port": sends_with_smtps,
    "does not trust the certificate unasked": does_not_trust,
    "fetches and deletes": fetches,
    "reads at the server, saves and deletes": reads_at_the_server,
    **{f"fetches with {name}": partial(fetches_with_auth, name) for name in POP3_AUTH},
    "fetches with STLS, with the certificate as its authority": fetches_with_stls,
    "fetches on the POP3S port": fetches_with_pop3s,
}
