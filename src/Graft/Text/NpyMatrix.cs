using System.Runtime.InteropServices;
using System.Text;

namespace Graft.Text;

/// <summary>Writes a matrix of singles as NumPy's format 1.0.</summary>
internal static class NpyMatrix
{
    public static void WriteSingles(Stream stream, float[] values, int rows, int columns)
    {
        const int Preamble = 10;
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}";
        int length = (Preamble + header.Length + 1 + 63) / 64 * 64 - Preamble;                 // the data starts at a multiple of 64
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)length, (byte)(length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n"));
        stream.Write(MemoryMarshal.AsBytes<float>(values));
    }
}
