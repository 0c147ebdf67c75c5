// nats PORT CLIENTS: events to a JetStream stream of files, each acknowledged, in NATS' own protocol.

#include "clients.h"

static const char stream[] = "{\"name\":\"EVENTS\",\"subjects\":[\"events.>\"],\"storage\":\"file\",\"num_replicas\":1}";

size_t compose(const Event *event, int client, char *request) {
    char line[LARGEST_LINE];
    size_t length = event_line(event, line) - 1;
    size_t head = (size_t)sprintf(request, "PUB events.%s ack.%d %zu\r\n", event->type, client, length);
    memcpy(request + head, line, length);
    memcpy(request + head + length, "\r\n", 2);
    return head + length + 2;
}

/// `MSG ack.7 1 40\r\n{"stream":"EVENTS","seq":1}\r\n`, and now and then a `PING` between.
size_t answer_length(Client *client) {
    while (strncmp(client->reply, "PING\r\n", 6) == 0) {
        send_all(client->socket, "PONG\r\n", 6);
        drop(client, 6);
    }
    const char *end = strstr(client->reply, "\r\n");
    if (!end) return 0;
    REQUIRE(strncmp(client->reply, "MSG ", 4) == 0, "refused: %.200s", client->reply);
    const char *size = end;
    while (size[-1] != ' ') size--;
    size_t whole = (size_t)(end - client->reply) + 2 + (size_t)atol(size) + 2;
    if (client->length < whole) return 0;
    REQUIRE(!strstr(end, "\"error\""), "refused: %.200s", end);
    return whole;
}

static void greet(Client *client, int number) {
    char text[128];
    REQUIRE(recv(client->socket, client->reply, LARGEST_REPLY - 1, 0) > 0, "no greeting");
    sprintf(text, "CONNECT {\"verbose\":false}\r\nSUB ack.%d 1\r\nPING\r\n", number);
    send_all(client->socket, text, strlen(text));
    ssize_t got = recv(client->socket, client->reply, LARGEST_REPLY - 1, 0);
    REQUIRE(got >= 4 && memcmp(client->reply, "PONG", 4) == 0, "no PONG");
}

int main(int count, char **arguments) {
    REQUIRE(count == 3, "usage: nats PORT CLIENTS");
    connect_clients(arguments[1], atoi(arguments[2]));
    for (int place = 0; place < client_count; place++) greet(&clients[place], place);
    char request[256];
    sprintf(request, "PUB $JS.API.STREAM.CREATE.EVENTS ack.0 %zu\r\n%s\r\n", strlen(stream), stream);
    send_all(clients[0].socket, request, strlen(request));
    while (!take_answer(&clients[0])) {}
    return serve_slices(append_slice);
}
