"""curl sends a letter as it stands in the file, and prints what it fetched as it came."""

from functools import partial

from lab import AMY, BIG, BOB, ODD, as_sent, expect, expect_same, lf

SASL = ("PLAIN", "CRAM-MD5")


def send(lab, letter, *options, to=(AMY,), url="smtp://localhost:{smtp}", status=0):
    recipients = [word for address in to for word in ("--mail-rcpt", address)]
    lab.run(
        *("curl", "-sS", url.format(smtp=lab.smtp, smtps=lab.smtps), "--mail-from", AMY),
        *(*recipients, "--upload-file", lab.file("letter", letter), *options),
        status=status,
    )


def fetch(lab, path, *options, url="pop3://localhost:{pop3}", status=0):
    place = url.format(pop3=lab.pop3, pop3s=lab.pop3s)
    return lab.run("curl", "-sS", f"{place}/{path}", "-u", "amy:secret", *options, status=status)


def sends(letter, lab):
    send(lab, letter)
    expect_same("the letter", as_sent(lab.only_letter()), letter)


def bare_lf(lab):
    send(lab, lf(ODD), status=8)
    lab.expect_empty()
    send(lab, lf(ODD), "--crlf")
    expect_same("the letter", as_sent(lab.only_letter()), ODD)


def several_recipients(lab):
    send(lab, ODD, to=(AMY, BOB))
    for user in ("amy", "bob"):
        expect_same(f"the letter for {user}", as_sent(lab.only_letter(user)), ODD)


def unknown_recipient(lab):
    send(lab, ODD, to=(AMY, "eve@elsewhere.example"), status=55)
    lab.expect_empty()


def sends_with_auth(mechanism, lab):
    send(lab, ODD, "-u", "amy:secret", "--login-options", f"AUTH={mechanism}")
    lab.expect_smtp_auth(mechanism)
    expect_same("the letter", as_sent(lab.only_letter()), ODD)


def wrong_password(lab):
    send(lab, ODD, "-u", "amy:wrong", status=67)
    lab.expect_empty()


def sends_with_starttls(lab):
    trust = ("--cacert", lab.file("sandpost.pem", lab.certificate()), "--ssl-reqd")
    send(lab, BIG, *trust, "-u", "amy:secret")
    lab.expect_event("smtp.starttls")
    expect_same("the letter", as_sent(lab.only_letter()), BIG)


def sends_with_smtps(lab):
    send(lab, ODD, "--insecure", "-u", "amy:secret", url="smtps://localhost:{smtps}")
    expect_same("the letter", as_sent(lab.only_letter()), ODD)


def does_not_trust(lab):
    send(lab, ODD, "--ssl-reqd", status=60)
    lab.expect_empty()


def asks_about_an_address(lab):
    answer = lab.run(
        "curl", "-sS", f"smtp://localhost:{lab.smtp}", "--mail-rcpt", "amy", "-X", "VRFY"
    )
    expect(AMY.encode() in answer, f"VRFY gave {answer!r}")


def fetches(lab):
    lab.put(ODD, BIG)
    odd, big = lab.mailbox()
    expect_same("LIST", fetch(lab, ""), b"1 %d\r\n2 %d\r\n" % (len(odd), len(big)))
    expect_same("letter 1", fetch(lab, "1"), odd)
    expect_same("letter 2", fetch(lab, "2"), big)
    head = big[: big.index(b"\r\n\r\n") + 4]
    expect_same("the head of letter 2", fetch(lab, "", "-X", "TOP 2 0"), head)


def fetches_with_auth(mechanism, lab):
    lab.put(ODD)
    login = "+APOP" if mechanism == "APOP" else mechanism
    letter = fetch(lab, "1", "--login-options", f"AUTH={login}")
    lab.expect_pop3_auth(mechanism)
    expect_same("the letter", letter, lab.only_letter())


def fetches_with_stls(lab):
    lab.put(BIG)
    trust = ("--cacert", lab.file("sandpost.pem", lab.certificate()), "--ssl-reqd")
    expect_same("the letter", fetch(lab, "1", *trust), lab.only_letter())
    lab.expect_event("pop3.stls")


def fetches_with_pop3s(lab):
    lab.put(ODD)
    letter = fetch(lab, "1", "--insecure", url="pop3s://localhost:{pop3s}")
    expect_same("the letter", letter, lab.only_letter())


def deletes(lab):
    lab.put(ODD, BIG)
    fetch(lab, "1", "-X", "DELE", "--head")
    expect_same("the letter that is left", as_sent(lab.only_letter()), BIG)


CASES = {
    "sends 8-bit text, dots and long lines": partial(sends, ODD),
    "sends a letter of 1 MiB": partial(sends, BIG),
    "sends LF with --crlf only": bare_lf,
    "sends to several": several_recipients,
    "is told of a recipient elsewhere": unknown_recipient,
    **{f"sends with AUTH {name}": partial(sends_with_auth, name) for name in (*SASL, "LOGIN")},
    "is refused with a wrong password": wrong_password,
    "sends with STARTTLS, with the certificate as its authority": sends_with_starttls,
    "sends on the SMTPS port": sends_with_smtps,
    "does not trust the certificate unasked": does_not_trust,
    "asks VRFY": asks_about_an_address,
    "lists and fetches": fetches,
    **{f"fetches with {name}": partial(fetches_with_auth, name) for name in (*SASL, "APOP")},
    "fetches with STLS, with the certificate as its authority": fetches_with_stls,
    "fetches on the POP3S port": fetches_with_pop3s,
    "deletes": deletes,
}
