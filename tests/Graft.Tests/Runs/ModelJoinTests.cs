using Graft.Adapters;
using Graft.Detectors;
using Graft.Files;
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
        Assert.InRange(report.Members[1].Shared, 0.3, 0.99);
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

    [Fact]
    public void TheDoor_JoinsAndOpens()
    {
        string path = _folder.At("door.safetensors");
        JoinReport report = Detector.Join(new JoinRequest(_files.Base, [_files.Adapter]) { Renames = [.. AdaptedFiles.Words.Names.Select(name => $"adapter:{name}=line 3 {name}")] }, path);
        using Detector detector = Detector.Open(path);
        Assert.Equal(report.Names, detector.ClassNames);
        Assert.Equal("line 3 scratch", detector.ClassNames[5]);
        Assert.Equal(Failure.Refused, Assert.Throws<GraftException>(() => detector.Merge(_folder.At("m.safetensors"))).Failure);
    }

    [Fact]
    public void OpenedWithPrompts_TheBaseAnswersThem_ExceptClassesOfBranches()
    {
        string path = Join();
        using TensorScope scope = TensorScope.Begin();
        Tensor image = Tensor.Rand(1, 3, 64, 64);
        Vocabulary asked = Vocabulary.StandIn(["hole", "adapter/dent", "wolf"], 24), plain = Vocabulary.StandIn(["hole", "wolf"], 24);
        using TrainedModel joined = TrainedModel.Open(path, [], asked), alone = TrainedModel.Open(_files.Base, [], plain);
        using TrainedModel adapted = TrainedModel.OpenAdapted(_files.Base, _files.Adapter, []);
        Assert.Equal(asked.Names, joined.Vocabulary.Names);
        Detection[] all = Detect(joined, image);
        Assert.Equal(Detect(alone, image), all.Where(one => one.Label != 1).Select(one => one with { Label = one.Label / 2 }));
        Assert.Equal(Detect(adapted, image).Where(one => one.Label == 1), all.Where(one => one.Label == 1));

        using TrainedModel before = TrainedModel.Open(_files.Base, []), after = TrainedModel.Open(path, [], before.Vocabulary);
        Assert.Equal(Detect(before, image), Detect(after, image));
    }

    [Fact]
    public void TheFile_TellsItsMembersAndItsProof()
    {
        string path = Join();
        using WeightFile file = WeightFile.Open(path);
        Assert.Contains("\"max_abs\":0", file.Metadata["graft.proof"], StringComparison.Ordinal);
        IReadOnlyList<JoinedPart> parts = JoinedFile.PartsOf(file);
        Assert.Equal(["base", "adapter"], parts.Select(part => part.Name));
        Assert.Equal([null, _files.Adapter], parts.Select(part => part.Adapter));
        using TrainedModel plain = TrainedModel.Open(_files.Base, []);
        Assert.Equal(BaseHash.Of(plain.Detector.Network), parts[0].Hash);
        Assert.NotEqual(parts[0].Hash, parts[1].Hash);
        Assert.DoesNotContain(file.Entries, entry => entry.Name.StartsWith("branches.0.backbone", StringComparison.Ordinal));
        Assert.Equal(10, Checkpoint.VocabularyOf(file).Names.Count);
        Assert.Equal(10 * 24, Checkpoint.VocabularyOf(file).Embeddings!.Length);
        Assert.DoesNotContain(Directory.GetFiles(_folder.Path), name => name.Contains("partial", StringComparison.Ordinal));
    }

    [Fact]
    public void MergedAndFoldedMembers_ShareWhatIsEqual()
    {
        string folded = _folder.At("folded.safetensors"), merged = _folder.At("merged.safetensors"), path = _folder.At("joined.safetensors");
        using (TrainedModel plain = TrainedModel.Open(_files.Base, []))
        {
            ModelRewriting.Merge(plain, folded, foldNorms: true);
        }

        using (TrainedModel adapted = TrainedModel.OpenAdapted(_files.Base, _files.Adapter, []))
        {
            ModelRewriting.Merge(adapted, merged, foldNorms: true);
        }

        JoinReport report = ModelJoin.Run(new(folded, [merged]) { Renames = [.. AdaptedFiles.Words.Names.Select(name => $"merged:{name}=my {name}")] }, path);
        Assert.Equal(0, report.MaxAbs);
        Assert.Equal(["my scratch", "my dent", "my stain", "my crack", "my hole"], report.Names.Skip(5));
        Assert.InRange(report.Members[1].Shared, 0.3, 0.99);

        // A plain base has other weights than a folded one.
        Refused(Failure.Model, "no layer in common", new(_files.Base, [merged]) { Prefix = true });
    }

    [Fact]
    public void BadRequests_AreRefused_AndNothingIsWritten()
    {
        Refused(Failure.Usage, "base and adapter both have the class 'scratch'", new(_files.Base, [_files.Adapter]));
        Refused(Failure.Usage, "base has no class 'scrach'", new(_files.Base, [_files.Adapter]) { Prefix = true, Renames = ["base:scrach=x"] });
        Refused(Failure.Usage, "expected MEMBER:OLD=NEW", new(_files.Base, [_files.Adapter]) { Prefix = true, Renames = ["other:scratch=x"] });
        Refused(Failure.Usage, "the new name is empty", new(_files.Base, [_files.Adapter]) { Prefix = true, Renames = ["base:scratch= "] });
        Refused(Failure.Usage, "nothing to join", new(_files.Base, []));
        Refused(Failure.Usage, ".safetensors", new(_files.Base, [_files.Adapter]) { Prefix = true }, "joined.pth");
        Refused(Failure.Usage, "one of the members", new(_files.Base, [_files.Adapter]) { Prefix = true }, "adapter.safetensors");
        string other = Other("other.safetensors", 64), larger = Other("larger.safetensors", 96);
        Refused(Failure.Model, "was trained on the base", new(other, [_files.Adapter]) { Prefix = true });
        Refused(Failure.Model, "other has no layer in common", new(_files.Base, [other]) { Prefix = true });
        Refused(Failure.Usage, "train.imgsz=96", new(_files.Base, [larger]) { Prefix = true });
        Refused(Failure.Model, "is a joined model (base, adapter)", new(_files.Base, [Join()]) { Prefix = true });
    }

    [Fact]
    public void WhatIsDoneWithASingleModel_IsRefusedForAJoinedOne()
    {
        string path = Join();
        using TrainedModel joined = TrainedModel.Open(path, []);
        using DetectionNetwork network = RandomNetworks.Small.CreateNetwork();
        Assert.Contains("is not trained", Assert.Throws<GraftException>(() => BaseFile.Load(network, path, RandomNetworks.Small)).Message, StringComparison.Ordinal);
        Assert.Equal(Failure.Refused, Assert.Throws<GraftException>(() => ModelRewriting.Merge(joined, _folder.At("m.safetensors"))).Failure);
        Assert.Equal(Failure.Model, Assert.Throws<GraftException>(() => joined.Load("x", _files.Adapter)).Failure);
        Assert.Equal(Failure.Usage, Assert.Throws<GraftException>(() => TrainedModel.Open(path, [], config: _files.Config)).Failure);
    }

    [Theory]
    [InlineData("graft.join_format", "2", "version 2")]
    [InlineData("graft.join", "[]", "does not describe")]
    [InlineData("graft.join", "{", "does not describe")]
    [InlineData("graft.join", "[{\"name\":\"base\"}]", "does not describe")]
    [InlineData("graft.join", null, "does not describe")]
    public void ADamagedHeader_IsNamed(string key, string? value, string message)
    {
        string path = Join(), damaged = _folder.At("damaged.safetensors");
        using (WeightFile file = WeightFile.Open(path))
        {
            string text = value ?? file.Metadata[key].Replace("graft.names", "graft.nomes", StringComparison.Ordinal);
            SafeTensorsWriter.Write(damaged, file.Entries.Select(entry => WeightData.From(entry)), new Dictionary<string, string>(file.Metadata) { [key] = text });
        }

        GraftException error = Assert.Throws<GraftException>(() => TrainedModel.Open(damaged, []));
        Assert.Equal(Failure.Model, error.Failure);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATensorThatIsMissing_IsNamed()
    {
        string path = Join(), damaged = _folder.At("damaged.safetensors");
        using (WeightFile file = WeightFile.Open(path))
        {
            SafeTensorsWriter.Write(
                damaged, file.Entries.Where(entry => !entry.Name.Contains("stem.conv", StringComparison.Ordinal)).Select(entry => WeightData.From(entry)),
                new Dictionary<string, string>(file.Metadata));
        }

        Assert.Contains("backbone.image_model.stem.conv.weight", Assert.Throws<GraftException>(() => TrainedModel.Open(damaged, [])).Message, StringComparison.Ordinal);
    }

    private string Join()
    {
        string path = _folder.At("ready.safetensors");
        if (!File.Exists(path))
        {
            ModelJoin.Run(new(_files.Base, [_files.Adapter]) { Prefix = true }, path);
        }

        return path;
    }

    /// <summary>A base of the same sizes with other weights.</summary>
    private string Other(string name, int side)
    {
        RunConfig config = new() { Model = RandomNetworks.Small, Train = new() { Imgsz = side } };
        using IDetector detector = DetectorFactory.Create(config.Model, AdaptedFiles.Words);
        TorchRuntime.Seed(99);
        RandomNetworks.Shake(detector.Network);
        Checkpoint.Write(_folder.At(name), detector, AdaptedFiles.Words, config);
        return _folder.At(name);
    }

    private void Refused(Failure failure, string message, JoinRequest request, string name = "refused.safetensors")
    {
        string path = _folder.At(name);
        byte[]? present = File.Exists(path) ? File.ReadAllBytes(path) : null;
        GraftException error = Assert.Throws<GraftException>(() => ModelJoin.Run(request, path));
        Assert.Contains(message, $"{error.Message} {error.Hint}", StringComparison.Ordinal);
        Assert.Equal(failure, error.Failure);
        Assert.Equal(present, File.Exists(path) ? File.ReadAllBytes(path) : null);
        Assert.DoesNotContain(Directory.GetFiles(_folder.Path), file => file.Contains("partial", StringComparison.Ordinal));
    }

    private static Detection[] Detect(TrainedModel model, Tensor image)
    {
        using NoGrad off = NoGrad.Begin();
        return model.Detector.Detect(image, [Fitting.None(64, 64)], new PostProcessOptions())[0];
    }
}
