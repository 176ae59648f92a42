/* Calls through gearmand, which keeps its jobs in memory.
 *
 *   gearman worker PORT              a worker of libgearman's that echoes, until it is killed
 *   gearman load PORT K SECONDS      K calls in flight on one connection, each answered before the next takes its
 *                                    place: frames of gearman's protocol written by hand, as our own generator's are
 *   gearman clients PORT K SECONDS   K of libgearman's clients, each in a thread with a call at a time, as programs
 *                                    that use it do
 *
 * Prints one JSON object.
 */
#include <arpa/inet.h>
#include <libgearman/gearman.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum packet { SUBMIT_JOB = 7, JOB_CREATED = 8, WORK_COMPLETE = 13 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int die(const char *what) {
    fprintf(stderr, "gearman: %s\n", what);
    exit(1);
}

static gearman_return_t echo(gearman_job_st *job, void *context) {
    (void)context;
    gearman_job_send_complete(job, gearman_job_workload(job), gearman_job_workload_size(job));
    return GEARMAN_SUCCESS;
}

static int work(in_port_t port) {
    gearman_worker_st *worker = gearman_worker_create(NULL);
    if (gearman_failed(gearman_worker_add_server(worker, "127.0.0.1", port))) die("no such server");
    if (gearman_failed(gearman_worker_define_function(worker, "echo", 4, gearman_function_create(echo), 0, NULL)))
        die("the function is refused");
    while (gearman_success(gearman_worker_work(worker))) {}
    return die(gearman_worker_error(worker));
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static size_t put_job(uint8_t *out) {
    static const char body[] = "echo\0\0{\"id\":1}";
    uint32_t head[] = {0, htonl(SUBMIT_JOB), htonl(sizeof body - 1)};
    memcpy(head, "\0REQ", 4);
    memcpy(out, head, 12);
    memcpy(out + 12, body, sizeof body - 1);
    return 12 + sizeof body - 1;
}

struct caller { in_port_t port; double until; long done; };

static void *call_again_and_again(void *argument) {
    struct caller *caller = argument;
    gearman_client_st *client = gearman_client_create(NULL);
    if (gearman_failed(gearman_client_add_server(client, "127.0.0.1", caller->port))) die("no such server");
    while (now() < caller->until) {
        size_t size;
        gearman_return_t status;
        void *answer = gearman_client_do(client, "echo", NULL, "{\"id\":1}", 8, &size, &status);
        if (gearman_failed(status) || size != 8) die("a call has failed");
        free(answer);
        caller->done++;
    }
    gearman_client_free(client);
    return NULL;
}

static int clients(in_port_t port, int count, double seconds) {
    struct caller *callers = calloc((size_t)count, sizeof *callers);
    pthread_t *threads = calloc((size_t)count, sizeof *threads);
    double began = now();
    long done = 0;
    for (int i = 0; i < count; i++) {
        callers[i] = (struct caller){port, began + seconds, 0};
        if (pthread_create(&threads[i], NULL, call_again_and_again, &callers[i])) die("no more threads");
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
        done += callers[i].done;
    }
    printf("{\"per_s\": %.1f}\n", (double)done / (now() - began));
    return 0;
}

static int load(in_port_t port, int in_flight, double seconds) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (connect(fd, (struct sockaddr *)&to, sizeof to)) die("the server cannot be reached");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    enum { room = 1 << 20, most = 1 << 20 };
    static uint8_t in[room], out[room];
    static double took[most];
    size_t have = 0;
    int free_places = in_flight, done = 0;
    double began = now(), sent_at = began;
    while (now() - began < seconds && done < most) {
        size_t size = 0;
        if (free_places) sent_at = now();
        for (; free_places; free_places--) size += put_job(out + size);
        for (size_t sent = 0; sent < size;) {
            ssize_t n = write(fd, out + sent, size - sent);
            if (n <= 0) die("the connection is lost");
            sent += (size_t)n;
        }
        ssize_t n = read(fd, in + have, room - have);
        if (n <= 0) die("the connection is lost");
        have += (size_t)n;
        size_t used = 0;
        while (have - used >= 12) {
            uint32_t head[3];
            memcpy(head, in + used, 12);
            uint32_t length = ntohl(head[2]);
            if (have - used - 12 < length) break;
            used += 12 + length;
            switch (ntohl(head[1])) {
            case JOB_CREATED: break;
            case WORK_COMPLETE:
                if (done < most) took[done++] = now() - sent_at;
                free_places++;
                break;
            default: die("the server answers something else");
            }
        }
        memmove(in, in + used, have - used);
        have -= used;
    }
    double elapsed = now() - began;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    if (!done) die("nothing was answered");
    qsort(took, (size_t)done, sizeof(double), by_value);
    printf("{\"per_s\": %.1f, \"generator_cpu_share\": %.3f", done / elapsed, cpu / elapsed);
    /* With more than one in flight it is not known which of them a time belongs to. */
    if (in_flight == 1) printf(", \"p50_ms\": %.3f, \"p99_ms\": %.3f", took[done / 2] * 1e3, took[(long)done * 99 / 100] * 1e3);
    printf("}\n");
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && !strcmp(argv[1], "worker")) return work((in_port_t)atoi(argv[2]));
    if (argc == 5 && !strcmp(argv[1], "load")) return load((in_port_t)atoi(argv[2]), atoi(argv[3]), atof(argv[4]));
    if (argc == 5 && !strcmp(argv[1], "clients")) return clients((in_port_t)atoi(argv[2]), atoi(argv[3]), atof(argv[4]));
    return die("usage: gearman worker PORT | load PORT IN-FLIGHT SECONDS | clients PORT COUNT SECONDS");
}
