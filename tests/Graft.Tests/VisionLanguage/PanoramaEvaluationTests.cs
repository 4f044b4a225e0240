using System.Text.Json;
using Graft.Text;
using Graft.Torch.Images;
using Graft.VisionLanguage;

namespace Graft.Tests.VisionLanguage;

public sealed class PanoramaEvaluationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("graft");

    public void Dispose() => _folder.Delete(recursive: true);

    [SharedFact]
    public void FailedRows_AreErrorsAndNotPredictions()
    {
        using PanoramaVlm model = Model();
        File.WriteAllBytes(PathOf("room.png"), PngBytes());
        File.WriteAllText(PathOf("broken.jpg"), "no image");
        File.WriteAllText(PathOf("q.csv"), """
            url,query,annotation
            room.png,"the ""sofa"", left",A red sofa.
            missing.png,door,A door.
            broken.jpg,window,A window.
            https://example.org/a.jpg,sky,The sky.
            room.png,floor,

            """);
        List<(int, int)> steps = [];
        PanoramaScores scores = PanoramaEvaluation.Run(Describer(model), PathOf("q.csv"), PathOf("out"),
            GenerationOptions.Greedy with { MaxNewTokens = 4 }, (done, all) => steps.Add((done, all)));
        Assert.Equal((5, 1, 1), (scores.Samples, scores.Scored, scores.WithoutReference));
        Assert.Equal([3, 4, 5], scores.Errors.Select(e => e.Row));
        Assert.Contains("missing.png", scores.Errors[0].Message, StringComparison.Ordinal);
        Assert.Equal((5, 5), steps[^1]);

        List<IReadOnlyDictionary<string, string>> table = CsvTable.Read(PathOf("out_predictions.csv"));
        Assert.Equal("the \"sofa\", left", table[0]["original_query"]);
        Assert.Equal(["false", "true", "true", "true", "false"], table.Select(row => row["is_error"]));
        Assert.All(table.Where(row => row["is_error"] == "true"), row => Assert.Equal("", row["prediction"]));
        using JsonDocument metrics = JsonDocument.Parse(File.ReadAllText(PathOf("out_metrics.json")));
        Assert.Equal(1, metrics.RootElement.GetProperty("scored").GetInt32());
        Assert.Equal(3, metrics.RootElement.GetProperty("errors").GetArrayLength());
        Assert.Equal(scores.Bleu4, metrics.RootElement.GetProperty("bleu4").GetDouble());
        Assert.Equal(["samples", "scored", "empty", "without_reference", "errors", "bleu4", "meteor", "rouge_l"], scores.ToJson().Select(field => field.Key));
        Assert.Equal(["row", "image", "message"], metrics.RootElement.GetProperty("errors")[0].EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public void Scores_AreTakenOverAnswersThatHaveAReference()
    {
        PanoramaAnswer Of(string? reference, string? prediction, string? error = null) => new(2, "a.png", "q", "q", reference, prediction, error);
        PanoramaScores scores = PanoramaEvaluation.Score([Of("a bright red room", "a bright red room"), Of("x", null, "lost"), Of(null, "y"), Of("z", "")]);
        Assert.Equal((4, 2, 1, 1), (scores.Samples, scores.Scored, scores.Empty, scores.WithoutReference));
        Assert.Equal(0.5, scores.RougeL!.Value, 12);
        Assert.Null(PanoramaEvaluation.Score([Of("x", null, "lost")]).Bleu4);
    }

    [SharedTheory]
    [InlineData("", "the file is empty")]
    [InlineData("url,query\n", "no rows")]
    [InlineData("url,text\na.png,b\n", "no column \"query\"")]
    [InlineData("url,query\na.png\n", "row 2 has 1 fields")]
    [InlineData("url,query\na.png,\"b\n", "does not end")]
    public void BadTables_AreNamed(string text, string expected)
    {
        using PanoramaVlm model = Model();
        File.WriteAllText(PathOf("bad.csv"), text);
        GraftException error = Assert.Throws<GraftException>(() => PanoramaEvaluation.Run(Describer(model), PathOf("bad.csv"), PathOf("out"), GenerationOptions.Greedy));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void Instructions_ReachTheModelUnchanged()
    {
        using PanoramaVlm model = Model();
        File.WriteAllBytes(PathOf("room.png"), PngBytes());
        File.WriteAllText(PathOf("i.csv"), "url,instruction,response\nroom.png,Say it.,Said.\n");
        PanoramaScores scores = PanoramaEvaluation.Run(Describer(model), PathOf("i.csv"), PathOf("out"), GenerationOptions.Greedy with { MaxNewTokens = 1 });
        Assert.Empty(scores.Errors);
        Assert.Equal(1, scores.Scored);
    }

    [SharedFact]
    public void TokenizerOfAnotherModel_IsRefused()
    {
        using PanoramaVlm model = PanoramaTrainerTests.Model(1);
        Assert.Equal(Failure.Model, Assert.Throws<GraftException>(() => Describer(model)).Failure);
    }

    [SharedFact]
    public void Tokenizer_IsFoundBesideTheCheckpointOrNamed()
    {
        using (PanoramaVlm model = Model())
        {
            PanoramaFiles.Write(PathOf("model"), model, "random");
        }

        using PanoramaModel opened = PanoramaModel.Open(PathOf("model"));
        Assert.Null(PanoramaDescriber.TryOpen(opened, new PanoramaOptions()));
        GraftException error = Assert.Throws<GraftException>(() => PanoramaDescriber.Open(opened, new PanoramaOptions()));
        Assert.Equal(Failure.Usage, error.Failure);
        string tokenizer = Shared.PathOf("golden", "panovlm", "tokenizer");
        Assert.Equal("Be brief.", PanoramaDescriber.Open(opened, new PanoramaOptions(), tokenizer, "Be brief.").SystemMessage);
        Directory.CreateDirectory(PathOf("model/tokenizer"));
        foreach (string file in Directory.EnumerateFiles(tokenizer))
        {
            File.Copy(file, PathOf(Path.Combine("model", "tokenizer", Path.GetFileName(file))));
        }

        Assert.Equal(PathOf("model/tokenizer"), opened.FindTokenizer());
        Assert.Equal(441, PanoramaDescriber.Open(opened, new PanoramaOptions()).Tokenizer.Count);
    }

    [SharedFact]
    public void Pixels_AreNormalisedToMinusOneToOneAndPlanar()
    {
        using PanoramaVlm model = Model();
        RgbImage image = new(64, 32, [.. Enumerable.Range(0, 64 * 32).SelectMany(_ => new byte[] { 255, 0, 51 })]);
        using Graft.Torch.Tensor pixels = Describer(model).Pixels(image);
        Assert.Equal([1, 3, 32, 32], pixels.Shape);
        float[] values = pixels.ToSingles();
        Assert.Equal((1, -1, -0.6f), (values[0], values[32 * 32], values[2 * 32 * 32]));
    }

    private static PanoramaVlm Model() => new(new PanoramaVlmOptions
    {
        Vision = new SiglipOptions { Width = 16, MlpWidth = 24, Layers = 1, Heads = 2, Patch = 8, Image = 32 },
        Resampler = new MlpResamplerOptions(),
        Language = new QwenOptions { VocabularySize = 441, Width = 16, MlpWidth = 24, Layers = 1, Heads = 2, KeyHeads = 1, HeadWidth = 8 },
        LatentWidth = 16,
        VicRegWidth = 12,
        VisionTokenId = 440,
    });

    private static PanoramaDescriber Describer(PanoramaVlm model)
        => new(model, QwenTokenizer.Load(Shared.PathOf("golden", "panovlm", "tokenizer")), new PanoramaOptions { Strategy = CropStrategy.Resize });

    private static byte[] PngBytes()
    {
        using Image image = new(64, 32, Colour.Rgb(200, 30, 90));
        return image.Encode(".png");
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
