"""From the figures of single runs to medians, ratios and verdicts. Nothing is measured here.

A row is {"name", "unit", "results"}; a result {"server", "at", "runs", ...}, where `at` is the
point of a row about growth, or None. The n-th runs of all results belong to the same round.
"""

import statistics


def summary(runs):
    return {"median": statistics.median(runs), "min": min(runs), "max": max(runs)}


def ratio(own, other):
    """Of medians, and the lowest and highest of a single round; None where nothing was measured."""
    if not own or not other or not statistics.median(other):
        return None
    rounds = [mine / its for mine, its in zip(own, other) if its]
    return {"ratio": statistics.median(own) / statistics.median(other),
            "low": min(rounds), "high": max(rounds)}


def result_of(row, server, at=None):
    for result in row["results"]:
        if result["server"] == server and result["at"] == at and result["runs"]:
            return result
    return None


def judge(target, row):
    """What became of the target, or None where one of the two was not measured."""
    own = result_of(row, target.own, target.at)
    if own is None:
        return None
    told = {"row": target.row, "server": target.own, "against": target.against,
            "at": target.at, "against_at": target.against_at, "wanted": target.wanted,
            "at_most": target.at_most, "unit": row["unit"],
            "median": statistics.median(own["runs"])}
    if target.against is None:
        measured = told["median"]
    else:
        other = result_of(row, target.against, target.against_at)
        found = ratio(own["runs"], other["runs"]) if other else None
        if found is None:
            return None
        told.update(found)
        measured = found["ratio"]
    told["reached"] = measured <= target.wanted if target.at_most else measured >= target.wanted
    return told


def judge_all(targets, rows):
    """The verdicts, and the targets about which nothing can be said."""
    by_name = {row["name"]: row for row in rows}
    told, open_ones = [], []
    for target in targets:
        verdict = judge(target, by_name[target.row]) if target.row in by_name else None
        if verdict:
            told.append(verdict)
        else:
            open_ones.append(target)
    return told, open_ones
