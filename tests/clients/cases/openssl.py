"""openssl s_client: a person who types inside TLS."""

import base64

from lab import AMY, BIG, ODD, as_sent, expect, expect_same, lf


def talk(lab, lines, port, *options, status=0):
    """Type all the lines at once; what the server said, with CRLF.

    -quiet, for without it a line that begins with Q or R is an order to s_client.
    """
    trust = ("-CAfile", lab.file("sandpost.pem", lab.certificate()), "-verify_return_error")
    return lab.run(
        *("openssl", "s_client", "-quiet", "-crlf", "-connect", f"localhost:{port}"),
        *(*trust, "-verify_hostname", "localhost", *options),
        stdin=lines,
        status=status,
    )


def letter_session(letter):
    login = base64.b64encode(b"\0amy\0secret")
    stuffed = (b"\n" + lf(letter)).replace(b"\n.", b"\n..")[1:]
    return b"".join(
        [
            b"EHLO client.example\nAUTH PLAIN %s\n" % login,
            b"MAIL FROM:<%s>\nRCPT TO:<%s>\nDATA\n" % (AMY.encode(), AMY.encode()),
            stuffed + b".\nQUIT\n",
        ]
    )


def codes(said):
    return [line[:3] for line in said.split(b"\r\n")]


def sends_with_starttls(lab):
    said = talk(lab, letter_session(BIG), lab.smtp, "-starttls", "smtp")
    expect(codes(said)[-6:] == [b"250", b"250", b"354", b"250", b"221", b""], f"it said {said}")
    lab.expect_smtp_auth("PLAIN")
    expect_same("the letter", as_sent(lab.only_letter()), BIG)


def sends_with_smtps(lab):
    said = talk(lab, letter_session(ODD), lab.smtps)
    expect(codes(said)[0] == b"220" and codes(said)[-2] == b"221", f"it said {said}")
    expect_same("the letter", as_sent(lab.only_letter()), ODD)


def retr_session(lab, port, *options):
    letter = lab.only_letter()
    said = talk(lab, b"USER amy\nPASS secret\nRETR 1\nDELE 1\nQUIT\n", port, *options)
    stuffed = (b"\r\n" + letter).replace(b"\r\n.", b"\r\n..")[2:]
    found = said[said.index(b"Return-Path:") : said.index(b"\r\n.\r\n") + 2]
    expect_same("the letter", found, stuffed)
    expect(said.endswith(b"bye, 1 message deleted\r\n"), f"it ended with {said[-80:]}")
    lab.expect_empty()


def fetches_with_stls(lab):
    lab.put(BIG)
    retr_session(lab, lab.pop3, "-starttls", "pop3")
    lab.expect_event("pop3.stls")


def fetches_with_pop3s(lab):
    lab.put(ODD)
    retr_session(lab, lab.pop3s)


def other_hosts_name(lab):
    talk(lab, b"QUIT\n", lab.smtps, "-verify_hostname", "mail.example", status=1)


def tls_1_2(lab):
    talk(lab, letter_session(ODD), lab.smtp, "-starttls", "smtp", "-tls1_2")
    lab.expect_event("smtp.starttls version=TLSv1.2")
    expect_same("the letter", as_sent(lab.only_letter()), ODD)


def tls_1_1(lab):
    weak = ("-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0")
    talk(lab, b"QUIT\n", lab.smtps, *weak, status=1)


CASES = {
    "sends with STARTTLS, with the certificate as its authority": sends_with_starttls,
    "sends on the SMTPS port": sends_with_smtps,
    "fetches and deletes with STLS": fetches_with_stls,
    "fetches and deletes on the POP3S port": fetches_with_pop3s,
    "sees a certificate for another host": other_hosts_name,
    "sends with TLS 1.2": tls_1_2,
    "is refused with TLS 1.1": tls_1_1,
}
