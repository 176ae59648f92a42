/* A load generator for the native protocol: one thread, and one connection where not said otherwise.
 *
 *   load HOST PORT calls K N [WORKER ARGS]   N calls, K in flight
 *   load HOST PORT open RATE N               N calls, so many a second whether or not earlier ones were answered;
 *                                            latencies count from when a call was due
 *   load HOST PORT async K N                 N inserts, K in flight, on the queue `nobody`
 *   load HOST PORT many N B                  N jobs in requests of B, then one AwaitMany of them all
 *   load HOST PORT flood N                   N jobs of priority 9 in requests of 1,000, awaited by none
 *   load HOST PORT waits N C                 N open awaits of jobs that nobody runs, over C connections; then stays
 *                                            until its input ends
 *   load HOST PORT idle C                    C connections that say hello; then stays until its input ends
 *
 * Prints one JSON object: rates, latencies, and the CPU that the generator itself took. Every answer is checked to be
 * ok; the first that isn't ends the run.
 */
#include "native.h"
#include <poll.h>
#include <sys/resource.h>
#include <time.h>

static const size_t buffer = 1 << 20, small_buffer = 4096;
static const char *host, *port;

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static double cpu_seconds(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static uint8_t *put_job(uint8_t *p, const char *worker, const char *queue, const char *args, int priority, int delay_s) {
    p = put_text(put_text(put_text(p, 1, worker), 2, queue), 3, args);
    if (priority) p = put_number(p, 4, (uint64_t)priority);
    if (delay_s) {
        uint8_t delay[8];
        p = put_bytes(p, 9, delay, (size_t)(put_number(delay, 1, (uint64_t)delay_s) - delay));
    }
    return p;
}

static uint8_t *put_seconds(uint8_t *p, int field, uint64_t seconds) {
    uint8_t duration[12];
    return put_bytes(p, field, duration, (size_t)(put_number(duration, 1, seconds) - duration));
}

/* An AsyncRequest of the same job so many times. */
static size_t put_async(uint8_t *request, int jobs, const char *queue, int priority, int delay_s) {
    uint8_t job[128], *job_end = put_job(job, "Echo", queue, "{\"id\":1}", priority, delay_s), *end = request;
    for (int i = 0; i < jobs; i++) end = put_bytes(end, 2, job, (size_t)(job_end - job));
    return (size_t)(end - request);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(double *took, int total, double began) {
    double seconds = (now_us() - began) / 1e6;
    qsort(took, (size_t)total, sizeof(double), by_value);
    printf("{\"per_s\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, \"generator_cpu_share\": %.3f}\n",
           total / seconds, took[total / 2] / 1e3, took[(long)total * 99 / 100] / 1e3, took[total - 1] / 1e3,
           cpu_seconds() / seconds);
}

/* One answer of the measured calls: its call id, after a look that it is ok. */
static uint64_t checked(struct slice frame, int member) {
    struct slice id, body, result, ok;
    if (!find(frame, member, &body) || !find(frame, 1, &id)) explain(frame);
    if (member == CALLED && (!find(body, 1, &result) || !find(result, 3, &ok))) explain(frame);
    return id.number;
}

static void measure(int send, int member, const uint8_t *request, size_t size, int in_flight, double rate, int total) {
    struct connection c = dial(host, port, buffer);
    double *started = malloc(sizeof(double) * ((size_t)total + 1)), *took = malloc(sizeof(double) * (size_t)total);
    double began = now_us();
    int sent = 0, done = 0;
    struct slice frame;
    while (done < total) {
        int due = rate > 0 ? (int)((now_us() - began) / 1e6 * rate) : done + in_flight;
        for (; sent < total && sent < due;) {
            sent++;
            started[sent] = rate > 0 ? began + sent / rate * 1e6 : now_us();
            put_frame(&c, (uint64_t)sent, send, request, size);
        }
        flush(&c);
        if (rate > 0) {
            /* Millisecond steps: poll's own; what is late because of it counts as latency. */
            struct pollfd waiting = {.fd = c.fd, .events = POLLIN};
            if (poll(&waiting, 1, 1) == 0) continue;
        }
        fill(&c);
        while (take_frame(&c, &frame)) {
            uint64_t id = checked(frame, member);
            took[done++] = now_us() - started[id];
        }
    }
    report(took, total, began);
}

/* Inserts jobs in requests of `batch` and gathers the bytes of their relays, each as field `field`. */
static size_t insert(struct connection *c, int total, int batch, const char *queue, int priority, int delay_s,
                     uint8_t *relays, int field) {
    uint8_t *request = malloc((size_t)batch * 160), *end = relays;
    for (int done = 0; done < total;) {
        int jobs = total - done < batch ? total - done : batch;
        put_frame(c, 1, ASYNC, request, put_async(request, jobs, queue, priority, delay_s));
        struct slice body = expect(c, ASYNCED), relay;
        const uint8_t *p = body.start;
        for (int number; next_field(&p, body.end, &number, &relay);)
            if (number == 1) {
                done++;
                if (relays) end = put_bytes(end, field, relay.start, (size_t)(relay.end - relay.start));
            }
    }
    free(request);
    return (size_t)(end - relays);
}

static void many(int total, int batch) {
    struct connection c = dial(host, port, buffer);
    uint8_t *request = malloc((size_t)total * 64 + 64);
    double began = now_us(), *took = malloc(sizeof(double) * (size_t)total);
    size_t size = insert(&c, total, batch, "default", 0, 0, request, 1);
    double inserted = now_us();
    size = (size_t)(put_seconds(request + size, 2, 600) - request);
    put_frame(&c, 2, AWAIT_MANY, request, size);
    flush(&c);
    struct slice frame, body, result, ok;
    for (int done = 0; done < total;) {
        flush(&c);
        fill(&c);
        while (done < total && take_frame(&c, &frame)) {
            if (!find(frame, MANY_EVENT, &body)) explain(frame);
            if (!find(body, 2, &result)) continue;
            if (!find(result, 3, &ok)) explain(frame);
            took[done++] = now_us() - inserted;
        }
    }
    double seconds = (now_us() - began) / 1e6;
    printf("{\"per_s\": %.1f, \"seconds\": %.3f, \"insert_s\": %.3f, \"await_s\": %.3f, \"generator_cpu_share\": %.3f}\n",
           total / seconds, seconds, (inserted - began) / 1e6, took[total - 1] / 1e6, cpu_seconds() / seconds);
}

static void flood(int total) {
    struct connection c = dial(host, port, buffer);
    double began = now_us();
    insert(&c, total, 1000, "default", 9, 0, NULL, 0);
    printf("{\"per_s\": %.1f}\n", total / ((now_us() - began) / 1e6));
}

/* Says that all is set up, and stays until whoever measures closes our input. */
static void stay(void) {
    char byte;
    printf("{\"ready\": 1}\n");
    fflush(stdout);
    while (read(0, &byte, 1) > 0) {}
}

static void waits(int total, int connections) {
    struct connection inserting = dial(host, port, buffer);
    uint8_t *relays = malloc((size_t)total * 64), request[128];
    size_t size = insert(&inserting, total, 1000, "nobody", 0, 3600, relays, 1);
    const uint8_t *p = relays;
    int field, each = (total + connections - 1) / connections;
    struct slice relay;
    for (int i = 0, sent = 0; i < connections; i++) {
        struct connection c = dial(host, port, small_buffer);
        for (int j = 1; j <= each && sent < total; j++, sent++) {
            if (!next_field(&p, relays + size, &field, &relay)) die("fewer relays than jobs");
            uint8_t *end = put_bytes(request, 1, relay.start, (size_t)(relay.end - relay.start));
            end = put_seconds(end, 2, 3600);
            put_frame(&c, (uint64_t)j, AWAIT, request, (size_t)(end - request));
        }
        uint8_t ping[8], *end = put_text(ping, 1, "all");
        put_frame(&c, 0, PING, ping, (size_t)(end - ping));
        expect(&c, PONGED);
    }
    stay();
}

static void idle(int connections) {
    for (int i = 0; i < connections; i++) {
        struct connection c = dial(host, port, small_buffer);
        free(c.in);
        free(c.out);
    }
    stay();
}

int main(int argc, char **argv) {
    if (argc < 5) die("usage: load HOST PORT calls|open|async|many|flood|waits|idle …");
    host = argv[1];
    port = argv[2];
    const char *mode = argv[3];
    int first = atoi(argv[4]), second = argc > 5 ? atoi(argv[5]) : 0;
    static uint8_t request[1024];
    if (!strcmp(mode, "calls") || !strcmp(mode, "open")) {
        uint8_t job[512], *end = put_job(job, argc > 7 ? argv[6] : "Echo", "default", argc > 7 ? argv[7] : "{\"id\":1}", 0, 0);
        end = put_seconds(put_bytes(request, 2, job, (size_t)(end - job)), 3, 60);
        int is_open = mode[0] == 'o';
        measure(CALL, CALLED, request, (size_t)(end - request), is_open ? 0 : first, is_open ? first : 0, second);
    } else if (!strcmp(mode, "async")) {
        measure(ASYNC, ASYNCED, request, put_async(request, 1, "nobody", 0, 0), first, 0, second);
    } else if (!strcmp(mode, "many")) many(first, second);
    else if (!strcmp(mode, "flood")) flood(first);
    else if (!strcmp(mode, "waits")) waits(first, second);
    else if (!strcmp(mode, "idle")) idle(first);
    else die("no such mode");
    return 0;
}
