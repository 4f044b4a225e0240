using System.Collections.Concurrent;
using Graft.Configuration;

namespace Graft.Adapters;

/// <summary>The kinds of adapters that <see cref="AdapterOptions.Register"/> added, by name.</summary>
internal sealed class RegisteredKindsAttribute : KindListAttribute
{
    private static readonly ConcurrentDictionary<string, Type> Added = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override IEnumerable<KindAttribute> Kinds
        => Added.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => new KindAttribute(one.Key, one.Value));

    /// <summary>Adds a kind; the same one again changes nothing.</summary>
    /// <exception cref="GraftException">Of kind Usage: the name stands for another type.</exception>
    internal static void Add(string name, Type type)
    {
        Type known = ConfigSchema.Kinds(typeof(AdapterOptions)).FirstOrDefault(kind => kind.Name == name)?.Type ?? Added.GetOrAdd(name, type);
        if (known != type)
        {
            throw new GraftException(Failure.Usage, $"The kind '{name}' is taken already.", "Choose another name.");
        }
    }
}
