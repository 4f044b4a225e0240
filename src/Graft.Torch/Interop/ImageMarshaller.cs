using System.Runtime.InteropServices.Marshalling;
using Graft.Torch.Images;

namespace Graft.Torch.Interop;

/// <summary>Passes images to native functions, as <see cref="TensorMarshaller"/> passes tensors: reachable until the call
/// returns.</summary>
[CustomMarshaller(typeof(Image), MarshalMode.ManagedToUnmanagedIn, typeof(Borrowed))]
internal static class ImageMarshaller
{
    /// <summary>An image during one call.</summary>
    internal ref struct Borrowed
    {
        private Image _image;

        public void FromManaged(Image image) => _image = image;

        public readonly nint ToUnmanaged() => _image.Handle;

        public readonly void Free() => GC.KeepAlive(_image);
    }
}
