// Tells the thread sanitizer what Swift's Mutex does when threads wait for it; Scripts/sanitize loads this before the tests.
// Without waiting, locks are atomics inlined in our code, which it sees. Waiting is a futex inside libswiftSynchronization, which it does
// not see, so it would tell races of what the Mutex guards.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *handle

// There in the tests alone, not in the programs that they start.
void __tsan_acquire(void *) __attribute__((weak));
void __tsan_release(void *) __attribute__((weak));

SWIFT void coconect_lock(uint32_t thread, SELF) __asm__(LOCK);
SWIFT void coconect_lock(uint32_t thread, SELF) {
  ((SWIFT void (*)(uint32_t, SELF))dlsym(RTLD_NEXT, LOCK))(thread, handle);
  if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT void coconect_unlock(SELF) __asm__(UNLOCK);
SWIFT void coconect_unlock(SELF) {
  if (__tsan_release) __tsan_release(handle);
  ((SWIFT void (*)(SELF))dlsym(RTLD_NEXT, UNLOCK))(handle);
}
