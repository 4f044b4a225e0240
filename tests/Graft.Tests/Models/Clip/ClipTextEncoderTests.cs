using Graft.Files;
using Graft.Models.Clip;
using Graft.Text;
using Graft.Torch.Weights;

namespace Graft.Tests.Models.Clip;

public sealed class ClipTextEncoderTests : IDisposable
{
    private const string Prefix = "backbone.text_model.model.";
    private static readonly ClipTextOptions Small = new() { Width = 64, Layers = 2, Heads = 1, MlpWidth = 32, ProjectionWidth = 16 };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("graft");

    private static string Vocabulary => Shared.PathOf("data", "clip-tokenizer");

    public void Dispose() => _folder.Delete(recursive: true);

    [SharedFact]
    public void FolderAndCheckpoint_GiveTheSameEmbeddings()
    {
        using ClipTextModel model = ClipTextModelTests.Random(Small, seed: 8);
        using ClipTextEncoder fromFolder = ClipTextEncoder.Load(Folder(model));
        using ClipTextEncoder fromCheckpoint = ClipTextEncoder.Load(Checkpoint(model), Vocabulary);
        PromptSet prompts = PromptSet.Parse("scratch,missing screw,a photo of a broken bottle.");
        PromptEmbeddings first = fromFolder.Embed(prompts), second = fromCheckpoint.Embed(prompts);
        Assert.Equal((3, 16), (first.Count, first.Width));
        Assert.Equal(first.Values, second.Values);
        Assert.Equal(fromFolder.ModelHash, fromCheckpoint.ModelHash);
        Assert.Equal(1, fromCheckpoint.Report!.Coverage);
        Assert.Contains(fromCheckpoint.Report.LeftOut, left => left.Name == "bbox_head.weight");
        for (int row = 0; row < 3; row++)
        {
            Assert.Equal(1, first.Values[(row * 16)..((row + 1) * 16)].Sum(v => (double)v * v), 1e-5);
        }
    }

    [SharedFact]
    public void Synonyms_AreAveragedOnTheSphereOrSkipped()
    {
        using ClipTextEncoder encoder = new(ClipTextModelTests.Random(Small, seed: 9), ClipTokenizer.Load(Vocabulary));
        float[] Single(string prompt) => encoder.Embed(new PromptSet([[prompt]])).Values;
        PromptSet prompts = new([["scratch", "scuff"], ["dent"]]);
        double[] sum = [.. Single("scratch").Zip(Single("scuff"), (a, b) => (double)a + b)];
        double length = Math.Sqrt(sum.Sum(v => v * v));
        PromptEmbeddings average = encoder.Embed(prompts), first = encoder.Embed(prompts, SynonymUse.First);
        for (int i = 0; i < 16; i++)
        {
            Assert.Equal(sum[i] / length, average.Values[i], 1e-5);
            Assert.Equal(Single("scratch")[i], first.Values[i], 1e-5);
        }

        Assert.Equal(["scratch", "scuff"], average.Prompts![0]);
        Assert.Equal(["scratch"], first.Prompts![0]);
    }

    [SharedFact]
    public void ManyPrompts_AreEncodedInBatchesOnceAndCached()
    {
        using ClipTextEncoder encoder = new(ClipTextModelTests.Random(Small, seed: 10), ClipTokenizer.Load(Vocabulary));
        PromptSet prompts = new([.. Enumerable.Range(0, 200).Select(i => (IReadOnlyList<string>)[$"defect number {i} {new string('x', i % 30)}"])]);
        EmbeddingCache cache = new(_folder.FullName);
        List<(int Done, int All)> steps = [];
        PromptEmbeddings encoded = encoder.Embed(prompts, cache: cache, progress: (done, all) => steps.Add((done, all)));
        Assert.Equal([(0, 200), (64, 200), (128, 200), (192, 200), (200, 200)], steps);

        steps.Clear();
        PromptEmbeddings remembered = encoder.Embed(prompts, cache: cache, progress: (done, all) => steps.Add((done, all)));
        Assert.Equal([(200, 200)], steps);
        Assert.Equal(encoded.Values, remembered.Values);

        using ClipTextEncoder other = new(ClipTextModelTests.Random(Small, seed: 11), ClipTokenizer.Load(Vocabulary));
        Assert.NotEqual(encoded.Values, other.Embed(prompts, cache: cache).Values);
    }

    [SharedFact]
    public void DamagedCache_CountsAsEmpty()
    {
        using ClipTextEncoder encoder = new(ClipTextModelTests.Random(Small, seed: 12), ClipTokenizer.Load(Vocabulary));
        File.WriteAllText(Path.Combine(_folder.FullName, encoder.ModelHash + ".bin"), "something else");
        PromptEmbeddings found = encoder.Embed(PromptSet.Parse("dent"), cache: new EmbeddingCache(_folder.FullName));
        Assert.Equal(encoder.Embed(PromptSet.Parse("dent")).Values, found.Values);
    }

    [SharedFact]
    public void CheckpointWithoutTextEncoder_IsReported()
    {
        string path = Path.Combine(_folder.FullName, "baked.safetensors");
        SafeTensorsWriter.Write(path, [WeightData.From("bbox_head.weight", new float[4], 4)]);
        GraftException error = Assert.Throws<GraftException>(() => ClipTextEncoder.Load(path, Vocabulary));
        Assert.Equal(Failure.Model, error.Failure);
        Assert.Contains("there is no text encoder", error.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void IncompleteTextEncoder_IsRefusedWithTheMissingName()
    {
        using ClipTextModel model = ClipTextModelTests.Random(Small, seed: 13);
        string path = Path.Combine(_folder.FullName, "part.safetensors");
        SafeTensorsWriter.Write(path, model.StateDict().Where(e => e.Name != "text_model.final_layer_norm.bias").Select(e => WeightData.From(e.Name, e.Value)));
        Assert.Contains("text_model.final_layer_norm.bias",
            Assert.Throws<GraftException>(() => ClipTextEncoder.Load(path, Vocabulary)).Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void MissingVocabulary_IsNamed()
    {
        using ClipTextModel model = ClipTextModelTests.Random(Small, seed: 14);
        GraftException error = Assert.Throws<GraftException>(() => ClipTextEncoder.Load(Checkpoint(model)));
        Assert.Contains("vocabulary is missing", error.Message, StringComparison.Ordinal);
        Assert.Contains("vocab.json", error.Hint, StringComparison.Ordinal);
    }

    private string Folder(ClipTextModel model)
    {
        string folder = _folder.CreateSubdirectory("hf").FullName;
        File.Copy(Path.Combine(Vocabulary, "vocab.json"), Path.Combine(folder, "vocab.json"));
        File.Copy(Path.Combine(Vocabulary, "merges.txt"), Path.Combine(folder, "merges.txt"));
        File.WriteAllText(Path.Combine(folder, "config.json"), """
            {"projection_dim": 16, "text_config": {"vocab_size": 49408, "hidden_size": 64, "num_hidden_layers": 2,
             "num_attention_heads": 1, "intermediate_size": 32, "max_position_embeddings": 77, "hidden_act": "quick_gelu"}}
            """);
        SafeTensorsWriter.Write(Path.Combine(folder, "model.safetensors"),
        [
            .. model.StateDict().Select(e => WeightData.From(e.Name, e.Value)),
            WeightData.From("text_model.embeddings.position_ids", Enumerable.Range(0, 77).Select(i => (long)i).ToArray(), 1, 77),
            WeightData.From("vision_model.post_layernorm.bias", new float[4], 4),
            WeightData.From("logit_scale", new float[1]),
        ]);
        return folder;
    }

    private string Checkpoint(ClipTextModel model)
    {
        string path = Path.Combine(_folder.FullName, "yolo_world.pth");
        TorchWriter.Write(path,
        [
            WeightData.From("bbox_head.weight", new float[4], 4),
            .. model.StateDict().Select(e => WeightData.From(Prefix + e.Name, e.Value)),
        ], key: "state_dict");
        return path;
    }
}
