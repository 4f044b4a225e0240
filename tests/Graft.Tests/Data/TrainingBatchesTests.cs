using Graft.Data;
using Graft.Detectors;

namespace Graft.Tests.Data;

public sealed class TrainingBatchesTests : IDisposable
{
    private const int Side = 128;
    private static readonly AugmentOptions Plain = AugmentOptions.None;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Boxes_FollowTheirPixels(bool mosaic)
    {
        AugmentOptions augment = Plain with { Mosaic = mosaic ? 1 : 0, Scale = 0.4, Translate = 0.1, Fliplr = 0.5, Flipud = 0.5 };
        using TrainingBatches batches = Load(PaintedBoards.Write(_folder, 12), augment, workers: 2);
        int seen = 0;
        foreach (Batch batch in batches.Epoch(0).Concat(batches.Epoch(1)))
        {
            for (int image = 0; image < batch.Images.Count; image++)
            {
                foreach (Targets.Row row in batch.Targets.Boxes.Where(row => row.Image == image))
                {
                    seen++;
                    AssertPainted(batch, row);
                }
            }
        }

        Assert.True(seen > 40, $"only {seen} boxes came out");
    }

    [Fact]
    public void NothingRandom_GivesTheLetterboxedImage()
    {
        DetectionDataset data = PaintedBoards.Write(_folder, 3);
        using TrainingBatches batches = Load(data, Plain, workers: 0, size: 1);
        Letterbox letterbox = new(Side) { ScaleUp = true };
        foreach (Batch batch in batches.Epoch(0))
        {
            (Graft.Torch.Images.Image input, Fitting fitting) = letterbox.Load(batch.Images[0].Path);
            using (input)
            {
                byte[] planes = new byte[3 * Side * Side];
                input.CopyPlanes(planes, swap: true);
                Assert.Equal(planes, batch.Pixels.ToArray());
            }

            Assert.Equal(fitting, batch.Fittings[0]);
            Box first = batch.Images[0].Objects[0].Box;
            Assert.Equal((float)((first.X1 * fitting.ScaleX) + fitting.Left), batch.Targets.Boxes[0].X1);
            Assert.Equal((float)((first.Y2 * fitting.ScaleY) + fitting.Top), batch.Targets.Boxes[0].Y2);
        }
    }

    [Fact]
    public void SameSeedAndEpoch_GiveTheSameBytes_WhateverThreadsAndMemory()
    {
        DetectionDataset data = PaintedBoards.Write(_folder, 10);
        AugmentOptions augment = new() { Mixup = 0.5, Filters = 0.3, Degrees = 10, Shear = 3 };
        List<(byte[] Pixels, float[] Rows)> reference = Collect(Load(data, augment, workers: 0), epoch: 3);
        Assert.Equal(3, reference.Count);
        foreach (TrainingBatches batches in new[] { Load(data, augment, workers: 1), Load(data, augment, workers: 4, cache: 0) })
        {
            AssertSame(reference, Collect(batches, epoch: 3));
        }

        Assert.NotEqual(reference[0].Pixels, Collect(Load(data, augment, workers: 2), epoch: 4)[0].Pixels);
        Assert.NotEqual(reference[0].Pixels, Collect(Load(data, augment, workers: 2, seed: 9), epoch: 3)[0].Pixels);
    }

    [Fact]
    public void SkippedBatches_DoNotChangeTheOthers()
    {
        DetectionDataset data = PaintedBoards.Write(_folder, 10);
        List<(byte[] Pixels, float[] Rows)> all = Collect(Load(data, new AugmentOptions(), workers: 2), epoch: 1);
        AssertSame(all[2..], Collect(Load(data, new AugmentOptions(), workers: 2), epoch: 1, skip: 2));
    }

    [Fact]
    public void EveryImage_IsUsedOncePerEpoch()
    {
        using TrainingBatches batches = Load(PaintedBoards.Write(_folder, 10), new AugmentOptions(), workers: 2);
        long[] first = [.. batches.Epoch(0).SelectMany(batch => batch.Images).Select(image => image.Id)];
        long[] second = [.. batches.Epoch(1).SelectMany(batch => batch.Images).Select(image => image.Id)];
        Assert.Equal(Enumerable.Range(100, 10).Select(id => (long)id), first.Order());
        Assert.Equal(first.Order(), second.Order());
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void ClosingEpochs_HaveNoMosaic()
    {
        using TrainingBatches batches = Load(PaintedBoards.Write(_folder, 6), Plain with { Mosaic = 1, Mixup = 1 }, workers: 2, size: 6);
        Assert.All(Enumerable.Range(0, 6), image => Assert.Equal(
            2, batches.Epoch(0, closing: true).Single().Targets.Boxes.Count(row => row.Image == image)));
        Assert.True(batches.Epoch(0).Single().Targets.Boxes.Count > 12);
    }

    [Fact]
    public void UnreadableImage_IsReplacedAndCountedOnce()
    {
        DetectionDataset data = PaintedBoards.Write(_folder, 6);
        File.WriteAllText(data.Images[2].Path, "no image");
        File.Delete(data.Images[4].Path);
        using TrainingBatches batches = Load(data, new AugmentOptions(), workers: 2);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            Assert.Equal(6, batches.Epoch(epoch).Sum(batch => batch.Images.Count));
        }

        DataProblem problem = Assert.Single(data.Problems.List());
        Assert.Equal((DataProblemKind.UnreadableImage, 2), (problem.Kind, problem.Count));
        Assert.Contains($"{data.Images[2].Path}: not a readable image: it is a text file", problem.Examples);
    }

    [Fact]
    public void ImageOfAnotherSize_IsNotUsed()
    {
        DetectionDataset data = PaintedBoards.Write(_folder, 3);
        PngFile.Write(_folder, "01.png", 100, 100);
        using TrainingBatches batches = Load(data, Plain, workers: 0);
        Assert.Single(batches.Epoch(0));
        Assert.Equal(1, data.Problems.CountOf(DataProblemKind.ImageSizeDiffers));
    }

    [Fact]
    public void NoReadableImage_IsAnError()
    {
        DetectionDataset data = PaintedBoards.Write(_folder, 2);
        data.Images.ToList().ForEach(image => File.Delete(image.Path));
        using TrainingBatches batches = Load(data, Plain, workers: 2);
        GraftException error = Assert.Throws<GraftException>(() => batches.Epoch(0).Count());
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains("none of its 2 images can be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stop_EndsTheEpochEarlyAndQuietly()
    {
        using TrainingBatches batches = Load(PaintedBoards.Write(_folder, 12), new AugmentOptions(), workers: 2, size: 2);
        using CancellationTokenSource stop = new();
        int taken = 0;
        foreach (Batch batch in batches.Epoch(0, stop: stop.Token))
        {
            Assert.Equal(2, batch.Images.Count);
            if (++taken == 2)
            {
                stop.Cancel();
            }
        }

        Assert.Equal(2, taken);
    }

    [Fact]
    public void Batch_ConvertsToATensor()
    {
        using TrainingBatches batches = Load(PaintedBoards.Write(_folder, 3), Plain, workers: 0);
        Batch batch = batches.Epoch(0).Single();
        using Graft.Torch.Tensor tensor = batch.ToTensor();
        Assert.Equal([3L, 3, Side, Side], tensor.Shape);
        Assert.Equal(batch.Pixels.ToArray(), tensor.ToArray<byte>());
        Assert.Equal(6 * batch.Targets.Boxes.Count, batch.Rows().Length);
    }

    private static void AssertPainted(Batch batch, Targets.Row row)
    {
        // The colour of the class fills the box from edge to edge, within the pixel that interpolation blurs.
        (double x, double y) = ((row.X1 + row.X2) / 2, (row.Y1 + row.Y2) / 2);
        int plane = row.Label == 0 ? 0 : 2;
        Assert.True(Level(batch, row.Image, plane, x, y) > 200, $"{row} is not painted in its middle");
        foreach ((double edgeX, double edgeY, double outX, double outY) in new (double, double, double, double)[]
        {
            (row.X1 + 1.5, y, row.X1 - 2, y), (row.X2 - 1.5, y, row.X2 + 2, y), (x, row.Y1 + 1.5, x, row.Y1 - 2), (x, row.Y2 - 1.5, x, row.Y2 + 2),
        })
        {
            Assert.True(Level(batch, row.Image, plane, edgeX, edgeY) > 180, $"{row} is larger than its paint");
            if (outX > 0 && outY > 0 && outX < Side - 1 && outY < Side - 1)
            {
                Assert.True(Level(batch, row.Image, plane, outX, outY) < 180, $"{row} is smaller than its paint");
            }
        }
    }

    private static int Level(Batch batch, int image, int plane, double x, double y)
        => batch.Pixels[(((((image * 3) + plane) * Side) + Math.Clamp((int)y, 0, Side - 1)) * Side) + Math.Clamp((int)x, 0, Side - 1)];

    private static List<(byte[] Pixels, float[] Rows)> Collect(TrainingBatches batches, int epoch, int skip = 0)
    {
        using (batches)
        {
            return [.. batches.Epoch(epoch, skip: skip).Select(batch => (batch.Pixels.ToArray(), batch.Rows()))];
        }
    }

    private static void AssertSame(List<(byte[] Pixels, float[] Rows)> expected, List<(byte[] Pixels, float[] Rows)> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Pixels, actual[i].Pixels);
            Assert.Equal(expected[i].Rows, actual[i].Rows);
        }
    }

    private static TrainingBatches Load(
        DetectionDataset data, AugmentOptions augment, int workers, int size = 4, int seed = 0, long cache = 1 << 30)
        => new(data, new BatchOptions { Size = size, Side = Side, Workers = workers, Seed = seed, CacheBytes = cache }, augment);
}
