namespace Graft.Runtime.Preprocessing;

/// <summary>Scratch memory of one thread: it grows to the largest image and is reused, so that further images allocate nothing.</summary>
internal sealed class PreprocessingBuffers
{
    private byte[] _file = [], _decoded = [], _turned = [], _image = [], _row = [], _narrow = [];

    /// <summary>Memory of the first resize step.</summary>
    public ResizeBuffers First { get; } = new();

    /// <summary>Memory of the second resize step.</summary>
    public ResizeBuffers Second { get; } = new();

    /// <summary>Contents of an image file.</summary>
    public Span<byte> File(int length) => Take(ref _file, length);

    /// <summary>A decoded image.</summary>
    public Span<byte> Decoded(int length) => Take(ref _decoded, length);

    /// <summary>A decoded image after rotation.</summary>
    public Span<byte> Turned(int length) => Take(ref _turned, length);

    /// <summary>The image between both steps.</summary>
    public Span<byte> Image(int length) => Take(ref _image, length);

    /// <summary>One resized row.</summary>
    public Span<byte> Row(int length) => Take(ref _row, length);

    /// <summary>One row of 16 bits as 8 bits.</summary>
    public Span<byte> Narrow(int length) => Take(ref _narrow, length);

    /// <summary>The first elements of an array, which is replaced when it is too short; contents are not kept.</summary>
    internal static Span<T> Take<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = GC.AllocateUninitializedArray<T>(length);
        }

        return array.AsSpan(0, length);
    }
}
