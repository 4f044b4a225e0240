using System.Text;
using Graft.Files;
using Graft.Models.YoloWorld;
using Graft.Torch.Weights;

namespace Graft.Cli.Tests;

/// <summary>Unusable prompts and embeddings through the real command line: the error names the problem, and the exit code its
/// kind.</summary>
[Collection("libtorch\'s one generator")]
public sealed class PromptInputTests(TinyRun run) : IClassFixture<TinyRun>, IDisposable
{
    private const int Width = 512, DataError = 3, ModelError = 4;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EmbeddingsOfAnotherWidth_EndWithThree() => Predict(Npy("narrow.npy", 2, 300, value => value)).Fails(DataError, "narrow.npy", "300", "512");

    [Fact]
    public void EmbeddingsThatAreWholeNumbers_EndWithThree()
    {
        string path = _folder.At("whole.npy");
        NpyWriter.Write(path, WeightData.From("x", Enumerable.Range(0, 2 * Width).ToArray(), 2, Width));
        Predict(path).Fails(DataError, "whole.npy", "floating-point");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void ARowThatIsNotFinite_IsNamed(float spoiled)
    {
        string path = Npy("spoiled.npy", 3, Width, value => value, (Width * 2) + 7, spoiled);
        Predict(path).Fails(DataError, "spoiled.npy", "row 2", "not finite");
        run.Data.Train("tiny.yaml", $"spoiled{spoiled}", $"data.embeddings={Npy("two.npy", 2, Width, value => value, 5, spoiled)}").Fails(DataError, "two.npy", "row 0");
    }

    [Fact]
    public void ARowOfZeros_IsNamed() => Predict(Npy("zero.npy", 2, Width, _ => 0)).Fails(DataError, "zero.npy", "row 0", "direction");

    [Fact]
    public void RowsThatAreNotOfLengthOne_AreNormalisedWithANote_AndMatchUnitRows()
    {
        GraftCli.Result once = Predict(Npy("unit.npy", 2, Width, value => value), "--json").Succeeds();
        GraftCli.Result longer = Predict(Npy("longer.npy", 2, Width, value => 5 * value), "--json").Succeeds();
        Assert.Contains("2 of 2 rows are not of length one and were normalised", longer.Errors, StringComparison.Ordinal);
        Assert.Equal(Boxes(once), Boxes(longer));

        static string Boxes(GraftCli.Result result) => result.Json.GetProperty("images").GetRawText();
    }

    [Theory]
    [InlineData("scratch,dent,Scratch ", "same prompt")]
    [InlineData("scratch,,dent", "empty prompt")]
    [InlineData(" ", "empty prompt")]
    public void DuplicateAndEmptyPrompts_EndWithThree(string prompts, string said) => Predict(prompts).Fails(DataError, said);

    [Fact]
    public void PromptFilesInOtherEncodings_EndWithThree()
    {
        Predict(Bytes("utf16.json", Encoding.Unicode.GetPreamble(), Encoding.Unicode.GetBytes("[[\"Kratzer\"]]"))).Fails(DataError, "utf16.json", "UTF-16", "UTF-8");
        Predict(Bytes("latin.txt", Encoding.Latin1.GetBytes("Kratzer\nWölbung\n"))).Fails(DataError, "latin.txt", "offset 9", "not UTF-8");
        Predict(Bytes("marked.txt", Encoding.UTF8.GetPreamble(), Encoding.UTF8.GetBytes("Kratzer\nWölbung\n"))).Succeeds();
    }

    [Fact]
    public void PromptFilesThatAreNoLists_EndWithThree()
    {
        Predict(_folder.Write("object.json", "{\"a\": 1}")).Fails(DataError, "object.json", "list");
        Predict(_folder.Write("numbers.json", "[[1, 2]]")).Fails(DataError, "numbers.json", "class 0");
        Predict(_folder.Write("broken.json", "[[\"a\"")).Fails(DataError, "broken.json", "JSON");
        Predict(_folder.Write("empty.json", "[]")).Fails(DataError, "empty.json", "no prompts");
        Predict(_folder.At("absent.json")).Fails(DataError, "absent.json");
    }

    [Fact]
    public void ACheckpointWithoutATextEncoder_EndsWithFour_WhenTextIsNeeded()
    {
        GraftCli.Run("embed", "a,b", "--text-model", run.Best, "--out", _folder.At("out.npy")).Fails(ModelError, "no text ");
        Assert.False(File.Exists(_folder.At("out.npy")));
        string plain = Plain();
        GraftCli.Run("predict", plain, ImagePath, "--config", run.Data.At("tiny.yaml"), "--prompts", "a,b").Fails(ModelError, "no text ", "--text-model");
        GraftCli.Run(
            "reparam", plain, "--config", run.Data.At("tiny.yaml"), "--prompts", "a,b", "--text-model", plain, "--out", _folder.At("out.pth")).Fails(ModelError, "no text ");
        run.Data.Train("tiny.yaml", "none", $"text.model={plain}").Fails(ModelError, "no text ");
    }

    [Fact]
    public void AMissingVocabularyFile_EndsWithFour_AndIsNamed()
    {
        string tower = _folder.At("tower.safetensors");
        SafeTensorsWriter.Write(tower, [WeightData.From("text_model.embeddings.token_embedding.weight", new float[64], 8, 8)], new Dictionary<string, string>());
        GraftCli.Run("embed", "a,b", "--text-model", tower, "--out", _folder.At("out.npy")).Fails(ModelError, "vocab.json", "merges.txt");
        GraftCli.Run("embed", "a,b", "--text-model", tower, "--vocabulary", _folder.At("nowhere"), "--out", _folder.At("out.npy")).Fails(ModelError, "nowhere");
    }

    [Fact]
    public void TextModelWithoutPrompts_AndPromptsForBakedModels_AreUsageErrors()
    {
        GraftCli.Run("predict", run.Best, ImagePath, "--text-model", _folder.Path).Fails(2, "--prompts");
        string baked = _folder.At("baked.safetensors");
        GraftCli.Run("reparam", run.Best, "--out", baked).Succeeds();
        GraftCli.Run("predict", baked, ImagePath, "--prompts", Npy("other.npy", 2, Width, value => value), "--out", _folder.At("found")).Fails(2, "baked in", "reparam", "best.safetensors");
    }

    private string ImagePath => Directory.GetFiles(Path.Combine(run.Data.Root, "images", "val"))[0];

    private GraftCli.Result Predict(string prompts, params string[] more)
        => GraftCli.Run(["predict", run.Best, ImagePath, "--prompts", prompts, "--out", _folder.At("found"), "--conf", "0.001", .. more]);

    /// <summary>Unit rows, changed by a function, with one bad value.</summary>
    private string Npy(string name, int rows, int width, Func<float, float> change, int at = -1, float spoiled = 0)
    {
        float[] values = [.. Enumerable.Range(0, rows * width).Select(i => change((((i * 7919) % 13) % 2 == 0 ? 1 : -1) / MathF.Sqrt(width)))];
        if (at >= 0)
        {
            values[at] = spoiled;
        }

        NpyWriter.Write(_folder.At(name), WeightData.From("x", values, rows, width));
        return _folder.At(name);
    }

    private string Bytes(string name, params byte[][] parts)
    {
        File.WriteAllBytes(_folder.At(name), [.. parts.SelectMany(part => part)]);
        return _folder.At(name);
    }

    /// <summary>The weights alone, as official checkpoints are: without configuration, names and embeddings.</summary>
    private string Plain()
    {
        using YoloWorld model = new(new YoloWorldOptions { WidenFactor = 0.125, LastStageOutChannels = 512 });
        SafeTensorsWriter.Write(
            _folder.At("plain.safetensors"), model.StateDict().Select(entry => WeightData.From(entry.Name, entry.Value)), new Dictionary<string, string>());
        return _folder.At("plain.safetensors");
    }
}
