using Xunit;
using Xunit.Abstractions;

namespace Graft.Testing;

/// <summary>
/// One order of the test classes for all runs. They draw from the process's one random generator, so that another order gives a test other
/// numbers; xunit's own order is another one each time.
/// </summary>
public sealed class CollectionsByName : ITestCollectionOrderer
{
    /// <summary>As an assembly attribute wants it.</summary>
    public const string Name = "Graft.Testing.CollectionsByName";

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections)
        => testCollections.OrderBy(collection => collection.DisplayName, StringComparer.Ordinal);
}
