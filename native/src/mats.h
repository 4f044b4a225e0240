// An image handle is an owned cv::Mat of 8-bit channels.
#pragma once
#include "graft.h"

#include <opencv2/core.hpp>

namespace graft {
inline cv::Mat& mat(graft_image image) { return *static_cast<cv::Mat*>(image); }
inline graft_image give(cv::Mat image) { return new cv::Mat(std::move(image)); }
inline cv::Scalar colour(const double* values) { return cv::Scalar(values[0], values[1], values[2]); }
}  // namespace graft
