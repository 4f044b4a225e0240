using System.Buffers.Binary;
using System.Text;

namespace Graft.Files;

/// <summary>Writes one NumPy array (format 1.0, row-major, data aligned to 64 bytes).</summary>
public static class NpyWriter
{
    private const int Alignment = 64;

    /// <summary>Writes an array into a file that is complete or absent.</summary>
    /// <param name="path">The file.</param>
    /// <param name="array">The array; its name is not stored.</param>
    /// <exception cref="GraftException">The file cannot be written, or NumPy has no such element type.</exception>
    public static void Write(string path, WeightData array)
    {
        byte[] header = Header(path, array);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            array.WriteTo(stream);
        });
    }

    internal static byte[] Header(string path, WeightData array)
    {
        string type = array.DType.NpyName() ?? throw new GraftException(Failure.Model,
            $"{path}: {Printable.Quoted(array.Name)} is {array.DType.TorchName()}, which NumPy cannot hold.",
                "Convert it to float32 first, or write safetensors.");
        string shape = array.Shape.Count == 1 ? $"{array.Shape[0]}," : string.Join(", ", array.Shape);
        string text = $"{{'descr': '{(array.DType.Bits() == 8 ? '|' : '<')}{type}', 'fortran_order': False, 'shape': ({shape}), }}";
        int length = (10 + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        byte[] header = new byte[length];
        NpyHeader.Magic.CopyTo(header);
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), checked((ushort)(length - 10)));
        header.AsSpan(10).Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }
}
