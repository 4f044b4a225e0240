using Graft.Files;
using Graft.Torch.Weights;

namespace Graft.Peft.Tests;

public class PeftWriterTests
{
    [Fact]
    public void WrittenAdapter_ReadsBackWithItsRanksAndScalings()
    {
        using TemporaryFolder folder = new();
        PeftWriter.Write(folder.Path,
            [
                new LoraPair("model.0.conv", Filled(4, 3, 3, 3), Filled(8, 4, 1, 1), 2),
                new LoraPair("model.1.conv", Filled(4, 8, 1, 1), Filled(8, 4, 1, 1), 2),
                new LoraPair("head.fc", Filled(2, 8), Filled(5, 2), 0.5),
            ],
            new PeftConfig { TaskType = "FEATURE_EXTRACTION" },
            [WeightData.From("model.0.bn.weight", new float[8], 8), WeightData.From("model.0.bn.running_mean", new float[8], 8)]);
        using PeftAdapter adapter = PeftAdapter.Open(folder.Path);
        Assert.Empty(adapter.Remarks);
        Assert.Equal([("head.fc", 2, 0.5), ("model.0.conv", 4, 2.0), ("model.1.conv", 4, 2.0)],
            adapter.Modules.Select(module => (module.Path, module.Rank, module.Scaling)));
        Assert.Equal(["model.0.bn.running_mean", "model.0.bn.weight"], adapter.Replacements.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["model.0.bn"], adapter.Config.ModulesToSave);
        Assert.Equal(["head.fc", "model.0.conv", "model.1.conv"], adapter.Config.TargetModules.Names.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    public void WhatPeftCannotExpress_IsRefused(long groups, long dilation)
    {
        using TemporaryFolder folder = new();
        LoraPair pair = new("conv", Filled(4, 3, 3, 3), Filled(8, 4, 1, 1), 1, groups, dilation);
        GraftException error = Assert.Throws<GraftException>(() => PeftWriter.Write(folder.At("adapter"), [pair]));
        Assert.Equal(Failure.Refused, error.Failure);
        Assert.False(Directory.Exists(folder.At("adapter")));
    }

    private static WeightData Filled(params long[] shape)
    {
        float[] values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        values.AsSpan().Fill(0.5f);
        return WeightData.From("any", values, shape);
    }
}
