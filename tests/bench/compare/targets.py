"""What is wanted, as data: one place for the table, the verdicts and the document.

A row's name is that of rows.py. With `against`, sandpost's median is divided by that of the named
contestant of the same row; without, it is the median itself. Without `at_most`, more is better.
`at` is the point of a row about growth, `against_at` that of the other.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Target:
    row: str
    wanted: float
    against: str | None = None
    own: str = "sandpost"
    at_most: bool = False
    at: int | None = None
    against_at: int | None = None


THROW_AWAY = "sandpost, throw-away"
TARGETS = [
    Target("SMTP 1 KiB, 1 kept", 0.6, "smtp-sink"),
    Target("SMTP 1 KiB, 10 kept", 0.55, "smtp-sink"),
    Target("SMTP 1 KiB, 100 kept", 0.9, "smtp-sink"),
    Target("SMTP 1 KiB, 100 kept", 30, "Postfix"),
    Target("SMTP 1 KiB, connection each, 10", 0.75, "smtp-sink"),
    Target("SMTP 1 KiB, connection each, 100", 0.75, "smtp-sink"),
    Target("SMTP 64 KiB, 10 kept", 1.2, "smtp-sink"),
    Target("SMTP 1 KiB, 1 kept", 1.0, "smtp-sink", own=THROW_AWAY),
    Target("SMTP 1 KiB, 10 kept", 1.0, "smtp-sink", own=THROW_AWAY),
    Target("SMTP 1 KiB, 100 kept", 1.0, "smtp-sink", own=THROW_AWAY),
    Target("RETR 1 KiB, 10, one at a time", 3, "Dovecot"),
    Target("RETR 1 KiB, 10, 16 deep", 2, "Dovecot"),
    Target("RETR 64 KiB, 10", 2, "Dovecot"),
    Target("POP3 sessions, 10", 5, "Dovecot, quick logins"),
    Target("login to all of them", 15, at_most=True, at=100_000),
    Target("SMTP 1 KiB, 10 kept, into that file", 0.8, "sandpost", at=1_000_000, against_at=0),
    Target("login to an empty maildrop of it", 0.8, "sandpost", at=1_000_000, against_at=0),
    Target("memory each, 10,000 idle", 1.5, at_most=True),
    Target("memory in all, 10,000 idle", 25, at_most=True),
    Target("exec to the 220 banner", 8, at_most=True),
    Target("code and data of our namespace", 1000, at_most=True),
    Target("full build", 120, at_most=True),
    Target("rebuild after one engine file", 20, at_most=True),
]
