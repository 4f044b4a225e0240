using System.Globalization;
using System.Text;
using System.Text.Json;
using Graft.Files;

namespace Graft.Data;

/// <summary>Reads a JSON file forward once, without a tree, by <see cref="Utf8JsonReader"/>; every error names file, line and place (<c>annotations[12].bbox</c>).</summary>
internal ref struct JsonCursor
{
    private readonly string _file;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly List<(string? Name, int Index)> _path = [];
    private Utf8JsonReader _reader;

    public JsonCursor(string file, ReadOnlySpan<byte> bytes)
    {
        _file = file;
        _bytes = bytes[JsonText.Check(file, bytes, Failure.Data)..];
        _reader = new Utf8JsonReader(_bytes, new JsonReaderOptions { MaxDepth = 256 });
        Advance();
    }

    /// <summary>Reads the element at the cursor.</summary>
    internal delegate T ElementReader<out T>(ref JsonCursor json, int index);

    /// <summary>The token at the cursor.</summary>
    public readonly JsonTokenType Token => _reader.TokenType;

    /// <summary>How many objects and lists the cursor is in.</summary>
    public readonly int Depth => _path.Count;

    /// <summary>Makes an earlier copy of a cursor valid again, which shares its place with the later one.</summary>
    /// <param name="depth">The <see cref="Depth"/> at the time of the copy.</param>
    public readonly void Leave(int depth) => _path.RemoveRange(depth, _path.Count - depth);

    /// <summary>Reads a whole file; a missing file and an unreadable one give different errors.</summary>
    public static byte[] Load(string path, string what) => TextFile.ReadBytes(path, what, Failure.Data);

    /// <summary>Enters the object at the cursor.</summary>
    public void EnterObject(string expected) => Enter(JsonTokenType.StartObject, expected);

    /// <summary>Enters the list at the cursor.</summary>
    public void EnterList(string expected) => Enter(JsonTokenType.StartArray, expected);

    /// <summary>Moves to the next property's value, or past the end of the object.</summary>
    public bool NextProperty(out string name)
    {
        name = "";
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            Leave();
            return false;
        }

        name = Text();
        _path[^1] = (name, -1);
        Advance();
        return true;
    }

    /// <summary>Moves to the next element, or past the end of the list.</summary>
    public bool NextElement()
    {
        _path[^1] = (null, _path[^1].Index + 1);
        if (_reader.TokenType != JsonTokenType.EndArray)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Skip()
    {
        try
        {
            _reader.Skip();
        }
        catch (JsonException e)
        {
            throw Malformed(e);
        }

        Advance();
    }

    /// <summary>Reads a list, element by element.</summary>
    /// <param name="expected">What the list should be, for messages.</param>
    /// <param name="read">Reads the element at the cursor, given its index.</param>
    public List<T> ReadList<T>(string expected, ElementReader<T> read)
    {
        List<T> items = [];
        EnterList(expected);
        while (NextElement())
        {
            items.Add(read(ref this, items.Count));
        }

        return items;
    }

    /// <summary>Text; null where the file has null.</summary>
    public string? ReadStringOrNull(string expected)
    {
        string? value = _reader.TokenType switch
        {
            JsonTokenType.String => Text(),
            JsonTokenType.Null => null,
            _ => throw Unexpected(expected),
        };
        Advance();
        return value;
    }

    /// <summary>A whole number; 640.0 counts as one.</summary>
    public long ReadInteger(string expected)
    {
        if (_reader.TokenType != JsonTokenType.Number)
        {
            throw Unexpected(expected);
        }

        if (!_reader.TryGetInt64(out long value))
        {
            double number = _reader.GetDouble();
            value = Math.Abs(number) < 1L << 53 && number == Math.Floor(number) ? (long)number : throw Unexpected(expected);
        }

        Advance();
        return value;
    }

    /// <summary>An id: a whole number, also one in quotes as some exporters write it (<c>"12"</c>); null where the file has null.</summary>
    public long? ReadIdOrNull(string expected)
    {
        if (_reader.TokenType == JsonTokenType.Null)
        {
            Advance();
            return null;
        }

        if (_reader.TokenType != JsonTokenType.String)
        {
            return ReadInteger(expected);
        }

        if (!long.TryParse(Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
        {
            throw Unexpected(expected);
        }

        Advance();
        return value;
    }

    public double ReadNumber(string expected)
    {
        if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetDouble(out double value) || !double.IsFinite(value))
        {
            throw Unexpected(expected);
        }

        Advance();
        return value;
    }

    /// <summary>A flag written as true, false or a number; null counts as false.</summary>
    public bool ReadFlag(string expected)
    {
        bool value = _reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False or JsonTokenType.Null => false,
            JsonTokenType.Number => _reader.GetDouble() != 0,
            _ => throw Unexpected(expected),
        };
        Advance();
        return value;
    }

    /// <summary>Four numbers in a list; null for an empty list, which some exporters write beside a polygon.</summary>
    public (double X, double Y, double Width, double Height)? ReadBoxOrNull()
    {
        const string Expected = "a box [x, y, width, height] of four numbers";
        EnterList(Expected);
        Span<double> box = stackalloc double[4];
        int count = 0;
        while (NextElement())
        {
            if (count == 4)
            {
                throw Unexpected(Expected);
            }

            box[count++] = ReadNumber(Expected);
        }

        return count == 0 ? null : count == 4 ? (box[0], box[1], box[2], box[3]) : throw Fail($"found {count} numbers, expected {Expected}.");
    }

    /// <summary>An error about the value at the cursor.</summary>
    public readonly GraftException Unexpected(string expected) => Fail($"found {Found()}, expected {expected}.");

    /// <summary>An error at the cursor's position.</summary>
    public readonly GraftException Fail(string message)
    {
        int line = 1 + _bytes[..(int)Math.Min(_reader.TokenStartIndex, _bytes.Length)].Count((byte)'\n');
        string place = Place();
        return new GraftException(
            Failure.Data, $"{_file}:{line}: {(place.Length > 0 ? place + ": " : "")}{message}", "Correct the file or export it again.");
    }

    private readonly string Text()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new GraftException(Failure.Data, Fail("found text with half of a surrogate pair.").Message, "Export the file again.", e);
        }
    }

    private readonly string Found()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject: return "an object";
            case JsonTokenType.StartArray or JsonTokenType.EndArray: return "a list";
            case JsonTokenType.None: return "nothing";
            default:
                string text = Encoding.UTF8.GetString(_reader.ValueSpan[..Math.Min(_reader.ValueSpan.Length, 40)]);
                return _reader.TokenType == JsonTokenType.String ? $"the text \"{Printable.Name(text)}\"" : text;
        }
    }

    private readonly string Place()
    {
        StringBuilder place = new();
        foreach ((string? name, int index) in _path)
        {
            if (name is not null)
            {
                place.Append(place.Length > 0 ? "." : "").Append(Printable.Name(name));
            }
            else if (index >= 0)
            {
                place.Append(CultureInfo.InvariantCulture, $"[{index}]");
            }
        }

        return place.ToString();
    }

    private void Enter(JsonTokenType token, string expected)
    {
        if (_reader.TokenType != token)
        {
            throw Unexpected(expected);
        }

        _path.Add((null, -1));
        Advance();
    }

    private void Leave()
    {
        _path.RemoveAt(_path.Count - 1);
        Advance();
    }

    private void Advance()
    {
        try
        {
            _reader.Read();
        }
        catch (JsonException e)
        {
            throw Malformed(e);
        }
    }

    private readonly GraftException Malformed(JsonException e) => JsonText.Malformed(_file, _bytes, e, Failure.Data);
}
