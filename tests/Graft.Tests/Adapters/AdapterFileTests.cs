using Graft.Adapters;
using Graft.Detectors;
using Graft.Models.YoloWorld;
using Graft.Runs;
using Graft.Testing;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Weights;

namespace Graft.Tests.Adapters;

public class AdapterFileTests
{
    private static readonly YoloWorldOptions Narrow = new() { WidenFactor = 0.125, DeepenFactor = 0.33, TextDim = 32 };
    private static readonly TuningOptions Lora = At(new LoraOptions { Rank = 3, Alpha = 6 }, "neck.**", "head.**");

    [Fact]
    public void SwappedAdapters_MatchSeparateModels()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using TemporaryFolder folder = new();
        TuningOptions second = new()
        {
            Adapters = [new RepMonaOptions { At = ["neck.out.*"] }],
            Unfreeze = [new UnfreezeOptions { At = "bbox_head.head_module.cls_preds.2" }],
        };
        Tensor image = Tensor.Rand(1, 3, 64, 64), text = Tensor.RandN(1, 2, 32);
        float[] first = Train(folder.At("a.safetensors"), Lora, 21, image, text, new Vocabulary(["spur", "dent"], null, ""));
        float[] other = Train(folder.At("b.safetensors"), second, 22, image, text);

        using YoloWorld model = World();
        float[] plain = Answer(model, image, text);
        using AdapterSet set = new(model);
        set.Load("a", folder.At("a.safetensors"));
        set.Load("b", folder.At("b.safetensors"));
        Assert.Equal(plain, Answer(model, image, text));
        for (int turn = 0; turn < 3; turn++)
        {
            set.Use("a");
            Assert.Equal(first, Answer(model, image, text));
            Assert.Equal(["spur", "dent"], set.Vocabulary!.Names);
            set.Use("b");
            Assert.Equal(other, Answer(model, image, text));
        }

        Assert.Equal(Failure.Usage, Assert.Throws<GraftException>(() => set.Use("a", strength: 2)).Failure);
        Assert.Equal("b", set.Active);
        Assert.Equal(other, Answer(model, image, text));
        set.Use(null);
        Assert.Equal(plain, Answer(model, image, text));
        Assert.Equal(["a", "b"], set.Names.Order());
        Assert.Contains("'a'", Assert.Throws<GraftException>(() => set.Use("A")).Hint);
        Assert.True(new FileInfo(folder.At("a.safetensors")).Length < 200_000);
    }

    [Fact]
    public void AnotherBase_IsRefusedWithBothHashes()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using TemporaryFolder folder = new();
        Train(folder.At("a.safetensors"), Lora, 21, Tensor.Rand(1, 3, 64, 64), Tensor.RandN(1, 2, 32));
        using YoloWorld other = World(seed: 2);
        using AdapterSet set = new(other);
        GraftException error = Assert.Throws<GraftException>(() => set.Load("a", folder.At("a.safetensors")));
        using AdapterFile file = AdapterFile.Open(folder.At("a.safetensors"));
        Assert.Equal(Failure.Model, error.Failure);
        Assert.Contains($"the base {file.BaseHash[..12]},", error.Message, StringComparison.Ordinal);
        Assert.Contains($"this model is {set.BaseHash[..12]}.", error.Message, StringComparison.Ordinal);
        Assert.Empty(set.Names);
    }

    [Fact]
    public void BaseHash_DoesNotDependOnMemoryFormatOrLearnedPrompts()
    {
        using TensorScope scope = TensorScope.Begin();
        using YoloWorld model = World();
        string before = BaseHash.Of(model);
        model.To(MemoryFormat.ChannelsLast);
        model.LearnPrompts(Tensor.RandN(2, 32));
        Assert.Equal(before, BaseHash.Of(model));
        using NoGrad off = NoGrad.Begin();
        model.Parameters().First(entry => entry.Name.Contains("stem.conv")).Parameter.Value.ScaleInPlace(1.001);
        Assert.NotEqual(before, BaseHash.Of(model));
    }

    [Fact]
    public void SumOfTwo_EqualsBothTogether()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using AdapterCase.Host host = new(12);
        Tensor x = Tensor.RandN(2, 12, 7, 5);
        using AdapterFile a = Stored(3, 6, 31), b = Stored(5, 2, 32);
        using AdapterFile sum = LoraArithmetic.Add(a, b, 1, 0.5);
        float[] expected = (Change(a) + (Change(b) * 0.5)).ToSingles(), found = Change(sum).ToSingles();
        Assert.True(expected.Zip(found, (e, f) => Math.Abs(e - f)).Max() < 1e-4);
        Assert.Equal(8, ((LoraOptions)sum.Adapters[0].Options).Rank);

        Tensor Change(AdapterFile file)
        {
            using AdapterSet set = new(host);
            set.Add("one", file);
            Tensor plain = host.Forward(x);
            set.Use("one");
            return host.Forward(x) - plain;
        }

        AdapterFile Stored(int rank, double alpha, int seed)
        {
            using TemporaryFolder folder = new();
            using AdapterCase.Host own = new(12);
            AttachedAdapters attached = own.Plan(At(new LoraOptions { Rank = rank, Alpha = alpha }, "only"), x).Apply();
            AdapterCase.Scatter(attached.Adapters[0].Adapter, seed);
            AdapterFile.Save(folder.At("one.safetensors"), attached);
            return AdapterFile.Open(folder.At("one.safetensors"));
        }
    }

    [Fact]
    public void Compression_StatesItsErrorAndIsExactAtFullRank()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using TemporaryFolder folder = new();
        Train(
            folder.At("a.safetensors"), new() { Adapters = [new LoraOptions { Rank = 6, Alpha = 3, At = ["neck.out.*"] }] }, 21,
            Tensor.Rand(1, 3, 64, 64), Tensor.RandN(1, 2, 32));
        using AdapterFile file = AdapterFile.Open(folder.At("a.safetensors"));
        foreach (int rank in new[] { 1, 3, 6, 9 })
        {
            LoraCompression small = LoraArithmetic.Compress(file, rank);
            using AdapterFile result = small.File;
            double lost = 0, whole = 0;
            foreach (StoredAdapter stored in file.Adapters)
            {
                Tensor exact = Matrix(file, stored), found = Matrix(result, result.Adapters.Single(adapter => adapter.Site == stored.Site));
                (lost, whole) = (lost + (exact - found).Square().Sum().ToDouble(), whole + exact.Square().Sum().ToDouble());
            }

            Assert.Equal(Math.Sqrt(lost / whole), small.Error, 4);
            Assert.Equal(rank >= 6, small.Error < 1e-5);
        }

        static Tensor Matrix(AdapterFile file, StoredAdapter stored)
        {
            string path = stored.Site.ContainerPath;
            LoraOptions lora = (LoraOptions)stored.Options;
            Tensor down = file.Weights[path + ".lora_A.weight"].Flatten(1), up = file.Weights[path + ".lora_B.weight"].Flatten(1);
            return up.MatMul(down) * (lora.Alpha / lora.Rank);
        }
    }

    [Fact]
    public void OnlyLora_AddsUpOrCompresses()
    {
        using TensorScope scope = TensorScope.Begin();
        using TemporaryFolder folder = new();
        Tensor image = Tensor.Rand(1, 3, 64, 64), text = Tensor.RandN(1, 2, 32);
        Train(folder.At("mona.safetensors"), new() { Adapters = [new RepMonaOptions { At = ["neck.out.*"] }] }, 21, image, text);
        Train(
            folder.At("more.safetensors"), Lora with { Unfreeze = [new UnfreezeOptions { At = "neck.top_down_layers.1" }] }, 21, image,
            text);
        using AdapterFile mona = AdapterFile.Open(folder.At("mona.safetensors")), more = AdapterFile.Open(folder.At("more.safetensors"));
        GraftException refused = Assert.Throws<GraftException>(() => LoraArithmetic.Compress(mona, 2));
        Assert.Equal((Failure.Refused, "Only LoRA can be compressed."), (refused.Failure, refused.Hint));
        Assert.Equal(Failure.Refused, Assert.Throws<GraftException>(() => LoraArithmetic.Add(more, more)).Failure);
        Assert.NotEmpty(more.Unfrozen);
        Assert.Empty(mona.Unfrozen);
    }

    /// <summary>Files of version 1 have the sites as lists of strings and the options as YAML.</summary>
    [Fact]
    public void FilesOfVersion1_AreReadTheSame()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using TemporaryFolder folder = new();
        Tensor image = Tensor.Rand(1, 3, 64, 64), text = Tensor.RandN(1, 2, 32);
        TuningOptions tuning = At(new LoraOptions { Rank = 3, Alpha = 6, Dropout = 0.25 }, "neck.out.0");
        float[] expected = Train(folder.At("new.safetensors"), tuning, 21, image, text, new Vocabulary(["spur", "dent"], null, ""));
        using (Graft.Files.WeightFile file = Graft.Files.WeightFile.Open(folder.At("new.safetensors")))
        {
            Assert.Equal("2", file.Metadata["version"]);
            Assert.DoesNotContain("sites", file.Metadata.Keys);
            Dictionary<string, string> header = new(file.Metadata)
            {
                ["version"] = "1",
                ["sites"] = """[["neck.out.0","neck.out_layers.0","neck.out_adapters.0","32"]]""",
                ["adapters"] = "adapters:\n  -\n    kind: lora\n    at: [neck.out.0]\n    lr_mult: 1\n    decay_mult: 1\n    when: always\n    rank: 3\n    alpha: 6\n    dropout: 0.25\n",
            };
            Graft.Files.SafeTensorsWriter.Write(folder.At("old.safetensors"), file.Entries.Select(entry => Graft.Files.WeightData.From(entry)), header);
            Graft.Files.SafeTensorsWriter.Write(
                folder.At("future.safetensors"), file.Entries.Select(entry => Graft.Files.WeightData.From(entry)), new Dictionary<string, string>(file.Metadata) { ["version"] = "3" });
            Graft.Files.SafeTensorsWriter.Write(
                folder.At("broken.safetensors"), file.Entries.Select(entry => Graft.Files.WeightData.From(entry)), new Dictionary<string, string>(file.Metadata) { ["adapters"] = "[{" });
        }

        using AdapterFile old = AdapterFile.Open(folder.At("old.safetensors")), made = AdapterFile.Open(folder.At("new.safetensors"));
        StoredAdapter first = Assert.Single(old.Adapters), second = Assert.Single(made.Adapters);
        Assert.Equal((first.Site, first.Channels), (second.Site, second.Channels));
        Assert.Equal(["neck.out.0"], second.Options.At);
        Assert.Equal((LoraOptions)first.Options with { At = [] }, (LoraOptions)second.Options with { At = [] });
        Assert.Equal(["spur", "dent"], old.Vocabulary!.Names);
        using YoloWorld model = World();
        using AdapterSet set = new(model);
        set.Load("old", folder.At("old.safetensors"));
        set.Use("old");
        Assert.Equal(expected, Answer(model, image, text));
        GraftException future = Assert.Throws<GraftException>(() => AdapterFile.Open(folder.At("future.safetensors")));
        Assert.Contains("version 3; expected 1 or 2", future.Message, StringComparison.Ordinal);
        Assert.Equal(Failure.Model, Assert.Throws<GraftException>(() => AdapterFile.Open(folder.At("broken.safetensors"))).Failure);
    }

    [Fact]
    public void OtherFiles_AreNotTakenForAdapters()
    {
        using TensorScope scope = TensorScope.Begin();
        using TemporaryFolder folder = new();
        using YoloWorld model = World();
        Graft.Files.SafeTensorsWriter.Write(
            folder.At("model.safetensors"), model.StateDict().Select(entry => Graft.Files.WeightData.From(entry.Name, entry.Value)));
        Assert.Equal(Failure.Model, Assert.Throws<GraftException>(() => AdapterFile.Open(folder.At("model.safetensors"))).Failure);
    }

    private static TuningOptions At(AdapterOptions options, params string[] places) => new() { Adapters = [options with { At = places }] };

    private static YoloWorld World(int seed = 1)
    {
        YoloWorld model = new(Narrow);
        AdapterCase.Initialise(model, seed);
        return model;
    }

    private static float[] Train(string path, TuningOptions tuning, int seed, Tensor image, Tensor text, Vocabulary? words = null)
    {
        using YoloWorld model = World();
        AttachedAdapters attached = Tuning.Plan(model, tuning).Apply();
        foreach (PlannedAdapter planned in attached.Adapters)
        {
            AdapterCase.Scatter(planned.Adapter, seed++);
        }

        using NoGrad off = NoGrad.Begin();
        foreach (Graft.Torch.Optimizers.ParameterGroup group in attached.Groups.Where(group => !group.Name.Contains("adapters")))
        {
            group.Parameter.Value.CopyFrom(Tensor.RandN(group.Parameter.Value.Shape) * 0.2);
        }

        AdapterFile.Save(path, attached, words);
        return Answer(model, image, text);
    }

    private static float[] Answer(YoloWorld model, Tensor image, Tensor text)
    {
        using NoGrad off = NoGrad.Begin();
        RawDetections raw = model.Forward(image, text);
        return [.. raw.Logits.Concat(raw.Distributions).SelectMany(map => map.ToSingles())];
    }
}
