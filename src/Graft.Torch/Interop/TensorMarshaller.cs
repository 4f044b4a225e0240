using System.Runtime.InteropServices.Marshalling;

namespace Graft.Torch.Interop;

/// <summary>Passes tensors to native functions and takes their results: imports name <see cref="Tensor"/>, never a bare handle.</summary>
/// <remarks>
/// Against the collector this is as safe as a SafeHandle: the tensor stays reachable until the call has returned, so its finaliser
/// cannot run before. A SafeHandle also counts its users, which protects against Dispose on one thread during a call on another. That
/// count and its object cost 20 ns of the 840 ns that an addition of two small tensors takes, and they only protect against what is a
/// mistake
/// in any case: a tensor belongs to the thread of its scope. Every native function takes libtorch's own reference first, which keeps the
/// memory for the rest of the call.
/// </remarks>
[CustomMarshaller(typeof(Tensor), MarshalMode.ManagedToUnmanagedIn, typeof(Borrowed))]
[CustomMarshaller(typeof(Tensor), MarshalMode.ManagedToUnmanagedOut, typeof(TensorMarshaller))]
internal static class TensorMarshaller
{
    /// <summary>Wraps the result of a native function; null where there is none.</summary>
    public static Tensor? ConvertToManaged(nint handle) => handle == 0 ? null : new Tensor(handle);

    /// <summary>A tensor during one call; null passes a null pointer.</summary>
    internal ref struct Borrowed
    {
        private Tensor? _tensor;

        public void FromManaged(Tensor? tensor) => _tensor = tensor;

        public readonly nint ToUnmanaged() => _tensor?.Handle ?? 0;

        public readonly void Free() => GC.KeepAlive(_tensor);
    }
}
