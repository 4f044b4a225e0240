// OpenCV: encode, geometry, colour. Reading files is in decoding.cpp, drawing and video in drawing.cpp.
#include "guard.h"
#include "mats.h"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <cstdlib>
#include <cstring>
#include <vector>

using graft::guard;
using graft::mat;
using graft::give;

void graft_image_free(graft_image image) { delete static_cast<cv::Mat*>(image); }

graft_status graft_image_create(int32_t rows, int32_t columns, int32_t channels, const double* fill,
                                graft_image* image) {
  return guard([&] { *image = give(cv::Mat(rows, columns, CV_8UC(channels), graft::colour(fill))); });
}

graft_status graft_image_encode(graft_image image, const char* extension, int32_t quality, uint8_t** bytes,
                                int64_t* length) {
  return guard([&] {
    std::vector<uint8_t> out;
    std::vector<int> options;
    if (quality > 0) options = {cv::IMWRITE_JPEG_QUALITY, quality};
    CV_Assert(cv::imencode(extension, mat(image), out, options));
    *bytes = static_cast<uint8_t*>(std::malloc(out.size()));
    CV_Assert(*bytes != nullptr);
    std::memcpy(*bytes, out.data(), out.size());
    *length = static_cast<int64_t>(out.size());
  });
}

void graft_buffer_free(uint8_t* bytes) { std::free(bytes); }

graft_status graft_image_info(graft_image image, int32_t* rows, int32_t* columns, int32_t* channels, uint8_t** data,
                              int64_t* stride) {
  return guard([&] {
    auto& m = mat(image);
    *rows = m.rows;
    *columns = m.cols;
    *channels = m.channels();
    *data = m.data;
    *stride = static_cast<int64_t>(m.step[0]);
  });
}

graft_status graft_image_resize(graft_image image, int32_t rows, int32_t columns, int32_t interpolation,
                                graft_image* result) {
  return guard([&] {
    static constexpr int kinds[] = {cv::INTER_NEAREST, cv::INTER_LINEAR, cv::INTER_CUBIC, cv::INTER_AREA};
    cv::Mat out;
    cv::resize(mat(image), out, cv::Size(columns, rows), 0, 0, kinds[interpolation]);
    *result = give(std::move(out));
  });
}

graft_status graft_image_border(graft_image image, int32_t top, int32_t bottom, int32_t left, int32_t right,
                                const double* fill, graft_image* result) {
  return guard([&] {
    cv::Mat out;
    cv::copyMakeBorder(mat(image), out, top, bottom, left, right, cv::BORDER_CONSTANT, graft::colour(fill));
    *result = give(std::move(out));
  });
}

graft_status graft_image_crop(graft_image image, int32_t x, int32_t y, int32_t columns, int32_t rows,
                              graft_image* result) {
  return guard([&] { *result = give(mat(image)(cv::Rect(x, y, columns, rows)).clone()); });
}

graft_status graft_image_paste(graft_image target, graft_image source, int32_t x, int32_t y) {
  return guard([&] {
    auto& onto = mat(target);
    const auto& from = mat(source);
    const auto area = cv::Rect(x, y, from.cols, from.rows) & cv::Rect(0, 0, onto.cols, onto.rows);
    if (area.area() > 0) from(cv::Rect(area.x - x, area.y - y, area.width, area.height)).copyTo(onto(area));
  });
}

graft_status graft_image_warp(graft_image image, const double* matrix, int32_t perspective, int32_t rows,
                              int32_t columns, const double* fill, graft_image* result) {
  return guard([&] {
    const cv::Mat full(3, 3, CV_64F, const_cast<double*>(matrix));
    const cv::Size size(columns, rows);
    cv::Mat out;
    if (perspective != 0)
      cv::warpPerspective(mat(image), out, full, size, cv::INTER_LINEAR, cv::BORDER_CONSTANT, graft::colour(fill));
    else
      cv::warpAffine(mat(image), out, full.rowRange(0, 2), size, cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                     graft::colour(fill));
    *result = give(std::move(out));
  });
}

graft_status graft_image_convert(graft_image image, int32_t colour, graft_image* result) {
  return guard([&] {
    static constexpr int codes[] = {cv::COLOR_BGR2RGB, cv::COLOR_BGR2GRAY, cv::COLOR_GRAY2BGR, cv::COLOR_BGR2HSV,
                                    cv::COLOR_HSV2BGR};
    cv::Mat out;
    cv::cvtColor(mat(image), out, codes[colour]);
    *result = give(std::move(out));
  });
}

graft_status graft_image_lookup(graft_image image, const uint8_t* tables, graft_image* result) {
  return guard([&] {
    const auto& from = mat(image);
    const int channels = from.channels();
    cv::Mat interleaved(1, 256, CV_8UC(channels));
    for (int i = 0; i < 256; ++i)
      for (int c = 0; c < channels; ++c) interleaved.data[i * channels + c] = tables[c * 256 + i];
    cv::Mat out;
    cv::LUT(from, interleaved, out);
    *result = give(std::move(out));
  });
}

graft_status graft_image_flip(graft_image image, int32_t horizontal, graft_image* result) {
  return guard([&] {
    cv::Mat out;
    cv::flip(mat(image), out, horizontal != 0 ? 1 : 0);
    *result = give(std::move(out));
  });
}

graft_status graft_image_blur(graft_image image, int32_t kernel, int32_t median, graft_image* result) {
  return guard([&] {
    cv::Mat out;
    if (median != 0)
      cv::medianBlur(mat(image), out, kernel);
    else
      cv::blur(mat(image), out, cv::Size(kernel, kernel));
    *result = give(std::move(out));
  });
}

graft_status graft_image_clahe(graft_image image, double limit, int32_t grid, graft_image* result) {
  return guard([&] {
    const auto equalizer = cv::createCLAHE(limit, cv::Size(grid, grid));
    cv::Mat lab, out;
    cv::cvtColor(mat(image), lab, cv::COLOR_BGR2Lab);
    std::vector<cv::Mat> planes;
    cv::split(lab, planes);
    equalizer->apply(planes[0], planes[0]);
    cv::merge(planes, lab);
    cv::cvtColor(lab, out, cv::COLOR_Lab2BGR);
    *result = give(std::move(out));
  });
}

graft_status graft_image_planes(graft_image image, int32_t swap, uint8_t* planes) {
  return guard([&] {
    const auto& from = mat(image);
    const auto plane = static_cast<size_t>(from.rows) * static_cast<size_t>(from.cols);
    std::vector<cv::Mat> targets;
    for (int c = 0; c < from.channels(); ++c) {
      const int to = swap != 0 && from.channels() == 3 ? 2 - c : c;
      targets.emplace_back(from.rows, from.cols, CV_8U, planes + static_cast<size_t>(to) * plane);
    }
    cv::split(from, targets.data());
  });
}
