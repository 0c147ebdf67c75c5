// Many connections to a server over sockets, each with one request under way at a time.

#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "events.h"
#include "slices.h"

enum { MOST_CLIENTS = 256, LARGEST_REQUEST = 4096, LARGEST_REPLY = 65536 };

typedef struct {
    int socket;
    size_t length;
    char reply[LARGEST_REPLY];
} Client;

static Client *clients;
static int client_count;

/// The request that stores an event; written before the clock runs.
size_t compose(const Event *event, int client, char *request);
/// How many bytes of what came are a whole answer, 0: not yet. Ends the program when it is a refusal.
size_t answer_length(Client *client);

static inline void send_all(int socket, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t sent = send(socket, bytes, length, MSG_NOSIGNAL);
        REQUIRE(sent > 0, "the server went away");
        bytes += sent;
        length -= (size_t)sent;
    }
}

/// A path or a port of 127.0.0.1.
static inline int connect_to(const char *address) {
    int result;
    if (address[0] == '/') {
        struct sockaddr_un local = {.sun_family = AF_UNIX};
        snprintf(local.sun_path, sizeof local.sun_path, "%s", address);
        result = socket(AF_UNIX, SOCK_STREAM, 0);
        REQUIRE(connect(result, (struct sockaddr *)&local, sizeof local) == 0, "nobody at %s", address);
    } else {
        struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(address))};
        loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        result = socket(AF_INET, SOCK_STREAM, 0);
        int on = 1;
        setsockopt(result, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        REQUIRE(connect(result, (struct sockaddr *)&loopback, sizeof loopback) == 0, "nobody at port %s", address);
    }
    return result;
}

/// Takes off what was read.
static inline void drop(Client *client, size_t length) {
    memmove(client->reply, client->reply + length, client->length - length + 1);
    client->length -= length;
}

/// Waits for one whole answer and takes it off.
static inline bool take_answer(Client *client) {
    ssize_t got = recv(client->socket, client->reply + client->length, LARGEST_REPLY - 1 - client->length, 0);
    REQUIRE(got > 0, "the server went away");
    client->length += (size_t)got;
    client->reply[client->length] = 0;
    size_t whole = answer_length(client);
    drop(client, whole);
    return whole > 0;
}

static double append_slice(long count) {
    static uint64_t next;
    char *requests = malloc((size_t)count * LARGEST_REQUEST);
    size_t *lengths = malloc((size_t)count * sizeof *lengths);
    REQUIRE(requests && lengths, "no memory");
    Event event;
    for (long place = 0; place < count; place++) {
        event_make(&event, MIX, next++);
        lengths[place] = compose(&event, (int)(place % client_count), requests + place * LARGEST_REQUEST);
    }
    struct pollfd polled[MOST_CLIENTS];
    long sent[MOST_CLIENTS], done = 0;
    double start = seconds_now();
    for (int place = 0; place < client_count; place++) {
        polled[place] = (struct pollfd){.fd = clients[place].socket, .events = POLLIN};
        sent[place] = place;
        if (place < count) send_all(clients[place].socket, requests + (long)place * LARGEST_REQUEST, lengths[place]);
    }
    while (done < count) {
        REQUIRE(poll(polled, (nfds_t)client_count, 30000) > 0, "the server does not answer");
        for (int place = 0; place < client_count; place++) {
            if (!(polled[place].revents & (POLLIN | POLLHUP)) || !take_answer(&clients[place])) continue;
            done++;
            sent[place] += client_count;
            if (sent[place] < count)
                send_all(clients[place].socket, requests + sent[place] * LARGEST_REQUEST, lengths[sent[place]]);
        }
    }
    double seconds = seconds_now() - start;
    free(requests);
    free(lengths);
    return seconds;
}

static inline void connect_clients(const char *address, int count) {
    REQUIRE(count >= 1 && count <= MOST_CLIENTS, "1 to %d clients", MOST_CLIENTS);
    client_count = count;
    clients = calloc((size_t)count, sizeof *clients);
    REQUIRE(clients, "no memory");
    for (int place = 0; place < count; place++) clients[place].socket = connect_to(address);
}
