/* Preloaded into Postgres or a gateway: a disk that is slow or full, and a clock that is wrong, as a file says that is
 * mapped here and changed from outside at any time: three 64-bit numbers, see shim.py.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct faults {
    volatile int64_t sync_us;  /* how long a sync takes */
    volatile int64_t full;     /* no file can grow */
    volatile int64_t clock_us; /* how far the wall clock is ahead */
};

static const struct faults *faults;

__attribute__((constructor)) static void map_control(void) {
    const char *path = getenv("CHAOS_FAULTS");
    int descriptor = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (descriptor < 0) return;
    void *mapped = mmap(NULL, sizeof(struct faults), PROT_READ, MAP_SHARED, descriptor, 0);
    if (mapped != MAP_FAILED) faults = mapped;
    close(descriptor);
}

/* The disk. */

int fdatasync(int descriptor) {
    (void)descriptor;
    if (faults && faults->sync_us > 0) {
        struct timespec rest = {faults->sync_us / 1000000, (faults->sync_us % 1000000) * 1000};
        nanosleep(&rest, NULL);
    }
    return 0;
}

int fsync(int descriptor) {
    (void)descriptor;
    return 0;
}

static int is_full(int descriptor, off_t end) {
    struct stat info;
    if (!faults || !faults->full || descriptor <= 2) return 0;
    if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode) || end <= info.st_size) return 0;
    errno = ENOSPC;
    return 1;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    if (is_full(descriptor, offset + (off_t)count)) return -1;
    return syscall(SYS_pwrite64, descriptor, bytes, count, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off_t offset) {
    return pwrite(descriptor, bytes, count, offset);
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
    off_t end = offset;
    for (int part = 0; part < count; part++) end += (off_t)parts[part].iov_len;
    if (is_full(descriptor, end)) return -1;
    return syscall(SYS_pwritev, descriptor, parts, count, offset, 0);
}

ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off_t offset) {
    return pwritev(descriptor, parts, count, offset);
}

/* The clock; what is monotonic stays right. */

int clock_gettime(clockid_t clock, struct timespec *now) {
    int status = (int)syscall(SYS_clock_gettime, clock, now);
    if (status == 0 && clock == CLOCK_REALTIME && faults && faults->clock_us != 0) {
        int64_t moment = now->tv_sec * INT64_C(1000000) + now->tv_nsec / 1000 + faults->clock_us;
        now->tv_sec = moment / 1000000;
        now->tv_nsec = (moment % 1000000) * 1000;
    }
    return status;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec moment;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &moment) != 0) return -1;
    now->tv_sec = moment.tv_sec;
    now->tv_usec = moment.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out) {
    struct timespec moment;
    clock_gettime(CLOCK_REALTIME, &moment);
    if (out) *out = moment.tv_sec;
    return moment.tv_sec;
}
