/* A load generator for the native protocol that costs next to nothing itself: one connection, one thread, frames
 * written by hand.
 *
 *   load HOST PORT calls K N     N calls of Echo on the queue `default`, K in flight
 *   load HOST PORT async K N     N inserts, K in flight, on the queue `nobody`, awaited by none
 *
 * Prints one JSON object: calls a second, latencies, and the CPU that the generator itself took. Every answer is
 * checked to be ok; the first that isn't ends the run.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void die(const char *what) {
    fprintf(stderr, "load: %s\n", what);
    exit(1);
}

/* Writing protobuf. */

static uint8_t *put_varint(uint8_t *p, uint64_t v) {
    for (; v >= 0x80; v >>= 7) *p++ = (uint8_t)(v | 0x80);
    *p++ = (uint8_t)v;
    return p;
}

static uint8_t *put_bytes(uint8_t *p, int field, const void *bytes, size_t count) {
    p = put_varint(p, (uint64_t)field << 3 | 2);
    p = put_varint(p, count);
    memcpy(p, bytes, count);
    return p + count;
}

static uint8_t *put_text(uint8_t *p, int field, const char *text) { return put_bytes(p, field, text, strlen(text)); }

static uint8_t *put_frame(uint8_t *p, uint64_t call_id, int field, const uint8_t *body, size_t count) {
    uint8_t *message = p + 5, *end = message;
    if (call_id) end = put_varint(put_varint(end, 1 << 3), call_id);
    end = put_bytes(end, field, body, count);
    uint32_t length = htonl((uint32_t)(end - message));
    p[0] = 0;
    memcpy(p + 1, &length, 4);
    return end;
}

/* Reading protobuf: just enough to find a field. */

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

struct slice { const uint8_t *start, *end; uint64_t number; };

static int find(struct slice in, int field, struct slice *out) {
    const uint8_t *p = in.start;
    while (p < in.end) {
        uint64_t tag, value;
        p = get_varint(p, in.end, &tag);
        p = get_varint(p, in.end, &value);
        int found = (int)(tag >> 3) == field;
        if ((tag & 7) == 2) {
            if (value > (uint64_t)(in.end - p)) die("an answer ends early");
            if (found) { *out = (struct slice){p, p + value, 0}; return 1; }
            p += value;
        } else if ((tag & 7) == 0) {
            if (found) { *out = (struct slice){NULL, NULL, value}; return 1; }
        } else die("unexpected wire type in an answer");
    }
    return 0;
}

static void explain(struct slice frame) {
    struct slice status, message;
    if (find(frame, 9, &status) && find(status, 2, &message)) {
        fprintf(stderr, "load: the gateway says: %.*s\n", (int)(message.end - message.start), message.start);
        exit(1);
    }
    die("an answer is not ok");
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static uint8_t *out, *out_end;
static size_t out_size = 1 << 20;

static void flush(int fd) {
    uint8_t *p = out;
    while (p < out_end) {
        ssize_t n = write(fd, p, out_end - p);
        if (n <= 0) die("the connection is lost");
        p += n;
    }
    out_end = out;
}

int main(int argc, char **argv) {
    if (argc != 6) die("usage: load HOST PORT calls|async K N");
    int is_call = !strcmp(argv[3], "calls");
    int in_flight = atoi(argv[4]), total = atoi(argv[5]);
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2]))};
    inet_pton(AF_INET, argv[1], &to.sin_addr);
    if (connect(fd, (struct sockaddr *)&to, sizeof to)) die("the gateway cannot be reached");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);

    out = out_end = malloc(out_size);
    uint8_t hello[64], *end = put_varint(put_varint(hello, 1 << 3), 1);
    end = put_text(end, 2, "relay-bench/1");
    out_end = put_frame(out, 0, 2, hello, end - hello);
    flush(fd);

    uint8_t job[256], request[512];
    end = put_text(job, 1, "Echo");
    end = put_text(end, 2, is_call ? "default" : "nobody");
    end = put_text(end, 3, "{\"id\":1}");
    uint8_t *request_end = put_bytes(request, 2, job, end - job);
    if (is_call) {
        uint8_t wait[8], *wait_end = put_varint(put_varint(wait, 1 << 3), 60);
        request_end = put_bytes(request_end, 3, wait, wait_end - wait);
    }

    double *started = malloc(sizeof(double) * (total + 1)), *took = malloc(sizeof(double) * total), begin = 0;
    uint8_t *in = malloc(1 << 20);
    size_t have = 0;
    int sent = 0, done = 0, welcomed = 0;
    while (done < total) {
        ssize_t n = read(fd, in + have, (1 << 20) - have);
        if (n <= 0) die("the connection is lost");
        have += n;
        size_t used = 0;
        int answered = 0;
        while (have - used >= 5) {
            uint32_t length;
            memcpy(&length, in + used + 1, 4);
            length = ntohl(length);
            if (have - used - 5 < length) break;
            struct slice frame = {in + used + 5, in + used + 5 + length, 0}, id, body, result, ok;
            used += 5 + length;
            if (!welcomed) {
                if (!find(frame, 2, &body)) explain(frame);
                welcomed = 1;
                begin = now_us();
                answered = in_flight;
                continue;
            }
            if (!find(frame, 1, &id)) {
                if (find(frame, 12, &body)) {
                    struct slice data;
                    size_t count = find(body, 1, &data) ? put_bytes(request + 256, 1, data.start, data.end - data.start) - (request + 256) : 0;
                    out_end = put_frame(out_end, 0, 11, request + 256, count);
                    continue;
                }
                explain(frame);
            }
            if (is_call) {
                if (!find(frame, 6, &body) || !find(body, 1, &result) || !find(result, 3, &ok)) explain(frame);
            } else if (!find(frame, 3, &body)) explain(frame);
            took[done++] = now_us() - started[id.number];
            answered++;
        }
        memmove(in, in + used, have - used);
        have -= used;
        for (; answered > 0 && sent < total; answered--) {
            if ((size_t)(out_end - out) > out_size - 1024) flush(fd);
            sent++;
            started[sent] = now_us();
            out_end = put_frame(out_end, (uint64_t)sent, is_call ? 6 : 3, request, request_end - request);
        }
        flush(fd);
    }
    double seconds = (now_us() - begin) / 1e6;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    qsort(took, total, sizeof(double), by_value);
    printf("{\"per_s\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"generator_cpu_share\": %.3f}\n", total / seconds,
           took[total / 2] / 1e3, took[total * 99 / 100] / 1e3, cpu / seconds);
    return 0;
}
