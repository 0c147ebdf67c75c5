"""Reading the log, and making the views from it."""

from .results import Figures, Line, at_least

def scan(work):
    """Every event, header and checksum compared, beside a C cursor that compares nothing, over the same file."""
    store, count = work.store(), work.sizes.mix
    rates = work.measure([work.spool("spool", count, "scan", store), work.lmdb_read("c", "scan", store / "log", count)])
    return [Line(f"{count:,} records, checksums compared", Figures(rates["spool"]), "C cursor scan, nothing compared", Figures(rates["c"]),
                 target=at_least(0.9), note="both touch the payload and read the same pages, which are in memory; "
                 "a checksum has to read every byte of a record, the C scan touches one")]


def replay(work):
    """Every event decoded into its Swift value, on one core."""
    store, count = work.store(), min(200_000, work.sizes.mix)
    rates = work.measure([work.spool("spool", count, "replay", store), work.lmdb_read("c", "scan", store / "log", count)])
    return [Line(f"{count:,} events to Swift values", Figures(rates["spool"]), "C cursor scan, nothing decoded", Figures(rates["c"]),
                 target=at_least(0.08))]


def rebuild(work):
    """All tables with all indexes from nothing."""
    store, count = work.store(), work.sizes.mix
    ours, one, batches = [], [], []
    for _ in work.repeats(work.sizes.whole_repeats, seconds=75):
        ours.append(count / work.fold(store))
        with work.sqlite("one", work.new_database("rebuild-one.sqlite"), "FULL", 0, count) as sqlite:
            one.append(count / sqlite.slice())
        with work.sqlite("10,000", work.new_database("rebuild-batches.sqlite"), "FULL", 10_000, count) as sqlite:
            batches.append(count / sqlite.slice())
        work.fresh("rebuild-one.sqlite"), work.fresh("rebuild-batches.sqlite")
    what = f"{count:,} events, tables and indexes"
    return [
        Line(what, Figures(ours), "SQLite, one transaction", Figures(one), target=at_least(2.5),
             note="from an empty folder of views; SQLite inserts into empty tables with their indexes and triggers"),
        Line(what, Figures(ours), "SQLite, transactions of 10,000", Figures(batches), target=at_least(6)),
    ]
