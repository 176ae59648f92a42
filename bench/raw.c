/* The floor: what raw libpq takes to insert, claim, complete and notify on the same table, without any of Relay.
 *
 *   raw seq N            one job at a time, from insert to the notification's arrival: median latency
 *   raw clients K N      K clients, each its own job at a time, NOTIFY inside the completing transaction: jobs/s
 *   raw batch B N        batches of B, the three stages one after the other: jobs/s
 *
 * Prints one JSON object. DATABASE_URL names the database; the table must be empty of available jobs.
 */
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *url;

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void die(PGconn *c, const char *what) {
    fprintf(stderr, "raw: %s: %s", what, PQerrorMessage(c));
    exit(1);
}

static PGconn *dial(void) {
    PGconn *c = PQconnectdb(url);
    if (PQstatus(c) != CONNECTION_OK) die(c, "connect");
    return c;
}

static PGresult *must(PGconn *c, PGresult *r, const char *what) {
    ExecStatusType s = PQresultStatus(r);
    if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK) die(c, what);
    return r;
}

static void run(PGconn *c, const char *sql) { PQclear(must(c, PQexec(c, sql), sql)); }

static void prepare(PGconn *c) {
    PQclear(must(c, PQprepare(c, "insert",
        "INSERT INTO public.oban_jobs (state, queue, worker, args, meta) "
        "VALUES ('available', $1, 'Echo', '{\"id\":1}', '{\"relay\":\"x\"}') RETURNING id", 1, NULL), "prepare insert"));
    PQclear(must(c, PQprepare(c, "claim",
        "WITH picked AS MATERIALIZED (SELECT id FROM public.oban_jobs WHERE state = 'available' AND queue = $1 "
        "ORDER BY priority, scheduled_at, id LIMIT $2::int FOR UPDATE SKIP LOCKED) "
        "UPDATE public.oban_jobs j SET state = 'executing', attempt = attempt + 1, attempted_at = timezone('UTC', now()), "
        "attempted_by = ARRAY['raw'] FROM picked WHERE j.id = picked.id RETURNING j.id, j.args", 2, NULL), "prepare claim"));
    PQclear(must(c, PQprepare(c, "complete",
        "UPDATE public.oban_jobs SET state = 'completed', completed_at = timezone('UTC', now()), "
        "meta = meta || '{\"recorded\":true,\"return\":\"g3QAAAABbQAAAAJpZGEB\"}' WHERE id = $1 AND state = 'executing'",
        1, NULL), "prepare complete"));
    PQclear(must(c, PQprepare(c, "notify", "SELECT pg_notify('raw_done', $1)", 1, NULL), "prepare notify"));
    PQclear(must(c, PQprepare(c, "insert_many",
        "INSERT INTO public.oban_jobs (state, queue, worker, args, meta) SELECT 'available', $1, 'Echo', '{\"id\":1}', "
        "'{\"relay\":\"x\"}' FROM generate_series(1, $2::int) RETURNING id", 2, NULL), "prepare insert_many"));
    PQclear(must(c, PQprepare(c, "complete_many",
        "UPDATE public.oban_jobs j SET state = 'completed', completed_at = timezone('UTC', now()), "
        "meta = j.meta || '{\"recorded\":true,\"return\":\"g3QAAAABbQAAAAJpZGEB\"}' FROM unnest($1::bigint[]) AS d(id) "
        "WHERE j.id = d.id AND j.state = 'executing'", 1, NULL), "prepare complete_many"));
}

static void job(PGconn *c, const char *queue) {
    const char *q[1] = {queue};
    PQclear(must(c, PQexecPrepared(c, "insert", 1, q, NULL, NULL, 0), "insert"));
    const char *claim[2] = {queue, "1"};
    PGresult *r = must(c, PQexecPrepared(c, "claim", 2, claim, NULL, NULL, 0), "claim");
    if (PQntuples(r) != 1) die(c, "claim found no job");
    char id[32];
    snprintf(id, sizeof id, "%s", PQgetvalue(r, 0, 0));
    PQclear(r);
    const char *p[1] = {id};
    run(c, "BEGIN");
    PQclear(must(c, PQexecPrepared(c, "complete", 1, p, NULL, NULL, 0), "complete"));
    PQclear(must(c, PQexecPrepared(c, "notify", 1, p, NULL, NULL, 0), "notify"));
    run(c, "COMMIT");
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sequential(int n) {
    PGconn *c = dial(), *listener = dial();
    prepare(c);
    run(listener, "LISTEN raw_done");
    double *times = malloc(sizeof(double) * n);
    for (int i = 0; i < n; i++) {
        double start = now_us();
        job(c, "raw_seq");
        PGnotify *heard;
        while (PQconsumeInput(listener), !(heard = PQnotifies(listener))) {
            struct pollfd p = {PQsocket(listener), POLLIN, 0};
            poll(&p, 1, 1000);
        }
        times[i] = now_us() - start;
        PQfreemem(heard);
    }
    qsort(times, n, sizeof(double), by_value);
    printf("{\"p50_ms\": %.3f, \"p99_ms\": %.3f}\n", times[n / 2] / 1e3, times[n * 99 / 100] / 1e3);
}

static int per_client;

static void *client(void *arg) {
    char queue[32];
    snprintf(queue, sizeof queue, "raw_%d", (int)(long)arg);
    PGconn *c = dial();
    prepare(c);
    for (int i = 0; i < per_client; i++) job(c, queue);
    PQfinish(c);
    return NULL;
}

static void clients(int k, int n) {
    pthread_t threads[64];
    per_client = n / k;
    double start = now_us();
    for (long i = 0; i < k; i++) pthread_create(&threads[i], NULL, client, (void *)i);
    for (int i = 0; i < k; i++) pthread_join(threads[i], NULL);
    double seconds = (now_us() - start) / 1e6;
    printf("{\"jobs_per_s\": %.1f}\n", per_client * k / seconds);
}

static void batches(int b, int n) {
    PGconn *c = dial();
    prepare(c);
    char size[16];
    snprintf(size, sizeof size, "%d", b);
    const char *args[2] = {"raw_batch", size};
    double insert_us = 0, start = now_us();
    for (int done = 0; done < n; done += b) {
        double t = now_us();
        PQclear(must(c, PQexecPrepared(c, "insert_many", 2, args, NULL, NULL, 0), "insert"));
        insert_us += now_us() - t;
        PGresult *r = must(c, PQexecPrepared(c, "claim", 2, args, NULL, NULL, 0), "claim");
        int rows = PQntuples(r);
        char *ids = malloc(rows * 24 + 3), *end = ids;
        *end++ = '{';
        for (int i = 0; i < rows; i++) end += sprintf(end, i ? ",%s" : "%s", PQgetvalue(r, i, 0));
        *end++ = '}';
        *end = 0;
        PQclear(r);
        const char *p[1] = {ids};
        PQclear(must(c, PQexecPrepared(c, "complete_many", 1, p, NULL, NULL, 0), "complete"));
        PQclear(must(c, PQexecPrepared(c, "notify", 1, args, NULL, NULL, 0), "notify"));
        free(ids);
    }
    double seconds = (now_us() - start) / 1e6;
    printf("{\"jobs_per_s\": %.1f, \"inserts_per_s\": %.1f}\n", n / seconds, n / (insert_us / 1e6));
}

int main(int argc, char **argv) {
    url = getenv("DATABASE_URL");
    if (!url || argc < 3) {
        fprintf(stderr, "usage: DATABASE_URL=… raw seq N | clients K N | batch B N\n");
        return 2;
    }
    if (!strcmp(argv[1], "seq")) sequential(atoi(argv[2]));
    else if (!strcmp(argv[1], "clients") && argc > 3) clients(atoi(argv[2]), atoi(argv[3]));
    else if (!strcmp(argv[1], "batch") && argc > 3) batches(atoi(argv[2]), atoi(argv[3]));
    else return 2;
    return 0;
}
