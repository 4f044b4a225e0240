using Graft.Adapters;
using Graft.Detectors;
using Graft.Files;
using Graft.Models.YoloV10;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Tests.Rewriting;

namespace Graft.Tests.Runs;

/// <summary>What graft merge, graft reparam and graft adapter remove do, called by a program.</summary>
public sealed class ModelRewritingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly AdaptedFiles _files;

    public ModelRewritingTests() => _files = new AdaptedFiles(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ABaseWithAnAdapterFile_Merges_AndTheAdapterComesOutAgain()
    {
        string merged = _folder.At("merged.SafeTensors"), solved = _folder.At("solved.safetensors"), given = _folder.At("given.safetensors");
        using (TrainedModel adapted = TrainedModel.OpenAdapted(_files.Base, _files.Adapter, []))
        {
            RewriteReport report = ModelRewriting.Merge(adapted, merged, completely: true);
            Assert.True(report.Exact);
            Assert.Empty(report.Left);
        }

        using TrainedModel model = TrainedModel.Open(merged, []), plain = TrainedModel.Open(_files.Base, []);
        Assert.Equal(AdaptedFiles.Words.Names, model.Vocabulary.Names);
        Assert.NotNull(model.Vocabulary.Embeddings);    // the case of the extension does not count
        Assert.True(Difference(merged, _files.Base) > 0.01);
        using AdapterFile file = AdapterFile.Open(_files.Adapter);
        AdapterRemovalReport report1 = AdapterRemoval.Write(model, file, solved), report2 = AdapterRemoval.Write(model, file, given, plain);
        Assert.Equal((false, 0), (report1.Exact, report1.Tuned));
        Assert.InRange(Difference(solved, _files.Base), 0, 1e-3);
        Assert.True(report2.Exact);
        Assert.Equal(0, Difference(given, _files.Base));
        using TrainedModel opened = TrainedModel.Open(given, []);
        Assert.Equal(AdaptedFiles.Words.Names, opened.Vocabulary.Names);
    }

    [Fact]
    public void WhatTheProofDoesNotCover_IsSaid()
    {
        using TrainedModel model = TrainedModel.Open(_files.Base, ["data.root=" + _folder.At("gone")]);
        RewriteReport report = ModelRewriting.Merge(model, _folder.At("copy.safetensors"));
        Assert.Contains(report.Notes, note => note.Contains("validation images of the model were not found", StringComparison.Ordinal));
        Assert.Contains(report.Notes, note => note.EndsWith("has no adapters; none was merged", StringComparison.Ordinal));
        Assert.Equal(report.Boxes == 0, report.Notes.Any(note => note.StartsWith("no box scores above 0.05", StringComparison.Ordinal)));
    }

    [Fact]
    public void AModelWithAdapters_IsNoBase()
    {
        RunConfig config = new() { Model = RandomNetworks.Small, Tuning = new TuningOptions { Adapters = [new LoraOptions { Rank = 4, Alpha = 4, At = ["head.reg"] }] } };
        using IDetector detector = DetectorFactory.Create(config.Model, AdaptedFiles.Words), other = DetectorFactory.Create(config.Model, AdaptedFiles.Words);
        Tuning.Apply(detector, config);
        Checkpoint.Write(_folder.At("adapted.safetensors"), detector, AdaptedFiles.Words, config);
        GraftException error = Assert.Throws<GraftException>(() => BaseFile.Load(other.Network, _folder.At("adapted.safetensors"), config.Model));
        Assert.Equal(Failure.Model, error.Failure);
        Assert.Contains("holds adapters (lora)", error.Message, StringComparison.Ordinal);
        Assert.Contains("graft merge", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void ABaseWithoutClassNames_TakesThoseOfTheAdapter()
    {
        Assert.Throws<GraftException>(() => TrainedModel.Open(_files.Plain, [], config: _files.Config));
        using TrainedModel model = TrainedModel.OpenAdapted(_files.Plain, _files.Adapter, [], _files.Config);
        Assert.Equal(AdaptedFiles.Words.Names, model.Vocabulary.Names);
        Assert.Equal([_files.Adapter], model.Adapters);
    }

    [Fact]
    public void StandInsWithoutMeaning_AreBakedOnlyWhenThatIsAllowed()
    {
        string target = _folder.At("baked.safetensors");
        Vocabulary words = StandIns.Resolve(Vocabulary.StandIn(["scratch", "car"], 24), _files.Base);
        using TrainedModel model = TrainedModel.Open(_files.Base, [], words);
        List<string> notes = [];
        GraftException error = Assert.Throws<GraftException>(() => ModelRewriting.Bake(model, target, note: notes.Add));
        Assert.Equal(Failure.Refused, error.Failure);
        Assert.StartsWith($"{_files.Base}: the prompt car is a stand-in", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(target));
        Assert.Empty(notes);

        Assert.True(ModelRewriting.Bake(model, target, allowStandIns: true, note: notes.Add).Exact);
        Assert.Contains("car", Assert.Single(notes), StringComparison.Ordinal);
        using TrainedModel baked = TrainedModel.Open(target, []);
        Assert.Equal(["scratch", "car"], baked.Vocabulary.Names);
        Assert.True(baked.Config.Model.HasBakedVocabulary);
    }

    [Fact]
    public void ModelsWithoutText_AndTargetsThatCannotBeWritten_AreRefused()
    {
        RunConfig config = new() { Model = new YoloV10Options { Nc = 2 } };
        using (IDetector detector = DetectorFactory.Create(config.Model, DetectorFactory.Unnamed(config.Model)))
        {
            Checkpoint.Write(_folder.At("v10.safetensors"), detector, new Vocabulary(["a", "b"], null, "none"), config);
        }

        using TrainedModel numbered = TrainedModel.Open(_folder.At("v10.safetensors"), []), model = TrainedModel.Open(_files.Base, []);
        Assert.Equal(Failure.Refused, Assert.Throws<GraftException>(() => ModelRewriting.Bake(numbered, _folder.At("out.safetensors"))).Failure);
        Assert.Contains("opened from", Assert.Throws<GraftException>(() => ModelRewriting.Merge(model, _files.Base)).Message, StringComparison.Ordinal);
        string link = _folder.At("link.safetensors");
        File.CreateSymbolicLink(link, _files.Base);
        Assert.Contains("opened from", Assert.Throws<GraftException>(() => ModelRewriting.Merge(model, link)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "file type", Assert.Throws<GraftException>(() => ModelRewriting.Bake(model, _folder.At("out.bin"))).Message, StringComparison.Ordinal);
    }

    /// <summary>Largest difference of two files' network tensors, relative to the largest value of each.</summary>
    private static double Difference(string one, string other)
    {
        using WeightFile first = WeightFile.Open(one), second = WeightFile.Open(other);
        return first.Entries.Where(entry => entry.DType.IsFloatingPoint() && second.TryGet(entry.Name) is not null).Max(entry =>
        {
            double[] a = entry.ToDoubles(), b = second[entry.Name].ToDoubles();
            return a.Zip(b, (x, y) => Math.Abs(x - y)).Max() / b.Max(value => Math.Abs(value));
        });
    }
}
