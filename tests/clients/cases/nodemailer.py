"""nodemailer sends a letter that it writes, or one that is written already."""

import json
from functools import partial
from pathlib import Path

from lab import AMY, ATTACHMENT, BIG, BOB, ODD
from lab import as_sent, attachment_of, expect, expect_same, parsed, text_of

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")
SCRIPT = Path(__file__).resolve().parents[1] / "nodemailer.js"
DEBIAN_MODULES = "/usr/share/nodejs"  # for a node that is not Debian's own


def send(lab, message, status=0, **transport):
    transport = {"host": "localhost", "port": lab.smtp, "ignoreTLS": True, **transport}
    lab.run(
        *("node", SCRIPT),
        stdin=json.dumps({"transport": transport, "message": message}).encode(),
        environment={"NODE_PATH": DEBIAN_MODULES},
        status=status,
    )


def ready_made(letter, *to):
    return {"envelope": {"from": AMY, "to": to or (AMY,)}, "raw": letter.decode()}


def trust(lab):
    return {"ca": lab.certificate()}


def sends(letter, lab):
    send(lab, ready_made(letter))
    expect_same("the letter", as_sent(lab.only_letter()), letter)


def several_recipients(lab):
    send(lab, ready_made(ODD, AMY, BOB, "eve@elsewhere.example"))
    for user in ("amy", "bob"):
        expect_same(f"the letter for {user}", as_sent(lab.only_letter(user)), ODD)


def unknown_recipient(lab):
    send(lab, ready_made(ODD, "eve@elsewhere.example"), status=1)


def attachment(lab):
    file = {"filename": "noise", "path": lab.file("noise", ATTACHMENT)}
    text = "你好\n.\nend"
    send(lab, {"from": AMY, "to": AMY, "subject": "Grüße", "text": text, "attachments": [file]})
    letter = lab.only_letter()
    expect(parsed(letter)["Subject"] == "Grüße", f"the subject is {parsed(letter)['Subject']}")
    expect_same("the text", text_of(letter), text.encode())
    expect_same("the attachment", attachment_of(letter), ATTACHMENT)


def sends_with_auth(mechanism, lab):
    login = {"user": "amy", "pass": "secret"}
    send(lab, ready_made(ODD), auth=login, authMethod=mechanism)
    lab.expect_smtp_auth(mechanism)
    expect_same("the letter", as_sent(lab.only_letter()), ODD)


def wrong_password(lab):
    send(lab, ready_made(ODD), auth={"user": "amy", "pass": "wrong"}, status=1)
    lab.expect_empty()


def sends_with_starttls(lab):
    login = {"user": "amy", "pass": "secret"}
    send(lab, ready_made(BIG), ignoreTLS=False, requireTLS=True, auth=login, tls=trust(lab))
    lab.expect_event("smtp.starttls")
    expect_same("the letter", as_sent(lab.only_letter()), BIG)


def sends_with_smtps(lab):
    send(lab, ready_made(ODD), port=lab.smtps, secure=True, tls=trust(lab))
    expect_same("the letter", as_sent(lab.only_letter()), ODD)


def does_not_trust(lab):
    send(lab, ready_made(ODD), ignoreTLS=False, status=1)
    lab.expect_empty()


def report_of_the_delivery(lab):
    notify = {"id": "x1", "return": "headers", "notify": ["success"], "recipient": AMY}
    send(lab, {**ready_made(ODD), "dsn": notify})
    expect_same("the letter", as_sent(lab.mailbox()[0]), ODD)
    expect("NOTIFY=SUCCESS" in lab.said(), "it did not ask")


CASES = {
    "sends 8-bit text, dots and long lines": partial(sends, ODD),
    "sends a letter of 1 MiB": partial(sends, BIG),
    "sends to several, one of them elsewhere": several_recipients,
    "is told of a recipient elsewhere": unknown_recipient,
    "sends an attachment of 1 MiB": attachment,
    **{f"sends with AUTH {name}": partial(sends_with_auth, name) for name in MECHANISMS},
    "is refused with a wrong password": wrong_password,
    "sends with STARTTLS, with the certificate as its authority": sends_with_starttls,
    "sends on the SMTPS port": sends_with_smtps,
    "does not trust the certificate unasked": does_not_trust,
    "asks for a report of the delivery": report_of_the_delivery,
}
