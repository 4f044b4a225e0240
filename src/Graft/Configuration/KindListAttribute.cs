namespace Graft.Configuration;

/// <summary>Gives the forms of an abstract options record from a list that a program can extend, instead of one <see cref="KindAttribute"/> per
/// form.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public abstract class KindListAttribute : Attribute
{
    /// <summary>The forms as they are registered when a configuration is read.</summary>
    public abstract IReadOnlyList<KindAttribute> Kinds { get; }
}
