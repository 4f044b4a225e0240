namespace Graft.Files;

/// <summary>Walks the fields of one protocol-buffer message in a mapped file, without recursion and without copies.</summary>
internal struct ProtoScanner(MappedFile file, long begin, long end)
{
    private long _at = begin;

    /// <summary>Number of the field that was read last.</summary>
    internal int Field { get; private set; }

    /// <summary>Its wire type: 0 varint, 1 eight bytes, 2 a range of bytes, 5 four bytes.</summary>
    internal int Wire { get; private set; }

    /// <summary>Where its bytes begin.</summary>
    internal long Begin { get; private set; }

    /// <summary>Where its bytes end.</summary>
    internal readonly long End => _at;

    /// <summary>Its value, if it is a varint.</summary>
    internal ulong Value { get; private set; }

    internal readonly long Length => End - Begin;

    /// <summary>Reads the next field; false at the end of the message.</summary>
    /// <exception cref="GraftException">The message is malformed.</exception>
    internal bool Next()
    {
        if (_at == end)
        {
            return false;
        }

        ulong tag = Varint();
        (Field, Wire) = ((int)Math.Min(tag >> 3, int.MaxValue), (int)(tag & 7));
        if (Field == 0)
        {
            throw Broken("a field has number 0");
        }

        long length = 0;
        Begin = _at;
        switch (Wire)
        {
            case 0: Value = Varint(); break;
            case 1: length = 8; break;
            case 5: length = 4; break;
            case 2:
                length = (long)Math.Min(Varint(), long.MaxValue);
                Begin = _at;
                break;
            default: throw Broken($"a field has wire type {Wire}");
        }

        if (length > end - _at)
        {
            throw Broken($"a field of {length} bytes does not fit the {end - _at} that are left");
        }

        _at += length;
        return true;
    }

    /// <summary>The bytes of a field of limited length as text.</summary>
    internal readonly string Text(int longest)
        => System.Text.Encoding.UTF8.GetString(file.Span(Begin, (int)Math.Min(Length, longest)));

    /// <summary>Integers of a repeated field, packed or single.</summary>
    internal readonly void AddIntegers(List<long> values, int most)
    {
        if (Wire == 0)
        {
            values.Add((long)Value);
            return;
        }

        ProtoScanner packed = new(file, Begin, End);
        while (packed._at < End && values.Count <= most)
        {
            values.Add((long)packed.Varint());
        }
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_at >= end)
            {
                throw Broken("a number is cut off");
            }

            byte next = file.Span(_at++, 1)[0];
            value |= shift < 64 ? (ulong)(next & 0x7F) << shift : 0;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Broken("a number is longer than ten bytes");
    }

    private readonly GraftException Broken(string how)
        => Bad.File(file.Path, $"not a valid ONNX file: {how} (byte {_at}).", "Export or download it again.");
}
