// OpenCV: shapes and video files. Coordinates keep 4 fractional bits, so boxes are not rounded twice.
#include "guard.h"
#include "mats.h"

#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include <cmath>
#include <memory>

using graft::colour;
using graft::guard;
using graft::mat;

namespace {
constexpr int kShift = 4;

int fixed(double value) { return static_cast<int>(std::lround(value * (1 << kShift))); }
cv::Point at(double x, double y) { return {fixed(x), fixed(y)}; }
}  // namespace

graft_status graft_image_rectangle(graft_image image, double x1, double y1, double x2, double y2, const double* paint,
                                   int32_t thickness) {
  return guard([&] {
    const int kind = thickness < 0 ? cv::LINE_8 : cv::LINE_AA;
    cv::rectangle(mat(image), at(x1, y1), at(x2, y2), colour(paint), thickness, kind, kShift);
  });
}

graft_status graft_video_open(const char* path, graft_video* video, double* rate, int64_t* frames) {
  return guard([&] {
    auto capture = std::make_unique<cv::VideoCapture>(path);
    CV_Assert(capture->isOpened() && "OpenCV cannot open the video");
    // OpenCV 4.6 with FFmpeg 5 rotates the wrong way; the managed reader rotates by the file's own matrix.
    capture->set(cv::CAP_PROP_ORIENTATION_AUTO, 0);
    *rate = capture->get(cv::CAP_PROP_FPS);
    *frames = static_cast<int64_t>(capture->get(cv::CAP_PROP_FRAME_COUNT));
    *video = capture.release();
  });
}

graft_status graft_video_read(graft_video video, graft_image* image) {
  return guard([&] {
    cv::Mat frame;
    *image = static_cast<cv::VideoCapture*>(video)->read(frame) ? graft::give(frame.clone()) : nullptr;
  });
}

void graft_video_free(graft_video video) { delete static_cast<cv::VideoCapture*>(video); }

graft_status graft_writer_open(const char* path, double rate, int32_t rows, int32_t columns, graft_video* writer) {
  return guard([&] {
    auto made = std::make_unique<cv::VideoWriter>(path, cv::VideoWriter::fourcc('m', 'p', '4', 'v'), rate,
                                                  cv::Size(columns, rows));
    CV_Assert(made->isOpened() && "OpenCV cannot write the video");
    *writer = made.release();
  });
}

graft_status graft_writer_add(graft_video writer, graft_image image) {
  return guard([&] { static_cast<cv::VideoWriter*>(writer)->write(mat(image)); });
}

void graft_writer_free(graft_video writer) { delete static_cast<cv::VideoWriter*>(writer); }
