// Image files to 8-bit BGR. JPEG and PNG are read with their own libraries, because OpenCV drops or prints the warnings that
// reveal a damaged file; OpenCV decodes every other format. Nothing is rotated or printed here.
#include "guard.h"
#include "mats.h"

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <streambuf>
#include <vector>

#include <jpeglib.h>
#include <jerror.h>
#include <png.h>

using graft::guard;
using graft::give;
using graft::mat;

namespace {
// Once, when the library is loaded: silences OpenCV and FFmpeg; errors come as exceptions.
struct Silence {
  Silence() {
    setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    cv::redirectError([](int, const char*, const char*, const char*, int, void*) { return 0; });
  }
} silence;

// OpenCV's decoder writes to std::cerr what it could not read, whatever its log level. Output of a thread that decodes is
// dropped; that of all other threads passes.
thread_local bool decoding = false;

class Filter : public std::streambuf {
 public:
  explicit Filter(std::streambuf* behind) : behind_(behind) {}

 protected:
  int_type overflow(int_type character) override {
    if (decoding || traits_type::eq_int_type(character, traits_type::eof())) return traits_type::not_eof(character);
    return behind_->sputc(traits_type::to_char_type(character));
  }
  std::streamsize xsputn(const char* text, std::streamsize count) override {
    return decoding ? count : behind_->sputn(text, count);
  }
  int sync() override { return decoding ? 0 : behind_->pubsync(); }

 private:
  std::streambuf* behind_;
};

class Quiet {
 public:
  Quiet() {
    // Never freed: other threads may write until the process ends.
    static Filter* const filter = [] {
      auto* made = new Filter(std::cerr.rdbuf());
      std::cerr.rdbuf(made);
      return made;
    }();
    static_cast<void>(filter);
    decoding = true;
  }
  ~Quiet() { decoding = false; }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
};

void note(graft_decoding& info, const char* text) {
  if (info.damage[0] == 0) std::snprintf(info.damage, sizeof info.damage, "%s", text);
}

// ---- JPEG ----------------------------------------------------------------------------------------------------------
struct Jpeg {
  jpeg_decompress_struct file{};
  jpeg_error_mgr errors{};
  std::jmp_buf leave;
  graft_decoding* info = nullptr;
  bool complete = false;   // all rows are decoded: only the end marker may be missing
  ~Jpeg() { jpeg_destroy_decompress(&file); }
};

void jpeg_noted(j_common_ptr file) {
  char text[JMSG_LENGTH_MAX];
  file->err->format_message(file, text);
  note(*static_cast<Jpeg*>(file->client_data)->info, text);
}

void jpeg_failed(j_common_ptr file) {
  jpeg_noted(file);
  std::longjmp(static_cast<Jpeg*>(file->client_data)->leave, 1);
}

void jpeg_warned(j_common_ptr file, int level) {
  if (level >= 0) return;
  auto& jpeg = *static_cast<Jpeg*>(file->client_data);
  const int code = file->err->msg_code;
  if (code == JWRN_JFIF_MAJOR || (jpeg.complete && code == JWRN_JPEG_EOF)) return;
  jpeg_noted(file);
}

// No object with a destructor may live here: an error leaves by longjmp.
void jpeg_rows(Jpeg& jpeg, const uint8_t* bytes, size_t length, cv::Mat& rows) {
  auto& file = jpeg.file;
  if (setjmp(jpeg.leave) != 0) return;
  jpeg_mem_src(&file, bytes, length);
  jpeg_read_header(&file, TRUE);
  file.out_color_space = file.num_components == 4 ? JCS_CMYK : JCS_EXT_BGR;
  jpeg_calc_output_dimensions(&file);
  rows.create(static_cast<int>(file.output_height), static_cast<int>(file.output_width),
              CV_8UC(file.num_components == 4 ? 4 : 3));
  std::memset(rows.data, 128, rows.total() * rows.elemSize());
  jpeg_start_decompress(&file);
  while (file.output_scanline < file.output_height) {
    JSAMPROW row = rows.ptr(static_cast<int>(file.output_scanline));
    jpeg_read_scanlines(&file, &row, 1);
  }
  jpeg.complete = true;
  jpeg_finish_decompress(&file);
}

// Adobe stores ink inverted: 255 is no ink. Files without its marker do not.
cv::Mat from_ink(const cv::Mat& ink, bool inverted) {
  cv::Mat colours(ink.rows, ink.cols, CV_8UC3);
  for (int y = 0; y < ink.rows; ++y) {
    const uint8_t* from = ink.ptr(y);
    uint8_t* to = colours.ptr(y);
    for (int x = 0; x < ink.cols; ++x, from += 4, to += 3)
      for (int c = 0; c < 3; ++c) {
        const int paper = inverted ? from[c] : 255 - from[c], black = inverted ? from[3] : 255 - from[3];
        to[2 - c] = static_cast<uint8_t>((paper * black + 127) / 255);
      }
  }
  return colours;
}

cv::Mat read_jpeg(const uint8_t* bytes, size_t length, graft_decoding& info) {
  Jpeg jpeg;
  jpeg.info = &info;
  jpeg.file.err = jpeg_std_error(&jpeg.errors);
  jpeg.errors.error_exit = jpeg_failed;
  jpeg.errors.emit_message = jpeg_warned;
  jpeg.errors.output_message = [](j_common_ptr) {};
  jpeg.file.client_data = &jpeg;   // kept by the call below
  jpeg_create_decompress(&jpeg.file);
  cv::Mat rows;
  jpeg_rows(jpeg, bytes, length, rows);
  return rows.channels() == 4 ? from_ink(rows, jpeg.file.saw_Adobe_marker != 0) : rows;
}

// ---- PNG -----------------------------------------------------------------------------------------------------------
struct Png {
  png_structp file = nullptr;
  png_infop header = nullptr;
  const uint8_t* at = nullptr;
  size_t left = 0;
  graft_decoding* info = nullptr;
  std::vector<png_bytep> rows;
  ~Png() { png_destroy_read_struct(&file, &header, nullptr); }
};

void png_failed(png_structp file, png_const_charp text) {
  note(*static_cast<Png*>(png_get_error_ptr(file))->info, text);
  png_longjmp(file, 1);
}

void png_take(png_structp file, png_bytep to, png_size_t count) {
  auto& png = *static_cast<Png*>(png_get_io_ptr(file));
  if (count > png.left) png_error(file, "the file is cut off");
  std::memcpy(to, png.at, count);
  png.at += count;
  png.left -= count;
}

// No object with a destructor may live here: an error leaves by longjmp.
void png_rows(Png& png, cv::Mat& rows) {
  auto* file = png.file;
  if (setjmp(png_jmpbuf(file)) != 0) return;
  png_set_user_limits(file, 1 << 20, 1 << 20);
  png_set_read_fn(file, &png, png_take);
  png_read_info(file, png.header);
  const int depth = png_get_bit_depth(file, png.header), kind = png_get_color_type(file, png.header);
  if (depth == 16) png_set_swap(file);
  if (kind == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(file);
  if (kind == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(file);
  if ((kind & PNG_COLOR_MASK_COLOR) == 0) png_set_gray_to_rgb(file);
  png_set_strip_alpha(file);
  png_set_bgr(file);
  png_set_interlace_handling(file);
  png_read_update_info(file, png.header);
  rows.create(static_cast<int>(png_get_image_height(file, png.header)),
              static_cast<int>(png_get_image_width(file, png.header)), depth == 16 ? CV_16UC3 : CV_8UC3);
  if (png_get_rowbytes(file, png.header) != static_cast<size_t>(rows.cols) * rows.elemSize())
    png_error(file, "the rows have another length than the header says");
  std::memset(rows.data, 0, rows.total() * rows.elemSize());
  png.rows.resize(static_cast<size_t>(rows.rows));
  for (int y = 0; y < rows.rows; ++y) png.rows[static_cast<size_t>(y)] = rows.ptr(y);
  png_read_image(file, png.rows.data());
  png_read_end(file, nullptr);
}

cv::Mat read_png(const uint8_t* bytes, size_t length, graft_decoding& info) {
  Png png;
  png.info = &info;
  png.at = bytes;
  png.left = length;
  png.file = png_create_read_struct(PNG_LIBPNG_VER_STRING, &png, png_failed, [](png_structp, png_const_charp) {});
  CV_Assert(png.file != nullptr);
  png.header = png_create_info_struct(png.file);
  CV_Assert(png.header != nullptr);
  cv::Mat rows;
  png_rows(png, rows);
  return rows;
}

// ---- depth ---------------------------------------------------------------------------------------------------------
cv::Mat eight_bits(const cv::Mat& wide, int shift, graft_decoding& info) {
  cv::Mat narrow(wide.rows, wide.cols, CV_8UC(wide.channels()));
  uint16_t brightest = 0;
  const int count = wide.cols * wide.channels();
  for (int y = 0; y < wide.rows; ++y) {
    const auto* from = wide.ptr<uint16_t>(y);
    auto* to = narrow.ptr(y);
    for (int x = 0; x < count; ++x) {
      brightest = std::max(brightest, from[x]);
      to[x] = static_cast<uint8_t>(std::min(from[x] >> shift, 255));
    }
  }
  info.brightest = brightest;
  return narrow;
}

bool starts(const uint8_t* bytes, size_t length, const char* with, size_t count) {
  return length >= count && std::memcmp(bytes, with, count) == 0;
}
}  // namespace

graft_status graft_image_decode(const uint8_t* bytes, int64_t length, int32_t depth, graft_decoding* info,
                                graft_image* image) {
  return guard([&] {
    *info = graft_decoding{};
    *image = nullptr;
    const auto size = static_cast<size_t>(length);
    cv::Mat read;
    if (starts(bytes, size, "\xFF\xD8", 2))
      read = read_jpeg(bytes, size, *info);
    else if (starts(bytes, size, "\x89PNG\r\n\x1A\n", 8))
      read = read_png(bytes, size, *info);
    else {
      const Quiet quiet;
      read = cv::imdecode(cv::Mat(1, static_cast<int>(length), CV_8U, const_cast<uint8_t*>(bytes)),
                          cv::IMREAD_COLOR | cv::IMREAD_ANYDEPTH | cv::IMREAD_IGNORE_ORIENTATION);
    }
    if (read.empty()) return;
    info->bits = static_cast<int32_t>(read.elemSize1()) * 8;
    if (read.depth() == CV_16U) read = eight_bits(read, (depth == 0 ? 16 : depth) - 8, *info);
    if (read.depth() == CV_8U) *image = give(std::move(read));
  });
}

graft_status graft_image_turn(graft_image image, int32_t orientation, graft_image* result) {
  return guard([&] {
    cv::Mat turned, out;
    if (orientation >= 5)
      cv::transpose(mat(image), turned);
    else
      turned = mat(image);
    // The remaining transformation is a flip: left to right (2, 6), both (3, 7), top to bottom (4, 8), none (1, 5).
    static constexpr int none = 2;
    static constexpr int mirrors[] = {none, 1, -1, 0, none, 1, -1, 0};
    const int mirror = mirrors[orientation - 1];
    if (mirror == none)
      out = turned.clone();
    else
      cv::flip(turned, out, mirror);
    *result = give(std::move(out));
  });
}
