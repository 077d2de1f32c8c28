// What is called of libFuzzer and of the leak sanitizer; Swift's toolchain has the libraries but no headers of them.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef int (*coconect_fuzz_one)(const uint8_t *bytes, size_t count);

int LLVMFuzzerRunDriver(int *count, char ***arguments, coconect_fuzz_one one);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t count, size_t maximum);

// The leak sanitizer's: what is allocated between these two is not looked for.
void __lsan_disable(void);
void __lsan_enable(void);
