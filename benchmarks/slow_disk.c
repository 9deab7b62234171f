/* A disk on which every fsync takes 10 ms longer: LD_PRELOAD over libc's fsync and fdatasync. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void wait_10_ms(void) {
    struct timespec wait = {0, 10 * 1000 * 1000};
    nanosleep(&wait, 0);
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_10_ms();
    return real(fd);
}

int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_10_ms();
    return real(fd);
}
