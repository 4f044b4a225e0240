namespace Graft.Files;

/// <summary>An object of a foreign class: its name and its arguments. Nothing is called.</summary>
public sealed class PickleRecord : PickleValue
{
    internal PickleRecord(string className, IReadOnlyList<PickleValue> arguments) => (ClassName, Arguments) = (className, arguments);

    /// <summary>Module and class, joined by a dot, as the file gives them.</summary>
    public string ClassName { get; }

    /// <summary>Arguments of its constructor.</summary>
    public IReadOnlyList<PickleValue> Arguments { get; }

    /// <summary>Its state, usually a dictionary of attributes; null when none was set.</summary>
    public PickleValue? State { get; internal set; }

    /// <summary>Dictionary entries added to it; null when there are none.</summary>
    public PickleDictionary? Entries { get; internal set; }

    /// <summary>List items added to it; null when there are none.</summary>
    public PickleSequence? Items { get; internal set; }

    /// <summary>The class name, escaped and shortened.</summary>
    public override string ToString() => Printable.Name(ClassName);
}
