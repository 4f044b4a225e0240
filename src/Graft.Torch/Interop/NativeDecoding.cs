using System.Runtime.InteropServices;
using System.Text;

namespace Graft.Torch.Interop;

/// <summary>graft_decoding of native/include/graft.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeDecoding
{
    private const int Capacity = 248;

    internal int Bits;
    internal int Brightest;
    private fixed byte _damage[Capacity];

    /// <summary>The first sign of damage, or null.</summary>
    internal string? Reason
    {
        get
        {
            fixed (byte* text = _damage)
            {
                ReadOnlySpan<byte> all = new(text, Capacity);
                int end = all.IndexOf((byte)0);
                return end == 0 ? null : Encoding.UTF8.GetString(end < 0 ? all : all[..end]);
            }
        }
    }
}
