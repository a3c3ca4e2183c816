"""What was measured, as Markdown: the part of docs/performance.md that no hand writes."""

BEGIN = "<!-- begin: written by scripts/bench -->"
END = "<!-- end: written by scripts/bench -->"
MACHINE = "this machine"
UNITS = {"/s": "a second"}


def figure(number):
    if number >= 100:
        return f"{number:,.0f}"
    if number >= 10:
        return f"{number:.1f}"
    return f"{number:.2f}" if number >= 0.1 else f"{number:.3f}"


def with_unit(number, unit):
    return figure(number) + ("" if unit == "/s" else " " + unit)


def point(number):
    """A point of growth: octets of more than a thousand are powers of two."""
    if number and number % (1 << 20) == 0:
        return f"{number >> 20} MiB"
    return f"{number >> 10} KiB" if number and number % 1024 == 0 else f"{number:,}"


def targets(verdicts):
    lines = ["| what | figure | against | ratio | rounds | wanted | |",
             "|---|---:|---|---:|---:|---:|---|"]
    for told in verdicts:
        place = "" if told["at"] is None else f" ({point(told['at'])})"
        own = "" if told["server"] == "sandpost" else f", {told['server'].partition(', ')[2]}"
        against, ratio, rounds = "", "", ""
        if told["against"]:
            against = told["against"]
            if told["against_at"] is not None:
                against = f"the same at {point(told['against_at'])}"
            ratio = figure(told["ratio"])
            rounds = f"{figure(told['low'])} to {figure(told['high'])}"
        wanted = f"{told['wanted']:g}" if told["against"] else \
            f"{'at most ' if told['at_most'] else ''}{told['wanted']:g} {told['unit']}"
        lines.append(f"| {told['row']}{place}{own} | {with_unit(told['median'], told['unit'])} | "
                     f"{against} | {ratio} | {rounds} | {wanted} | "
                     f"{'reached' if told['reached'] else 'missed'} |")
    return "\n".join(lines)


def latency(result):
    if "p50_us" not in result:
        return ""
    return " / ".join(figure(result[name] / 1000) for name in ("p50_us", "p99_us", "p999_us"))


def all_figures(rows):
    lines = ["| what | server | median | min | max | sandpost : it | CPU us each | "
             "50 / 99 / 99.9 % within ms |",
             "|---|---|---:|---:|---:|---:|---:|---:|"]
    for row in rows:
        own = next((result["median"] for result in row["results"]
                    if result["server"] == "sandpost"), None)
        for result in row["results"]:
            if result["server"] == MACHINE:
                continue
            other = result["server"] != "sandpost" and own and result["median"]
            ratio = figure(own / result["median"]) if other else ""
            cpu = "" if result["cpu_us"] is None else f"{result['cpu_us']:.0f}"
            lines.append(f"| {row['name']} | {result['server']} | "
                         f"{with_unit(result['median'], row['unit'])} | {figure(result['min'])} | "
                         f"{figure(result['max'])} | {ratio} | {cpu} | {latency(result)} |")
    return "\n".join(lines)


def growth(rows):
    """One table for each axis; a line for each row and server, a column for each point."""
    tables = []
    for axis in dict.fromkeys(row["axis"] for row in rows):
        ours = [row for row in rows if row["axis"] == axis]
        points = sorted({result["at"] for row in ours for result in row["results"]})
        lines = [f"| {axis} | | " + " | ".join(map(point, points)) + " |",
                 "|---|---|" + "---:|" * len(points)]
        for row in ours:
            unit = "" if row["unit"] == "/s" else f", {row['unit']}"
            for server in dict.fromkeys(result["server"] for result in row["results"]):
                found = {result["at"]: result for result in row["results"]
                         if result["server"] == server}
                lines.append(f"| {row['name']}{unit} | {server} | " + " | ".join(
                    figure(found[at]["median"]) if at in found else "" for at in points) + " |")
                if row["unit"] == "/s" and all("p99_us" in result for result in found.values()):
                    lines.append(f"| ... 99 % within ms | {server} | " + " | ".join(
                        figure(found[at]["p99_us"] / 1000) if at in found else ""
                        for at in points) + " |")
        tables.append("\n".join(lines))
    return "\n\n".join(tables)


def machine(rows):
    lines = ["| what the machine allows | median | min | max |", "|---|---:|---:|---:|"]
    for row in rows:
        for result in row["results"]:
            if result["server"] == MACHINE:
                lines.append(f"| {row['name']} | {with_unit(result['median'], row['unit'])} | "
                             f"{figure(result['min'])} | {figure(result['max'])} |")
    return "\n".join(lines)


def on_disk(syncs):
    told = [f"{server} {'not known' if count is None else f'{count:.1f}'}"
            for server, count in syncs.items()]
    return "Syncs for a message that comes alone, by strace: " + ", ".join(told) + "."


def text(told):
    about = told["machine"]
    verdicts = told["targets"]
    reached = sum(1 for verdict in verdicts if verdict["reached"])
    parts = [
        f"{about['date']}, {about['processors']} x {about['processor']}, Linux {about['kernel']}, "
        f"mailboxes on {about['disk']}, load {about['load']:.1f} at the start; `scripts/bench"
        f"{' --quick' if told['quick'] else ''}`, {told['minutes']:g} minutes, {told['rounds']} "
        f"rounds of {told['seconds_each']:g} s.",
        "![The same as bars and lines](performance.svg)"]
    if verdicts:
        parts += [f"{reached} of {len(verdicts)} targets are reached. A rate is one for a second.",
                  targets(verdicts)]
    if told["not_judged"]:
        parts.append("Not measured here: " + "; ".join(dict.fromkeys(told["not_judged"])) + ".")
    plain = [row for row in told["rows"] if not row["axis"]]
    grown = [row for row in told["rows"] if row["axis"]]
    if any(result["server"] == MACHINE for row in plain for result in row["results"]):
        parts += ["### The machine's own limits", machine(plain)]
    if any(result["server"] != MACHINE for row in plain for result in row["results"]):
        parts += ["### All figures", all_figures(plain)]
    if told["syncs_per_message"]:
        parts.append(on_disk(told["syncs_per_message"]))
    if grown:
        parts += ["### How cost grows", growth(grown)]
    if told["failures"]:
        parts.append("Not everything could be measured:\n\n" +
                     "\n".join(f"- {failure}" for failure in told["failures"]))
    return "\n\n".join(parts)


def by_hand(path):
    """What stands before and behind the markers; None where they are not both there."""
    before, begin, rest = (path.read_text() if path.exists() else "").partition(BEGIN)
    _, end, after = rest.partition(END)
    return (before, after) if begin and end else None


def put_into(path, figures):
    """Replaces what stands between the markers; a file without them gets nothing else."""
    before, after = by_hand(path) or ("", "\n")
    path.write_text(f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}")
