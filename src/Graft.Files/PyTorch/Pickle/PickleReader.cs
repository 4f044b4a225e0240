namespace Graft.Files;

/// <summary>
/// A pickle machine (protocols 0 to 5) that only builds inert values. It cannot look up a type or call a function;
/// lengths are checked against the bytes left before anything is allocated, and it never recurses.
/// </summary>
internal ref partial struct PickleReader
{
    private const int Deepest = 1000, MaxMarks = 100_000, MaxPushes = 16_000_000;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly PickleContext _context;
    private readonly string _where;
    private readonly List<PickleValue> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<int, PickleValue> _memo = [];
    private int _at;
    private int _opcodeAt;
    private int _pushes;

    private PickleReader(ReadOnlySpan<byte> bytes, PickleContext context, string where)
    {
        _bytes = bytes;
        _context = context;
        _where = where;
    }

    /// <summary>Reads one pickle from the beginning of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">The pickle, perhaps followed by something else.</param>
    /// <param name="context">The file that it belongs to.</param>
    /// <param name="where">Name for messages.</param>
    /// <param name="used">Length of the pickle in bytes.</param>
    internal static PickleValue Read(ReadOnlySpan<byte> bytes, PickleContext context, string where, out int used)
    {
        PickleReader reader = new(bytes, context, where);
        PickleValue? result;
        do
        {
            result = reader.Step();
        }
        while (result is null);
        used = reader._at;
        return result;
    }

    private PickleValue? Step()
    {
        _opcodeAt = _at;
        byte opcode = Byte();
        switch (opcode)
        {
            case 0x80: Protocol(); break;
            case (byte)'.': return Stop();
            case 0x95: Frame(); break;
            case (byte)'(': Mark(); break;
            case (byte)'0': PopOne(); break;
            case (byte)'1': DropToMark(MarkedAt()); break;
            case (byte)'2': Push(Top()); break;
            case (byte)'N': Push(PickleScalar.None); break;
            case 0x88: Push(PickleScalar.True); break;
            case 0x89: Push(PickleScalar.False); break;
            case (byte)'J': Push(PickleScalar.Of(Int32())); break;
            case (byte)'K': Push(PickleScalar.Of(Byte())); break;
            case (byte)'M': Push(PickleScalar.Of(UInt16())); break;
            case (byte)'I' or (byte)'L': Push(TextInteger(opcode == 'L')); break;
            case 0x8A: Push(LongInteger(Byte())); break;
            case 0x8B: Push(LongInteger(Int32())); break;
            case (byte)'F': Push(TextReal()); break;
            case (byte)'G': Push(BinaryReal()); break;
            case (byte)'X': Push(Utf8(UInt32())); break;
            case 0x8C: Push(Utf8(Byte())); break;
            case 0x8D: Push(Utf8(UInt64())); break;
            case (byte)'U': Push(ByteText(Byte())); break;
            case (byte)'T': Push(ByteText(Int32())); break;
            case (byte)'S': Push(QuotedText()); break;
            case (byte)'V': Push(EscapedText()); break;
            case (byte)'C': Push(Bytes(Byte())); break;
            case (byte)'B': Push(Bytes(UInt32())); break;
            case 0x8E or 0x96: Push(Bytes(UInt64())); break;
            case (byte)']': Push(new PickleSequence(PickleSequenceKind.List)); break;
            case (byte)')': Push(PickleSequence.EmptyTuple); break;
            case (byte)'}': Push(new PickleDictionary()); break;
            case 0x8F: Push(new PickleSequence(PickleSequenceKind.Set)); break;
            case (byte)'l': Push(Gather(PickleSequenceKind.List, MarkedAt(), marked: true)); break;
            case (byte)'t': Push(Gather(PickleSequenceKind.Tuple, MarkedAt(), marked: true)); break;
            case 0x91: Push(Gather(PickleSequenceKind.Set, MarkedAt(), marked: true)); break;
            case 0x85 or 0x86 or 0x87: Push(Gather(PickleSequenceKind.Tuple, FromTop(opcode - 0x84), marked: false)); break;
            case (byte)'a': Append(FromTop(1), marked: false); break;
            case (byte)'e' or 0x90: Append(MarkedAt(), marked: true); break;
            case (byte)'s': SetItems(FromTop(2), marked: false); break;
            case (byte)'u': SetItems(MarkedAt(), marked: true); break;
            case (byte)'d': Dictionary(); break;
            case (byte)'p': Memoize(TextIndex()); break;
            case (byte)'q': Memoize(Byte()); break;
            case (byte)'r': Memoize(UInt32()); break;
            case 0x94: Memoize(_memo.Count); break;
            case (byte)'g': Push(Recall(TextIndex())); break;
            case (byte)'h': Push(Recall(Byte())); break;
            case (byte)'j': Push(Recall(UInt32())); break;
            case (byte)'c': Push(Global(Line(LongestLine), Line(LongestLine))); break;
            case 0x93: StackGlobal(); break;
            case (byte)'Q': Push(PersistentId(Pop())); break;
            case (byte)'R' or 0x81: Call(); break;
            case 0x92: CallWithKeywords(); break;
            case (byte)'b': Build(); break;
            case (byte)'i' or (byte)'o': throw Error("instances of old classes (INST, OBJ) are not supported");
            case 0x82 or 0x83 or 0x84: throw Error("codes of the extension registry are not supported");
            case (byte)'P': throw Error("text persistent ids are not supported");
            case 0x97 or 0x98: throw Error("out-of-band buffers are not supported");
            default: throw Error($"unknown opcode 0x{opcode:x2}");
        }

        return null;
    }

    private void Protocol()
    {
        int protocol = Byte();
        if (protocol > 5)
        {
            throw Error($"pickle protocol {protocol}, at most 5 is known");
        }
    }

    private void Frame()
    {
        if (UInt64() > _bytes.Length - _at)
        {
            throw Error("a frame is longer than the data");
        }
    }

    private readonly PickleValue Stop()
    {
        if (_marks.Count > 0 || _stack.Count != 1)
        {
            throw Error(_stack.Count == 0 ? "the stack is empty at the end" : "objects are left on the stack at the end");
        }

        return _stack[0];
    }

    private void Push(PickleValue value)
    {
        if (++_pushes > MaxPushes)
        {
            throw Error($"more than {MaxPushes} values");
        }

        _stack.Add(value);
    }

    private readonly int Fence => _marks.Count > 0 ? _marks[^1] : 0;

    private readonly int FromTop(int count)
        => _stack.Count - count >= Fence ? _stack.Count - count : throw Error("the stack is empty");

    private readonly PickleValue Top() => _stack[FromTop(1)];

    private readonly PickleValue Pop()
    {
        PickleValue value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private readonly void PopOne()
    {
        if (_marks.Count > 0 && _marks[^1] == _stack.Count)
        {
            _marks.RemoveAt(_marks.Count - 1);
        }
        else
        {
            Pop();
        }
    }

    private readonly void Mark()
    {
        if (_marks.Count >= MaxMarks)
        {
            throw Error($"more than {MaxMarks} open marks");
        }

        _marks.Add(_stack.Count);
    }

    private readonly int MarkedAt() => _marks.Count > 0 ? _marks[^1] : throw Error("there is no mark");

    private readonly void DropToMark(int from)
    {
        _marks.RemoveAt(_marks.Count - 1);
        _stack.RemoveRange(from, _stack.Count - from);
    }

    private readonly void Drop(int from, bool marked)
    {
        if (marked)
        {
            DropToMark(from);
        }
        else
        {
            _stack.RemoveRange(from, _stack.Count - from);
        }
    }

    private void Memoize(long index)
    {
        // An index is never larger than the number of opcodes, so a larger one is an attack on readers that use an array.
        if (index < 0 || index > _bytes.Length)
        {
            throw Error($"memo index {index} is out of bounds");
        }

        _memo[(int)index] = Top();
    }

    private readonly PickleValue Recall(long index)
        => index is >= 0 and <= int.MaxValue && _memo.TryGetValue((int)index, out PickleValue? value)
            ? value
            : throw Error($"memo index {index} was never stored");

    private readonly GraftException Error(string what)
    {
        string hint = "The file is damaged, or it was not written by PyTorch.";
        return Bad.File(_context.Path, $"{what} (byte {_opcodeAt} of {_where}).", hint);
    }
}
