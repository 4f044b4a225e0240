using Graft.Detectors;
using Graft.Evaluation;
using Graft.Reports;
using Graft.Torch.Images;

namespace Graft.Tests.Evaluation;

[SideBySide]
public class ConfusionMatrixTests
{
    private static readonly Box Left = new(0, 0, 10, 10);
    private static readonly Box Right = new(50, 0, 60, 10);

    [Fact]
    public void EveryAnnotation_IsCountedOnceInItsColumn()
    {
        ConfusionMatrix matrix = ConfusionMatrix.Of(["open", "short"],
        [
            ([new(0, Left), new(1, Right)], [new(0, 0.9, Left), new(0, 0.8, Right)]),
            ([new(0, Left)], [new(1, 0.9, Right)]),
            ([], [new(1, 0.1, Right)]),
        ]);
        Assert.Equal([1, 1, 0], matrix.Counts[0]);
        Assert.Equal([0, 0, 1], matrix.Counts[1]);
        Assert.Equal([1, 0, 0], matrix.Counts[2]);
        Assert.Equal(0.5, matrix.Share(0, 0));
        Assert.Equal(0, ConfusionMatrix.Of(["open"], []).Share(0, 0));
    }

    [Fact]
    public void BestOverlap_WinsAndTheSecondDetectionIsAFalsePositive()
    {
        ConfusionMatrix matrix = ConfusionMatrix.Of(["a", "b"], [([new(0, Left)], [new(1, 0.95, Left.Map(1, 1, 2)), new(0, 0.3, Left)])]);
        Assert.Equal([1, 0, 0], matrix.Counts[0]);
        Assert.Equal([0, 0, 1], matrix.Counts[1]);
    }

    [Fact]
    public void Image_IsDarkWhereTheShareIsLarge()
    {
        ConfusionMatrix matrix = ConfusionMatrix.Of(["a", "b"], [([new(0, Left)], [new(0, 0.9, Left)])]);
        using Image image = ConfusionChart.Draw(matrix);
        int darkest = 255;
        for (int y = 80; y < image.Height - 60; y++)
        {
            Span<byte> row = image.Row(y);
            darkest = Math.Min(darkest, row[(3 * (image.Width - 20)) + 2]);
        }

        Assert.True(darkest > 200);
        Assert.Contains(Enumerable.Range(80, 40), y => image.Row(y).ToArray().Chunk(3).Any(pixel => pixel[2] == 18 && pixel[0] == 150));
    }
}
