"""Durable appends: one at a time, in batches, a whole file."""

import time

from . import programs
from .results import Figures, Line, at_least

MACHINE_FLOOR = "the machine: pwrite + fdatasync of the same bytes to a preallocated file, in the same seconds"


def append_1(work):
    """One durable append per commit, rules checked, index and views up to date after each."""
    count, repeats = 100 if work.sizes.quick else 250, work.sizes.repeats
    total = count * (3 * repeats + 1)
    contenders = [
        work.spool("spool", count, "append-1", work.new_store("append-1"), work.events(count=total)),
        work.lmdb(count),
        work.sqlite("full", work.new_database("append-full.sqlite"), "FULL", 1, count),
        work.sqlite("normal", work.new_database("append-normal.sqlite"), "NORMAL", 1, count),
        work.floor(count),
    ]
    rates = work.measure(contenders)
    ours = Figures(rates["spool"])
    what = "one event per commit"
    return [
        Line(what, ours, "C floor: LMDB commit of the same bytes", Figures(rates["lmdb"]), target=at_least(0.75)),
        Line(what, ours, "SQLite FULL", Figures(rates["full"]),
             note="SQLite writes its WAL once and syncs it; an LMDB commit syncs the pages, then the meta page: two flushes"),
        Line(what, ours, "SQLite NORMAL (no flush per commit)", Figures(rates["normal"])),
        Line(what, ours, "machine floor", Figures(rates["floor"]), note=MACHINE_FLOOR),
    ]


def append_batch(work):
    """1,000 events per commit: the log alone, and with index and views current."""
    count, repeats = 5_000 if work.sizes.quick else 10_000, work.sizes.repeats
    total = count * (3 * repeats + 1)
    contenders = [
        work.spool("log", count, "append-log", work.fresh("append-log"), work.records(total)),
        work.lmdb(count, batch=1000),
        work.spool("spool", count, "append-batch", work.new_store("append-batch"), work.events(count=total)),
        work.sqlite("full", work.new_database("batch-full.sqlite"), "FULL", 1000, count),
        work.floor(count, batch=1000),
    ]
    rates = work.measure(contenders)
    log, ours, floor = Figures(rates["log"]), Figures(rates["spool"]), Figures(rates["floor"])
    return [
        Line("log alone, checksums compared", log, "C floor: LMDB, MDB_APPEND", Figures(rates["lmdb"]), target=at_least(0.9)),
        Line("log alone, checksums compared", log, "machine floor", floor, note=MACHINE_FLOOR),
        Line("with index and views", ours, "SQLite FULL, the same facts", Figures(rates["full"]), target=at_least(3)),
        Line("with index and views", ours, "machine floor", floor),
    ]


def ingest(work):
    """`spool ingest` of a file, the whole process, beside SQLite doing the same inserts from values in memory."""
    count = work.sizes.mix
    events = work.events()
    ours, full, floor = [], [], []
    with work.floor(20_000, batch=1000) as machine:
        for _ in work.repeats(work.sizes.whole_repeats, seconds=75):
            store = work.new_store("store-mix")
            ours.append(count / work.ingest(store, events))
            floor.append(machine.count / machine.slice())
            database = work.new_database("mix.sqlite")
            with work.sqlite("full", database, "FULL", 1000, count) as sqlite:
                full.append(count / sqlite.slice())
    work.made["store-mix"], work.made["mix.sqlite"] = store, database
    work.rate = max(ours)
    what = f"spool ingest of {count:,} lines"
    return [
        Line(what, Figures(ours), "SQLite FULL, batches of 1,000", Figures(full), target=at_least(2.5),
             note="Spool reads, parses and checks NDJSON and keeps the events; SQLite is handed typed values and keeps the tables only; "
             "its cache is 256 MiB"),
        Line(what, Figures(ours), "machine floor, 1,000 per sync", Figures(floor), note=MACHINE_FLOOR),
    ]
