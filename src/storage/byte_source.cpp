#include "byte_source.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include <keel/storage/errors.hpp>

namespace keel::storage {

namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;

}  // namespace

ByteSource::~ByteSource() {
  if (zip_ != nullptr) {
    inflateEnd(zip_);
    delete zip_;
  }
  if (packed_ != nullptr) ZSTD_freeDCtx(packed_);
  if (file_ != nullptr) std::fclose(file_);
}

Status ByteSource::open(const std::string& path) {
  path_ = path;
  file_ = std::fopen(path.c_str(), "rb");
  if (file_ == nullptr) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    return Error{missing ? storage_errors::kFileMissing : storage_errors::kReadFailed, "file", path,
                 std::strerror(errno), path};
  }
  std::setvbuf(file_, nullptr, _IONBF, 0);
  in_.resize(kChunk);
  if (!refill() && failure_) return *failure_;
  if (end_ >= 2 && in_[0] == 0x1F && in_[1] == 0x8B) {
    zip_ = new z_stream_s{};
    if (inflateInit2(zip_, 15 + 16) != Z_OK) {  // 16: a gzip header and nothing else
      delete zip_;
      zip_ = nullptr;
      return Error{storage_errors::kReadFailed, "file", path, "zlib starts", path};
    }
  }
  if (end_ >= 4 && std::memcmp(in_.data(), "\x28\xB5\x2F\xFD", 4) == 0) {
    packed_ = ZSTD_createDCtx();
    if (packed_ == nullptr)
      return Error{storage_errors::kReadFailed, "file", path, "zstd starts", path};
  }
  return {};
}

void ByteSource::fail(ErrorCode code, std::string value, std::string rule) {
  failure_ = Error{code, "file", std::move(value), std::move(rule), path_};
  done_ = true;
}

// More of the file into in_, of which nothing is left; false at its end.
bool ByteSource::refill() {
  at_ = end_ = 0;
  if (file_ended_) return false;
  end_ = std::fread(in_.data(), 1, in_.size(), file_);
  if (end_ > 0) return true;
  file_ended_ = true;
  if (std::ferror(file_) != 0) fail(storage_errors::kReadFailed, path_, std::strerror(errno));
  return false;
}

std::size_t ByteSource::read(char* to, std::size_t size) {
  if (done_ || size == 0) return 0;
  if (zip_ != nullptr) return inflate_some(to, size);
  if (packed_ != nullptr) return unpack_some(to, size);
  if (at_ == end_ && !refill()) {
    done_ = true;
    return 0;
  }
  const std::size_t count = std::min(size, end_ - at_);
  std::memcpy(to, in_.data() + at_, count);
  at_ += count;
  return count;
}

std::size_t ByteSource::inflate_some(char* to, std::size_t size) {
  size = std::min(size, kChunk);
  for (;;) {
    if (at_ == end_ && !refill()) {
      if (!failure_ && !member_ended_)
        fail(storage_errors::kTruncatedGzip, "end of file", "a whole gzip stream");
      done_ = true;
      return 0;
    }
    if (member_ended_) {
      // Another member may follow (RFC 1952); anything else does not belong there.
      inflateReset(zip_);
      member_ended_ = false;
    }
    zip_->next_in = in_.data() + at_;
    zip_->avail_in = static_cast<unsigned>(end_ - at_);
    zip_->next_out = reinterpret_cast<unsigned char*>(to);
    zip_->avail_out = static_cast<unsigned>(size);
    const int outcome = ::inflate(zip_, Z_NO_FLUSH);
    at_ = end_ - zip_->avail_in;
    const std::size_t made = size - zip_->avail_out;
    if (outcome == Z_STREAM_END) {
      member_ended_ = true;
    } else if (outcome != Z_OK && outcome != Z_BUF_ERROR) {
      fail(storage_errors::kBadGzip, zip_->msg != nullptr ? zip_->msg : "not gzip data",
           "gzip data with the right checksum");
      return made;
    }
    if (made > 0) return made;
  }
}

// Frames follow each other; the end of the file must be the end of one.
std::size_t ByteSource::unpack_some(char* to, std::size_t size) {
  for (;;) {
    const bool no_more = at_ == end_ && !refill();
    if (no_more && (member_ended_ || failure_)) {
      done_ = true;
      return 0;
    }
    ZSTD_inBuffer in{in_.data(), end_, at_};
    ZSTD_outBuffer out{to, size, 0};
    const std::size_t left = ZSTD_decompressStream(packed_, &out, &in);
    at_ = in.pos;
    if (ZSTD_isError(left) != 0) {
      fail(storage_errors::kBadZstd, ZSTD_getErrorName(left), "whole zstd frames");
      return out.pos;
    }
    member_ended_ = left == 0;
    if (out.pos > 0) return out.pos;
    if (no_more) {
      fail(storage_errors::kTruncatedZstd, "end of file", "whole zstd frames");
      return 0;
    }
  }
}

}  // namespace keel::storage
