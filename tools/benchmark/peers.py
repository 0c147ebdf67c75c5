"""Peers with a Python client, each behind the driver's protocol: peers.py umadb URL EVENTS | eventsourcing FILE EVENTS."""

import json
import os
import sys
import time
import uuid


def read_events(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line), line


def subject(event):
    data = event["data"]
    if event["type"].startswith("trend."):
        return f"trend:{data.get('id', 'new')}"
    if event["type"].startswith("image."):
        return f"image:{data.get('image_id', 'new')}"
    return f"video:{data['video_id']}"


def umadb(url):
    """One append a call, with the event's entities as its tags; the server syncs before it answers."""
    from umadb import Client, Event

    client = Client(url)

    def prepare(event, line):
        tags = {subject(event)} | ({f"video:{event['data']['video_id']}"} if "video_id" in event["data"] else set())
        data = line[line.index('"data":') + 7:-2].encode()
        return Event(event_type=event["type"], data=data, tags=sorted(tags), uuid=uuid.UUID(event["id"]))

    return prepare, lambda event: client.append([event])


def eventsourcing(path):
    """One event of an aggregate a save, aggregates kept in memory; the recorder's SQLite is in WAL mode, synchronous FULL."""
    os.environ.update(PERSISTENCE_MODULE="eventsourcing.sqlite", SQLITE_DBNAME=path)
    from eventsourcing.application import Application
    from eventsourcing.domain import Aggregate, event

    class Entity(Aggregate):
        @event("Recorded")
        def record(self, kind, source, time, data):
            self.kind = kind

    class Facts(Application):
        pass

    application = Facts()
    entities = {}

    def prepare(fact, line):
        name = subject(fact)
        if name not in entities:
            entities[name] = Entity()
        return entities[name], (fact["type"], fact["source"], fact["time"], fact["data"])

    def append(prepared):
        entity, values = prepared
        entity.record(*values)
        application.save(entity)

    return prepare, append


def main():
    events = read_events(sys.argv[3])
    prepare, append = {"umadb": umadb, "eventsourcing": eventsourcing}[sys.argv[1]](sys.argv[2])
    print("ready", flush=True)
    for line in sys.stdin:
        prepared = [prepare(*next(events)) for _ in range(int(line))]
        start = time.perf_counter()
        for item in prepared:
            append(item)
        print(time.perf_counter() - start, flush=True)


main()
