namespace Graft.Files;

/// <summary>An object of a class that the reader does not know: its name and what was handed to it. Nothing was called.</summary>
public sealed class PickleRecord : PickleValue
{
    internal PickleRecord(string className, IReadOnlyList<PickleValue> arguments) => (ClassName, Arguments) = (className, arguments);

    /// <summary>Module and class, joined by a dot, as the file gives them.</summary>
    public string ClassName { get; }

    /// <summary>What its constructor would have got.</summary>
    public IReadOnlyList<PickleValue> Arguments { get; }

    /// <summary>Its state, usually a dictionary of attributes; null when none was set.</summary>
    public PickleValue? State { get; internal set; }

    /// <summary>Entries that were added to it as to a dictionary; null when there are none.</summary>
    public PickleDictionary? Entries { get; internal set; }

    /// <summary>Items that were added to it as to a list; null when there are none.</summary>
    public PickleSequence? Items { get; internal set; }

    /// <summary>The class name, escaped and shortened.</summary>
    public override string ToString() => Printable.Name(ClassName);
}
