namespace Graft.Configuration;

/// <summary>Gives forms of an abstract options record, which <c>kind: name</c> in YAML picks from: one by <see cref="KindAttribute"/>, or a list
/// that a program can extend.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public abstract class KindListAttribute : Attribute
{
    /// <summary>The forms as they are when a configuration is read.</summary>
    public abstract IEnumerable<KindAttribute> Kinds { get; }
}
