"""smtplib and poplib of Python."""

import email.message
import email.policy
import poplib
import smtplib
import ssl
from functools import partial

from lab import AMY, ATTACHMENT, BIG, BOB, NO_BODY, ODD, PLAIN, SECONDS
from lab import as_sent, attachment_of, expect, expect_same, lf, parsed, text_of

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")


def smtp_to(lab):
    return smtplib.SMTP("localhost", lab.smtp, timeout=SECONDS)


def pop3_to(lab):
    return poplib.POP3("localhost", lab.pop3, timeout=SECONDS)


def trust(lab):
    return ssl.create_default_context(cadata=lab.certificate())


def fetched(pop3, number):
    return b"".join(line + b"\r\n" for line in pop3.retr(number)[1])


def sends(letter, lab):
    with smtp_to(lab) as smtp:
        smtp.sendmail(AMY, [AMY], letter)
    expect_same("the letter", as_sent(lab.only_letter()), letter)


def bare_lf(lab):
    with smtp_to(lab) as smtp:
        try:
            smtp.sendmail(AMY, [AMY], lf(ODD))
        except smtplib.SMTPDataError as error:
            expect(error.smtp_code == 550, f"code {error.smtp_code}")
        else:
            expect(False, "it was taken")
        smtp.sendmail(AMY, [AMY], ODD)
    expect_same("the letter", as_sent(lab.only_letter()), ODD)


def several_recipients(lab):
    with smtp_to(lab) as smtp:
        refused = smtp.sendmail(AMY, [AMY, BOB, "eve@elsewhere.example"], ODD)
    expect(list(refused) == ["eve@elsewhere.example"], f"refused: {refused}")
    expect(refused["eve@elsewhere.example"][0] == 550, f"refused: {refused}")
    for user in ("amy", "bob"):
        expect_same(f"the letter for {user}", as_sent(lab.only_letter(user)), ODD)


def several_letters(lab):
    with smtp_to(lab) as smtp:
        for letter in (ODD, PLAIN, NO_BODY):
            smtp.sendmail(AMY, [AMY], letter)
    for letter, wanted in zip(lab.mailbox(), (ODD, PLAIN, NO_BODY), strict=True):
        expect_same("a letter", as_sent(letter), wanted)


def attachment(lab):
    letter = email.message.EmailMessage(email.policy.SMTP)
    letter["From"], letter["To"], letter["Subject"] = AMY, AMY, "Grüße"
    letter.set_content("你好\n")
    letter.add_attachment(ATTACHMENT, maintype="image", subtype="x-noise", filename="noise")
    with smtp_to(lab) as smtp:
        smtp.send_message(letter)
    found = lab.only_letter()
    expect(parsed(found)["Subject"] == "Grüße", f"the subject is {parsed(found)['Subject']}")
    expect_same("the text", text_of(found), "你好\n".encode())
    expect_same("the attachment", attachment_of(found), ATTACHMENT)


def sends_with_auth(mechanism, lab):
    with smtp_to(lab) as smtp:
        smtp.ehlo()
        smtp.user, smtp.password = "amy", "secret"
        method = getattr(smtp, "auth_" + mechanism.lower().replace("-", "_"))
        smtp.auth(mechanism, method)
        smtp.sendmail(AMY, [AMY], ODD)
    lab.expect_smtp_auth(mechanism)
    expect_same("the letter", as_sent(lab.only_letter()), ODD)


def wrong_password(lab):
    with smtp_to(lab) as smtp:
        try:
            smtp.login("amy", "wrong")
        except smtplib.SMTPAuthenticationError as error:
            expect(error.smtp_code == 535, f"code {error.smtp_code}")
        else:
            expect(False, "it was let in")


def sends_with_starttls(lab):
    with smtp_to(lab) as smtp:
        smtp.starttls(context=trust(lab))
        smtp.login("amy", "secret")
        smtp.sendmail(AMY, [AMY], BIG)
    lab.expect_event("smtp.starttls")
    expect_same("the letter", as_sent(lab.only_letter()), BIG)


def sends_with_smtps(lab):
    with smtplib.SMTP_SSL("localhost", lab.smtps, timeout=SECONDS, context=trust(lab)) as smtp:
        smtp.sendmail(AMY, [AMY], ODD)
    expect_same("the letter", as_sent(lab.only_letter()), ODD)


def utf8_address(lab):
    with smtp_to(lab) as smtp:
        smtp.ehlo()
        smtp.mail("用戶@例子.example", ["SMTPUTF8", "BODY=8BITMIME"])
        smtp.rcpt(AMY)
        smtp.data(ODD)
    letter = lab.only_letter()
    expect("用戶@例子.example".encode() in letter.split(b"\r\n", 1)[0], "no such Return-Path")
    expect_same("the letter", as_sent(letter), ODD)


def fetches(lab):
    lab.put(ODD, BIG, NO_BODY)
    pop3 = pop3_to(lab)
    pop3.user("amy")
    pop3.pass_("secret")
    sizes = [int(line.split()[1]) for line in pop3.list()[1]]
    expect(pop3.stat() == (3, sum(sizes)), f"STAT and LIST differ: {pop3.stat()}, {sizes}")
    expect(len({line.split()[1] for line in pop3.uidl()[1]}) == 3, "a UIDL twice")
    for number, letter in enumerate((ODD, BIG, NO_BODY), 1):
        found = fetched(pop3, number)
        expect(len(found) == sizes[number - 1], f"LIST and RETR differ for {number}")
        expect_same(f"letter {number}", as_sent(found), letter)
    head = pop3.top(1, 3)[1]
    expect(head[-3:] == ODD.split(b"\r\n\r\n", 1)[1].split(b"\r\n")[:3], f"TOP gave {head[-3:]}")
    pop3.dele(2)
    pop3.rset()
    pop3.dele(1)
    pop3.dele(3)
    pop3.quit()
    expect_same("the letter that is left", as_sent(lab.only_letter()), BIG)


def fetches_with_apop(lab):
    lab.put(ODD)
    pop3 = pop3_to(lab)
    pop3.apop("amy", "secret")
    lab.expect_pop3_auth("APOP")
    expect_same("the letter", as_sent(fetched(pop3, 1)), ODD)
    pop3.quit()


def fetches_with_stls(lab):
    lab.put(BIG)
    pop3 = pop3_to(lab)
    expect("STLS" in pop3.capa(), "no STLS in CAPA")
    pop3.stls(trust(lab))
    expect("STLS" not in pop3.capa(), "STLS in CAPA for a second time")
    pop3.user("amy")
    pop3.pass_("secret")
    expect_same("the letter", as_sent(fetched(pop3, 1)), BIG)
    pop3.dele(1)
    pop3.quit()
    lab.expect_empty()


def fetches_with_pop3s(lab):
    lab.put(ODD)
    pop3 = poplib.POP3_SSL("localhost", lab.pop3s, timeout=SECONDS, context=trust(lab))
    pop3.user("amy")
    pop3.pass_("secret")
    expect_same("the letter", as_sent(fetched(pop3, 1)), ODD)
    pop3.quit()


def fetches_with_utf8(lab):
    lab.put(ODD)
    pop3 = pop3_to(lab)
    pop3.utf8()
    pop3.user("amy")
    pop3.pass_("secret")
    expect_same("the letter", as_sent(fetched(pop3, 1)), ODD)
    pop3.quit()


CASES = {
    "sends 8-bit text, dots and long lines": partial(sends, ODD),
    "sends a letter without a text": partial(sends, NO_BODY),
    "sends a letter of 1 MiB": partial(sends, BIG),
    "is refused bare LF, and goes on": bare_lf,
    "sends to several, and is told of one elsewhere": several_recipients,
    "sends three letters in one session": several_letters,
    "sends an attachment of 1 MiB": attachment,
    **{f"sends with AUTH {name}": partial(sends_with_auth, name) for name in MECHANISMS},
    "is refused with a wrong password": wrong_password,
    "sends with STARTTLS, with the certificate as its authority": sends_with_starttls,
    "sends on the SMTPS port": sends_with_smtps,
    "sends from an address in UTF-8": utf8_address,
    "lists, fetches, takes back and deletes": fetches,
    "fetches with APOP": fetches_with_apop,
    "fetches with STLS, with the certificate as its authority": fetches_with_stls,
    "fetches on the POP3S port": fetches_with_pop3s,
    "fetches with UTF8": fetches_with_utf8,
}
