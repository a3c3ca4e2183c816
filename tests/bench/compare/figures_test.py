#!/usr/bin/env python3
"""Whether medians, ratios and verdicts, and the document made of them, are right."""

import pathlib
import tempfile
import unittest

import figures
import report
import stages
from targets import TARGETS, Target


def row(name="SMTP", unit="/s", **runs):
    return {"name": name, "unit": unit, "axis": None,
            "results": [{"server": server.replace("_", " "), "at": None, "runs": figures_of}
                        for server, figures_of in runs.items()]}


class Ratios(unittest.TestCase):
    def test_one_slow_round_does_not_move_the_ratio(self):
        found = figures.ratio([100, 100, 10], [200, 200, 200])
        self.assertEqual(found["ratio"], 0.5)
        self.assertEqual((found["low"], found["high"]), (0.05, 0.5))

    def test_rounds_are_paired(self):
        # Both halve together, as on a busy machine: each round says the same.
        found = figures.ratio([100, 50, 200], [50, 25, 100])
        self.assertEqual((found["low"], found["ratio"], found["high"]), (2, 2, 2))

    def test_an_even_number_of_rounds_has_the_middle_of_two(self):
        self.assertEqual(figures.summary([1, 4, 2, 3]), {"median": 2.5, "min": 1, "max": 4})

    def test_nothing_measured_is_no_ratio(self):
        self.assertIsNone(figures.ratio([], [1]))
        self.assertIsNone(figures.ratio([1], []))
        self.assertIsNone(figures.ratio([1], [0]))


class Verdicts(unittest.TestCase):
    def test_a_ratio_is_ours_divided_by_the_others(self):
        measured = row(sandpost=[60, 61, 62], sink=[100] * 3)
        told = figures.judge(Target("SMTP", 0.6, "sink"), measured)
        self.assertTrue(told["reached"])
        self.assertAlmostEqual(told["ratio"], 0.61)
        self.assertFalse(figures.judge(Target("SMTP", 0.62, "sink"), measured)["reached"])

    def test_exactly_what_is_wanted_is_reached(self):
        twice = row(sandpost=[2], sink=[1])
        self.assertTrue(figures.judge(Target("SMTP", 2, "sink"), twice)["reached"])
        self.assertTrue(figures.judge(Target("SMTP", 2, at_most=True), twice)["reached"])

    def test_where_less_is_better_more_is_missed(self):
        told = figures.judge(Target("SMTP", 8, at_most=True), row(sandpost=[8.1]))
        self.assertFalse(told["reached"])

    def test_a_target_can_be_anothers_than_sandposts(self):
        told = figures.judge(Target("SMTP", 1, "sink", own="throw away"),
                             row(sandpost=[1], throw_away=[9], sink=[3]))
        self.assertEqual(told["ratio"], 3)

    def test_points_of_growth_are_compared_with_each_other(self):
        grown = {"name": "SMTP", "unit": "/s", "results": [
            {"server": "sandpost", "at": at, "runs": [rate]} for at, rate in ((0, 10), (1000, 9))]}
        told = figures.judge(Target("SMTP", 0.8, "sandpost", at=1000, against_at=0), grown)
        self.assertEqual(told["ratio"], 0.9)

    def test_without_a_figure_of_its_own_nothing_is_said(self):
        self.assertIsNone(figures.judge(Target("SMTP", 8, at_most=True), row(sandpost=[])))

    def test_without_the_peer_nothing_is_said(self):
        target = Target("SMTP", 0.6, "Postfix")
        self.assertIsNone(figures.judge(target, row(sandpost=[1])))
        self.assertIsNone(figures.judge(target, row(sandpost=[1], Postfix=[])))
        self.assertEqual(figures.judge_all([target], []), ([], [target]))

    def test_every_target_names_a_row_and_its_contestants(self):
        for full in (False, True):
            by_name = {}
            for stage in stages.stages(quick=not full):
                for one in stage.rows:
                    by_name[one.name] = (stage, one)
            for target in TARGETS:
                if target.row not in by_name:
                    self.assertFalse(full, f"no row {target.row}")
                    continue
                there = {(contestant.kind.name, contestant.at)
                         for contestant in by_name[target.row][0].contestants}
                if full:
                    self.assertIn((target.own, target.at), there, target)
                    if target.against:
                        self.assertIn((target.against, target.against_at), there, target)


class Document(unittest.TestCase):
    def test_only_what_stands_between_the_markers_is_replaced(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "performance.md"
            page = f"# By hand\n\n{report.BEGIN}{{}}{report.END}\n\n## Also by hand\n"
            path.write_text(page.format("\nold\n"))
            report.put_into(path, "new")
            self.assertEqual(path.read_text(), page.format("\n\nnew\n\n"))

    def test_where_there_is_no_document_one_is_made(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "performance.md"
            report.put_into(path, "new")
            report.put_into(path, "newer")
            self.assertEqual(path.read_text(), f"{report.BEGIN}\n\nnewer\n\n{report.END}\n")

    def test_figures_are_as_exact_as_they_need_to_be(self):
        self.assertEqual([report.figure(n) for n in (12345.6, 123.4, 12.34, 1.234, 0.0123)],
                         ["12,346", "123", "12.3", "1.23", "0.012"])

    def test_a_growing_row_becomes_a_line_with_a_column_for_each_point(self):
        grown = {"name": "ingest", "unit": "/s", "axis": "messages in the file",
                 "results": [{"server": "sandpost", "at": at, "runs": [at + 1], "median": at + 1}
                             for at in (0, 1000)]}
        self.assertIn("| ingest | sandpost | 1.00 | 1,001 |", report.growth([grown]))
        self.assertIn("| messages in the file | | 0 | 1,000 |", report.growth([grown]))


if __name__ == "__main__":
    unittest.main()
