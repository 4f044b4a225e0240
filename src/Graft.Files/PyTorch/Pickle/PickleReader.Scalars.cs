using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Graft.Files;

/// <summary>Numbers and strings.</summary>
internal ref partial struct PickleReader
{
    private const int LongestLine = 1024, LongestInteger = 1024;
    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > _bytes.Length - _at)
        {
            throw Error(count < 0 ? $"a negative length ({count})"
                : $"the data ends early: {count} bytes are announced, {_bytes.Length - _at} are left");
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(_at, (int)count);
        _at += (int)count;
        return taken;
    }

    private byte Byte() => Take(1)[0];

    private int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    private int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    private long UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private long UInt64() => (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)), long.MaxValue);

    private ReadOnlySpan<byte> RawLine(int longest)
    {
        ReadOnlySpan<byte> rest = _bytes[_at..];
        int end = rest[..(int)Math.Min(rest.Length, longest + 1L)].IndexOf((byte)'\n');
        if (end < 0)
        {
            throw Error("an unterminated or overlong line");
        }

        _at += end + 1;
        return rest[..end];
    }

    private string Line(int longest) => Decode(RawLine(longest));

    private readonly string Decode(ReadOnlySpan<byte> raw)
    {
        try
        {
            return StrictUtf8.GetString(raw);
        }
        catch (DecoderFallbackException)
        {
            throw Error("a text is not UTF-8");
        }
    }

    private PickleScalar Utf8(long length) => new(Decode(Take(length)));

    private PickleScalar Bytes(long length) => new(Take(length).ToArray());

    /// <summary>A Python 2 string: UTF-8 where valid, else one character per byte.</summary>
    private PickleScalar ByteText(long length)
    {
        ReadOnlySpan<byte> raw = Take(length);
        return new(System.Text.Unicode.Utf8.IsValid(raw) ? Encoding.UTF8.GetString(raw) : Encoding.Latin1.GetString(raw));
    }

    private PickleScalar QuotedText()
    {
        ReadOnlySpan<byte> raw = RawLine(int.MaxValue);
        if (raw.Length < 2 || raw[0] != raw[^1] || raw[0] is not ((byte)'\'' or (byte)'"') || raw.Contains((byte)'\\'))
        {
            throw Error("a quoted text is malformed");
        }

        return new(Encoding.Latin1.GetString(raw[1..^1]));
    }

    private PickleScalar EscapedText()
    {
        ReadOnlySpan<byte> raw = RawLine(int.MaxValue);
        StringBuilder text = new(raw.Length);
        for (int i = 0; i < raw.Length; i++)
        {
            int digits = raw[i] == '\\' && i + 1 < raw.Length ? raw[i + 1] switch { (byte)'u' => 4, (byte)'U' => 8, _ => 0 } : 0;
            if (digits == 0)
            {
                text.Append((char)raw[i]);
                continue;
            }

            bool whole = raw.Length - i - 2 >= digits;
            if (!whole || !uint.TryParse(raw.Slice(i + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out uint code)
                || code > 0x10FFFF || (digits == 8 && code is >= 0xD800 and < 0xE000))
            {
                throw Error("a text has a malformed escape");
            }

            text = code < 0x10000 ? text.Append((char)code) : text.Append(char.ConvertFromUtf32((int)code));
            i += digits + 1;
        }

        return new(text.ToString());
    }

    private PickleScalar TextInteger(bool isLong)
    {
        string text = Line(LongestInteger);
        if (!isLong && text is "00" or "01")
        {
            return text == "01" ? PickleScalar.True : PickleScalar.False;
        }

        string digits = isLong && text.EndsWith('L') ? text[..^1] : text;
        return BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger value)
            ? PickleScalar.Of(value)
            : throw Error($"{Printable.Quoted(text)} is not an integer");
    }

    private long TextIndex()
    {
        string text = Line(LongestInteger);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long index)
            ? index
            : throw Error($"{Printable.Quoted(text)} is not a memo index");
    }

    private PickleScalar LongInteger(int length)
    {
        if (length is < 0 or > LongestInteger)
        {
            throw Error($"an integer of {length} bytes");
        }

        return PickleScalar.Of(new BigInteger(Take(length)));
    }

    private PickleScalar TextReal()
    {
        string text = Line(LongestInteger);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? new(value)
            : text is "inf" or "-inf" or "nan"
                ? new(text == "nan" ? double.NaN : text == "inf" ? double.PositiveInfinity : double.NegativeInfinity)
                : throw Error($"{Printable.Quoted(text)} is not a number");
    }

    private PickleScalar BinaryReal() => new(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
}
