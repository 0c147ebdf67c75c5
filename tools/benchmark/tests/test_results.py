"""The arithmetic of the table, and that every contender gets the same share of every moment."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from driver.contender import Contender, Failed, OnCopies, interleave  # noqa: E402
from driver.results import Figures, Line, at_least, at_most, markdown, notes, table, write_json  # noqa: E402


class FakeContender:
    def __init__(self, name, seconds, order):
        self.name, self.count, self.seconds, self.order = name, 10, seconds, order

    def warm_up(self):
        self.slice()

    def slice(self):
        self.order.append(self.name)
        return self.seconds


class CopiesTests(unittest.TestCase):
    def test_each_slice_has_a_process_of_its_own_that_is_ended(self):
        begun = []

        def begin():
            # Answers with what it was given to do so far.
            program = "n=0; echo ready; while read count; do n=$((n + count)); echo $n; done"
            begun.append(Contender("copy", ["sh", "-c", program], 10))
            return begun[-1]

        copies = OnCopies("copy", 10, begin)
        copies.warm_up()
        self.assertEqual([copies.slice(), copies.slice()], [12, 12])
        self.assertEqual([contender.process.poll() for contender in begun], [0, 0, 0])


class ResultsTests(unittest.TestCase):
    def test_the_ratio_is_that_of_each_repeat(self):
        line = Line("x", Figures([10, 40, 90]), "y", Figures([10, 20, 30]), target=at_least(2))
        self.assertEqual(line.ratio.values, [1, 2, 3])
        self.assertEqual(line.json()["ratio"], {"median": 2, "min": 1, "max": 3, "repeats": 3, "unit": "×"})
        self.assertTrue(line.is_met)

    def test_targets_have_a_direction(self):
        self.assertFalse(Line("x", Figures([1]), "y", Figures([2]), target=at_least(0.75)).is_met)
        self.assertTrue(Line("x", Figures([1]), "y", Figures([2]), target=at_most(0.75)).is_met)

    def test_what_was_not_measured_has_no_verdict_and_says_why(self):
        line = Line("not measured", beside="Redis", target=at_least(2), note="no network")
        line.row = "append-group"
        self.assertIsNone(line.is_met)
        self.assertIn("not measured", table([line]))
        self.assertEqual(notes([line]), "append-group: no network")
        self.assertNotIn("Redis", markdown([line], "today"))

    def test_json_has_every_line(self):
        line = Line("x", Figures([1]), "y", Figures([2]), target=at_most(0.75))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "results.json"
            write_json(path, {"date": "today"}, [line, line])
            written = json.loads(path.read_text())
        self.assertEqual(written["date"], "today")
        self.assertEqual([line["target"] for line in written["lines"]], ["≤ 0.75", "≤ 0.75"])


class InterleaveTests(unittest.TestCase):
    def test_contenders_take_turns_and_each_goes_first(self):
        order = []
        contenders = [FakeContender("a", 1, order), FakeContender("b", 2, order)]
        rates = interleave(contenders, repeats=2, slices=2)
        self.assertEqual(rates, {"a": [10, 10], "b": [5, 5]})
        self.assertEqual("".join(order), "ab" + "ab" + "ba" + "ba" + "ab")

    def test_a_contender_that_ends_says_why(self):
        with self.assertRaisesRegex(Failed, "no such thing"):
            Contender("x", [sys.executable, "-c", "import sys; sys.exit('no such thing')"], 1)


if __name__ == "__main__":
    unittest.main()
