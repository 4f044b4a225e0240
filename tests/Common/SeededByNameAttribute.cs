using System.Reflection;
using Graft.Torch;
using Xunit.Sdk;

namespace Graft.Testing;

/// <summary>Seeds libtorch's generator before each test from the test's name: what it draws depends on no other test and on no order.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SeededByNameAttribute : BeforeAfterTestAttribute
{
    /// <summary>The seed of a test.</summary>
    public static ulong SeedOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        ulong seed = 0;
        foreach (char letter in name)
        {
            seed = SplitMix64.Mix(seed + letter + SplitMix64.Golden);
        }

        return seed;
    }

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest)
    {
        ArgumentNullException.ThrowIfNull(methodUnderTest);
        TorchRuntime.Seed(SeedOf($"{methodUnderTest.ReflectedType?.FullName}.{methodUnderTest.Name}"));
    }
}
