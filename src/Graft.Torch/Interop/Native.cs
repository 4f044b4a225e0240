using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Graft.Torch.Interop;

/// <summary>Imports of native/include/graft.h, section by section; a test compares both lists.</summary>
internal static partial class Native
{
    internal const int Abi = 4;
    private const string Library = "graft";

    static Native() => NativeLoader.Load();

    [LibraryImport(Library)] internal static partial int graft_abi();
    [LibraryImport(Library)] internal static partial nint graft_versions();
    [LibraryImport(Library)] internal static partial nint graft_last_error();
    [LibraryImport(Library)] internal static partial int graft_set_threads(int threads);
    [LibraryImport(Library)] internal static partial int graft_get_threads();
    [LibraryImport(Library)] internal static partial int graft_seed(ulong seed);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int graft_has_device(string device, out int available);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int graft_op_find(string name, string overload, out nint op);

    [LibraryImport(Library)]
    internal static unsafe partial int graft_op_call(nint op, NativeValue* arguments, int count, NativeValue* results, int capacity, int* produced);

    [LibraryImport(Library)] internal static partial void graft_tensor_free(nint tensor);

    [LibraryImport(Library)]
    internal static unsafe partial int graft_tensor_copy_from(void* data, long* shape, int rank, int dtype, out nint tensor);

    [LibraryImport(Library)]
    internal static unsafe partial int graft_tensor_wrap(
        void* data, long* shape, long* strides, int rank, int dtype, delegate* unmanaged<void*, void> release, void* context, out nint tensor);

    [LibraryImport(Library)] internal static unsafe partial int graft_tensor_copy_to(nint tensor, void* data, long bytes);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int graft_tensor_rank(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int graft_tensor_dtype(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static unsafe partial void graft_tensor_shape(nint tensor, long* shape);
    [LibraryImport(Library), SuppressGCTransition] internal static unsafe partial void graft_tensor_strides(nint tensor, long* strides);
    [LibraryImport(Library)] internal static unsafe partial void* graft_tensor_data(nint tensor);
    [LibraryImport(Library)] internal static unsafe partial int graft_tensor_device(nint tensor, byte* text, int capacity);
    [LibraryImport(Library)] internal static partial int graft_tensor_is_contiguous(nint tensor, int memoryFormat);

    [LibraryImport(Library)] internal static partial int graft_backward(nint root, nint gradient, int keepGraph);
    [LibraryImport(Library)] internal static partial int graft_grad(nint tensor, out nint gradient);
    [LibraryImport(Library)] internal static partial int graft_set_grad(nint tensor, nint gradient);
    [LibraryImport(Library)] internal static partial int graft_set_requires_grad(nint tensor, int required);
    [LibraryImport(Library)] internal static partial int graft_requires_grad(nint tensor);
    [LibraryImport(Library)] internal static partial int graft_set_grad_mode(int enabled);

    [LibraryImport(Library)] internal static partial int graft_tensor_touch(nint tensor);

    [LibraryImport(Library)] internal static partial int graft_plan_create(out nint plan);
    [LibraryImport(Library)] internal static partial void graft_plan_free(nint plan);
    [LibraryImport(Library)] internal static partial int graft_plan_run(nint plan, nint input, in NativeUnit unit, out nint result);

    [LibraryImport(Library)] internal static partial int graft_norm_silu(nint input, in NativeNorm norm, out nint result);

    [LibraryImport(Library)]
    internal static partial int graft_adamw_step(nint weight, nint gradient, nint first, nint second, in NativeAdamW settings);

    [LibraryImport(Library)] internal static partial int graft_average(nint average, nint value, double share);
    [LibraryImport(Library)] internal static partial int graft_picture_moments(nint tensor, [Out] double[] moments);
    [LibraryImport(Library)] internal static partial int graft_squared_norm(nint tensor, out double sum);

    [LibraryImport(Library)]
    internal static unsafe partial int graft_suppress(
        float* boxes, long* groups, long count, float threshold, long limit, long* kept, out long keptCount);

    /// <summary>Turns a status into an exception with the native message.</summary>
    internal static void Check(int status, string what)
    {
        if (status != 0)
        {
            throw new GraftException(Failure.Runtime, $"{what}: {Marshal.PtrToStringUTF8(graft_last_error())}");
        }
    }
}

/// <summary>A convolution unit; mirrors graft_unit.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeUnit
{
    internal nint Weight, Bias, Added;
    internal int Stride, Padding, Dilation, Groups, Activate;
}

/// <summary>A batch normalisation; mirrors graft_norm.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeNorm
{
    internal nint Gain, Offset, Mean, Variance;
    internal double Momentum, Epsilon;
    internal int Activate;
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
