/* The native protocol written and read by hand, for load that costs next to nothing itself: frames, the fields that the
 * load needs, and a connection. Whatever is not as expected ends the program with a word of why.
 */
#ifndef RELAY_BENCH_NATIVE_H
#define RELAY_BENCH_NATIVE_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what) {
    fprintf(stderr, "load: %s\n", what);
    exit(1);
}

/* The numbers of ClientFrame's and ServerFrame's members in proto/relay/v1/wire.proto. */
enum client_body { HELLO = 2, ASYNC = 3, AWAIT = 4, AWAIT_MANY = 5, CALL = 6, PING = 10, PONG = 11 };
enum server_body { WELCOME = 2, ASYNCED = 3, AWAITED = 4, MANY_EVENT = 5, CALLED = 6, STATUS = 9, PONGED = 10, PINGED = 12 };

/* Writing protobuf. */

static uint8_t *put_varint(uint8_t *p, uint64_t v) {
    for (; v >= 0x80; v >>= 7) *p++ = (uint8_t)(v | 0x80);
    *p++ = (uint8_t)v;
    return p;
}

static uint8_t *put_number(uint8_t *p, int field, uint64_t v) { return put_varint(put_varint(p, (uint64_t)field << 3), v); }

static uint8_t *put_bytes(uint8_t *p, int field, const void *bytes, size_t count) {
    p = put_varint(p, (uint64_t)field << 3 | 2);
    p = put_varint(p, count);
    memmove(p, bytes, count);
    return p + count;
}

static uint8_t *put_text(uint8_t *p, int field, const char *text) { return put_bytes(p, field, text, strlen(text)); }

/* Reading protobuf: just enough to find a field. */

struct slice { const uint8_t *start, *end; uint64_t number; };

static const uint8_t *get_varint(const uint8_t *p, const uint8_t *end, uint64_t *v) {
    *v = 0;
    for (int shift = 0; p < end && shift < 64; shift += 7) {
        uint8_t b = *p++;
        *v |= (uint64_t)(b & 0x7F) << shift;
        if (!(b & 0x80)) return p;
    }
    die("bad varint in an answer");
    return NULL;
}

/* The next field of a message, from *p on: 0 at the end. */
static int next_field(const uint8_t **p, const uint8_t *end, int *field, struct slice *out) {
    uint64_t tag, value;
    if (*p >= end) return 0;
    *p = get_varint(*p, end, &tag);
    *p = get_varint(*p, end, &value);
    *field = (int)(tag >> 3);
    *out = (struct slice){NULL, NULL, value};
    if ((tag & 7) == 2) {
        if (value > (uint64_t)(end - *p)) die("an answer ends early");
        *out = (struct slice){*p, *p + value, 0};
        *p += value;
    } else if ((tag & 7) != 0) die("unexpected wire type in an answer");
    return 1;
}

static int find(struct slice in, int wanted, struct slice *out) {
    const uint8_t *p = in.start;
    int field;
    while (next_field(&p, in.end, &field, out)) if (field == wanted) return 1;
    return 0;
}

/* Ends the program with the gateway's own words: a Status, or the Failure of a result. */
static void explain(struct slice frame) {
    struct slice body, message;
    int says = find(frame, STATUS, &body) && find(body, 2, &message);
    for (int answer = AWAITED; !says && answer <= CALLED; answer++)
        if (find(frame, answer, &body))
            says = find(body, answer == MANY_EVENT ? 2 : 1, &body) && find(body, 4, &body) && find(body, 3, &message);
    if (says) {
        fprintf(stderr, "load: the gateway says: %.*s\n", (int)(message.end - message.start), message.start);
        exit(1);
    }
    die("an answer is not ok");
}

/* A connection, which gathers what is written until it is flushed. */

struct connection {
    int fd;
    uint8_t *out, *in;
    size_t out_have, out_size, in_have, in_used, in_size;
};

static void flush(struct connection *c) {
    for (size_t sent = 0; sent < c->out_have;) {
        ssize_t n = write(c->fd, c->out + sent, c->out_have - sent);
        if (n <= 0) die("the connection is lost");
        sent += (size_t)n;
    }
    c->out_have = 0;
}

static void put_frame(struct connection *c, uint64_t call_id, int field, const uint8_t *body, size_t count) {
    if (c->out_size - c->out_have < count + 64) {
        flush(c);
        if (c->out_size < count + 64) c->out = realloc(c->out, c->out_size = count + 64);
    }
    uint8_t *head = c->out + c->out_have, *message = head + 5, *end = message;
    if (call_id) end = put_number(end, 1, call_id);
    end = put_bytes(end, field, body, count);
    uint32_t length = htonl((uint32_t)(end - message));
    head[0] = 0;
    memcpy(head + 1, &length, 4);
    c->out_have += (size_t)(end - head);
}

/* Waits for more bytes. */
static void fill(struct connection *c) {
    memmove(c->in, c->in + c->in_used, c->in_have - c->in_used);
    c->in_have -= c->in_used;
    c->in_used = 0;
    if (c->in_have == c->in_size) c->in = realloc(c->in, c->in_size *= 2);
    ssize_t n = read(c->fd, c->in + c->in_have, c->in_size - c->in_have);
    if (n <= 0) die("the connection is lost");
    c->in_have += (size_t)n;
}

/* The next whole frame of what was read, pings answered: 0 if more bytes are wanted. */
static int take_frame(struct connection *c, struct slice *frame) {
    while (c->in_have - c->in_used >= 5) {
        uint32_t length;
        memcpy(&length, c->in + c->in_used + 1, 4);
        length = ntohl(length);
        if (c->in_have - c->in_used - 5 < length) return 0;
        *frame = (struct slice){c->in + c->in_used + 5, c->in + c->in_used + 5 + length, 0};
        c->in_used += 5 + length;
        struct slice ping;
        if (!find(*frame, PINGED, &ping)) return 1;
        put_frame(c, 0, PONG, ping.start, (size_t)(ping.end - ping.start));
    }
    return 0;
}

/* Waits for the next frame, which must hold the member: gives that. */
static struct slice expect(struct connection *c, int member) {
    struct slice frame, body;
    flush(c);
    while (!take_frame(c, &frame)) { fill(c); }
    if (!find(frame, member, &body)) explain(frame);
    return body;
}

static struct connection dial(const char *host, const char *port, size_t buffer) {
    struct connection c = {.fd = socket(AF_INET, SOCK_STREAM, 0), .out_size = buffer, .in_size = buffer};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    int one = 1;
    inet_pton(AF_INET, host, &to.sin_addr);
    if (c.fd < 0 || connect(c.fd, (struct sockaddr *)&to, sizeof to)) die("the gateway cannot be reached");
    setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c.out = malloc(buffer);
    c.in = malloc(buffer);
    uint8_t hello[64], *end = put_text(put_number(hello, 1, 1), 2, "relay-bench/1");
    put_frame(&c, 0, HELLO, hello, (size_t)(end - hello));
    expect(&c, WELCOME);
    return c;
}

#endif
