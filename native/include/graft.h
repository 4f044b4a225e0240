// The C ABI of libgraft: the only interface between C# and libtorch / OpenCV.
//
// Every function returns a status (0 = done) unless it says otherwise; after a failure graft_last_error() holds the
// message of the calling thread. No C++ exception crosses this interface. All names start with `graft_`: Debian's
// libtorch pulls in glib, and an exported `g_free` would shadow glib's.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GRAFT_ABI 8
#define GRAFT_API __attribute__((visibility("default")))

typedef int32_t graft_status;
typedef void* graft_tensor;  // one owned reference to a tensor
typedef void* graft_op;      // a resolved operator, valid for the life of the process
typedef void* graft_image;   // an owned 8-bit image (rows x columns x channels)
typedef void* graft_video;   // an open video file
typedef void* graft_watch;   // a running count of tensor memory
typedef void* graft_plan;    // a convolution unit with packed weights
typedef void* graft_store;   // a connection to the key-value store of several processes
typedef void* graft_group;   // several processes that compute together
typedef void* graft_work;    // an operation of a group that runs in the background

// ---- library -------------------------------------------------------------------------------------------------------
GRAFT_API int32_t graft_abi(void);
GRAFT_API const char* graft_versions(void);    // "libtorch 1.13.1; OpenCV 4.6.0"
GRAFT_API const char* graft_last_error(void);  // message of this thread's last failure
GRAFT_API graft_status graft_set_threads(int32_t threads);
GRAFT_API int32_t graft_get_threads(void);
GRAFT_API graft_status graft_seed(uint64_t seed);

// ---- operators: all of ATen by schema name -------------------------------------------------------------------------
enum graft_tag {
  GRAFT_NONE = 0,
  GRAFT_INT = 1,
  GRAFT_DOUBLE = 2,
  GRAFT_BOOL = 3,
  GRAFT_TENSOR = 4,        // pointer: graft_tensor, borrowed
  GRAFT_INTS = 5,          // pointer: int64_t[length]
  GRAFT_DOUBLES = 6,       // pointer: double[length]
  GRAFT_TENSORS = 7,       // pointer: graft_tensor[length], borrowed
  GRAFT_STRING = 8,        // pointer: UTF-8, length bytes
  GRAFT_DEVICE = 9,        // pointer: UTF-8 device name, length bytes
  GRAFT_BOOLS = 10,        // pointer: int64_t[length], 0 or 1
  GRAFT_OPT_TENSORS = 11   // pointer: graft_tensor[length], null = none
};

typedef struct graft_value {
  int32_t tag;
  int32_t length;
  union {
    int64_t integer;
    double real;
    void* pointer;
  };
} graft_value;

GRAFT_API graft_status graft_op_find(const char* name, const char* overload, graft_op* op);
// Results: tensors are owned by the caller; a list of tensors is flattened into consecutive results.
GRAFT_API graft_status graft_op_call(graft_op op, const graft_value* arguments, int32_t count, graft_value* results,
                                     int32_t capacity, int32_t* produced);

// ---- tensors -------------------------------------------------------------------------------------------------------
GRAFT_API void graft_tensor_free(graft_tensor tensor);
GRAFT_API graft_status graft_tensor_copy_from(const void* data, const int64_t* shape, int32_t rank, int32_t dtype,
                                              graft_tensor* tensor);
GRAFT_API graft_status graft_tensor_copy_to(graft_tensor tensor, void* data, int64_t bytes);  // C order
GRAFT_API int32_t graft_tensor_rank(graft_tensor tensor);
GRAFT_API int32_t graft_tensor_dtype(graft_tensor tensor);
GRAFT_API void graft_tensor_shape(graft_tensor tensor, int64_t* shape);
GRAFT_API void graft_tensor_strides(graft_tensor tensor, int64_t* strides);
GRAFT_API void* graft_tensor_data(graft_tensor tensor);
GRAFT_API graft_status graft_tensor_device(graft_tensor tensor, char* text, int32_t capacity);
GRAFT_API int32_t graft_tensor_is_contiguous(graft_tensor tensor, int32_t memory_format);

// Marks a tensor whose memory is written through its address: data derived from it becomes stale.
GRAFT_API graft_status graft_tensor_touch(graft_tensor tensor);

// ---- autograd ------------------------------------------------------------------------------------------------------
GRAFT_API graft_status graft_backward(graft_tensor root, graft_tensor gradient, int32_t keep_graph);
GRAFT_API graft_status graft_grad(graft_tensor tensor, graft_tensor* gradient);  // null when there is none
GRAFT_API graft_status graft_set_grad(graft_tensor tensor, graft_tensor gradient);
GRAFT_API graft_status graft_set_requires_grad(graft_tensor tensor, int32_t required);
GRAFT_API int32_t graft_requires_grad(graft_tensor tensor);
GRAFT_API int32_t graft_set_autocast(int32_t enabled);   // bfloat16 convolutions and products; returns the previous mode
GRAFT_API int32_t graft_set_grad_mode(int32_t enabled);  // returns the previous mode of this thread

// ---- convolution units with fixed weights --------------------------------------------------------------------------
// Convolution and SiLU, with weights packed at the first call and again after each change: one pass over memory without a
// graph; with one, only the input gets a gradient.
typedef struct graft_unit {
  int32_t stride, padding, dilation, groups, activate;
} graft_unit;

GRAFT_API graft_status graft_plan_create(graft_plan* plan);  // null when built without oneDNN
GRAFT_API void graft_plan_free(graft_plan plan);
// `bias` may be null; `added` is null, or a residual added to the result, of its shape.
// Result: channels-last; null where unsupported: trained weights, a residual in a graph, another type than float32 or bfloat16, another
// device than the CPU.
GRAFT_API graft_status graft_plan_run(graft_plan plan, graft_tensor input, graft_tensor weight, graft_tensor bias,
                                      graft_tensor added, const graft_unit* unit, graft_tensor* result);

// ---- normalisation by the statistics of the batch ------------------------------------------------------------------
// Batch normalisation and SiLU as one node of the autograd graph; `mean` and `variance` are the running ones and are updated.
// Result: channels-last; null where unsupported (another type than float32 or bfloat16, another device than the CPU).
// With a `group`, the batch is that of all its processes (synchronised batch normalisation); null: of this process alone.
GRAFT_API graft_status graft_norm_silu(graft_tensor input, graft_tensor gain, graft_tensor offset, graft_tensor mean,
                                       graft_tensor variance, double momentum, double epsilon, int32_t activate,
                                       graft_group group, graft_tensor* result);

// Normalisation of each image over its channels and positions (group normalisation with one group), channels-last. Null
// where unsupported, as above.
GRAFT_API graft_status graft_image_norm(graft_tensor input, graft_tensor gain, graft_tensor offset, double epsilon,
                                        graft_tensor* result);

// ---- upsampling in a graph -----------------------------------------------------------------------------------------
// Nearest neighbour, by two along H and W, channels-last; libtorch's backward pass turns the maps into planes and back.
// Null where unsupported: no gradient, another type than float32 or bfloat16, another device than the CPU.
GRAFT_API graft_status graft_upsample(graft_tensor input, graft_tensor* result);

// ---- training updates: one pass over memory each -------------------------------------------------------------------
typedef struct graft_adamw {
  double rate, decay, beta1, beta2, epsilon, correction1, correction2, gradient_scale;
} graft_adamw;

GRAFT_API graft_status graft_adamw_step(graft_tensor weight, graft_tensor gradient, graft_tensor first,
                                        graft_tensor second, const graft_adamw* settings);
GRAFT_API graft_status graft_average(graft_tensor average, graft_tensor value, double share);  // a += share * (v - a)
// Mean and variance (divided by n) of each slice along the first axis of a dense float32 tensor: two values per slice.
GRAFT_API graft_status graft_slice_moments(graft_tensor tensor, double* moments);
GRAFT_API graft_status graft_squared_norm(graft_tensor tensor, double* sum);                  // NaN and Inf pass through

// ---- memory --------------------------------------------------------------------------------------------------------
// Counts what the tensors that this thread makes hold at the same time; end it on the same thread.
GRAFT_API graft_status graft_memory_watch(graft_watch* watch);
GRAFT_API int64_t graft_memory_peak(graft_watch watch);  // bytes
GRAFT_API void graft_memory_unwatch(graft_watch watch);

// ---- several processes: c10d's TCPStore and its Gloo process group -----------------------------------------------
GRAFT_API int32_t graft_has_groups(void);  // 0 when built without Gloo
// Connects to the store, which this process serves itself if `serve` is not 0; keys get `prefix` in front.
GRAFT_API graft_status graft_store_open(const char* host, int32_t port, int32_t serve, int64_t milliseconds,
                                        const char* prefix, graft_store* store);
GRAFT_API void graft_store_free(graft_store store);
GRAFT_API graft_status graft_store_set(graft_store store, const char* key, const uint8_t* bytes, int64_t length);
GRAFT_API graft_status graft_store_get(graft_store store, const char* key, graft_tensor* bytes);  // null when absent
GRAFT_API graft_status graft_store_add(graft_store store, const char* key, int64_t amount, int64_t* total);
// Connects this process with the others by TCP at `address`, one of its own; every process of the store calls it.
GRAFT_API graft_status graft_group_open(graft_store store, int32_t rank, int32_t size, const char* address,
                                        int64_t milliseconds, graft_group* group);
GRAFT_API void graft_group_free(graft_group group);
// Every process calls these in the same order, with tensors of the same shape; the tensor is kept until the work is freed.
GRAFT_API graft_status graft_group_add(graft_group group, graft_tensor tensor, graft_work* work);  // in place: the sum
GRAFT_API graft_status graft_group_send(graft_group group, graft_tensor tensor, int32_t from, graft_work* work);  // in place
GRAFT_API graft_status graft_group_gather(graft_group group, graft_tensor tensor, graft_tensor all, graft_work* work);  // size x ...
GRAFT_API graft_status graft_work_wait(graft_work work, int64_t milliseconds, int32_t* done);
GRAFT_API void graft_work_free(graft_work work);

// ---- images --------------------------------------------------------------------------------------------------------
enum graft_interpolation { GRAFT_NEAREST = 0, GRAFT_LINEAR = 1, GRAFT_CUBIC = 2, GRAFT_AREA = 3 };
enum graft_colour { GRAFT_SWAP = 0, GRAFT_TO_GREY = 1, GRAFT_FROM_GREY = 2, GRAFT_TO_HSV = 3, GRAFT_FROM_HSV = 4 };

GRAFT_API void graft_image_free(graft_image image);
GRAFT_API graft_status graft_image_create(int32_t rows, int32_t columns, int32_t channels, const double* fill,
                                          graft_image* image);
// Properties of a decoded file: bits per value, the brightest 16-bit value, and the first sign of damage (UTF-8, empty: none).
typedef struct {
  int32_t bits;
  int32_t brightest;
  char damage[248];
} graft_decoding;
// 8-bit BGR, not rotated; null when nothing can be read. `depth` is the number of significant bits of 16-bit values (0: 16).
GRAFT_API graft_status graft_image_decode(const uint8_t* bytes, int64_t length, int32_t depth, graft_decoding* info,
                                          graft_image* image);
GRAFT_API graft_status graft_image_turn(graft_image image, int32_t orientation, graft_image* result);  // EXIF's 1 to 8
GRAFT_API graft_status graft_image_encode(graft_image image, const char* extension, int32_t quality, uint8_t** bytes,
                                          int64_t* length);
GRAFT_API void graft_buffer_free(uint8_t* bytes);
GRAFT_API graft_status graft_image_info(graft_image image, int32_t* rows, int32_t* columns, int32_t* channels,
                                        uint8_t** data, int64_t* stride);
GRAFT_API graft_status graft_image_resize(graft_image image, int32_t rows, int32_t columns, int32_t interpolation,
                                          graft_image* result);
GRAFT_API graft_status graft_image_border(graft_image image, int32_t top, int32_t bottom, int32_t left, int32_t right,
                                          const double* fill, graft_image* result);
GRAFT_API graft_status graft_image_crop(graft_image image, int32_t x, int32_t y, int32_t columns, int32_t rows,
                                        graft_image* result);
GRAFT_API graft_status graft_image_paste(graft_image target, graft_image source, int32_t x, int32_t y);  // clipped
GRAFT_API graft_status graft_image_warp(graft_image image, const double* matrix, int32_t perspective, int32_t rows,
                                        int32_t columns, const double* fill, graft_image* result);  // 3x3, forward map
GRAFT_API graft_status graft_image_convert(graft_image image, int32_t colour, graft_image* result);
GRAFT_API graft_status graft_image_lookup(graft_image image, const uint8_t* tables, graft_image* result);  // C x 256
GRAFT_API graft_status graft_image_flip(graft_image image, int32_t horizontal, graft_image* result);
GRAFT_API graft_status graft_image_blur(graft_image image, int32_t kernel, int32_t median, graft_image* result);
GRAFT_API graft_status graft_image_clahe(graft_image image, double limit, int32_t grid, graft_image* result);
// Planar copy (C, H, W) into memory of the caller; swap swaps the first and third channel.
GRAFT_API graft_status graft_image_planes(graft_image image, int32_t swap, uint8_t* planes);
GRAFT_API graft_status graft_image_rectangle(graft_image image, double x1, double y1, double x2, double y2,
                                             const double* colour, int32_t thickness);  // thickness < 0: filled
GRAFT_API graft_status graft_video_open(const char* path, graft_video* video, double* rate, int64_t* frames);
GRAFT_API graft_status graft_video_read(graft_video video, graft_image* image);  // null at the end
GRAFT_API void graft_video_free(graft_video video);
GRAFT_API graft_status graft_writer_open(const char* path, double rate, int32_t rows, int32_t columns,
                                         graft_video* writer);
GRAFT_API graft_status graft_writer_add(graft_video writer, graft_image image);
GRAFT_API void graft_writer_free(graft_video writer);

#ifdef __cplusplus
}
#endif
