using Graft.Data;
using Graft.Detectors;
using Graft.Models.YoloWorld;
using Graft.Runs;
using Graft.Synthetic;
using Graft.Text;

namespace Graft.Tests.Runs;

public sealed class VocabulariesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DetectionDataset _data;

    public VocabulariesTests()
    {
        SyntheticOptions options = new() { Classes = ["hole", "stain"], Materials = ["ceramic tile"] };
        SyntheticDataset.Write(_folder.At("data"), [new("train", 1_000, 2) { Options = options }]);
        _folder.Write("prompts.json", """[["hole", "drilled hole"], ["stain", "dark stain", "spot"]]""");
        _data = DetectionData.OpenSplit(new DataOptions { Root = _folder.At("data"), Prompts = _folder.At("prompts.json") }, DataSplit.Train);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void StoredEmbeddings_InTheOrderOfTheirPrompts_AreTakenAtLengthOne()
    {
        string path = Stored(["hole", "stain"], scale: 3);
        Vocabulary words = Vocabularies.For(Config(text => text) with { Data = new DataOptions { Embeddings = path } }, _data);
        Assert.Equal(1, words.Embeddings!.Take(8).Sum(value => (double)value * value), 1e-5);
        Assert.Contains("normalised", Assert.Single(words.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void StoredEmbeddings_InAnotherOrderThanTheAnnotationFile_AreRefused()
    {
        string path = Stored(["stain", "hole"], scale: 1);
        GraftException error = Assert.Throws<GraftException>(() => Vocabularies.Read(path, _data.ClassNames, 8));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains("another order", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SampledSynonyms_AreRowsOfTheirClass()
    {
        PromptBank bank = Vocabularies.BankOf(Config(text => text with { Synonyms = SynonymUse.Sample }), _data)!;
        Assert.Equal(5 * 8, bank.Synonyms!.Length);
        SampledPrompts shown = bank.Sampler.Draw(new Targets(1, [new(0, 1, 0, 0, 5, 5)]));
        Assert.InRange(shown.Rows[shown.Targets.Boxes[0].Label], 2, 4);
        Assert.Equal(Vocabulary.StandIn(["spot"], 8).Embeddings, bank.Synonyms.Skip(4 * 8));
    }

    [Fact]
    public void Negatives_FollowTheClasses_AndMayNotBePromptsOfThem()
    {
        PromptBank bank = Vocabularies.BankOf(Config(text => text with { Shown = 4, Negatives = "sky, tree, sea" }), _data)!;
        Assert.Null(bank.Synonyms);
        Assert.Equal(3 * 8, bank.Negatives.Length);
        Assert.InRange(bank.Sampler.Draw(new Targets(1, [])).Rows.Max(), 2, 4);
        GraftException error = Assert.Throws<GraftException>(
            () => Vocabularies.BankOf(Config(text => text with { Shown = 4, Negatives = "sky, Dark  Stain" }), _data));
        Assert.Contains("Dark  Stain", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SettingsThatContradictOneAnother_AreRefused()
    {
        Refused(Config(text => text with { Negatives = "sky" }));
        Refused(Config(text => text with { Synonyms = SynonymUse.Sample, Learn = true }));
        Refused(Config(text => text with { Shown = 2 }) with { Model = new YoloWorldOptions { Form = new YoloWorldForm(BakedHead: 2, BakedNeck: 2) } });

        void Refused(RunConfig config) => Assert.Equal(Failure.Usage, Assert.Throws<GraftException>(() => Vocabularies.BankOf(config, _data)).Failure);
    }

    [Fact]
    public void StandIns_MustBeAskedFor()
    {
        Assert.Equal("stand-in", Vocabularies.For(Config(text => text), _data).Source);
        GraftException error = Assert.Throws<GraftException>(() => Vocabularies.For(Config(_ => new TextOptions()), _data));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains("model.text_dim=8", error.Message, StringComparison.Ordinal);
    }

    private static RunConfig Config(Func<TextOptions, TextOptions> text) => new() { Model = new YoloWorldOptions { TextDim = 8 }, Text = text(new TextOptions { Model = TextEncoders.StandIn }) };

    private string Stored(string[] names, float scale)
    {
        float[] rows = [.. Vocabulary.StandIn(names, 8).Embeddings!.Select(value => value * scale)];
        new PromptEmbeddings(rows, 8, [.. names.Select(name => (IReadOnlyList<string>)[name])]).Save(_folder.At("words.npy"));
        return _folder.At("words.npy");
    }
}
