namespace Graft.Files;

/// <summary>Recognises files that are not weight files, so that the message names their format.</summary>
internal static class ForeignFormats
{
    private const string Known = "Supported are PyTorch (.pth, .pt, .ckpt, .bin), safetensors, .npy, .npz and .onnx.";

    internal static GraftException Explain(MappedFile file)
    {
        ReadOnlySpan<byte> start = file.Span(0, (int)Math.Min(file.Length, 512));
        (string what, string hint) = start switch
        {
            _ when start.Length > 262 && start.Slice(257, 5).SequenceEqual("ustar"u8)
                => ("a tar file; PyTorch 0.1.9 and older saved such files, which are too old to be read.",
                    "Load and save it with a PyTorch between 0.1.10 and 1.13 first."),
            _ when start.StartsWith("version https://git-lfs"u8)
                => ("a Git LFS pointer, not the weights themselves.",
                    "Run 'git lfs pull' in its repository, or download the file from its page."),
            _ when start.TrimStart(" \t\r\n"u8).StartsWith("<"u8)
                => ("a web page, not weights.", "The download link led to a page; download the file itself."),
            _ when start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F']) => ("an HDF5 file (Keras).", Known),
            _ when start.StartsWith("GGUF"u8) => ("a GGUF file.", Known),
            _ when start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) => ("a gzip file.", "Unpack it first."),
            _ => ("not a weight file that Graft supports.", Known),
        };
        return Bad.File(file.Path, what, hint);
    }
}
