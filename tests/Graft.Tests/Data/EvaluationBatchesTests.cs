using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;

namespace Graft.Tests.Data;

[SideBySide]
public sealed class EvaluationBatchesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_ComeInFileOrderAsTheTestPipelineFitsThem()
    {
        DetectionDataset data = PaintedBoards.Write(_folder, 5, 130, 77);
        using EvaluationBatches batches = new(data, new BatchOptions { Size = 2, Side = 96 });
        Assert.Equal(3, batches.Count);
        List<DetectionImage> seen = [];
        foreach (Batch batch in batches.All())
        {
            int length = 3 * 96 * 96;
            for (int i = 0; i < batch.Images.Count; i++)
            {
                (Graft.Torch.Images.Image input, Fitting fitting) = new Letterbox(96).Load(batch.Images[i].Path);
                using (input)
                {
                    byte[] planes = new byte[length];
                    input.CopyPlanes(planes, swap: true);
                    Assert.Equal(planes, batch.Pixels.Slice(i * length, length).ToArray());
                    Assert.Equal(fitting, batch.Fittings[i]);
                }
            }

            seen.AddRange(batch.Images);
        }

        Assert.Equal(data.Images, seen);
    }

    [Fact]
    public void UnreadableImage_IsNotScored()
    {
        DetectionDataset data = PaintedBoards.Write(_folder, 3) with
        {
            Annotations = [new(1, 100, 1, 5, 5, 20, 20, 400), new(2, 101, 1, 5, 5, 20, 20, 400)],
        };
        File.WriteAllText(data.Images[1].Path, "no image");
        using EvaluationBatches batches = new(data, new BatchOptions { Size = 1, Side = 96, Workers = 2 });
        Assert.Equal([100L, 102L], batches.All().Select(batch => batch.Images.Single().Id));
        Assert.Equal([101L], batches.Unreadable);
        Assert.Equal(1, data.Problems.CountOf(DataProblemKind.UnreadableImage));
        CocoGroundTruth truth = CocoGroundTruth.From(data) with { ImageIds = [100, 102] };
        CocoResult found = CocoResult.From(100, new Detection(0, 0.9, new Box(5, 5, 25, 25)), data.Categories);
        Assert.Equal(1, CocoEvaluator.Evaluate(truth, [found]).Map, 1e-9);
    }
}
