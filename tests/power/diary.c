/* Keeps a diary of everything that is written to and synced on the files below $DIARY_OF, in order: LD_PRELOAD.
   An entry: kind ('w' write, 't' truncate, 's' sync, 'u' unlink), length of the name, offset or size, length of the data;
   then both. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

struct __attribute__((packed)) entry { char kind; uint8_t name; uint64_t at; uint32_t length; };

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
static int diary = -1;

/* The file's name below the folder, or NULL where it is none of ours or needs no disk (-shm). */
static const char *ours(const char *path) {
    const char *folder = getenv("DIARY_OF");
    if (!folder) return NULL;
    size_t above = strlen(folder);
    if (strncmp(path, folder, above) || path[above] != '/') return NULL;
    const char *name = path + above + 1;
    size_t long_ = strlen(name);
    if (long_ > 255 || (long_ > 4 && !strcmp(name + long_ - 4, "-shm"))) return NULL;
    return name;
}

static const char *named(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return NULL;
    path[length] = 0;
    return ours(path);
}

static void note(char kind, const char *name, uint64_t at, const void *data, uint32_t length) {
    if (diary < 0) diary = open(getenv("DIARY"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct entry entry = {kind, (uint8_t)strlen(name), at, length};
    struct iovec parts[3] = {{&entry, sizeof entry}, {(void *)name, entry.name}, {(void *)data, length}};
    ssize_t whole = sizeof entry + entry.name + length;
    if (writev(diary, parts, 3) != whole) abort();
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name); \
    char path[PATH_MAX]; \
    const char *file = named(fd, path); \
    if (file) pthread_mutex_lock(&one);
#define DONE \
    if (file) pthread_mutex_unlock(&one); \
    return done;

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) {
    REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t)
    ssize_t done = real(fd, data, length, at);
    if (file && done > 0) note('w', file, (uint64_t)at, data, (uint32_t)done);
    DONE
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return pwrite64(fd, data, length, at); }

int ftruncate64(int fd, off64_t size) {
    REAL(int, ftruncate64, int, off64_t)
    int done = real(fd, size);
    if (file && !done) note('t', file, (uint64_t)size, "", 0);
    DONE
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int fsync(int fd) {
    REAL(int, fsync, int)
    int done = real(fd);
    if (file && !done) note('s', file, 0, "", 0);
    DONE
}

int fdatasync(int fd) {
    REAL(int, fdatasync, int)
    int done = real(fd);
    if (file && !done) note('s', file, 0, "", 0);
    DONE
}

int unlink(const char *path) {
    static int (*real)(const char *);
    if (!real) real = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
    const char *file = ours(path);
    if (file) pthread_mutex_lock(&one);
    int done = real(path);
    if (file && !done) note('u', file, 0, "", 0);
    DONE
}
