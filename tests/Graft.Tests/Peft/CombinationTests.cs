using Graft.Files;

namespace Graft.Peft.Tests;

/// <summary>Combinations under PEFT's names match PEFT's; those under Graft's names are exact.</summary>
[Trait("Kind", "Parity")]
public class CombinationTests
{
    private static readonly double[] Weights = [0.7, -0.4, 1.2];

    [Theory]
    [InlineData(CombinationMethod.Cat, false, "cat", 1.0, 7.86e-8)]
    [InlineData(CombinationMethod.Linear, false, "linear", 1.0, 0.7505695819854736)]
    [InlineData(CombinationMethod.Ties, false, "ties_total", 0.5, 0.695262610912323)]
    [InlineData(CombinationMethod.Ties, true, "ties_frequency", 0.5, 0.8435272574424744)]
    [InlineData(CombinationMethod.MagnitudePrune, false, "magnitude_prune", 0.5, 0.7148240208625793)]
    public void Recipe_GivesPeftsMatrices(CombinationMethod method, bool byCount, string name, double density, double error)
    {
        using TemporaryFolder folder = new();
        CombinationReport report = Combine(folder, new() { Method = method, Weights = Weights, Density = density, ElectByCount = byCount });
        using PeftAdapter made = PeftAdapter.Open(folder.Path);
        using WeightFile golden = WeightFile.Open(Unit("expected.safetensors"));
        LoraModule module = Assert.Single(made.Modules);
        Assert.Equal(1, module.Scaling);
        AssertClose(golden[name + ".A"].ToDoubles(), module.A.ToDoubles(), 1e-5);
        AssertClose(golden[name + ".B"].ToDoubles(), module.B.ToDoubles(), 1e-5);
        Assert.Equal(error, report.RelativeError, 1e-5);
    }

    [Theory]
    [InlineData(CombinationMethod.Svd, "svd.delta_correct", 0.09090261906385422)]
    [InlineData(CombinationMethod.PeftSvd, "svd.delta_as_peft_does", 2.9017176628112793)]
    public void SingularValues_GiveTheUpdateOfTheirRank(CombinationMethod method, string name, double error)
    {
        using TemporaryFolder folder = new();
        CombinationReport report = Combine(folder, new() { Method = method, Weights = Weights, Rank = 4 });
        using PeftAdapter made = PeftAdapter.Open(folder.Path);
        using WeightFile golden = WeightFile.Open(Unit("expected.safetensors"));
        AssertClose(golden[name].ToDoubles(), Delta(made.Modules[0]), 1e-4);
        Assert.Equal(error, report.RelativeError, 1e-5);
        Assert.NotNull(report.Warning);
    }

    [Fact]
    public void SvdOfFullRank_IsTheWeightedSum()
    {
        using TemporaryFolder folder = new();
        CombinationReport report = Combine(folder, new() { Method = CombinationMethod.Svd, Weights = Weights, Rank = 12 });
        Assert.True(report.RelativeError < 1e-12);
        Assert.Null(report.Warning);
        using PeftAdapter made = PeftAdapter.Open(folder.Path);
        using WeightFile golden = WeightFile.Open(Unit("expected.safetensors"));
        AssertClose(golden["exact_weighted_sum"].ToDoubles(), Delta(made.Modules[0]), 1e-5);
    }

    [Fact]
    public void RandomMasks_RepeatWithTheirSeed()
    {
        using TemporaryFolder first = new(), again = new(), other = new();
        CombinationOptions options = new() { Method = CombinationMethod.DareLinear, Weights = Weights, Density = 0.5, Seed = 3 };
        Combine(first, options);
        Combine(again, options);
        Combine(other, options with { Seed = 4 });
        Assert.Equal(File.ReadAllBytes(first.At(PeftAdapter.SafeWeights)), File.ReadAllBytes(again.At(PeftAdapter.SafeWeights)));
        Assert.NotEqual(File.ReadAllBytes(first.At(PeftAdapter.SafeWeights)), File.ReadAllBytes(other.At(PeftAdapter.SafeWeights)));
    }

    [Fact]
    public void UnsuitableAdapters_AreRefused()
    {
        using TemporaryFolder folder = new();
        using PeftAdapter dora = PeftAdapter.Open(Shared.Golden("peft", "units", "dora_linear", "adapter"));
        using PeftAdapter plain = PeftAdapter.Open(Unit("adapter0"));
        Assert.Equal(Failure.Refused, Assert.Throws<GraftException>(()
            => Combination.Write([plain, dora], folder.At("out"), new() { Weights = [1, 1] })).Failure);
        Assert.Equal(Failure.Usage, Assert.Throws<GraftException>(()
            => Combination.Write([plain], folder.At("out"), new() { Weights = [1, 1] })).Failure);
    }

    private static CombinationReport Combine(TemporaryFolder folder, CombinationOptions options)
    {
        using PeftAdapter a = PeftAdapter.Open(Unit("adapter0")), b = PeftAdapter.Open(Unit("adapter1")),
            c = PeftAdapter.Open(Unit("adapter2"));
        return Combination.Write([a, b, c], folder.Path, options);
    }

    private static double[] Delta(LoraModule module)
    {
        double[] a = module.A.ToDoubles(), b = module.B.ToDoubles();
        int rank = module.Rank, inputs = (int)module.A.Shape[1], outputs = (int)module.B.Shape[0];
        return [.. Enumerable.Range(0, outputs * inputs)
            .Select(i => module.Scaling * Enumerable.Range(0, rank).Sum(k => b[(i / inputs * rank) + k] * a[(k * inputs) + (i % inputs)]))];
    }

    private static string Unit(params string[] parts) => Shared.Golden(["peft", "units", "combine", .. parts]);

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(Enumerable.Range(0, expected.Length), i => Assert.Equal(expected[i], actual[i], tolerance));
    }
}
