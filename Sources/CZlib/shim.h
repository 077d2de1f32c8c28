#pragma once
#include <zlib.h>

// The initialiser is a macro, which Swift does not see. 15 window bits; 16 more mean a gzip wrapper, and nothing else.
static inline int coconect_gunzip_start(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
