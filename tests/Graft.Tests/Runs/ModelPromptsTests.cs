using Graft.Data;
using Graft.Detectors;
using Graft.Models.YoloV10;
using Graft.Runs;
using Graft.Synthetic;
using Graft.Text;

namespace Graft.Tests.Runs;

/// <summary>What --prompts, --classes and their companions become, called by a program.</summary>
public sealed class ModelPromptsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly AdaptedFiles _files;

    public ModelPromptsTests() => _files = new AdaptedFiles(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WithoutPrompts_TheModelsOwnCount()
    {
        Assert.Null(ModelPrompts.Of(_files.Base, new PromptRequest()));
        Assert.Null(ModelPrompts.OfClasses(_files.Base, new PromptRequest(), DataSplit.Val));
    }

    [Fact]
    public void PromptsOfAModelThatLearnedStandIns_AreStandIns_AndOthersAreWithoutMeaning()
    {
        Vocabulary words = ModelPrompts.Of(_files.Base, new PromptRequest { Prompts = "dent, sratch" })!;
        Assert.Equal(["dent", "sratch"], words.Names);
        Assert.Equal(["sratch"], words.WithoutMeaning);
        Assert.Equal(AdaptedFiles.Words.Embeddings!.Skip(24).Take(24), words.Embeddings!.Take(24));
    }

    [Fact]
    public void StoredEmbeddings_AreTakenWithTheirNames()
    {
        string path = _folder.At("words.npy");
        new PromptEmbeddings(Vocabulary.StandIn(["car", "dog"], 24).Embeddings!, 24, [["car"], ["dog", "hound"]]).Save(path);
        Vocabulary words = ModelPrompts.Of(_files.Base, new PromptRequest { Prompts = path })!;
        Assert.Equal((path, 2), (words.Source, words.Names.Count));
        Assert.Equal(["car", "dog"], words.Names);
        Assert.Equal(["a", "b"], ModelPrompts.Of(_files.Base, new PromptRequest { Prompts = "a,b", Embeddings = NpyWithoutNames() })!.Names);
        Assert.Equal(["class 1", "class 2"], ModelPrompts.Of(_files.Base, new PromptRequest { Prompts = NpyWithoutNames() })!.Names);
    }

    [Fact]
    public void ModelsThatCannotTakeThePrompts_RefuseThem()
    {
        RunConfig numbered = new() { Model = new YoloV10Options { Nc = 2 } };
        using (IDetector detector = DetectorFactory.Create(numbered.Model, DetectorFactory.Unnamed(numbered.Model)))
        {
            Checkpoint.Write(_folder.At("v10.safetensors"), detector, new Vocabulary(["a", "b"], null, "none"), numbered);
        }

        Refuses(Failure.Usage, "reads no text", _folder.At("v10.safetensors"), new PromptRequest { Prompts = "a" });
        Refuses(Failure.Model, "holds no text encoder", _files.Plain, new PromptRequest { Prompts = "a", Config = _files.Config });
    }

    [Fact]
    public void ClassesOfTheData_GetTheirPrompts()
    {
        SyntheticOptions options = new() { Classes = ["hole", "stain"], Materials = ["ceramic tile"] };
        SyntheticDataset.Write(_folder.At("data"), [new("train", 1_000, 2) { Options = options }]);
        PromptRequest request = new() { Settings = [$"data.root={_folder.At("data")}"] };
        Vocabulary one = ModelPrompts.OfClasses(_files.Base, request with { Classes = ["stain"] }, DataSplit.Train)!;
        Assert.Equal(["stain"], one.Names);
        Assert.Empty(one.WithoutMeaning);
        Vocabulary both = ModelPrompts.OfClasses(_files.Base, request with { Prompts = "crack,dent" }, DataSplit.Train)!;
        Assert.Equal(["hole", "stain"], both.Names);
        Assert.Equal(AdaptedFiles.Words.Embeddings!.Skip(3 * 24).Take(24), both.Embeddings!.Take(24));
        GraftException error = Assert.Throws<GraftException>(() => ModelPrompts.OfClasses(_files.Base, request with { Prompts = "dent" }, DataSplit.Train));
        Assert.Contains("1 entry for 2 classes", error.Message, StringComparison.Ordinal);
    }

    private string NpyWithoutNames()
    {
        string path = _folder.At("rows.npy");
        new PromptEmbeddings(Vocabulary.StandIn(["x", "y"], 24).Embeddings!, 24).Save(path);
        File.Delete(path + ".json");
        return path;
    }

    private static void Refuses(Failure failure, string words, string target, PromptRequest request)
    {
        GraftException error = Assert.Throws<GraftException>(() => ModelPrompts.Of(target, request));
        Assert.Equal(failure, error.Failure);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }
}
