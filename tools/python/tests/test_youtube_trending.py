"""Tests of examples/youtube_trending.py. Run: python3 -m unittest discover tools/python/tests"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, List, NamedTuple
from unittest import mock

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SAMPLE = EXAMPLES / "youtube_trending_sample.csv"
sys.path.insert(0, str(EXAMPLES))

import youtube_trending  # noqa: E402

HEADER = ",".join(youtube_trending.COLUMNS)


class Result(NamedTuple):
    """What one run of the command gave."""

    code: int
    output: bytes
    errors: str

    @property
    def events(self) -> List[Dict[str, Any]]:
        return [json.loads(line) for line in self.output.splitlines()]

    @property
    def reasons(self) -> List[str]:
        """The lines about bad rows."""
        return [line for line in self.errors.splitlines() if line.startswith("line ")]

    def of_type(self, kind: str) -> List[Dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]


def row(video_id: str = "aaaaaaaaaaa", title: str = '"A title"', category: str = "24", tags: str = "one|two",
        views: str = "100", likes: str = "10", dislikes: str = "1", comments: str = "5", date: str = "13.09") -> str:
    return (f'{video_id},{title},"A channel",{category},{tags},{views},{likes},{dislikes},{comments},'
            f"https://example.org/a.jpg,{date}")


def file_of(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows, ""]).encode("utf-8")


def run(data: bytes, *options: str) -> Result:
    """Run the command on a file with these bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input.csv"
        path.write_bytes(data)
        return run_on(str(path), *options)


def run_on(*arguments: str) -> Result:
    """Run the command with these arguments."""
    output, errors = io.TextIOWrapper(io.BytesIO()), io.StringIO()
    with mock.patch("sys.stdout", output), contextlib.redirect_stderr(errors):
        try:
            code = youtube_trending.main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
    return Result(code, output.buffer.getvalue(), errors.getvalue())  # type: ignore[attr-defined]


class EventTests(unittest.TestCase):
    """What a good row becomes."""

    def test_a_first_row_gives_three_events(self) -> None:
        result = run(file_of(row()))
        envelope = {"specversion": "1.0", "source": "youtube_trending", "time": "2017-09-13T00:00:00Z",
                    "datacontenttype": "application/json"}
        self.assertEqual(result.events, [
            {**envelope, "id": "gb:video:aaaaaaaaaaa", "type": "video.registered", "subject": "video:aaaaaaaaaaa",
             "data": {"video_id": "aaaaaaaaaaa", "title": "A title"}},
            {**envelope, "id": "gb:metrics:aaaaaaaaaaa:2017-09-13", "type": "metrics.recorded",
             "subject": "video:aaaaaaaaaaa",
             "data": {"video_id": "aaaaaaaaaaa", "platform": "youtube", "views": 100, "likes": 10, "comments": 5}},
            {**envelope, "id": "gb:trend:0a9a20f49dbd4222:2017-09-13", "type": "trend.captured",
             "data": {"topic": "A title", "source": "youtube_trending_gb", "category": "24",
                      "metadata": {"video_id": "aaaaaaaaaaa", "channel_title": "A channel", "tags": ["one", "two"],
                                   "thumbnail_link": "https://example.org/a.jpg"}}},
        ])
        self.assertEqual((result.code, result.reasons), (0, []))

    def test_a_changed_title_updates_the_video(self) -> None:
        result = run(file_of(row(date="13.09"), row(date="14.09", title="Another"), row(date="15.09", title="Another"),
                             row(date="16.09")))
        self.assertEqual(len(result.of_type("video.registered")), 1)
        self.assertEqual([(event["id"], event["data"]) for event in result.of_type("video.updated")], [
            ("gb:title:aaaaaaaaaaa:2017-09-14", {"video_id": "aaaaaaaaaaa", "title": "Another"}),
            ("gb:title:aaaaaaaaaaa:2017-09-16", {"video_id": "aaaaaaaaaaa", "title": "A title"}),
        ])

    def test_a_title_is_a_trend_once_a_day(self) -> None:
        result = run(file_of(row("aaaaaaaaaaa"), row("bbbbbbbbbbb"), row("bbbbbbbbbbb", date="14.09")))
        trends = [(event["time"][:10], event["data"]["metadata"]["video_id"])
                  for event in result.of_type("trend.captured")]
        self.assertEqual(trends, [("2017-09-13", "aaaaaaaaaaa"), ("2017-09-14", "bbbbbbbbbbb")])
        self.assertEqual(len(result.of_type("metrics.recorded")), 3)

    def test_tags_are_kept_as_written_and_none_means_none(self) -> None:
        result = run(file_of(row("a", tags="x | y||z"), row("b", title="B", tags="[none]"),
                             row("c", title="C", tags="")))
        tags = [event["data"]["metadata"]["tags"] for event in result.of_type("trend.captured")]
        self.assertEqual(tags, [["x ", " y", "", "z"], [], []])

    def test_text_survives_unchanged(self) -> None:
        title = 'Comma, "quoted", 유노윤호, e\u0301 and \\n'
        quoted = '"' + title.replace('"', '""') + '"'
        result = run(file_of(row(title=quoted)))
        self.assertEqual(result.events[0]["data"]["title"], title)
        self.assertIn("유노윤호".encode("utf-8"), result.output)

    def test_a_line_break_inside_quotes_belongs_to_the_title(self) -> None:
        result = run(file_of(row("a", title='"one\ntwo"'), row("b", views="-1")))
        self.assertEqual(result.events[0]["data"]["title"], "one\ntwo")
        self.assertEqual(result.reasons, ["line 4: views '-1' is not a whole number of 0 or more"])
        result = run(file_of(row(title='"say ""one""\nand two"')))
        self.assertEqual(result.events[0]["data"]["title"], 'say "one"\nand two')

    def test_options_name_year_source_and_region(self) -> None:
        result = run(file_of(row(date="29.02")), "--year", "2016", "--source", "mine", "--region", "us")
        registered, _, trend = result.events
        self.assertEqual((registered["id"], registered["source"], registered["time"]),
                         ("us:video:aaaaaaaaaaa", "mine", "2016-02-29T00:00:00Z"))
        self.assertEqual(trend["data"]["source"], "youtube_trending_us")


class FileFormTests(unittest.TestCase):
    """Forms of the same file that must not matter."""

    def test_byte_order_mark_and_crlf(self) -> None:
        plain = file_of(row("a"), row("b", title='"with ""quotes"""'))
        dressed = b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n")
        self.assertEqual(run(dressed), run(plain))

    def test_no_line_end_at_the_end_and_empty_lines(self) -> None:
        plain = file_of(row("a"), row("b"))
        self.assertEqual(run(plain.rstrip(b"\n")), run(plain))
        self.assertEqual(run(plain + b"\n\r\n"), run(plain))

    def test_standard_input(self) -> None:
        data = file_of(row())
        with mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO(data))):
            self.assertEqual(run_on("-"), run(data))


class BadRowTests(unittest.TestCase):
    """Rows that are reported and left out."""

    def assert_refused(self, bad: bytes, reason: str) -> None:
        """A bad row between two good ones is line 3, gives no event and takes neither neighbour with it."""
        good = [row("first").encode(), row("last").encode()]
        result = run(b"\n".join([HEADER.encode(), good[0], bad, good[1], b""]))
        self.assertEqual(result.reasons, [f"line 3: {reason}"])
        self.assertEqual([event["data"]["video_id"] for event in result.of_type("metrics.recorded")], ["first", "last"])
        self.assertIn("3 rows read, 1 bad, 5 events", result.errors)
        self.assertEqual(result.code, 0)

    def test_column_count(self) -> None:
        self.assert_refused(b"a,b,c", "expected 11 columns, found 3")
        self.assert_refused(row().encode() + b",", "expected 11 columns, found 12")

    def test_two_rows_joined_on_a_line(self) -> None:
        self.assert_refused((row("a") + row("b")).encode(),
                            "expected 11 columns, found 21; two rows seem to be joined at '13.09b'")

    def test_dates(self) -> None:
        for date in ("31.02", "29.02", "00.10", "13.13"):
            self.assert_refused(row(date=date).encode(), f"date '{date}' is not a day of 2017")
        for date in ("20.1", "1.10", "1.1", "", "2017-09-13", "13/09", "13.09.2017", " 13.09", "١٣.09"):
            self.assert_refused(row(date=date).encode(), f"date '{date}' is not of the form dd.mm with two digits each")

    def test_numbers(self) -> None:
        for text in ("-1", "1.5", "", "1e3", "+1", " 1", "1_000", "٣", "many"):
            self.assert_refused(row(views=text).encode(), f"views '{text}' is not a whole number of 0 or more")
        for column, bad in (("likes", row(likes="x")), ("dislikes", row(dislikes="x")),
                            ("comment_total", row(comments="x")), ("category_id", row(category="x"))):
            self.assert_refused(bad.encode(), f"{column} 'x' is not a whole number of 0 or more")

    def test_the_largest_number(self) -> None:
        self.assert_refused(row(views="9223372036854775808").encode(),
                            "views '9223372036854775808' is larger than 9223372036854775807")
        result = run(file_of(row(views="9223372036854775807")))
        self.assertEqual(result.of_type("metrics.recorded")[0]["data"]["views"], 2**63 - 1)

    def test_empty_names(self) -> None:
        self.assert_refused(row(video_id="").encode(), "video_id is empty")
        self.assert_refused(row(video_id=" ").encode(), "video_id is empty")
        self.assert_refused(row(title='""').encode(), "title is empty")

    def test_bytes_that_are_not_text(self) -> None:
        self.assert_refused(row(title="a\0b").encode(), "contains a NUL byte")
        self.assert_refused(row("abc").encode().replace(b"A title", b"A \xff"), "invalid UTF-8 at byte 8 of line 3")

    def test_broken_quotes(self) -> None:
        self.assert_refused(row(title='"A "title"').encode(), "broken quotes: text after a closing quote")
        self.assert_refused(row(title='A "title"').encode(),
                            "broken quotes: a quote inside a field that does not begin with one")
        self.assert_refused(row(title='A title"').encode(),
                            "broken quotes: a quote inside a field that does not begin with one")

    def test_a_quote_never_closed_swallows_no_row(self) -> None:
        self.assert_refused(row(title='"A title').encode(), "broken quotes: text after a closing quote")
        plain = row("x", title="T").replace('"', "")
        result = run(file_of(plain, plain.replace("x,T", 'y,"T'), plain.replace("x,T", "z,T")))
        self.assertEqual(result.reasons, ["line 3: broken quotes: a quote is not closed within 2 lines"])
        self.assertEqual(len(result.of_type("metrics.recorded")), 2)

    def test_a_quote_never_closed_in_a_long_file(self) -> None:
        rows = [row(f"v{n}", title="T").replace('"', "") for n in range(200)]
        rows[50] = rows[50].replace("T", '"T', 1)
        result = run(file_of(*rows))
        self.assertEqual(result.reasons, ["line 52: broken quotes: a quote is not closed within 20 lines"])
        self.assertEqual(len(result.of_type("metrics.recorded")), 199)

    def test_a_second_row_for_a_video_and_day(self) -> None:
        result = run(file_of(row("a"), row("b"), row("a", title="Other", views="7"), row("a", date="14.09"),
                             row("a", views="8")))
        self.assertEqual(result.reasons, ["line 4: video a already has a row for day 2017-09-13 (line 2)",
                                          "line 6: video a already has a row for day 2017-09-13 (line 2)"])
        self.assertEqual(result.of_type("video.updated"), [])
        self.assertEqual([event["data"]["views"] for event in result.of_type("metrics.recorded")], [100, 100, 100])

    def test_a_bad_row_is_not_remembered(self) -> None:
        result = run(file_of(row("a", title="Wrong", views="x"), row("a", title="Right")))
        self.assertEqual(result.of_type("video.registered")[0]["data"]["title"], "Right")
        self.assertEqual(len(result.reasons), 1)

    def test_strict_sets_the_exit_code(self) -> None:
        bad, good = file_of(row(), row("b", views="x")), file_of(row())
        self.assertEqual([run(bad).code, run(bad, "--strict").code, run(good, "--strict").code], [0, 1, 0])
        self.assertEqual(run(bad, "--strict").output, run(bad).output)


class WrongUseTests(unittest.TestCase):
    """Exit code 2."""

    def assert_wrong_use(self, result: Result, message: str) -> None:
        self.assertEqual((result.code, result.output), (2, b""))
        self.assertIn(message, result.errors)

    def test_files_that_cannot_be_used(self) -> None:
        self.assert_wrong_use(run_on("there/is/no/such.csv"), "No such file")
        self.assert_wrong_use(run(b""), "the file is empty")
        self.assert_wrong_use(run(b"a,b\n1,2\n"), "the first line must be video_id,title,")
        self.assert_wrong_use(run(row().encode()), "the first line must be")

    def test_options(self) -> None:
        self.assert_wrong_use(run_on(), "CSV")
        self.assert_wrong_use(run(file_of(), "--year", "17"), "'17' is not a year of four digits")
        self.assert_wrong_use(run(file_of(), "--region", "GB"), "'GB' is not a country code")

    def test_output_files(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            source, output = os.path.join(folder, "in.csv"), os.path.join(folder, "out.ndjson")
            Path(source).write_bytes(file_of(row()))
            self.assert_wrong_use(run_on(source, "--output", source), "--output is the file to read")
            self.assertEqual(Path(source).read_bytes(), file_of(row()))
            self.assert_wrong_use(run_on(source, "--output", os.path.join(folder, "no", "file")), "No such file")
            self.assertEqual(run_on(source, "--output", output).code, 0)
            self.assertEqual(Path(output).read_bytes(), run_on(source).output)
            Path(source).write_bytes(b"not a trending file\n")
            self.assert_wrong_use(run_on(source, "--output", output), "the first line must be")
            self.assertNotEqual(Path(output).read_bytes(), b"", "a wrong input must not empty the output")


class SampleTests(unittest.TestCase):
    """The real rows beside the script."""

    result: Result

    @classmethod
    def setUpClass(cls) -> None:
        cls.result = run_on(str(SAMPLE), "--strict")

    def test_what_it_gives(self) -> None:
        counts = {kind: len(self.result.of_type(kind))
                  for kind in ("video.registered", "video.updated", "metrics.recorded", "trend.captured")}
        self.assertEqual(counts, {"video.registered": 80, "video.updated": 5, "metrics.recorded": 359,
                                  "trend.captured": 359})
        self.assertEqual((self.result.code, len(self.result.events)), (0, 803))

    def test_it_gives_the_same_bytes_again(self) -> None:
        self.assertEqual(run_on(str(SAMPLE), "--strict").output, self.result.output)

    def test_ids_are_unique_and_time_never_goes_back(self) -> None:
        ids = [event["id"] for event in self.result.events]
        times = [event["time"] for event in self.result.events]
        self.assertEqual(len(set(ids)), len(ids))
        self.assertEqual(times, sorted(times))
        self.assertEqual((times[0], times[-1]), ("2017-09-13T00:00:00Z", "2017-10-22T00:00:00Z"))


if __name__ == "__main__":
    unittest.main()
