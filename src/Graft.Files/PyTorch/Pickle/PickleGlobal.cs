namespace Graft.Files;

/// <summary>The name of a class or function as a pickle mentions it; a label that is never resolved.</summary>
public sealed class PickleGlobal : PickleValue
{
    internal PickleGlobal(string module, string member, PickleMeaning meaning, ElementType? element)
        => (Module, Member, Meaning, Element) = (module, member, meaning, element);

    /// <summary>The module part.</summary>
    public string Module { get; }

    /// <summary>The part after the module.</summary>
    public string Member { get; }

    /// <summary>Module and member, joined by a dot.</summary>
    public string Name => $"{Module}.{Member}";

    internal PickleMeaning Meaning { get; }

    internal ElementType? Element { get; }

    /// <summary>The name, escaped and shortened.</summary>
    public override string ToString() => Printable.Name(Name);
}
