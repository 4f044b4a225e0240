using Graft.Detectors;
using Graft.Runs;
using Graft.Torch.Images;

namespace Graft.Tests.Runs;

/// <summary>A prediction by a program: inputs, messages, the files in the folder of results.</summary>
public sealed class PredictionRunTests : IDisposable
{
    private static readonly PostProcessOptions Everything = new() { ScoreThreshold = 0, MaxPerImage = 3 };

    private readonly TemporaryFolder _folder = new();
    private readonly TrainedModel _model;

    public PredictionRunTests()
    {
        _model = TrainedModel.Open(DetectorTests.WriteModel(_folder.At("model.safetensors")), []);
        Directory.CreateDirectory(_folder.At("in", "sub"));
        Directory.CreateDirectory(_folder.At("empty"));
        using Image image = new(80, 60, Colour.Grey(90));
        File.WriteAllBytes(_folder.At("in", "a.png"), image.Encode(".png"));
        File.WriteAllBytes(_folder.At("in", "sub", "a.png"), image.Encode(".png"));
        _folder.Write("in/b.jpg", "no image");
        _folder.Write("in/notes.txt", "no image");
        using VideoWriter video = new(_folder.At("in", "film.mp4"), 10, 64, 64);
        using Image frame = new(64, 64, Colour.Grey(40));
        video.Add(frame);
        video.Add(frame);
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void EveryInput_IsToldAndWritten_AndBadOnesAreSkipped()
    {
        PredictionRun run = new(_model, Request("in", "empty", "absent.png"));
        Assert.Equal(6, run.Survey.Inputs);
        Assert.Contains(run.Notes, note => note.Contains(".txt", StringComparison.Ordinal));
        Recorder told = new();
        PredictionResult result = run.Run(told);

        Assert.Equal([_folder.At("in", "a.png"), _folder.At("in", "sub", "a.png")], told.Images.Select(image => image.Path));
        Assert.All(told.Images, image => Assert.True(File.Exists(image.Result)));
        Assert.All(told.Images, image => Assert.All(image.Detections, one => Assert.Equal(run.ClassNames[one.Label], one.ClassName)));
        Assert.Equal([3, 3], told.Images.Select(image => image.Detections.Count));
        Assert.Equal([0, 1], told.Frames.Select(frame => frame.Number));
        VideoPrediction video = Assert.Single(told.Videos);
        Assert.Equal((2, 2, 6), (video.Frames, video.Announced, video.Boxes));
        Assert.Equal([_folder.At("empty"), _folder.At("in", "b.jpg"), _folder.At("absent.png")], told.Skipped);

        Assert.Equal((3, 3, false), (result.Done, result.Failed, result.Interrupted));
        Assert.Equal(Failure.Data, result.Error?.Failure);
        Assert.Contains("3 of 6 inputs", result.Error?.Message, StringComparison.Ordinal);
        Assert.Equal(["a.jpg", "film.mp4", "sub/a.jpg"], Written());
    }

    [Fact]
    public void OnlyInput_EndsWithItsOwnError()
    {
        PredictionResult result = new PredictionRun(_model, Request("in/b.jpg")).Run(new Recorder());
        Assert.Contains("b.jpg", result.Error?.Message, StringComparison.Ordinal);
        Assert.Equal((0, 1), (result.Done, result.Failed));
        Assert.Throws<GraftException>(() => new PredictionRun(_model, Request("empty")));
        Assert.Throws<GraftException>(() => new PredictionRun(_model, Request("in") with { ImageSize = 65 }));
    }

    [Fact]
    public void StopWhileAVideoIsSearched_LeavesNothingOfIt()
    {
        using CancellationTokenSource stop = new();
        Recorder told = new() { AtFrame = stop.Cancel };
        PredictionResult result = new PredictionRun(_model, Request("in/a.png", "in/film.mp4", "in/sub")).Run(told, stop.Token);
        Assert.Equal((1, 0, true, null), (result.Done, result.Failed, result.Interrupted, result.Error));
        Assert.Single(told.Frames);
        Assert.Empty(told.Videos);
        Assert.Equal(["a.jpg"], Written());
    }

    [Fact]
    public void FolderThatCannotBeWritten_EndsTheRunWithWhatIsDone()
    {
        _folder.Write("out/sub", "a file where a folder of results goes");
        Recorder told = new();
        PredictionResult result = new PredictionRun(_model, Request("in")).Run(told);
        Assert.Equal(Failure.Runtime, result.Error?.Failure);
        Assert.Equal(["a.png", "film.mp4"], told.Images.Select(image => image.Path).Concat(told.Videos.Select(video => video.Path)).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public void WithoutThresholds_AScoreOfAQuarterIsTheLeast()
    {
        Recorder told = new();
        new PredictionRun(_model, Request("in/a.png") with { Thresholds = null }).Run(told);
        Assert.All(told.Images.Single().Detections, one => Assert.True(one.Score > PredictionRequest.DefaultScore));
    }

    private PredictionRequest Request(params string[] targets)
        => new([.. targets.Select(target => _folder.At(target))]) { Folder = _folder.At("out"), Thresholds = Everything };

    private IEnumerable<string> Written()
        => Directory.EnumerateFiles(_folder.At("out"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder.At("out"), file)).Order(StringComparer.Ordinal);

    private sealed class Recorder : IPredictionObserver
    {
        public List<ImagePrediction> Images { get; } = [];

        public List<FramePrediction> Frames { get; } = [];

        public List<VideoPrediction> Videos { get; } = [];

        public List<string> Skipped { get; } = [];

        public Action AtFrame { get; init; } = () => { };

        public void OnImage(ImagePrediction image) => Images.Add(image);

        public void OnFrame(FramePrediction frame)
        {
            Frames.Add(frame);
            AtFrame();
        }

        public void OnVideo(VideoPrediction video) => Videos.Add(video);

        public void OnSkipped(string path, GraftException error) => Skipped.Add(path);
    }
}
