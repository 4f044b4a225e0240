using Xunit.Abstractions;
using Xunit.Sdk;

namespace Graft.Testing;

/// <summary>
/// Decides which test classes run side by side: those with <see cref="SideBySideAttribute"/>, which touch no global state. All others
/// run one after another, each test with its own seed (<see cref="SeededByNameAttribute"/>): libtorch has one random generator, one
/// number of threads and one count of live tensors in a process.
/// </summary>
public sealed class CollectionsByUse : IXunitTestCollectionFactory
{
    /// <summary>The constructor that an assembly attribute needs.</summary>
    public const string Name = "Graft.Testing.CollectionsByUse";

    private readonly ITestAssembly _assembly;
    private readonly TestCollection _inTurn, _alone;

    /// <summary>The constructor that xunit calls.</summary>
    public CollectionsByUse(ITestAssembly testAssembly, IMessageSink diagnosticMessageSink)
    {
        _ = diagnosticMessageSink;
        _assembly = testAssembly;
        _inTurn = new TestCollection(testAssembly, Reflector.Wrap(typeof(InTurn)), "one after another");
        _alone = new TestCollection(testAssembly, Reflector.Wrap(typeof(Alone)), "alone");
    }

    /// <inheritdoc/>
    public string DisplayName => "by use";

    /// <inheritdoc/>
    public ITestCollection Get(ITypeInfo testClass)
    {
        ArgumentNullException.ThrowIfNull(testClass);
        return Has(typeof(AloneAttribute)) ? _alone
            : Has(typeof(SideBySideAttribute)) ? new TestCollection(_assembly, null, testClass.Name)
            : _inTurn;

        bool Has(Type attribute) => testClass.GetCustomAttributes(attribute.AssemblyQualifiedName!).Any();
    }
}
