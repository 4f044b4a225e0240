using Graft.Data;
using Graft.Detectors;
using Graft.Models.YoloWorld;
using Graft.Runs;
using Graft.Synthetic;
using Graft.Torch;
using Graft.Torch.Images;
using Graft.Training;

namespace Graft.Tests.Runs;

/// <summary>Memory at one moment of a long workload.</summary>
/// <param name="Done">Predictions or steps so far.</param>
/// <param name="Resident">Resident memory in MiB.</param>
/// <param name="Tensors">Tensors alive.</param>
public readonly record struct MemorySample(long Done, double Resident, long Tensors)
{
    /// <summary>The current memory after a garbage collection: a fluctuating megabyte or two would hide a leak.</summary>
    public static MemorySample Now(long done)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return new(done, ProcessMemory.ResidentMegabytes(), Tensor.Live);
    }
}

/// <summary>Predictions and training steps on a tiny network, in any number, with memory samples on the way.</summary>
public sealed class SteadyWork
{
    private const int ImageCount = 40, Batch = 2;
    private readonly string _folder;
    private readonly RunConfig _config;

    /// <summary>Draws the images.</summary>
    /// <param name="folder">For data and runs.</param>
    public SteadyWork(string folder)
    {
        _folder = folder;
        SyntheticOptions options = new() { Classes = ["hole", "stain"], Materials = ["ceramic tile"] };
        SyntheticDataset.Write(Data, [new("train", 1_000, ImageCount) { Options = options }, new("val", 2_000, 4) { Options = options }]);
        _config = new RunConfig
        {
            Model = new YoloWorldOptions { WidenFactor = 0.125, DeepenFactor = 0.33, LastStageOutChannels = 512, NumClasses = 2 },
            Data = new DataOptions { Root = Path.GetRelativePath(Directory.GetCurrentDirectory(), Data) },
            Text = new TextOptions { Model = TextEncoders.StandIn },
            Train = new TrainOptions { Batch = Batch, Imgsz = 64, Lr = 1e-4, Workers = 1, Patience = 0, ValInterval = 1 },
        };
    }

    /// <summary>Steps of an epoch.</summary>
    public static int StepsPerEpoch => ImageCount / Batch;

    /// <summary>The folder of the data.</summary>
    public string Data => Path.Combine(_folder, "data");

    /// <summary>The training images.</summary>
    public IReadOnlyList<string> Images => ImageList.InFolder(Path.Combine(Data, "images", "train"));

    /// <summary>Repeatedly reads images from the disk and detects objects in them.</summary>
    /// <param name="count">How many predictions.</param>
    /// <param name="every">Predictions between samples.</param>
    public IReadOnlyList<MemorySample> Predict(int count, int every)
    {
        Vocabulary words = Vocabulary.StandIn(["hole", "stain"], 512);
        using IDetector detector = DetectorFactory.Create(_config.Model, words);
        detector.Network.Train(false);
        detector.Network.Freeze();
        Predictor predictor = new(detector, _config.Train.Imgsz, new PostProcessOptions { ScoreThreshold = 0.001 });
        IReadOnlyList<string> files = Images;
        List<MemorySample> samples = [];
        for (int done = 1; done <= count; done++)
        {
            using Image image = Image.Load(files[done % files.Count]);
            predictor.Detect(image);
            if (done % every == 0)
            {
                samples.Add(MemorySample.Now(done));
            }
        }

        return samples;
    }

    /// <summary>A whole training run with validation and saving.</summary>
    /// <param name="steps">How many steps; whole epochs.</param>
    /// <param name="everyEpochs">Epochs between samples.</param>
    public IReadOnlyList<MemorySample> Train(int steps, int everyEpochs)
    {
        Watch watch = new(everyEpochs);
        RunConfig config = _config with { Train = _config.Train with { Epochs = steps / StepsPerEpoch, CloseMosaic = 0 } };
        using TrainingRun run = new(config, new TrainingRequest { WorkDir = Path.Combine(_folder, "run") });
        run.Run(watch, CancellationToken.None);
        return watch.Samples;
    }

    /// <summary>Trains a base for one epoch.</summary>
    /// <returns>Its run folder.</returns>
    public string TrainBase()
    {
        string folder = Path.Combine(_folder, "base");
        using TrainingRun run = Open(new TrainingRequest { WorkDir = folder }, widen: 0.125);
        run.Run(new RunObserver(), CancellationToken.None);
        return folder;
    }

    /// <summary>Prepares a run of one epoch.</summary>
    /// <param name="request">Its folder and its base.</param>
    /// <param name="widen">Width of the network.</param>
    public TrainingRun Open(TrainingRequest request, double widen)
        => new(
            _config with
            {
                Model = new YoloWorldOptions { WidenFactor = widen, DeepenFactor = 0.33, LastStageOutChannels = 512, NumClasses = 2 },
                Train = _config.Train with { Epochs = 1, CloseMosaic = 0 },
            },
            request);

    /// <summary>Repeatedly detects in files and in a buffer, as a program does.</summary>
    /// <param name="model">A run folder or weight file.</param>
    /// <param name="count">How many images.</param>
    /// <param name="every">Images between samples.</param>
    public IReadOnlyList<MemorySample> DetectByDoor(string model, int count, int every)
    {
        using Detector detector = Detector.Open(model, new DetectorOptions { ScoreThreshold = 0.001 });
        IReadOnlyList<string> files = Images;
        byte[] frame = new byte[3 * 64 * 48];
        List<MemorySample> samples = [];
        for (int done = 1; done <= count; done++)
        {
            _ = done % 2 == 0 ? detector.Detect(frame, 64, 48) : detector.Detect(files[done % files.Count]);
            if (done % every == 0)
            {
                samples.Add(MemorySample.Now(done));
            }
        }

        return samples;
    }

    private sealed class Watch(int everyEpochs) : IRunObserver
    {
        internal List<MemorySample> Samples { get; } = [];

        public void OnStep(StepReport report)
        {
        }

        public void OnEpoch(EpochReport report)
        {
            if ((report.Epoch + 1) % everyEpochs == 0)
            {
                Samples.Add(MemorySample.Now((report.Epoch + 1) * StepsPerEpoch));
            }
        }

        public void OnNote(string note)
        {
        }
    }
}
