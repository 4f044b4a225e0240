using Graft.Adapters;
using Graft.Configuration;
using Graft.Detectors;
using Graft.Files;
using Graft.Models;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Tests.Rewriting;
using Graft.Torch;

namespace Graft.Tests.Runs;

/// <summary>A base and its adapted models in one file: each answers as it does alone.</summary>
public sealed class ModelJoinTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly AdaptedFiles _files;

    public ModelJoinTests() => _files = new AdaptedFiles(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnAdapterFile_IsJoined_AndTheFileAnswersAsBoth()
    {
        string path = _folder.At("joined.safetensors");
        JoinReport report = ModelJoin.Run(new(_files.Base, [_files.Adapter]) { Prefix = true }, path);
        Assert.True(report.Exact);
        Assert.Equal(0, report.MaxAbs);
        Assert.True(report.Outputs > 0 && report.Boxes > 0);
        Assert.Equal([.. AdaptedFiles.Words.Names, .. AdaptedFiles.Words.Names.Select(name => $"adapter/{name}")], report.Names);
        Assert.InRange(report.GflopsAfter, report.GflopsBase, report.GflopsBefore);
        Assert.InRange(report.Members[1].Shared, 0.5, 0.99);
        Assert.True(report.ParametersAfter < 0.6 * report.ParametersBefore);
        Assert.True(new FileInfo(path).Length < 1.2 * new FileInfo(_files.Base).Length);

        using TensorScope scope = TensorScope.Begin();
        Tensor image = Tensor.Rand(1, 3, 64, 64);
        using TrainedModel joined = TrainedModel.Open(path, []), plain = TrainedModel.Open(_files.Base, []);
        using TrainedModel adapted = TrainedModel.OpenAdapted(_files.Base, _files.Adapter, []);
        Detection[] all = Detect(joined, image), own = Detect(plain, image), changed = Detect(adapted, image);
        Assert.NotEmpty(own);
        Assert.NotEqual(own, changed);
        Assert.Equal(own, all.Where(one => one.Label < 5));
        Assert.Equal(changed, all.Where(one => one.Label >= 5).Select(one => one with { Label = one.Label - 5 }));
        Assert.Equal(all.Select(one => one.Score).OrderDescending(), all.Select(one => one.Score));
    }

    private static Detection[] Detect(TrainedModel model, Tensor image)
    {
        using NoGrad off = NoGrad.Begin();
        return model.Detector.Detect(image, [Fitting.None(64, 64)], new PostProcessOptions())[0];
    }
}
