// A disk and a clock that misbehave on order, preloaded into a server (LD_PRELOAD) by the chaos tests: ours, which is one process, or PostgreSQL, which is many.
//   FAULTS_FOLDER   files below it are on this disk (but for SQLite's shared memory, which nobody expects to last)
//   FAULTS_LOG      what was written there and not yet synced: Disk.cs undoes some of it, as a loss of power does
//   FAULTS_CONTROL  a file of struct control, mapped: a test changes it while the server runs
// A file's name is durable with its first sync, and a rename or a removal at once, as on ext4. Writes that are not synced survive in parts of any sectors.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct control {
    int64_t clock_ns;  // added to the time of day
    int64_t sync_us;   // every sync takes so much longer
    int64_t is_full;   // writes that make a file longer fail
    int64_t is_lying;  // a sync does nothing and says it did
    int64_t is_quiet;  // nothing is noted: what is written meanwhile counts as synced
    // The rest is ours: shared by all processes of the server, and by those that come after them.
    int64_t is_ready;
    int64_t sequence;
    pthread_mutex_t lock;
};

enum { FILES = 65536 };

static const char *folder;
static size_t folder_length;
static struct control *control;
static int log_file = -1;
static char *names[FILES]; // of open files of this disk

// Whoever held it may have been killed: what it was about to do it has not done.
static void take(void) {
    if (pthread_mutex_lock(&control->lock) == EOWNERDEAD)
        pthread_mutex_consistent(&control->lock);
}
static void give(void) { pthread_mutex_unlock(&control->lock); }
static int64_t ordered(const int64_t *order) { return __atomic_load_n(order, __ATOMIC_RELAXED); }

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pread)(int, void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_clock_gettime)(clockid_t, struct timespec *);

// Other libraries open files before our constructor has run.
static void find(void) {
    if (real_open)
        return;
    real_openat = REAL(openat);
    real_close = REAL(close);
    real_pwrite = REAL(pwrite);
    real_pread = REAL(pread);
    real_write = REAL(write);
    real_ftruncate = REAL(ftruncate);
    real_fsync = REAL(fsync);
    real_fdatasync = REAL(fdatasync);
    real_clock_gettime = REAL(clock_gettime);
    real_open = REAL(open);
}

__attribute__((constructor)) static void begin(void) {
    find();
    folder = getenv("FAULTS_FOLDER");
    folder = folder ? strdup(folder) : NULL; // PostgreSQL writes the names of its processes over its environment
    folder_length = folder ? strlen(folder) : 0;
    const char *log = getenv("FAULTS_LOG"), *shared = getenv("FAULTS_CONTROL");
    if (!folder || !log || !shared)
        return;
    int opened_log = real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int file = real_open(shared, O_RDWR | O_CLOEXEC);
    control = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (opened_log < 0 || control == MAP_FAILED || flock(file, LOCK_EX) != 0) {
        fprintf(stderr, "faults: %s or %s cannot be opened\n", log, shared);
        abort();
    }
    if (!control->is_ready) {
        pthread_mutexattr_t kind;
        pthread_mutexattr_init(&kind);
        pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
        pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
        pthread_mutex_init(&control->lock, &kind);
        control->is_ready = 1;
    }
    flock(file, LOCK_UN); // the mapping would keep it
    real_close(file);
    log_file = opened_log;
}

// PostgreSQL opens its files from where it stands.
static const char *absolute(const char *path, char *into, size_t length) {
    if (path[0] == '/' || log_file < 0 || !getcwd(into, length) || strlen(into) + strlen(path) + 2 > length)
        return path;
    strcat(into, "/");
    return strcat(into, path[0] == '.' && path[1] == '/' ? path + 2 : path);
}

static int is_ours(const char *path) {
    size_t length = strlen(path);
    return log_file >= 0 && strncmp(path, folder, folder_length) == 0 && !(length > 4 && strcmp(path + length - 4, "-shm") == 0);
}

static const char *name_of(int file) { return log_file >= 0 && file >= 0 && file < FILES ? names[file] : NULL; }

// Every record: kind, sequence, the path, then up to three numbers and two pieces of bytes, by kind. One write: SIGKILL does not halve it.
static void note(char kind, uint64_t number, const char *path, int64_t a, int64_t b, const void *old, uint32_t old_length, const void *new, uint32_t new_length) {
    if (ordered(&control->is_quiet))
        return;
    struct __attribute__((packed)) { char kind; uint64_t number; uint32_t path; int64_t a, b; uint32_t old, new; } head = {
        kind, number, (uint32_t)strlen(path), a, b, old_length, new_length
    };
    struct iovec parts[] = { { &head, sizeof head }, { (void *)path, head.path }, { (void *)old, old_length }, { (void *)new, new_length } };
    if (writev(log_file, parts, 4) < 0)
        abort();
}

static int opened(int file, const char *given, int existed, int flags) {
    char name[4096];
    const char *path = absolute(given, name, sizeof name);
    if (file < 0 || file >= FILES || !is_ours(path))
        return file;
    take();
    free(names[file]);
    names[file] = strdup(path);
    if (!existed && (flags & O_CREAT))
        note('C', ++control->sequence, path, 0, 0, NULL, 0, NULL, 0);
    give();
    return file;
}

static int exists(const char *path) {
    char name[4096];
    return is_ours(absolute(path, name, sizeof name)) && access(path, F_OK) == 0;
}

// A file that is opened empty (O_TRUNC) loses what it held at once: nothing of ours opens one so that has something to lose.
#define MODE(flags) find(); va_list more; va_start(more, flags); int mode = (flags) & O_CREAT ? va_arg(more, int) : 0; va_end(more)
int open(const char *path, int flags, ...) { MODE(flags); int had = exists(path); return opened(real_open(path, flags, mode), path, had, flags); }
int open64(const char *path, int flags, ...) { MODE(flags); int had = exists(path); return opened(real_open(path, flags, mode), path, had, flags); }
int openat(int at, const char *path, int flags, ...) { MODE(flags); int had = exists(path); return opened(real_openat(at, path, flags, mode), path, had, flags); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags); int had = exists(path); return opened(real_openat(at, path, flags, mode), path, had, flags); }

int close(int file) {
    find();
    if (name_of(file)) {
        take();
        free(names[file]);
        names[file] = NULL;
        give();
    }
    return real_close(file);
}

static int64_t size_of(int file) {
    struct stat status;
    return fstat(file, &status) == 0 ? status.st_size : 0;
}

static ssize_t written(int file, const char *path, const void *bytes, size_t length, int64_t at) {
    take();
    int64_t size = size_of(file);
    if (at < 0)
        at = size; // appended
    if (ordered(&control->is_full) && at + (int64_t)length > size) {
        give();
        errno = ENOSPC;
        return -1;
    }
    int64_t old_length = at >= size ? 0 : size - at < (int64_t)length ? size - at : (int64_t)length;
    char *old = malloc(old_length + 1);
    if (old_length > 0 && !ordered(&control->is_quiet)) {
        int reader = real_open(path, O_RDONLY | O_CLOEXEC);
        if (reader < 0 || real_pread(reader, old, old_length, at) != old_length)
            memset(old, 0, old_length); // another process has renamed it meanwhile
        if (reader >= 0)
            real_close(reader);
    }
    note('W', ++control->sequence, path, at, size, old, (uint32_t)old_length, bytes, (uint32_t)length);
    ssize_t done = real_pwrite(file, bytes, length, at);
    int error = errno;
    free(old);
    give();
    errno = error;
    return done;
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t at) {
    find();
    const char *path = name_of(file);
    return path ? written(file, path, bytes, length, at) : real_pwrite(file, bytes, length, at);
}
ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at) { return pwrite(file, bytes, length, at); }

ssize_t write(int file, const void *bytes, size_t length) {
    find();
    const char *path = name_of(file);
    if (!path)
        return real_write(file, bytes, length);
    off_t at = fcntl(file, F_GETFL) & O_APPEND ? -1 : lseek(file, 0, SEEK_CUR);
    ssize_t done = written(file, path, bytes, length, at);
    if (done > 0)
        lseek(file, at < 0 ? 0 : at + done, at < 0 ? SEEK_END : SEEK_SET);
    return done;
}

// As one write each: whoever writes several pieces at once is told how much was taken and goes on with the rest.
ssize_t pwritev(int file, const struct iovec *pieces, int count, off_t at) {
    static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
    if (!name_of(file)) {
        if (!real_pwritev)
            real_pwritev = REAL(pwritev);
        return real_pwritev(file, pieces, count, at);
    }
    for (int i = 0; i < count; i++)
        if (pieces[i].iov_len > 0)
            return pwrite(file, pieces[i].iov_base, pieces[i].iov_len, at);
    return 0;
}
ssize_t pwritev64(int file, const struct iovec *pieces, int count, off64_t at) { return pwritev(file, pieces, count, at); }

int ftruncate(int file, off_t to) {
    find();
    const char *path = name_of(file);
    if (!path)
        return real_ftruncate(file, to);
    take();
    int64_t size = size_of(file), cut = size > to ? size - to : 0;
    if (ordered(&control->is_full) && to > size) {
        give();
        errno = ENOSPC;
        return -1;
    }
    char *old = malloc(cut + 1);
    if (cut > 0) {
        int reader = real_open(path, O_RDONLY | O_CLOEXEC);
        if (reader < 0 || real_pread(reader, old, cut, to) != cut)
            abort();
        real_close(reader);
    }
    note('T', ++control->sequence, path, to, size, old, (uint32_t)cut, NULL, 0);
    int done = real_ftruncate(file, to);
    free(old);
    give();
    return done;
}
int ftruncate64(int file, off64_t to) { return ftruncate(file, to); }

// Space that is promised beforehand is only asked for; it is taken when it is written.
int fallocate(int file, int mode, off_t at, off_t length) {
    static int (*real_fallocate)(int, int, off_t, off_t);
    if (name_of(file)) {
        errno = EOPNOTSUPP;
        return -1;
    }
    if (!real_fallocate)
        real_fallocate = REAL(fallocate);
    return real_fallocate(file, mode, at, length);
}
int fallocate64(int file, int mode, off64_t at, off64_t length) { return fallocate(file, mode, at, length); }
int posix_fallocate(int file, off_t at, off_t length) {
    static int (*real_posix_fallocate)(int, off_t, off_t);
    if (name_of(file))
        return EOPNOTSUPP;
    if (!real_posix_fallocate)
        real_posix_fallocate = REAL(posix_fallocate);
    return real_posix_fallocate(file, at, length);
}
int posix_fallocate64(int file, off64_t at, off64_t length) { return posix_fallocate(file, at, length); }

// What was written before the sync began is durable when it has ended; what was written meanwhile need not be.
static int synced(int file, const char *path, int (*sync)(int)) {
    char name[4096];
    take();
    uint64_t until = control->sequence;
    snprintf(name, sizeof name, "%s", path);
    give();
    if (ordered(&control->is_lying))
        return 0;
    if (ordered(&control->sync_us) > 0)
        usleep(ordered(&control->sync_us));
    int done = sync(file);
    if (done == 0) {
        take();
        note('S', until, name, 0, 0, NULL, 0, NULL, 0);
        give();
    }
    return done;
}
int fsync(int file) { find(); const char *path = name_of(file); return path ? synced(file, path, real_fsync) : real_fsync(file); }
int fdatasync(int file) { find(); const char *path = name_of(file); return path ? synced(file, path, real_fdatasync) : real_fdatasync(file); }

static void gone(const char *given) {
    char name[4096];
    const char *path = absolute(given, name, sizeof name);
    if (!is_ours(path))
        return;
    take();
    note('U', ++control->sequence, path, 0, 0, NULL, 0, NULL, 0);
    give();
}
int unlink(const char *path) {
    static int (*real_unlink)(const char *);
    if (!real_unlink)
        real_unlink = REAL(unlink);
    int done = real_unlink(path);
    if (done == 0)
        gone(path);
    return done;
}
int rename(const char *from, const char *to) {
    static int (*real_rename)(const char *, const char *);
    if (!real_rename)
        real_rename = REAL(rename);
    int done = real_rename(from, to);
    if (done == 0) {
        gone(from);
        gone(to);
    }
    return done;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    if (!real_clock_gettime)
        real_clock_gettime = REAL(clock_gettime); // asked for before our constructor has run
    int done = real_clock_gettime(clock, time);
    if (done == 0 && control && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t at = time->tv_sec * 1000000000LL + time->tv_nsec + ordered(&control->clock_ns);
        time->tv_sec = at / 1000000000;
        time->tv_nsec = at % 1000000000;
    }
    return done;
}
