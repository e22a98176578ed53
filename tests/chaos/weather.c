/* Bad disks and jumping clocks for one process and its children, by LD_PRELOAD.
 *
 * The file WEATHER_FILE is mapped: an int32, the errno that the disk answers with (0: none), an
 * int32 of nothing, an int64, by how many nanoseconds the wall clock is wrong. Only files under
 * WEATHER_ROOT lie on that disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct weather {
    volatile int32_t disk;
    int32_t nothing;
    volatile int64_t clock_ns;
};

static struct weather fine;
static struct weather *now = &fine;
static char root[PATH_MAX];
static size_t root_length;

#define REAL(name) \
    static __typeof__(name) *real_##name; \
    if (!real_##name) real_##name = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void look_up(void) {
    const char *file = getenv("WEATHER_FILE"), *under = getenv("WEATHER_ROOT");
    if (!file || !under) return;
    int handle = open(file, O_RDWR | O_CLOEXEC);
    if (handle < 0) return;
    void *page = mmap(NULL, sizeof fine, PROT_READ, MAP_SHARED, handle, 0);
    close(handle);
    if (page == MAP_FAILED) return;
    snprintf(root, sizeof root, "%s/", under);
    root_length = strlen(root);
    now = page;
}

static int is_path_there(const char *path) {
    return now->disk && path && root_length && strncmp(path, root, root_length) == 0;
}

static int is_file_there(int handle) {
    if (!now->disk) return 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_path_there(path);
}

#define FAILS(is_there) if (is_there) { errno = now->disk; return -1; }
/* A full disk still lets files be opened, truncated, renamed and removed. */
#define FAILS_READ_ONLY(is_there) if (now->disk == EROFS && (is_there)) { errno = EROFS; return -1; }

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
        if (flags & O_CREAT) { FAILS(access(path, F_OK) != 0 && is_path_there(path)) } \
        if (flags & (O_CREAT | O_WRONLY | O_RDWR)) { FAILS_READ_ONLY(is_path_there(path)) } \
        return real_##name(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        REAL(name); \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
        if (flags & (O_CREAT | O_WRONLY | O_RDWR)) { FAILS_READ_ONLY(is_path_there(path)) } \
        return real_##name(folder, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int handle, const void *data, size_t size) {
    REAL(write);
    FAILS(is_file_there(handle))
    return real_write(handle, data, size);
}

ssize_t writev(int handle, const struct iovec *parts, int count) {
    REAL(writev);
    FAILS(is_file_there(handle))
    return real_writev(handle, parts, count);
}

ssize_t pwrite(int handle, const void *data, size_t size, off_t at) {
    REAL(pwrite);
    FAILS(is_file_there(handle))
    return real_pwrite(handle, data, size, at);
}

ssize_t pwrite64(int handle, const void *data, size_t size, off64_t at) {
    REAL(pwrite64);
    FAILS(is_file_there(handle))
    return real_pwrite64(handle, data, size, at);
}

int fsync(int handle) {
    REAL(fsync);
    FAILS(is_file_there(handle))
    return real_fsync(handle);
}

int fdatasync(int handle) {
    REAL(fdatasync);
    FAILS(is_file_there(handle))
    return real_fdatasync(handle);
}

int fallocate(int handle, int mode, off_t at, off_t size) {
    REAL(fallocate);
    FAILS(is_file_there(handle))
    return real_fallocate(handle, mode, at, size);
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    FAILS(access(path, F_OK) != 0 && is_path_there(path))
    return real_mkdir(path, mode);
}

int link(const char *from, const char *to) {
    REAL(link);
    FAILS(is_path_there(to))
    return real_link(from, to);
}

int rename(const char *from, const char *to) {
    REAL(rename);
    FAILS_READ_ONLY(is_path_there(to))
    return real_rename(from, to);
}

int unlink(const char *path) {
    REAL(unlink);
    FAILS_READ_ONLY(is_path_there(path))
    return real_unlink(path);
}

int clock_gettime(clockid_t clock, struct timespec *moment) {
    REAL(clock_gettime);
    int status = real_clock_gettime(clock, moment);
    int64_t wrong_ns = now->clock_ns;
    if (status || !wrong_ns || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
        return status;
    int64_t at_ns = moment->tv_sec * 1000000000LL + moment->tv_nsec + wrong_ns;
    moment->tv_sec = at_ns / 1000000000LL;
    moment->tv_nsec = at_ns % 1000000000LL;
    return 0;
}

time_t time(time_t *also) {
    struct timespec moment;
    clock_gettime(CLOCK_REALTIME, &moment);
    if (also) *also = moment.tv_sec;
    return moment.tv_sec;
}
