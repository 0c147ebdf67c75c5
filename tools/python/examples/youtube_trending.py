#!/usr/bin/env python3
"""Turn a YouTube trending CSV into CloudEvents for ``spool ingest``.

Each row says how one video stood on one day. It becomes up to four events, in file order:

* ``video.registered``  the first time the video is seen,
* ``video.updated``     when its title differs from the one seen last,
* ``metrics.recorded``  always: views, likes and comments of that day,
* ``trend.captured``    once for each title and day.

Ids are made from the content, so the same file always gives the same bytes and ingesting it twice stores
nothing twice. A row that is not plainly right is reported with its line number and left out; nothing in it
is repaired or guessed.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import re
import sys
from collections import Counter, deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO, Callable, Deque, Dict, Iterator, List, Optional, Sequence, Tuple, Union, cast

COLUMNS = ["video_id", "title", "channel_title", "category_id", "tags", "views", "likes", "dislikes",
           "comment_total", "thumbnail_link", "date"]

NO_TAGS = "[none]"
"""What the files write in ``tags`` for a video without any."""

LARGEST_INTEGER = 2**63 - 1
LINES_PER_ROW = 20
"""How many lines a row with line breaks inside its quotes may have. A quote still open then is a broken one."""

QUOTED_FIELD = re.compile(r'"([^"]*(?:""[^"]*)*)"(?!")')
BARE_FIELD = re.compile(r"[^,]*")
DIGITS = re.compile(r"[0-9]+")
DAY_AND_MONTH = re.compile(r"([0-9]{2})\.([0-9]{2})")

Event = Dict[str, Any]


class BadRow(Exception):
    """A row that cannot be converted; the text says why."""


class UnusableInput(Exception):
    """An input that is not a trending CSV at all; the text says why."""


@dataclass(frozen=True)
class Row:
    """One checked row: a video as it stood on one day."""

    line: int
    video_id: str
    title: str
    channel_title: str
    category_id: str
    tags: List[str]
    views: int
    likes: int
    comments: int
    thumbnail_link: str
    day: str


NumberedFields = Tuple[int, Union[List[str], BadRow]]
"""A row's first line number with its fields, or with what is wrong with it."""


# Reading: lines to fields. The csv module is not used because it silently accepts a quote in the middle of a
# field and lets a quote that is never closed swallow the rows after it.


def read_rows(stream: BinaryIO) -> Iterator[NumberedFields]:
    """Yield each row's first line number with its fields, or with what is wrong with it.

    After a bad row, reading goes on at the very next line. Empty lines are passed over.
    """
    lines = enumerate(stream, start=1)
    window: Deque[Tuple[int, bytes]] = deque(islice(lines, LINES_PER_ROW))
    while window:
        number, used = window[0][0], 1
        try:
            fields, used = first_row(window)
            if fields:
                yield number, fields
        except BadRow as problem:
            yield number, problem
        for _ in range(used):
            window.popleft()
        window.extend(islice(lines, used))


def first_row(window: Deque[Tuple[int, bytes]]) -> Tuple[List[str], int]:
    """Return the fields of the row at the head of ``window`` and how many lines it takes up."""
    text = ""
    for used, (number, raw) in enumerate(window, start=1):
        text += decode(number, raw)
        row_text = text.rstrip("\r\n")
        if not row_text:
            return [], used
        fields = split_fields(row_text)
        if fields is not None:
            check_column_count(fields)
            return fields, used
    raise BadRow(f"broken quotes: a quote is not closed within {len(window)} lines")


def decode(number: int, raw: bytes) -> str:
    """Return one line as text, without the byte order mark a file may begin with."""
    if b"\0" in raw:
        raise BadRow("contains a NUL byte")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRow(f"invalid UTF-8 at byte {error.start + 1} of line {number}") from None
    return text[1:] if number == 1 and text.startswith("\ufeff") else text


def split_fields(text: str) -> Optional[List[str]]:
    """Split a row by the rules of RFC 4180; None if it ends inside an open quote."""
    fields: List[str] = []
    at = 0
    while True:
        if text.startswith('"', at):
            match = QUOTED_FIELD.match(text, at)
            if match is None:
                return None
            fields.append(match.group(1).replace('""', '"'))
        else:
            match = BARE_FIELD.match(text, at)
            assert match is not None  # it also matches nothing at all
            if '"' in match.group():
                raise BadRow("broken quotes: a quote inside a field that does not begin with one")
            fields.append(match.group())
        at = match.end()
        if at == len(text):
            return fields
        if text[at] != ",":
            raise BadRow("broken quotes: text after a closing quote")
        at += 1


def check_column_count(fields: List[str]) -> None:
    """Refuse a row that has not one field for each column."""
    if len(fields) == len(COLUMNS):
        return
    reason = f"expected {len(COLUMNS)} columns, found {len(fields)}"
    if len(fields) == 2 * len(COLUMNS) - 1:
        reason += f"; two rows seem to be joined at {fields[len(COLUMNS) - 1]!r}"
    raise BadRow(reason)


# Checking: fields to a Row.


def check_row(line: int, fields: List[str], year: int) -> Row:
    """Return the row that ``fields`` describe, or refuse it."""
    named = dict(zip(COLUMNS, fields))
    for name in ("video_id", "title"):
        if not named[name].strip():
            raise BadRow(f"{name} is empty")
    counts = {name: parse_count(name, named[name])
              for name in ("category_id", "views", "likes", "dislikes", "comment_total")}
    return Row(line=line, video_id=named["video_id"], title=named["title"], channel_title=named["channel_title"],
               category_id=named["category_id"], tags=split_tags(named["tags"]), views=counts["views"],
               likes=counts["likes"], comments=counts["comment_total"], thumbnail_link=named["thumbnail_link"],
               day=parse_day(named["date"], year))


def parse_count(name: str, text: str) -> int:
    """Return a whole number from 0 to the largest a table can hold."""
    if not DIGITS.fullmatch(text):
        raise BadRow(f"{name} {text!r} is not a whole number of 0 or more")
    if len(text) > 19 or int(text) > LARGEST_INTEGER:
        raise BadRow(f"{name} {text!r} is larger than {LARGEST_INTEGER}")
    return int(text)


def parse_day(text: str, year: int) -> str:
    """Return ``dd.mm`` of ``year`` as ``yyyy-mm-dd``.

    Both numbers need two digits: a spreadsheet that took 20.10 for a number would have written 20.1, which
    could as well be January.
    """
    match = DAY_AND_MONTH.fullmatch(text)
    if match is None:
        raise BadRow(f"date {text!r} is not of the form dd.mm with two digits each")
    day, month = int(match.group(1)), int(match.group(2))
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        raise BadRow(f"date {text!r} is not a day of {year}") from None


def split_tags(text: str) -> List[str]:
    """Return the tags exactly as they are written between the bars."""
    return [] if text in ("", NO_TAGS) else text.split("|")


# Converting: Rows to events.


class Converter:
    """Turns rows into events, remembering what earlier rows said."""

    def __init__(self, source: str, region: str) -> None:
        self.source = source
        self.region = region
        self.titles: Dict[str, str] = {}
        self.line_of: Dict[Tuple[str, str], int] = {}
        self.trends: set[Tuple[str, str]] = set()

    def events_of(self, row: Row) -> List[Event]:
        """Return the events of one row. A second row for the same video and day is refused: a video has one
        snapshot per platform and time, and which of the two is right cannot be known."""
        first_line = self.line_of.setdefault((row.video_id, row.day), row.line)
        if first_line != row.line:
            raise BadRow(f"video {row.video_id} already has a row for day {row.day} (line {first_line})")
        return [*self.video_events(row), self.metrics_event(row), *self.trend_events(row)]

    def video_events(self, row: Row) -> List[Event]:
        """Return what is new about the video itself: its first appearance or another title."""
        known_title = self.titles.get(row.video_id)
        self.titles[row.video_id] = row.title
        data = {"video_id": row.video_id, "title": row.title}
        subject = f"video:{row.video_id}"
        if known_title is None:
            return [self.event("video.registered", f"video:{row.video_id}", row, data, subject)]
        if known_title != row.title:
            return [self.event("video.updated", f"title:{row.video_id}:{row.day}", row, data, subject)]
        return []

    def metrics_event(self, row: Row) -> Event:
        """Return the day's numbers. Dislikes have no column in the store."""
        data = {"video_id": row.video_id, "platform": "youtube", "views": row.views, "likes": row.likes,
                "comments": row.comments}
        subject = f"video:{row.video_id}"
        return self.event("metrics.recorded", f"metrics:{row.video_id}:{row.day}", row, data, subject)

    def trend_events(self, row: Row) -> List[Event]:
        """Return the title as a trend, unless the day has it already. The store works out the subject."""
        if (row.day, row.title) in self.trends:
            return []
        self.trends.add((row.day, row.title))
        data = {"topic": row.title, "source": f"youtube_trending_{self.region}", "category": row.category_id,
                "metadata": {"video_id": row.video_id, "channel_title": row.channel_title, "tags": row.tags,
                             "thumbnail_link": row.thumbnail_link}}
        title_hash = hashlib.sha256(row.title.encode("utf-8")).hexdigest()[:16]
        return [self.event("trend.captured", f"trend:{title_hash}:{row.day}", row, data)]

    def event(self, kind: str, name: str, row: Row, data: Dict[str, Any], subject: Optional[str] = None) -> Event:
        """Return a CloudEvent that happened at midnight UTC of the row's day."""
        event: Event = {"specversion": "1.0", "id": f"{self.region}:{name}", "source": self.source, "type": kind}
        if subject is not None:
            event["subject"] = subject
        event.update(time=f"{row.day}T00:00:00Z", datacontenttype="application/json", data=data)
        return event


def encode(event: Event) -> bytes:
    """Return one line of NDJSON."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"


# The command.


@dataclass
class Report:
    """What was done."""

    rows: int = 0
    bad_rows: int = 0
    events: Counter[str] = field(default_factory=Counter)

    def summary(self) -> None:
        """Tell the totals on standard error."""
        print(f"{self.rows} rows read, {self.bad_rows} bad, {sum(self.events.values())} events", file=sys.stderr)
        for kind, count in sorted(self.events.items()):
            print(f"  {kind:<17} {count:>7}", file=sys.stderr)


def rows_after_header(source: BinaryIO) -> Iterator[NumberedFields]:
    """Check that the first row is the header and return the rest."""
    rows = read_rows(source)
    _, header = next(rows, (1, BadRow("nothing, the file is empty")))
    if header != COLUMNS:
        found = header if isinstance(header, BadRow) else ",".join(header)
        raise UnusableInput(f"the first line must be {','.join(COLUMNS)}; found: {found}")
    return rows


def convert(rows: Iterator[NumberedFields], output: BinaryIO, converter: Converter, year: int) -> Report:
    """Write the events of all good rows to ``output`` and tell about the bad ones."""
    report = Report()
    for line, fields in rows:
        report.rows += 1
        try:
            if isinstance(fields, BadRow):
                raise fields
            for event in converter.events_of(check_row(line, fields, year)):
                output.write(encode(event))
                report.events[event["type"]] += 1
        except BadRow as problem:
            report.bad_rows += 1
            print(f"line {line}: {problem}", file=sys.stderr)
    output.flush()
    return report


@contextmanager
def opened(path: str, mode: str, standard: BinaryIO) -> Iterator[BinaryIO]:
    """Open a file, or use a standard stream for ``-``, which stays open afterwards."""
    if path == "-":
        yield standard
        return
    with open(path, mode) as stream:
        yield cast(BinaryIO, stream)


def parse_arguments(arguments: Optional[Sequence[str]]) -> argparse.Namespace:
    """Return the checked command line; a wrong one ends the program with exit code 2."""
    parser = argparse.ArgumentParser(
        description="Turn a YouTube trending CSV into CloudEvents, one JSON object a line, for `spool ingest`.",
        epilog="""examples:
  youtube_trending.py youtube_trending_sample.csv | spool ingest
  youtube_trending.py --output events.ndjson youtube_trending_sample.csv
  youtube_trending.py --strict --year 2018 --region us USvideos.csv > events.ndjson

The columns must be:
  """ + ",".join(COLUMNS) + """

Bad rows are named on standard error and left out.
exit codes: 0 done; 1 there were bad rows and --strict was given; 2 wrong use, or a file that cannot be used.""",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv", metavar="CSV", help="the file to read; - is standard input")
    parser.add_argument("--output", default="-", metavar="FILE",
                        help="where to write the events (default: standard output)")
    parser.add_argument("--year", default="2017", metavar="YYYY",
                        type=matching("[1-9][0-9]{3}", "a year of four digits"),
                        help="the year of the dates, which give only day and month (default: %(default)s)")
    parser.add_argument("--source", default="youtube_trending", metavar="NAME",
                        help="the CloudEvents source of all events (default: %(default)s)")
    parser.add_argument("--region", default="gb", metavar="CODE",
                        type=matching("[a-z]{2}", "a country code of two small letters"),
                        help="the country the list is for: begins the ids and ends the source of the trends, "
                             "youtube_trending_CODE (default: %(default)s)")
    parser.add_argument("--strict", action="store_true", help="exit with code 1 if there were bad rows")
    options = parser.parse_args(arguments)
    paths = [options.csv, options.output]
    if all(map(os.path.exists, paths)) and os.path.samefile(*paths):
        parser.error("--output is the file to read")
    return options


def matching(pattern: str, what: str) -> Callable[[str], str]:
    """Return a check of an argument for argparse."""
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise argparse.ArgumentTypeError(f"{text!r} is not {what}")
        return text
    return check


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run the command and return its exit code."""
    options = parse_arguments(arguments)
    converter = Converter(source=options.source, region=options.region)
    try:
        with opened(options.csv, "rb", sys.stdin.buffer) as source:
            rows = rows_after_header(source)
            with opened(options.output, "wb", sys.stdout.buffer) as output:
                report = convert(rows, output, converter, int(options.year))
    except UnusableInput as problem:
        print(f"{options.csv}: {problem}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader stopped early, as `head` does; nothing is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except OSError as problem:
        print(problem, file=sys.stderr)
        return 2
    report.summary()
    return 1 if options.strict and report.bad_rows else 0


if __name__ == "__main__":
    sys.exit(main())
