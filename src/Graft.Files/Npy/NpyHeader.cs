using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Graft.Files;

/// <summary>The header of a NumPy array: a Python dictionary literal of three known keys, parsed and never evaluated.</summary>
internal sealed class NpyHeader
{
    private const int MaxHeader = 1 << 20, MaxDimensions = 64;
    private readonly string _path;
    private readonly string _text;
    private int _at;

    private NpyHeader(string path, string text) => (_path, _text) = (path, text);

    internal ElementType DType { get; private set; }

    internal bool BigEndian { get; private set; }

    internal bool ColumnMajor { get; private set; }

    internal long[] Shape { get; private set; } = [];

    /// <summary>Offset of the data.</summary>
    internal int DataOffset { get; private init; }

    internal static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Number of bytes needed to parse the header that begins like this; at least 12 are needed to tell.</summary>
    internal static int BytesNeeded(string path, ReadOnlySpan<byte> start)
    {
        if (start.Length < 10 || !start.StartsWith(Magic))
        {
            throw Bad.File(path, "not a NumPy array: it does not begin with the magic bytes of one.");
        }

        if (start[6] is < 1 or > 3 || start[7] != 0)
        {
            throw Bad.File(path, $"NumPy format version {start[6]}.{start[7]}; 1.0, 2.0 and 3.0 are known.");
        }

        long length = start[6] == 1 ? 10 + BinaryPrimitives.ReadUInt16LittleEndian(start[8..])
            : start.Length < 12 ? long.MaxValue : 12 + (long)BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        return length <= MaxHeader ? (int)length : throw Bad.File(path, "the header of a NumPy array is cut off or too long.");
    }

    /// <summary>Parses a header and checks it against the total number of bytes.</summary>
    internal static NpyHeader Parse(string path, ReadOnlySpan<byte> start, long total)
    {
        int needed = BytesNeeded(path, start);
        if (needed > start.Length)
        {
            throw Bad.File(path, $"the header length of a NumPy array says {needed} bytes, {start.Length} are there.");
        }

        ReadOnlySpan<byte> raw = start[(start[6] == 1 ? 10 : 12)..needed];
        string text = start[6] == 3 && System.Text.Unicode.Utf8.IsValid(raw)
            ? Encoding.UTF8.GetString(raw) : Encoding.Latin1.GetString(raw);
        NpyHeader header = new(path, text) { DataOffset = needed };
        header.Parse();
        if (!Extent.TryCount(header.Shape, out long count) || !Extent.TryBytes(header.DType, count, out long bytes))
        {
            throw header.Broken($"shape {Printable.Shape(header.Shape)} is too large");
        }

        return bytes == total - needed ? header
            : throw header.Broken(
                $"shape {Printable.Shape(header.Shape)} of {header.DType.TorchName()} needs {bytes} bytes, {total - needed} are there");
    }

    internal WeightEntry AsEntry(string name, StorageBytes storage)
        => new(name, DType, Shape, ColumnMajor ? Extent.ColumnMajor(Shape) : Extent.RowMajor(Shape), 0, storage, BigEndian);

    private void Parse()
    {
        HashSet<string> seen = new();
        Expect('{');
        while (!Try('}'))
        {
            string key = Quoted();
            Expect(':');
            if (!seen.Add(key))
            {
                throw Broken($"the key {Printable.Quoted(key)} appears twice");
            }

            switch (key)
            {
                case "descr": ReadType(); break;
                case "fortran_order": ColumnMajor = Truth(); break;
                case "shape": Shape = Tuple(); break;
                default: throw Broken($"the key {Printable.Quoted(key)} is not known");
            }

            if (!Try(','))
            {
                Expect('}');
                break;
            }
        }

        if (seen.Count != 3 || _text.AsSpan(_at).Trim().Length > 0)
        {
            throw Broken("descr, fortran_order and shape are expected, and nothing else");
        }
    }

    private void ReadType()
    {
        Skip();
        string descr = _at < _text.Length && _text[_at] is '\'' or '"' ? Quoted() : throw Broken("structured types are not supported");
        char order = descr.Length > 0 && "<>|=".Contains(descr[0]) ? descr[0] : '\0';
        if (!ElementTypes.TryFromNpy(order == '\0' ? descr : descr[1..], out ElementType type) || (order is '|' or '\0' && type.Bits() > 8))
        {
            throw Broken($"the element type {Printable.Quoted(descr)} is not supported: numbers and Booleans are, objects and text are not");
        }

        DType = type;
        BigEndian = order == '>';
    }

    private long[] Tuple()
    {
        List<long> sizes = new();
        Expect('(');
        while (!Try(')'))
        {
            Skip();
            int begin = _at;
            while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            {
                _at++;
            }

            if (!long.TryParse(_text.AsSpan(begin, _at - begin), NumberStyles.None, CultureInfo.InvariantCulture, out long size)
                || sizes.Count == MaxDimensions)
            {
                throw Broken("the shape is not a tuple of sizes");
            }

            sizes.Add(size);
            _at += _at < _text.Length && _text[_at] == 'L' ? 1 : 0;
            if (!Try(',') && (sizes.Count == 1 || !Try(')')))
            {
                throw Broken("the shape is not a tuple of sizes");
            }
            else if (_text[_at - 1] == ')')
            {
                break;
            }
        }

        return [.. sizes];
    }

    private bool Truth()
    {
        Skip();
        foreach (string word in (ReadOnlySpan<string>)["True", "False"])
        {
            if (_text.AsSpan(_at).StartsWith(word))
            {
                _at += word.Length;
                return word == "True";
            }
        }

        throw Broken("fortran_order is neither True nor False");
    }

    private string Quoted()
    {
        Skip();
        char quote = _at < _text.Length ? _text[_at] : '\0';
        int end = quote is '\'' or '"' ? _text.IndexOf(quote, _at + 1) : -1;
        string text = end > 0 ? _text[(_at + 1)..end] : throw Broken("it is not a plain dictionary of three keys");
        _at = end + 1;
        return text;
    }

    private void Skip()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\n' or '\t' or '\r')
        {
            _at++;
        }
    }

    private bool Try(char wanted)
    {
        Skip();
        bool found = _at < _text.Length && _text[_at] == wanted;
        _at += found ? 1 : 0;
        return found;
    }

    private void Expect(char wanted)
    {
        if (!Try(wanted))
        {
            throw Broken($"its header is not a plain dictionary ('{wanted}' was expected at character {_at})");
        }
    }

    private GraftException Broken(string how) => Bad.File(_path, $"a NumPy array that cannot be read: {how}.");
}
