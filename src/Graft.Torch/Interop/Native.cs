using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Torch.Layers;

[assembly: DisableRuntimeMarshalling]

namespace Graft.Torch.Interop;

/// <summary>Imports of native/include/graft.h, section by section; a test compares both lists.</summary>
internal static partial class Native
{
    internal const int Abi = 8;
    private const string Library = "graft";

    static Native() => NativeLoader.Load();

    [LibraryImport(Library)] internal static partial int graft_abi();
    [LibraryImport(Library)] internal static partial nint graft_versions();
    [LibraryImport(Library)] internal static partial nint graft_last_error();
    [LibraryImport(Library)] internal static partial int graft_set_threads(int threads);
    [LibraryImport(Library)] internal static partial int graft_get_threads();
    [LibraryImport(Library)] internal static partial int graft_seed(ulong seed);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int graft_op_find(string name, string overload, out nint op);

    [LibraryImport(Library)]
    internal static unsafe partial int graft_op_call(nint op, NativeValue* arguments, int count, NativeValue* results, int capacity, int* produced);

    [LibraryImport(Library)] internal static partial void graft_tensor_free(nint tensor);

    [LibraryImport(Library)]
    internal static unsafe partial int graft_tensor_copy_from(void* data, long* shape, int rank, int dtype, out Tensor? tensor);

    [LibraryImport(Library)] internal static unsafe partial int graft_tensor_copy_to(Tensor tensor, void* data, long bytes);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int graft_tensor_rank(Tensor tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int graft_tensor_dtype(Tensor tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static unsafe partial void graft_tensor_shape(Tensor tensor, long* shape);
    [LibraryImport(Library), SuppressGCTransition] internal static unsafe partial void graft_tensor_strides(Tensor tensor, long* strides);
    [LibraryImport(Library)] internal static unsafe partial void* graft_tensor_data(Tensor tensor);
    [LibraryImport(Library)] internal static unsafe partial int graft_tensor_device(Tensor tensor, byte* text, int capacity);
    [LibraryImport(Library)] internal static partial int graft_tensor_is_contiguous(Tensor tensor, int memoryFormat);

    [LibraryImport(Library)] internal static partial int graft_backward(Tensor root, Tensor? gradient, int keepGraph);
    [LibraryImport(Library)] internal static partial int graft_grad(Tensor tensor, out Tensor? gradient);
    [LibraryImport(Library)] internal static partial int graft_set_grad(Tensor tensor, Tensor? gradient);
    [LibraryImport(Library)] internal static partial int graft_set_requires_grad(Tensor tensor, int required);
    [LibraryImport(Library)] internal static partial int graft_requires_grad(Tensor tensor);
    [LibraryImport(Library)] internal static partial int graft_set_grad_mode(int enabled);
    [LibraryImport(Library)] internal static partial int graft_set_autocast(int enabled);

    [LibraryImport(Library)] internal static partial int graft_tensor_touch(Tensor tensor);

    [LibraryImport(Library)] internal static partial int graft_memory_watch(out nint watch);
    [LibraryImport(Library)] internal static partial long graft_memory_peak(nint watch);
    [LibraryImport(Library)] internal static partial void graft_memory_unwatch(nint watch);

    [LibraryImport(Library)] internal static partial int graft_plan_create(out nint plan);
    [LibraryImport(Library)] internal static partial void graft_plan_free(nint plan);

    [LibraryImport(Library)]
    internal static partial int graft_plan_run(
        ConvolutionPlan plan, Tensor input, Tensor weight, Tensor? bias, Tensor? added, in NativeUnit unit, out Tensor? result);

    [LibraryImport(Library)]
    internal static partial int graft_norm_silu(
        Tensor input, Tensor gain, Tensor offset, Tensor mean, Tensor variance, double momentum, double epsilon, int activate, nint group,
        out Tensor? result);

    [LibraryImport(Library)]
    internal static partial int graft_image_norm(Tensor input, Tensor gain, Tensor offset, double epsilon, out Tensor? result);

    [LibraryImport(Library)] internal static partial int graft_upsample(Tensor input, out Tensor? result);

    [LibraryImport(Library)]
    internal static partial int graft_adamw_step(Tensor weight, Tensor gradient, Tensor first, Tensor second, in NativeAdamW settings);

    [LibraryImport(Library)] internal static partial int graft_average(Tensor average, Tensor value, double share);
    [LibraryImport(Library)] internal static partial int graft_slice_moments(Tensor tensor, [Out] double[] moments);
    [LibraryImport(Library)] internal static partial int graft_squared_norm(Tensor tensor, out double sum);

    [LibraryImport(Library)] internal static partial int graft_has_groups();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int graft_store_open(string host, int port, int serve, long milliseconds, string prefix, out nint store);

    [LibraryImport(Library)] internal static partial void graft_store_free(nint store);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int graft_store_set(nint store, string key, byte* bytes, long length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int graft_store_get(nint store, string key, out Tensor? bytes);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int graft_store_add(nint store, string key, long amount, out long total);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int graft_group_open(nint store, int rank, int size, string address, long milliseconds, out nint group);

    [LibraryImport(Library)] internal static partial void graft_group_free(nint group);
    [LibraryImport(Library)] internal static partial int graft_group_add(nint group, Tensor tensor, out nint work);
    [LibraryImport(Library)] internal static partial int graft_group_send(nint group, Tensor tensor, int from, out nint work);
    [LibraryImport(Library)] internal static partial int graft_group_gather(nint group, Tensor tensor, Tensor all, out nint work);
    [LibraryImport(Library)] internal static partial int graft_work_wait(nint work, long milliseconds, out int done);
    [LibraryImport(Library)] internal static partial void graft_work_free(nint work);

    /// <summary>Turns a status into an exception with the native message.</summary>
    internal static void Check(int status, string what)
    {
        if (status != 0)
        {
            throw new GraftException(Failure.Runtime, $"{what}: {Marshal.PtrToStringUTF8(graft_last_error())}");
        }
    }
}

/// <summary>Settings of a convolution unit; mirrors graft_unit.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeUnit
{
    internal int Stride, Padding, Dilation, Groups, Activate;
}

/// <summary>One argument or result of an operator call; mirrors graft_value.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    internal int Tag;
    internal int Length;
    internal long Bits;
}

/// <summary>Mirrors graft_adamw.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NativeAdamW(
    double Rate, double Decay, double Beta1, double Beta2, double Epsilon, double Correction1, double Correction2, double GradientScale);
