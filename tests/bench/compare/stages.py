"""What is measured. A stage is a set of servers that run side by side and take turns, and the rows
that are measured on them."""

import dataclasses
import functools

from mailboxes import KIB, start_with
from rows import Banner, Build, Exec, Idle, Load, OwnSize, Row, Size, Sync, TwiceWritten
from servers import (OTHERS, BareSink, BareSink64, Dovecot, Machine, Postfix, QuickDovecot,
                     Sandpost, SmtpSink, ThrowAway)

MIB = KIB * KIB
SMTP = [Sandpost, ThrowAway, BareSink, SmtpSink, Postfix, *OTHERS]
POP3 = [Sandpost, BareSink, Dovecot]


@dataclasses.dataclass(frozen=True)
class Contestant:
    kind: type
    at: int | None = None  # the point of growth


def start(bench, server, contestant):
    server.start()


def leave(bench, server, contestant):
    pass


def filled(maildrops, count, octets):
    return lambda bench, server, contestant: start_with(bench, server, maildrops, count, octets)


@dataclasses.dataclass
class Stage:
    rows: list[Row]
    contestants: list[Contestant]
    prepare: object = start
    tls: bool = False
    rounds: int | None = None  # fewer, or more, than the others


def of(*kinds, at=(None,)):
    return [Contestant(kind, point) for kind in kinds for point in at]


def smtp(name, kinds=SMTP, **options):
    return Stage([Load(name, options=options)], of(*kinds))


def comparison():
    each = {"connections": 10, "size": KIB, "connection_each": True}
    yield smtp("SMTP 1 KiB, 1 kept", connections=1, size=KIB)
    yield smtp("SMTP 1 KiB, 10 kept", connections=10, size=KIB)
    yield smtp("SMTP 1 KiB, 100 kept", connections=100, size=KIB)
    yield smtp("SMTP 1 KiB, 10 kept, PIPELINING", SMTP[:5], connections=10, size=KIB, pipeline=2)
    yield smtp("SMTP 1 KiB, connection each, 10", SMTP[:5], **each)
    yield smtp("SMTP 1 KiB, connection each, 100", SMTP[:5], **{**each, "connections": 100})
    yield smtp("SMTP 64 KiB, 10 kept", SMTP[:5], connections=10, size=64 * KIB)
    yield Stage([Load("SMTP 1 KiB over TLS, 10 kept", options={"connections": 10, "size": KIB}),
                 Load("SMTP 1 KiB over TLS, connection each, 10", options=each)],
                of(Sandpost, Postfix), tls=True)
    yield Stage([Load("RETR 1 KiB, 10, one at a time", work="retr",
                      options={"connections": 10, "messages": 200}),
                 Load("RETR 1 KiB, 10, 16 deep", work="retr",
                      options={"connections": 10, "messages": 200, "pipeline": 16})],
                of(*POP3), filled(10, 200, KIB))
    yield Stage([Load("RETR 64 KiB, 10", work="retr", unit="MiB/s",
                      options={"connections": 10, "messages": 20})],
                of(Sandpost, BareSink64, Dovecot), filled(10, 20, 64 * KIB))
    sessions = functools.partial(Load, work="sessions", options={"connections": 10})
    yield Stage([sessions("POP3 sessions, 10")], of(*POP3, QuickDovecot), filled(10, 3, KIB))
    yield Stage([sessions("POP3 sessions over TLS, 10")], of(Sandpost, Dovecot, QuickDovecot),
                filled(10, 3, KIB), tls=True)


def few(quick):
    return 2 if quick else 3


def by_messages(quick):
    axis = {"axis": "messages in the file"}
    yield Stage(
        [Load("SMTP 1 KiB, 10 kept, into that file", **axis,
              options={"connections": 10, "rcpt": "u98@bench.test"}),
         Load("login to an empty maildrop of it", work="sessions", **axis, options={"user": "u99"}),
         Load("login to all of them", work="sessions", unit="ms", **axis, options={"user": "u0"},
              by_point={0: {"count": 50}, 1000: {"count": 50}, 100_000: {"count": 10},
                        1_000_000: {"count": 3}})],
        of(Sandpost, at=(0, 1000, 100_000) if quick else (0, 1000, 100_000, 1_000_000)),
        lambda bench, server, contestant: start_with(bench, server, 1, contestant.at, KIB),
        rounds=few(quick))


def by_sessions(quick):
    points = (1, 10, 100, 1000)
    yield Stage([Load("SMTP 1 KiB, kept", axis="sessions",
                      by_point={point: {"connections": point} for point in points})],
                of(Sandpost, ThrowAway, BareSink, SmtpSink, at=points), rounds=few(quick))
    yield Stage([Load("RETR 1 KiB, one at a time", work="retr", axis="sessions",
                      options={"messages": 20},
                      by_point={point: {"connections": point} for point in points})],
                of(*POP3, at=points[:3]),
                lambda bench, server, contestant: start_with(bench, server, contestant.at, 20, KIB),
                rounds=few(quick))


def by_size(quick):
    amount = {KIB: 200, 64 * KIB: 20, MIB: 4, 10 * MIB: 1}  # of messages in each maildrop
    limits = {MIB: {"count": 100}, 10 * MIB: {"count": 20}}  # else memory and disk would fill
    yield Stage([Load("SMTP, 10 kept", unit="MiB/s", axis="octets of a message",
                      options={"connections": 10},
                      by_point={size: {"size": size, **limits.get(size, {})} for size in amount})],
                of(Sandpost, BareSink, SmtpSink, at=amount), rounds=few(quick))
    yield Stage([Load("RETR, 10", work="retr", unit="MiB/s", axis="octets of a message",
                      options={"connections": 10},
                      by_point={size: {"messages": count} for size, count in amount.items()})],
                of(Sandpost, Dovecot, at=amount),
                lambda bench, server, contestant: start_with(
                    bench, server, 10, amount[contestant.at], contestant.at), rounds=few(quick))


def alone(quick):
    yield Stage([Idle("memory each, 10,000 idle", unit="KiB", in_all=False),
                 Idle("memory in all, 10,000 idle", unit="MiB", in_all=True)],
                of(Sandpost), leave, rounds=3)
    yield Stage([Banner("exec to the 220 banner")], of(Sandpost), leave, rounds=20)
    yield Stage([Size("program, stripped"), OwnSize("code and data of our namespace")],
                of(Sandpost), leave, rounds=1)
    if not quick:
        yield Stage([Build("full build", rebuild=False),
                     Build("rebuild after one engine file", rebuild=True)], of(Sandpost), leave,
                    rounds=1)


def machine():
    yield Stage([Sync("4 KiB appended and synced", append=True),
                 Sync("4 KiB overwritten and synced", append=False),
                 TwiceWritten("64 KiB in a log and again in a file")], of(Machine), leave)
    yield Stage([Exec("exec to exit, /bin/true", words=["/bin/true"]),
                 Exec("exec to exit, sandpost --version", words=["sandpost", "--version"])],
                of(Machine), leave, rounds=20)
    yield Stage([Load(f"NOOP, {count} kept", work="ping", options={"connections": count})
                 for count in (1, 10, 100)], of(Sandpost, BareSink, SmtpSink))


def stages(quick):
    return [*machine(), *comparison(), *by_messages(quick), *by_sessions(quick), *by_size(quick),
            *alone(quick)]
