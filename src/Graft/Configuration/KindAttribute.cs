namespace Graft.Configuration;

/// <summary>Names one form of an abstract options record: <c>kind: name</c> in YAML makes this type.</summary>
/// <param name="name">The value of <c>kind</c>.</param>
/// <param name="type">The record that it stands for.</param>
public sealed class KindAttribute(string name, Type type) : KindListAttribute
{
    /// <summary>The value of <c>kind</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The record that it stands for.</summary>
    public Type Type { get; } = type;

    /// <inheritdoc/>
    public override IEnumerable<KindAttribute> Kinds => [this];
}
