"""Durable appends: one at a time, in batches, a whole file."""

from .contender import Failed
from .results import Figures, Line, at_least

MACHINE_FLOOR = "the machine: pwrite + fdatasync of the same bytes to a preallocated file, in the same seconds"


def available(makers):
    """The contenders that can be had, and lines that say why the others cannot."""
    contenders, lines = [], []
    for name, make in makers.items():
        try:
            contenders.append(make())
        except Failed as error:
            lines.append(Line("not measured", beside=name, note=f"{name}: {error}"))
    return contenders, lines


def append_1(work):
    """One durable append per commit, rules checked, index and views up to date after each."""
    count, repeats = 100 if work.sizes.quick else 250, work.sizes.repeats
    total = count * (3 * repeats + 1)
    events = work.events(count=total)
    contenders = [
        work.spool("spool", count, "append-1", work.new_store("append-1"), events, step=1),
        work.lmdb(count),
        work.sqlite("full", work.new_database("append-full.sqlite"), "FULL", 1, count, step=1),
        work.sqlite("normal", work.new_database("append-normal.sqlite"), "NORMAL", 1, count, step=1),
        work.floor(count),
    ]
    others, missing = available({
        "UmaDB": lambda: work.python_client("umadb", work.peers.get("umadb"), 100, events),
        "eventsourcing": lambda: work.python_client("eventsourcing", work.fresh("eventsourcing.sqlite"), 100, events),
    })
    rates = work.measure(contenders + others)
    ours = Figures(rates["spool"])
    what = "one event per commit"
    lines = [
        Line(what, ours, "C floor: LMDB commit of the same bytes", Figures(rates["lmdb"]), target=at_least(0.75)),
        Line(what, ours, "SQLite FULL", Figures(rates["full"]),
             note="one flush each: SQLite's of its WAL, Spool's of pages and meta page together, where LMDB makes two"),
        Line(what, ours, "SQLite NORMAL (no flush per commit)", Figures(rates["normal"])),
        Line(what, ours, "machine floor", Figures(rates["floor"]), note=MACHINE_FLOOR),
    ]
    if "umadb" in rates:
        lines.insert(1, Line(what, ours, "UmaDB, one client", Figures(rates["umadb"]), target=at_least(2)))
    if "eventsourcing" in rates:
        lines.insert(2, Line(what, ours, "eventsourcing application", Figures(rates["eventsourcing"]), target=at_least(1.2),
                             note="eventsourcing saves one event of an aggregate that it has in memory, to its SQLite recorder"))
    return lines + missing


def append_group(work):
    """64 concurrent callers, each waiting for its own event."""
    # What is left to be written at the end of a slice weighs little in either.
    count, one, repeats = 1_280 if work.sizes.quick else 6_400, 100 if work.sizes.quick else 1_000, work.sizes.repeats
    # So many that the views are written several times in a slice, as they are in the long run.
    group = count if work.sizes.quick else 32_768
    turns, first = 3 * repeats + 1, 10_000
    store = work.new_store("append-group")
    # Concurrent events come in any order: those that they speak of are there before.
    work.ingest(store, work.events(count=first))
    contenders = [
        work.spool("group", group, "append-group", store, work.events(start=first, count=group * turns), 64),
        work.spool("one", one, "append-1", work.new_store("append-one"), work.events(count=one * turns), step=1),
        work.lmdb_callers(group, 64),
        work.floor(one),
    ]
    others, missing = available({
        "Redis": lambda: work.clients("redis", count, 64), "PostgreSQL": lambda: work.clients("postgres", count, 64),
        "NATS": lambda: work.clients("nats", count, 64),
    })
    rates = work.measure(contenders + others)
    ours, what = Figures(rates["group"]), "64 callers"
    lines = [
        Line(what, ours, "append-1", Figures(rates["one"]), target=at_least(18)),
        Line(what, ours, "C: 64 threads, one LMDB commit for all that wait", Figures(rates["callers"]),
             note="C: the bare LMDB commit of the same bytes, with its two flushes; nothing is checked, no index, no views"),
    ]
    if "redis" in rates:
        lines.append(Line(what, ours, "Redis Streams, 64 clients", Figures(rates["redis"]), target=at_least(1.5),
                          note="Redis: appendfsync always, over a local socket; it appends and checks nothing"))
    if "postgres" in rates:
        lines.append(Line(what, ours, "PostgreSQL, 64 clients", Figures(rates["postgres"]), target=at_least(10),
                          note="PostgreSQL: message-db's table and indexes, prepared inserts, fsync and synchronous_commit on, local socket"))
    if "nats" in rates:
        lines.append(Line(what, ours, "NATS JetStream, 64 clients", Figures(rates["nats"]),
                          note="JetStream's file store does not fsync before it acknowledges (every two minutes by default; "
                          "this version has no other setting): not the same durability"))
    return lines + [Line(what, ours, "machine floor, one at a time", Figures(rates["floor"]), note=MACHINE_FLOOR)] + missing


def append_batch(work):
    """1,000 events at once: the log alone in one commit, and with index and views current."""
    count, repeats = 5_000 if work.sizes.quick else 10_000, work.sizes.repeats
    rates = work.measure([
        work.spool("log", count, "append-log", work.fresh("append-log"), work.records(count * (3 * repeats + 1)), step=1000),
        work.lmdb(count, batch=1000), work.floor(count, batch=1000),
    ])
    log, c, floor = Figures(rates["log"]), Figures(rates["lmdb"]), Figures(rates["floor"])
    # So many that the views are written several times in a slice, as they are in the long run.
    count, slices = 5_000 if work.sizes.quick else 50_000, 2
    events = work.events(count=count * (slices * repeats + 1))
    rates = work.measure([
        work.spool("spool", count, "append-batch", work.new_store("append-batch"), events),
        work.sqlite("full", work.new_database("batch-full.sqlite"), "FULL", 1000, count), work.floor(10_000, batch=1000),
    ], slices=slices)
    ours = Figures(rates["spool"])
    return [
        Line("log alone, checksums compared", log, "C floor: LMDB, MDB_APPEND", c, target=at_least(0.9)),
        Line("log alone, checksums compared", log, "machine floor", floor, note=MACHINE_FLOOR),
        Line("with index and views", ours, "SQLite FULL, the same facts", Figures(rates["full"]), target=at_least(3),
             note="1,000 events a call, all on disk at its return: Spool stages some while it puts the ones before on disk, in four "
             "commits; SQLite has one transaction"),
        Line("with index and views", ours, "machine floor", Figures(rates["floor"])),
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
