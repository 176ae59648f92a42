/* Preloaded into Postgres by scripts/bench: every commit's fdatasync takes a fixed time instead of what the machine's
 * disk happens to need, so that ratios can be compared between machines. The data lie in RAM.
 *
 * SLOW_SYNC_US: microseconds, 1000 unless set.
 */
#include <stdlib.h>
#include <time.h>

static void pause_as_a_disk_would(void) {
    static long microseconds = -1;
    if (microseconds < 0) {
        const char *text = getenv("SLOW_SYNC_US");
        microseconds = text ? atol(text) : 1000;
    }
    struct timespec rest = {microseconds / 1000000, (microseconds % 1000000) * 1000};
    nanosleep(&rest, NULL);
}

int fdatasync(int descriptor) {
    (void)descriptor;
    pause_as_a_disk_would();
    return 0;
}

int fsync(int descriptor) {
    (void)descriptor;
    return 0;
}
