#pragma once
#include <zlib.h>

// The initialiser is a macro, which Swift does not see. 15 window bits; 16 more mean a gzip wrapper, and nothing else.
static inline int coconect_gunzip_start(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

// The same for bare deflate, as ZIP archives have it: a negative number of window bits means no wrapper.
static inline int coconect_deflate_start(z_stream *stream) {
  return deflateInit2(stream, Z_BEST_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
}
static inline int coconect_inflate_start(z_stream *stream) { return inflateInit2(stream, -15); }
