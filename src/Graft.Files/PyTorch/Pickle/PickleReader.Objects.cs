using System.Text;

namespace Graft.Files;

/// <summary>Containers, and what replaces calls.</summary>
internal ref partial struct PickleReader
{
    private readonly void Attach(PickleValue container, PickleValue child)
    {
        if (!ReferenceEquals(container, child) && child.Depth >= container.Depth)
        {
            container.Depth = child.Depth + 1;
            if (container.Depth > Deepest)
            {
                throw Error($"values are nested deeper than {Deepest} levels");
            }
        }
    }

    private readonly PickleSequence Gather(PickleSequenceKind kind, int from, bool marked)
    {
        PickleSequence sequence = new(kind, _stack.Count == from ? null : _stack.GetRange(from, _stack.Count - from));
        foreach (PickleValue item in sequence.Items)
        {
            Attach(sequence, item);
        }

        Drop(from, marked);
        return sequence;
    }

    private readonly int Below(int from, bool marked)
        => from - 1 >= (marked ? (_marks.Count > 1 ? _marks[^2] : 0) : Fence) ? from - 1 : throw Error("the stack is empty");

    private readonly void Append(int from, bool marked)
    {
        PickleValue target = _stack[Below(from, marked)];
        PickleSequence? items = target as PickleSequence;
        if (target is PickleRecord record)
        {
            items = record.Items ??= new PickleSequence(PickleSequenceKind.List);
        }

        if (items is null || items.Kind == PickleSequenceKind.Tuple)
        {
            throw Error("items are added to something that is not a list or set");
        }

        for (int i = from; i < _stack.Count; i++)
        {
            items.Add(_stack[i]);
            Attach(target, _stack[i]);
        }

        Drop(from, marked);
    }

    private readonly void SetItems(int from, bool marked)
    {
        PickleValue target = _stack[Below(from, marked)];
        PickleDictionary? dictionary = target as PickleDictionary;
        if (target is PickleRecord record)
        {
            dictionary = record.Entries ??= new PickleDictionary();
        }

        Fill(dictionary ?? throw Error("entries are added to something that is not a dictionary"), from);
        Attach(target, dictionary);
        Drop(from, marked);
    }

    private void Dictionary()
    {
        PickleDictionary dictionary = new();
        int from = MarkedAt();
        Fill(dictionary, from);
        DropToMark(from);
        Push(dictionary);
    }

    private readonly void Fill(PickleDictionary dictionary, int from)
    {
        if ((_stack.Count - from) % 2 != 0)
        {
            throw Error("an odd number of dictionary items");
        }

        for (int i = from; i < _stack.Count; i += 2)
        {
            Set(dictionary, _stack[i], _stack[i + 1]);
        }
    }

    private readonly void Set(PickleDictionary dictionary, PickleValue key, PickleValue value)
    {
        if (!dictionary.TrySet(key, value, out bool replaced))
        {
            throw Error($"a {key} cannot be a dictionary key");
        }

        if (replaced)
        {
            _context.Remark($"the key {key} appears more than once in one dictionary; the last value is used");
        }

        Attach(dictionary, key);
        Attach(dictionary, value);
    }

    private readonly PickleGlobal Global(string module, string member)
    {
        if (module.Length > LongestLine || member.Length > LongestLine)
        {
            throw Error("the name of a class is overlong");
        }

        PickleGlobal found = PickleGlobals.Find(module, member);
        if (found.Meaning == PickleMeaning.Forbidden || (found.Meaning == PickleMeaning.Foreign && _context.Policy == WeightPolicy.Strict))
        {
            throw Bad.File(_context.Path,
                $"names {Printable.Quoted(found.Name)}, a class or function that is not allowed (byte {_opcodeAt} of {_where}).",
                found.Meaning == PickleMeaning.Foreign
                    ? "The policy that skips foreign classes reads the tensors beside it; none of the classes is ever called." : null);
        }

        if (found.Meaning == PickleMeaning.Foreign)
        {
            _context.CountForeign(found.Name);
        }

        return found;
    }

    private void StackGlobal()
    {
        PickleValue member = Pop(), module = Pop();
        Push(Global(module.Text ?? throw NotText(), member.Text ?? throw NotText()));
    }

    private readonly GraftException NotText() => Error("the name of a class is not text");

    private void CallWithKeywords()
    {
        if (Pop() is not PickleDictionary keywords)
        {
            throw Error("keyword arguments are not a dictionary");
        }

        Call();
        if (_stack[^1] is PickleRecord record && keywords.Entries.Count > 0)
        {
            record.State = keywords;
            Attach(record, keywords);
        }
    }

    private void Call()
    {
        PickleValue arguments = Pop(), callee = Pop();
        if (arguments is not PickleSequence { Kind: PickleSequenceKind.Tuple } tuple)
        {
            throw Error("the arguments of a call are not a tuple");
        }

        PickleValue result = callee switch
        {
            PickleGlobal { Meaning: not PickleMeaning.Foreign } known => Known(known, tuple.Items),
            PickleGlobal foreign => Unwrapped(foreign, tuple.Items) ?? Record(foreign.Name, tuple),
            PickleRecord record => Record(record.ClassName + "()", tuple),
            _ => throw Error("a call of something that is not a class or function"),
        };
        Push(result);
    }

    private readonly PickleRecord Record(string name, PickleSequence arguments)
    {
        PickleRecord record = new(name.Length > LongestLine ? "(a chain of calls)" : name, arguments.Items);
        Attach(record, arguments);
        return record;
    }

    private readonly PickleValue Known(PickleGlobal callee, IReadOnlyList<PickleValue> arguments)
    {
        switch (callee.Meaning)
        {
            case PickleMeaning.OrderedDictionary: return OrderedDictionary(arguments);
            case PickleMeaning.Set: return SetOf(arguments);
            case PickleMeaning.EncodeLatin1: return EncodeLatin1(arguments);
            case PickleMeaning.RebuildTensor: return Tensor(arguments, 4, 4, hasType: false);
            case PickleMeaning.RebuildTensorV2: return Tensor(arguments, 6, 7, hasType: false);
            case PickleMeaning.RebuildTensorV3: return Tensor(arguments, 7, 8, hasType: true);
            case PickleMeaning.RebuildParameter when arguments is [PickleTensor or PickleRecord, _, _]: return arguments[0];
            case PickleMeaning.Size when arguments is [PickleSequence { Kind: not PickleSequenceKind.Set } sizes]: return sizes;
            case PickleMeaning.Device when arguments is [PickleScalar { Value: string } device, ..]: return device;
            case PickleMeaning.NumpyType: return NumpyType(arguments);
            case PickleMeaning.NumpyScalar: return NumpyScalar(arguments);
            default: throw Error($"{callee} cannot be called like this");
        }
    }

    private readonly PickleDictionary OrderedDictionary(IReadOnlyList<PickleValue> arguments)
    {
        PickleDictionary dictionary = new();
        foreach (PickleValue pair in arguments is [PickleSequence pairs] ? pairs.Items : arguments)
        {
            if (pair is not PickleSequence { Items: [var key, var value] })
            {
                throw Error("an ordered dictionary is made of something other than pairs");
            }

            Set(dictionary, key, value);
        }

        return dictionary;
    }

    private readonly PickleSequence SetOf(IReadOnlyList<PickleValue> arguments)
    {
        PickleSequence set = new(PickleSequenceKind.Set);
        IReadOnlyList<PickleValue> items = arguments switch
        {
            [] => [],
            [PickleSequence sequence] => sequence.Items,
            _ => throw Error("a set is made of something other than items"),
        };
        foreach (PickleValue item in items)
        {
            set.Add(item);
            Attach(set, item);
        }

        return set;
    }

    private readonly PickleScalar EncodeLatin1(IReadOnlyList<PickleValue> arguments)
    {
        if (arguments is not [{ Text: { } text }, { Text: "latin1" }] || text.AsSpan().ContainsAnyExceptInRange('\0', '\u00FF'))
        {
            throw Error("_codecs.encode is allowed with latin1 text only");
        }

        return new(Encoding.Latin1.GetBytes(text));
    }

    private readonly void Build()
    {
        PickleValue state = Pop(), target = Top();
        switch (target)
        {
            case PickleDictionary dictionary:
                dictionary.Attributes = state;
                break;
            case PickleRecord record:
                record.State = state;
                break;
            case PickleTensor when _context.Policy == WeightPolicy.Skip:
                _context.Remark("attributes of a tensor are ignored");
                return;
            default:
                throw Error("state is set on an object that has none");
        }

        Attach(target, state);
    }
}
