/*
 * Loaded into a node with LD_PRELOAD: lets its disk fail, stall and fill up, and its clocks jump and drift, as a shared file of settings says.
 *
 * FAULT_SETTINGS names that file, FAULT_FOLDER the folder below which files are harmed. While no setting is on, a call costs one read of memory more.
 * A file is looked up by its descriptor only while there is a fault that could hit it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define BILLION 1000000000LL
#define MILLION 1000000LL

/* From a moment of the real monotonic clock on, a clock that shows `shown` then goes on at `rate` millionths of the real speed. */
struct law {
    int64_t since;
    int64_t shown;
    int64_t rate;
};

/* The layout that FaultSettings.cs writes. */
struct settings {
    _Atomic int32_t answered;      /* id of the process that has read the file */
    _Atomic int32_t sync_errors;   /* so many syncs to come fail with EIO */
    _Atomic int32_t full_writes;   /* so many writes to come fail with ENOSPC */
    _Atomic int32_t sync_delay;    /* microseconds */
    _Atomic int32_t write_delay;   /* microseconds */
    _Atomic uint32_t law_number;   /* how often the law was changed; 0: the clock is the real one. The newest law is at its lowest bit. */
    _Atomic int64_t wall_offset;   /* nanoseconds */
    struct law laws[2];            /* the newest, and the one before, which holds until that comes into force */
};

static struct settings idle;
static struct settings *settings = &idle;

static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static int (*real_timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static void *(*real_dlsym)(void *, const char *);

static void *next(const char *name)
{
    return real_dlsym(RTLD_NEXT, name);
}

/* dlsym itself is one of the functions that are replaced, so the real one is found by its versions in glibc. */
static void find_dlsym(void)
{
    static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.2.5", "GLIBC_2.17", "GLIBC_2.0"};
    for (size_t i = 0; real_dlsym == NULL && i < sizeof versions / sizeof *versions; i++)
        real_dlsym = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", versions[i]);
    if (real_dlsym == NULL)
        abort();
}

static void find_functions(void)
{
    if (real_dlsym != NULL && real_timedwait != NULL)
        return;
    find_dlsym();
    real_fsync = next("fsync");
    real_fdatasync = next("fdatasync");
    real_write = next("write");
    real_writev = next("writev");
    real_pwrite = next("pwrite64");
    real_pwritev = next("pwritev64");
    /* The oldest version of this one counts in another clock. */
    real_timedwait = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (real_timedwait == NULL)
        real_timedwait = next("pthread_cond_timedwait");
}

__attribute__((constructor)) static void load(void)
{
    find_functions();
    const char *path = getenv("FAULT_SETTINGS");
    int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return;
    void *shared = mmap(NULL, sizeof(struct settings), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (shared == MAP_FAILED)
        return;
    settings = shared;
    atomic_store(&settings->answered, (int32_t)getpid());
}

/* Disk */

/* Whether a descriptor is that of the node's data folder or of something below it. */
static int is_harmed(int descriptor)
{
    static _Thread_local char folder[PATH_MAX];
    char link[64], path[PATH_MAX];
    const char *named = getenv("FAULT_FOLDER");
    if (named == NULL || (folder[0] == 0 && realpath(named, folder) == NULL)) {
        folder[0] = 0;
        return 0;
    }
    strcpy(link, "/proc/self/fd/");
    char digits[16];
    int count = 0;
    for (int rest = descriptor; rest > 0 || count == 0; rest /= 10)
        digits[count++] = (char)('0' + rest % 10);
    for (size_t end = strlen(link); count > 0; link[end] = 0)
        link[end++] = digits[--count];
    ssize_t length = readlink(link, path, sizeof path - 1);
    size_t prefix = strlen(folder);
    return length >= (ssize_t)prefix && memcmp(path, folder, prefix) == 0 && (length == (ssize_t)prefix || path[prefix] == '/');
}

/* Takes one of the failures that are left, if any. */
static int take(_Atomic int32_t *left)
{
    int32_t now = atomic_load(left);
    while (now > 0)
        if (atomic_compare_exchange_weak(left, &now, now - 1))
            return 1;
    return 0;
}

static void stall(int32_t microseconds)
{
    struct timespec rest = {microseconds / MILLION, microseconds % MILLION * 1000};
    while (syscall(SYS_nanosleep, &rest, &rest) != 0 && errno == EINTR)
        ;
}

/* Non-zero when the call shall fail, with errno set. */
static int harm(int descriptor, _Atomic int32_t *delay, _Atomic int32_t *failures, int error)
{
    int before = errno;
    if (descriptor < 0 || (atomic_load(delay) <= 0 && atomic_load(failures) <= 0) || !is_harmed(descriptor)) {
        errno = before;
        return 0;
    }
    int32_t wait = atomic_load(delay);
    if (wait > 0)
        stall(wait);
    int fails = take(failures);
    errno = fails ? error : before;
    return fails;
}

static int harm_sync(int descriptor)
{
    return harm(descriptor, &settings->sync_delay, &settings->sync_errors, EIO);
}

static int harm_write(int descriptor)
{
    return harm(descriptor, &settings->write_delay, &settings->full_writes, ENOSPC);
}

EXPORT int fsync(int descriptor)
{
    find_functions();
    return harm_sync(descriptor) ? -1 : real_fsync(descriptor);
}

EXPORT int fdatasync(int descriptor)
{
    find_functions();
    return harm_sync(descriptor) ? -1 : real_fdatasync(descriptor);
}

EXPORT ssize_t write(int descriptor, const void *bytes, size_t count)
{
    find_functions();
    return harm_write(descriptor) ? -1 : real_write(descriptor, bytes, count);
}

EXPORT ssize_t writev(int descriptor, const struct iovec *parts, int count)
{
    find_functions();
    return harm_write(descriptor) ? -1 : real_writev(descriptor, parts, count);
}

EXPORT ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t at)
{
    find_functions();
    return harm_write(descriptor) ? -1 : real_pwrite(descriptor, bytes, count, at);
}

EXPORT ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t at)
{
    find_functions();
    return harm_write(descriptor) ? -1 : real_pwritev(descriptor, parts, count, at);
}

EXPORT ssize_t pwrite(int, const void *, size_t, off_t) __attribute__((alias("pwrite64")));
EXPORT ssize_t pwritev(int, const struct iovec *, int, off_t) __attribute__((alias("pwritev64")));

/* Clocks */

static int64_t nanoseconds(const struct timespec *time)
{
    return time->tv_sec * BILLION + time->tv_nsec;
}

static struct timespec timespec_of(int64_t ns)
{
    return (struct timespec){ns / BILLION, ns % BILLION};
}

static int64_t real_time(clockid_t clock)
{
    struct timespec time;
    static int (*real)(clockid_t, struct timespec *);
    if (real == NULL) {
        find_functions();
        real = next("clock_gettime");
    }
    real(clock, &time);
    return nanoseconds(&time);
}

/* The law in force at a moment, read again when there is a newer one meanwhile. False while the clock is the real one. */
static int read_law(int64_t real, struct law *into)
{
    uint32_t before, after;
    int found;
    do {
        before = atomic_load_explicit(&settings->law_number, memory_order_acquire);
        if (before == 0)
            return 0;
        *into = *(volatile struct law *)&settings->laws[before & 1];
        found = real >= into->since || before > 1;
        if (real < into->since)
            *into = *(volatile struct law *)&settings->laws[(before - 1) & 1];
        atomic_thread_fence(memory_order_acquire);
        after = atomic_load_explicit(&settings->law_number, memory_order_relaxed);
    } while (before != after);
    return found;
}

static int64_t shown_by(const struct law *law, int64_t real)
{
    return law->shown + (int64_t)((__int128)(real - law->since) * law->rate / MILLION);
}

static int64_t shown_now(void)
{
    struct law law;
    int64_t real = real_time(CLOCK_MONOTONIC);
    return read_law(real, &law) ? shown_by(&law, real) : real;
}

/* A law that was written down after it had come into force, by a harness that got no processor, must not show again what was shown by then. */
static int64_t never_back(clockid_t clock, int64_t now)
{
    static _Atomic int64_t latest[16];
    int64_t last = atomic_load(&latest[clock & 15]);
    while (last < now)
        if (atomic_compare_exchange_weak(&latest[clock & 15], &last, now))
            return now;
    return last;
}

EXPORT int clock_gettime(clockid_t clock, struct timespec *time)
{
    struct law law;
    int64_t now;
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        now = real_time(clock) + atomic_load(&settings->wall_offset);
        break;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME:
        now = real_time(clock);
        if (atomic_load(&settings->law_number) != 0) {
            int64_t monotonic = clock == CLOCK_MONOTONIC ? now : real_time(CLOCK_MONOTONIC);
            int64_t lead = read_law(monotonic, &law) ? shown_by(&law, monotonic) - monotonic : 0;
            now = never_back(clock, now + lead);
        }
        break;
    default:
        return (int)syscall(SYS_clock_gettime, clock, time);
    }
    *time = timespec_of(now);
    return 0;
}

EXPORT int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    (void)zone;
    int64_t now = real_time(CLOCK_REALTIME) + atomic_load(&settings->wall_offset);
    *time = (struct timeval){now / BILLION, now % BILLION / 1000};
    return 0;
}

EXPORT time_t time(time_t *into)
{
    time_t now = (time_t)((real_time(CLOCK_REALTIME_COARSE) + atomic_load(&settings->wall_offset)) / BILLION);
    if (into != NULL)
        *into = now;
    return now;
}

/*
 * Waits until a moment of a clock that the caller has read here, so it has to be translated back. Which of the clocks is meant is told by the moment itself:
 * no machine runs for 30 years. Where the wait ends too early by what the clock shows by then, it ends as one that nobody had woken up for a reason, after
 * which POSIX has the caller look and wait again.
 */
EXPORT int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, const struct timespec *restrict until)
{
    find_functions();
    struct law law;
    int64_t end = nanoseconds(until);
    if (until->tv_sec > BILLION) {
        struct timespec wall = timespec_of(end - atomic_load(&settings->wall_offset));
        return real_timedwait(condition, mutex, &wall);
    }
    int64_t real_end = end;
    int64_t now = real_time(CLOCK_MONOTONIC);
    if (read_law(now, &law)) {
        int64_t left = end - shown_by(&law, now);
        real_end = now + (left > 0 ? (int64_t)((__int128)left * MILLION / law.rate) + 1 : 0);
    }
    struct timespec translated = timespec_of(real_end);
    int result = real_timedwait(condition, mutex, &translated);
    return result == ETIMEDOUT && shown_now() < end ? 0 : result;
}

/*
 * .NET looks functions of libc up by their name in libc itself when a program asks for them (DllImport), past whatever was loaded before it.
 */
EXPORT void *dlsym(void *restrict library, const char *restrict name)
{
    static const struct {
        const char *name;
        void *function;
    } replaced[] = {
        {"fsync", fsync}, {"fdatasync", fdatasync}, {"write", write}, {"writev", writev}, {"pwrite", pwrite64}, {"pwrite64", pwrite64},
        {"pwritev", pwritev64}, {"pwritev64", pwritev64}, {"clock_gettime", clock_gettime}, {"gettimeofday", gettimeofday}, {"time", time},
    };
    find_functions();
    void *found = real_dlsym(library, name);
    if (found == NULL || library == RTLD_NEXT)
        return found;
    for (size_t i = 0; i < sizeof replaced / sizeof *replaced; i++)
        if (strcmp(name, replaced[i].name) == 0 && found == next(name))
            return replaced[i].function;
    return found;
}
