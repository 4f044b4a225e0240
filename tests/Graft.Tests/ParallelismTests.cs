using System.Reflection;
using System.Text.RegularExpressions;
using Graft.Torch;

namespace Graft.Tests;

/// <summary>Conditions for running tests side by side and in any order.</summary>
public sealed partial class ParallelismTests
{
    [Fact]
    public void EachTest_HasItsOwnRandomNumbers()
    {
        using TensorScope scope = TensorScope.Begin();
        double[] drawn = Tensor.Rand(8).ToDoubles();
        TorchRuntime.Seed(SeededByNameAttribute.SeedOf($"{typeof(ParallelismTests).FullName}.{nameof(EachTest_HasItsOwnRandomNumbers)}"));
        Assert.Equal(Tensor.Rand(8).ToDoubles(), drawn);
        Assert.NotEqual(SeededByNameAttribute.SeedOf("A.ab"), SeededByNameAttribute.SeedOf("A.ba"));
    }

    [Fact]
    public void TestsThatRunSideBySide_TouchNothingGlobal()
    {
        Dictionary<string, string> sources = Directory.EnumerateFiles(Path.Combine(Shared.Checkout, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);
        string[] marked = [.. sources.Where(source => source.Value.Contains("\n[SideBySide]\n", StringComparison.Ordinal)).Select(source => source.Key)];
        Assert.True(marked.Length > 30, $"Only {marked.Length} classes run side by side.");
        foreach (Type type in Assembly.GetExecutingAssembly().GetTypes().Where(type => type.GetCustomAttribute<SideBySideAttribute>() is not null))
        {
            Assert.Contains(type.Name, marked);
        }

        Assert.All(marked, name => Assert.False(Global().IsMatch(sources[name]), $"{name} uses {Global().Match(sources[name])}; take [SideBySide] away."));
    }

    [GeneratedRegex(@"\bTensor\.|\bTorchRuntime\b|new (YoloWorld|V10|Trainer)\(|SetEnvironmentVariable|CurrentDirectory\b|\bDefaultThreadCurrent|\bWorkingSet")]
    private static partial Regex Global();
}
