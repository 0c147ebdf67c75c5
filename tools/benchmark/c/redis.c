// redis SOCKET CLIENTS: XADD of events to one stream, in Redis' own protocol.

#include "clients.h"

static size_t bulk(char *request, const char *bytes, size_t length) {
    size_t head = (size_t)sprintf(request, "$%zu\r\n", length);
    memcpy(request + head, bytes, length);
    memcpy(request + head + length, "\r\n", 2);
    return head + length + 2;
}

size_t compose(const Event *event, int client, char *request) {
    (void)client;
    const char *const words[] = {"XADD",   "events",      "*",       "type",         event->type,
                                 "id",     event->id,     "source",  event->source,  "subject",
                                 event->subject, "time",  event->sql_time, "data"};
    size_t length = (size_t)sprintf(request, "*15\r\n");
    for (size_t place = 0; place < sizeof words / sizeof *words; place++)
        length += bulk(request + length, words[place], strlen(words[place]));
    return length + bulk(request + length, event->data, event->data_length);
}

/// `$15\r\n1700000000000-0\r\n`
size_t answer_length(Client *client) {
    REQUIRE(client->reply[0] == '$', "refused: %.80s", client->reply);
    const char *first = strstr(client->reply, "\r\n");
    if (!first) return 0;
    size_t whole = (size_t)(first - client->reply) + 2 + (size_t)atol(client->reply + 1) + 2;
    return client->length >= whole ? whole : 0;
}

int main(int count, char **arguments) {
    REQUIRE(count == 3, "usage: redis SOCKET CLIENTS");
    connect_clients(arguments[1], atoi(arguments[2]));
    return serve_slices(append_slice);
}
