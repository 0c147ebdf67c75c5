// postgres CONNECTION CLIENTS: events into a table like message-db's, one insert a transaction, prepared.

#include <libpq-fe.h>
#include <poll.h>
#include <stdbool.h>

#include "events.h"
#include "slices.h"

enum { MOST_CLIENTS = 256 };

static PGconn *clients[MOST_CLIENTS];
static int client_count;

static const char table[] =
    "CREATE TABLE IF NOT EXISTS messages (global_position bigserial PRIMARY KEY, position bigint NOT NULL,"
    " time timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'), stream_name text NOT NULL, type text NOT NULL, data jsonb, metadata jsonb,"
    " id uuid NOT NULL);"
    "CREATE UNIQUE INDEX IF NOT EXISTS messages_id ON messages (id);"
    "CREATE UNIQUE INDEX IF NOT EXISTS messages_stream ON messages (stream_name, position);"
    "CREATE INDEX IF NOT EXISTS messages_category ON messages (split_part(stream_name, '-', 1), global_position,"
    " split_part(metadata->>'correlationStreamName', '-', 1))";

static void require_done(PGconn *client, PGresult *result) {
    REQUIRE(PQresultStatus(result) == PGRES_COMMAND_OK, "%s", PQerrorMessage(client));
    PQclear(result);
}

static void insert(PGconn *client, const Event *event) {
    char position[24], stream[64];
    snprintf(position, sizeof position, "%llu", (unsigned long long)event->number);
    snprintf(stream, sizeof stream, "%s", event->subject);
    *strchr(stream, ':') = '-';
    const char *const values[] = {position, stream, event->type, event->data, event->id};
    REQUIRE(PQsendQueryPrepared(client, "append", 5, values, NULL, NULL, 0), "%s", PQerrorMessage(client));
}

static double slice(long count) {
    static uint64_t next;
    Event *events = malloc((size_t)count * sizeof *events);
    REQUIRE(events, "no memory");
    for (long place = 0; place < count; place++) {
        event_make(&events[place], MIX, next++);
        events[place].data[events[place].data_length] = 0;
    }
    struct pollfd polled[MOST_CLIENTS];
    long sent[MOST_CLIENTS], done = 0;
    double start = seconds_now();
    for (int place = 0; place < client_count; place++) {
        polled[place] = (struct pollfd){.fd = PQsocket(clients[place]), .events = POLLIN};
        sent[place] = place;
        if (place < count) insert(clients[place], &events[place]);
    }
    while (done < count) {
        REQUIRE(poll(polled, (nfds_t)client_count, 30000) > 0, "the server does not answer");
        for (int place = 0; place < client_count; place++) {
            PGconn *client = clients[place];
            if (!(polled[place].revents & (POLLIN | POLLHUP))) continue;
            REQUIRE(PQconsumeInput(client), "%s", PQerrorMessage(client));
            bool finished = false;
            while (!PQisBusy(client)) {
                PGresult *result = PQgetResult(client);
                if (!result) {
                    finished = true;
                    break;
                }
                require_done(client, result);
            }
            if (!finished) continue;
            done++;
            sent[place] += client_count;
            if (sent[place] < count) insert(client, &events[sent[place]]);
        }
    }
    double seconds = seconds_now() - start;
    free(events);
    return seconds;
}

int main(int count, char **arguments) {
    REQUIRE(count == 3, "usage: postgres CONNECTION CLIENTS");
    client_count = atoi(arguments[2]);
    REQUIRE(client_count >= 1 && client_count <= MOST_CLIENTS, "1 to %d clients", MOST_CLIENTS);
    for (int place = 0; place < client_count; place++) {
        clients[place] = PQconnectdb(arguments[1]);
        REQUIRE(PQstatus(clients[place]) == CONNECTION_OK, "%s", PQerrorMessage(clients[place]));
        if (place == 0) require_done(clients[0], PQexec(clients[0], table));
        require_done(clients[place], PQprepare(clients[place], "append",
                                               "INSERT INTO messages (position, stream_name, type, data, id) VALUES ($1, $2, $3, $4, $5)", 0,
                                               NULL));
    }
    return serve_slices(slice);
}
