"""Questions to the views: now, as of an earlier moment."""

import shutil

from .results import Figures, Line, at_least, at_most


def latest(work):
    """`SELECT * FROM latest_video_metrics`, beside the SQL view in native SQLite."""
    store, database = work.store("snapshots"), work.snapshot_database()
    rates = work.measure([
        work.spool("sql", 12, "sql", store, "latest", step=1), work.spool("swift", 20, "swift", store, "latest", step=1),
        work.spool("rows", 60, "swift", store, "latest-rows", step=1), work.sqlite_query("sqlite", database, "latest", 1),
        work.lmdb_read("c", "all", next((store / "views").glob("metrics@*")), 20),
    ], slices=1)
    theirs = Figures(rates["sqlite"])
    return [
        Line("through SQL", Figures(rates["sql"]), "native SQLite's view", theirs, target=at_least(20),
             note=f"{work.sizes.snapshots:,} events: 10,000 videos registered, the others snapshots of them on 3 platforms; "
             "every column of every row read"),
        Line("through the Swift API", Figures(rates["swift"]), "native SQLite's view", theirs, target=at_least(200),
             note="an array of 30,000 structures, their texts copied"),
        Line("through the Swift API", Figures(rates["swift"]), "C: the same rows from the same LMDB file", Figures(rates["c"]),
             note="C: an array of structures, too, texts of up to 15 bytes within and others copied, and all of it freed"),
        Line("through the Swift API, rows in place", Figures(rates["rows"]), "native SQLite's view", theirs, target=at_least(200),
             note="every column of every row read where it lies, and nothing made of it"),
    ]


POINTS = {"key": ("one row by key", 20_000), "index": ("rows by secondary index", 20_000), "unused": ("unused topics LIMIT 5", 200),
          "best": ("best image", 200)}


def point(work):
    """One row by key, by secondary index; unused topics LIMIT 5; best image."""
    store, database, lines = work.store(), work.database(), []
    for query, (what, count) in POINTS.items():
        contenders = [
            work.spool("sql", count, "sql", store, query, step=1), work.sqlite_query("sqlite", database, query, count),
            work.spool("swift", count, "swift", store, query, step=1),
        ]
        if query == "index":
            view = next((store / "views").glob("image-library@*"))
            contenders += [work.spool("rows", count, "swift", store, "index-rows", step=1), work.lmdb_read("c", "index", view, count)]
        rates = work.measure(contenders)
        theirs = Figures(rates["sqlite"])
        lines.append(Line(f"{what}, SQL", Figures(rates["sql"]), "native SQLite, prepared once", theirs, target=at_least(0.5)))
        lines.append(Line(f"{what}, Swift", Figures(rates["swift"]), "native SQLite, prepared once", theirs, target=at_least(2)))
        if query == "index":
            rows, c = Figures(rates["rows"]), "C: the same entries and rows from the same LMDB file"
            lines.append(Line(f"{what}, Swift", Figures(rates["swift"]), c, Figures(rates["c"])))
            what = f"{what}, Swift, rows in place"
            lines.append(Line(what, rows, "native SQLite, prepared once", theirs, target=at_least(2),
                              note="rows in place: every column read where it lies, as the C program reads SQLite's"))
            lines.append(Line(what, rows, c, Figures(rates["c"])))
    return lines


def as_of(work):
    """A view as of the middle of the log, first time and again near it, in seconds beside those of a full rebuild."""
    store, middle = work.store(), work.sizes.mix // 2
    first, again, full = [], [], []
    for _ in work.repeats(work.sizes.whole_repeats, seconds=60):
        full.append(work.fold(store))
        shutil.rmtree(store / "views/.as-of", ignore_errors=True)
        with work.spool("as-of", 0, "as-of", store) as spool:
            first.append(spool.slice(middle))
            again.append(spool.slice(middle + min(500, middle // 100)))
    rebuild = Figures(full, "s")
    return [
        Line("first time", Figures(first, "s"), "full rebuild", rebuild, target=at_most(0.6),
             note="the three views of the mix, seconds; again: 500 events further on"),
        Line("again near it", Figures(again, "s"), "full rebuild", rebuild, target=at_most(0.1)),
    ]
