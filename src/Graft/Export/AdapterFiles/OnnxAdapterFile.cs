using System.Buffers.Binary;
using Graft.Files;

namespace Graft.Export;

/// <summary>
/// The contents of an <c>.onnx_adapter</c> file: values for overridable initializers of an ONNX model, which ONNX Runtime's
/// <c>OrtLoraAdapter</c> loads and feeds for one run. Layout: onnxruntime/lora/adapter_format, format version 1.
/// </summary>
/// <param name="AdapterVersion">A number that whoever writes the file chooses.</param>
/// <param name="ModelVersion">Identifies the base model: <see cref="ModelVersionOf"/> its SHA-256.</param>
/// <param name="Parameters">Names of the model's overridable initializers and their values, float32 or float16.</param>
public sealed record OnnxAdapterFile(int AdapterVersion, int ModelVersion, IReadOnlyList<WeightData> Parameters)
{
    /// <summary>The ending of such files.</summary>
    public const string FileEnding = ".onnx_adapter";

    /// <summary>The model version of a base model: the first 4 bytes of its SHA-256 as a little-endian integer.</summary>
    /// <param name="sha256">The hash of the base model, as hexadecimal digits.</param>
    /// <exception cref="GraftException">The text is not the hash of a file.</exception>
    public static int ModelVersionOf(string sha256)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        if (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigit))
        {
            throw new GraftException(Failure.Model, $"{Printable.Quoted(sha256)} is not a SHA-256: 64 hexadecimal digits were expected.",
                "Use the hash of the base model's file.");
        }

        return BinaryPrimitives.ReadInt32LittleEndian(Convert.FromHexString(sha256[..8]));
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="GraftException">The file is absent, is not such a file, or is damaged.</exception>
    public static OnnxAdapterFile Read(string path)
    {
        try
        {
            return Read(path, File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GraftException(Failure.Model, $"{Printable.Name(path, 400)} cannot be read: {error.Message}",
                "Check the path and the permissions.", error);
        }
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="name">Names the bytes in messages.</param>
    /// <param name="bytes">The whole file.</param>
    /// <exception cref="GraftException">The bytes are not such a file, or are damaged.</exception>
    public static OnnxAdapterFile Read(string name, byte[] bytes) => OnnxAdapterReader.Read(name, bytes);

    /// <summary>Writes the file, complete or not at all.</summary>
    /// <exception cref="GraftException">A parameter cannot be expressed, or the file cannot be written.</exception>
    public void Write(string path) => AtomicFile.WriteBytes(path, ToBytes());

    /// <summary>The bytes of the file; equal contents give equal bytes.</summary>
    /// <exception cref="GraftException">A parameter cannot be expressed: no name, a name twice, another type than float32 and float16.</exception>
    public byte[] ToBytes() => OnnxAdapterWriter.Write(this);
}
