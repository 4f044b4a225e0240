namespace Graft.Files;

/// <summary>
/// A value read from a pickle, inert: numbers, text, containers, tensors, and records of foreign objects.
/// Values may be shared and may form cycles; nothing here walks them by recursion.
/// </summary>
public abstract class PickleValue
{
    private protected PickleValue()
    {
    }

    /// <summary>Nesting depth below, counted while reading; the reader limits it.</summary>
    internal int Depth { get; set; }

    /// <summary>The value of a string; null for anything else.</summary>
    public string? Text => (this as PickleScalar)?.Value as string;

    /// <summary>Whether this is Python's None.</summary>
    public bool IsNone => this is PickleScalar { Value: null };

    /// <summary>The value of an integer or Boolean that fits 64 bits; null for anything else.</summary>
    public long? Integer => (this as PickleScalar)?.Value switch
    {
        long value => value,
        bool value => value ? 1 : 0,
        _ => null,
    };

    /// <summary>The value of any real number; null for anything else.</summary>
    public double? Number => (this as PickleScalar)?.Value switch
    {
        double value => value,
        System.Numerics.BigInteger value => (double)value,
        _ => Integer,
    };

    /// <summary>
    /// The value under a text key of a dictionary, of a record's entries or of a record's state; null when there is none.
    /// </summary>
    public PickleValue? this[string key] => this switch
    {
        PickleDictionary dictionary => dictionary.Find(key),
        PickleRecord record => record.Entries?.Find(key) ?? (record.State as PickleDictionary)?.Find(key),
        _ => null,
    };
}
