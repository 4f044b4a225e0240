namespace Graft.Files.Tests;

[SideBySide]
public sealed class WeightComparisonTests
{
    [Fact]
    public void Values_AreComparedWhereBothFilesHaveThem()
    {
        using TemporaryFolder one = new(), two = new();
        using WeightFile file = Arrays.File(one, ("same", [2], 1), ("near", [2], 2), ("far", [2], 3), ("wide", [3], 4), ("own", [1], 5));
        using WeightFile expected = Arrays.File(two, ("same", [2], 1), ("near", [2], 2.25f), ("far", [2], 7), ("wide", [4], 4), ("other", [1], 5));
        WeightComparison comparison = WeightComparison.Between(file, expected, 0.5);
        Assert.Equal(["same", "near", "far", "wide"], comparison.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(["far", "wide"], comparison.Different.Select(tensor => tensor.Name));
        Assert.Equal((1, 4), (comparison.Equal, comparison.Largest));
        Assert.Equal(["other"], comparison.Names.Missing.Select(weight => weight.Name));
        Assert.Equal(["own"], comparison.Names.Unexpected.Select(entry => entry.Name));
        Assert.False(comparison.Agree);
    }

    [Fact]
    public void FilesAgree_WhenNamesShapesAndValuesDo()
    {
        using TemporaryFolder one = new(), two = new();
        using WeightFile file = Arrays.File(one, ("a", [2], 1)), near = Arrays.File(two, ("a", [2], 1.25f));
        Assert.True(WeightComparison.Between(file, file).Agree);
        Assert.False(WeightComparison.Between(file, near).Agree);
        Assert.True(WeightComparison.Between(file, near, 0.25).Agree);
    }
}
