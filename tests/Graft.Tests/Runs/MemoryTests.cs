using Graft.Adapters;
using Graft.Detectors;
using Graft.Runs;
using Graft.Torch;
using Graft.Training;

namespace Graft.Tests.Runs;

/// <summary>Counts every tensor of the process.</summary>
[Alone]
public sealed class MemoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PredictionsAndSteps_LeaveNoTensorBehind()
    {
        GC.Collect();                       // tensors left by earlier tests must not be counted here
        GC.WaitForPendingFinalizers();
        long before = Tensor.Live;
        SteadyWork work = new(_folder.Path);
        Flat(work.Predict(300, every: 50));
        Flat(work.Train(5 * SteadyWork.StepsPerEpoch, everyEpochs: 1));
        Assert.Equal(before, Tensor.Live);
    }

    [Fact]
    public void Detector_LeavesNoTensorBehind()
    {
        SteadyWork work = new(_folder.Path);
        string run = work.TrainBase();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.Live;
        Flat(work.DetectByDoor(run, 300, every: 50));
        Assert.Equal(before, Tensor.Live);
    }

    [Fact]
    public void AJoinedModel_LeavesNoTensorBehind()
    {
        AdaptedFiles files = new(_folder);
        using Tensor image = Tensor.Rand(1, 3, 64, 64).Unscoped();
        Detect(1);                          // caches of the first use are not counted
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.Live;
        Detect(20);
        Assert.Equal(before, Tensor.Live);

        void Detect(int times)
        {
            string path = _folder.At("joined.safetensors");
            ModelJoin.Run(new(files.Base, [files.Adapter]) { Prefix = true }, path);
            using TrainedModel joined = TrainedModel.Open(path, []);
            long open = Tensor.Live;
            for (int i = 0; i < times; i++)
            {
                joined.Detector.Detect(image, [Fitting.None(64, 64)], new());
                Assert.Equal(open, Tensor.Live);
            }
        }
    }

    [Fact]
    public void WhatDoesNotOpen_LeavesNoTensorBehind()
    {
        SteadyWork work = new(_folder.Path);
        string run = work.TrainBase(), weights = Path.Combine(run, "weights", "best.safetensors");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.Live;
        Assert.Throws<GraftException>(() => work.Open(new TrainingRequest { Base = weights, WorkDir = _folder.At("wider") }, widen: 0.25));
        Assert.Throws<GraftException>(() => TrainedModel.Open(run, ["model.widen_factor=0.25"]));
        Assert.Throws<GraftException>(() => Detector.Open(run, new DetectorOptions { ScoreThreshold = 2 }));
        Assert.Throws<GraftException>(() => Detector.Open(run, new DetectorOptions { ImageSize = 65 }));
        Assert.Equal(before, Tensor.Live);
    }

    [Fact]
    public void Adapt_TrainsACopy_AndOpensTheResult()
    {
        SteadyWork work = new(_folder.Path);
        using Detector trained = Detector.Open(work.TrainBase());
        string image = work.Images[0], folder = _folder.At("adapted");
        IReadOnlyList<Detection> earlier = trained.Detect(image, 0.001);
        List<EpochReport> epochs = [];
        List<string> notes = [];
        AdaptOptions options = new()
        {
            Adapters = [new LoraOptions { At = ["neck.**"], Rank = 2 }],
            Epochs = 2,
            WorkFolder = folder,
            Observer = new RunObserver { Epoch = epochs.Add, Note = notes.Add },
        };
        using Detector adapted = trained.Adapt(work.Data, options);
        Assert.Equal(earlier, trained.Detect(image, 0.001));
        Assert.Equal(["epoch 1:", "epoch 2:"], epochs.Select(epoch => epoch.ToString()[..8]));
        Assert.Equal((TrainingEnd.Finished, 64), (adapted.Training!.End, adapted.ImageSize));
        Assert.InRange(adapted.Training.Summary.Trainable, 1, adapted.Training.Summary.Total / 10);
        Assert.True(File.Exists(Path.Combine(folder, "report.html")));
        Assert.Equal(trained.ClassNames, adapted.ClassNames);
        Assert.Empty(adapted.Merge(_folder.At("merged.safetensors")).Left);
        Assert.Contains("already holds a run", Assert.Throws<GraftException>(() => trained.Adapt(work.Data, options)).Message, StringComparison.Ordinal);

        using CancellationTokenSource stop = new();
        AdaptOptions cancelled = options with { WorkFolder = _folder.At("cancelled"), Observer = new RunObserver { Step = _ => stop.Cancel() } };
        OperationCanceledException error = Assert.Throws<OperationCanceledException>(() => trained.Adapt(work.Data, cancelled, stop.Token));
        Assert.Contains("graft train --resume", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.At("cancelled", "weights", "resume.safetensors")));
    }

    private static void Flat(IReadOnlyList<MemorySample> samples)
    {
        Assert.InRange(samples.Count, 5, 6);
        Assert.All(samples, sample => Assert.Equal(samples[0].Tensors, sample.Tensors));
    }
}
