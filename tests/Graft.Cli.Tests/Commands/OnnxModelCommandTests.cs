using System.Text.Json;

namespace Graft.Cli.Tests.Commands;

/// <summary>predict and val with an ONNX model: the results of the run that it was exported from, without the native library.</summary>
public sealed class OnnxModelCommandTests(TinyOnnx onnx) : IClassFixture<TinyOnnx>
{
    private const double Pixels = 0.1, Score = 1e-3;

    private TinyData Data => onnx.Run.Data;

    [Fact]
    public void Predict_FindsTheBoxesOfTheRun_WithoutTheNativeLibrary()
    {
        string images = Path.Combine(Data.Root, "images", "val");
        GraftCli.RunWithoutNative("predict", onnx.Run.Folder, images, "--out", Data.At("no-native")).Fails(1, "native library");
        Same(images, "same");
    }

    [SharedFact]
    public void Predict_FindsTheBoxesOfTheRun_InPhotographs()
    {
        string folder = Directory.CreateDirectory(Data.At("boards")).FullName;
        foreach (string path in Directory.EnumerateFiles(Shared.PathOf("data", "deeppcb-mini", "images", "val")).Order(StringComparer.Ordinal).Take(4))
        {
            File.Copy(path, Path.Combine(folder, Path.GetFileName(path)));
        }

        Same(folder, "photographs");
    }

    [Fact]
    public void Predict_FindsTheBoxesOfTheRun_InTiffFiles()
    {
        string folder = Directory.CreateDirectory(Data.At("tiff")).FullName;
        foreach ((string name, byte[] file) in TiffPictures.All)
        {
            File.WriteAllBytes(Path.Combine(folder, name + ".tif"), file);
        }

        Same(folder, "tiff");
        File.WriteAllBytes(Path.Combine(folder, "cut.tif"), TiffPictures.All[0].File[..2000]);
        GraftCli.RunWithoutNative("predict", onnx.Model, Path.Combine(folder, "cut.tif"), "--out", Data.At("tiff-cut")).Fails(3, "cut.tif: damaged image");
    }

    [Fact]
    public void Predict_SkipsVideosAndBadImages_NamedAndCounted()
    {
        string folder = Directory.CreateDirectory(Data.At("mixed")).FullName, found = Data.At("mixed-found");
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        File.Copy(Data.Image("val", 0), Path.Combine(folder, "000.jpg"));
        File.Copy(Data.Image("val", 1), Path.Combine(folder, "sub", "000.jpg"));
        File.WriteAllText(Path.Combine(folder, "001.png"), "no image");
        File.WriteAllText(Path.Combine(folder, "002.mp4"), "no video");
        GraftCli.Result result = GraftCli.RunWithoutNative("predict", onnx.Model, folder, Data.At("absent.jpg"), "--out", found, "--json", "--threads", "1")
            .Fails(3, "3 of 5 inputs", "001.png: not a readable image", "002.mp4: videos are not read with an ONNX model", "absent.jpg: there is no such file");
        Assert.Equal("data", result.Json.GetProperty("kind").GetString());
        Assert.Equal(3, result.Json.GetProperty("failed").GetArrayLength());
        Assert.Equal(
            ["000.jpg", "sub/000.jpg"],
            Directory.EnumerateFiles(found, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(found, file).Replace('\\', '/')).Order());
    }

    [Fact]
    public void Val_GivesTheMetricsOfTheRun_WithoutTheNativeLibrary_WhateverTheOrderOfClasses()
    {
        JsonElement expected = GraftCli.Run("val", onnx.Run.Folder, "--json").Succeeds().Json;
        JsonElement found = GraftCli.RunWithoutNative("val", onnx.Model, "--data", Data.Root, "--json").Succeeds().Json;
        Assert.Equal(expected.EnumerateObject().Select(field => field.Name), found.EnumerateObject().Select(field => field.Name));
        Close(expected, found);

        string other = Data.At("other-order");
        Directory.CreateDirectory(Path.Combine(other, "annotations"));
        Directory.CreateSymbolicLink(Path.Combine(other, "images"), Path.Combine(Data.Root, "images"));
        foreach (string split in new[] { "train", "val" })
        {
            using JsonDocument whole = JsonDocument.Parse(File.ReadAllText(Data.Json(split)));
            Dictionary<string, JsonElement> fields = whole.RootElement.EnumerateObject().ToDictionary(field => field.Name, field => field.Value);
            File.WriteAllText(Path.Combine(other, "annotations", split + ".json"), JsonSerializer.Serialize(fields.ToDictionary(
                field => field.Key, field => field.Key == "categories" ? (object)field.Value.EnumerateArray().Reverse().ToArray() : field.Value)));
        }

        Close(expected, GraftCli.RunWithoutNative("val", onnx.Model, "--data", other, "--json").Succeeds().Json);
    }

    [Fact]
    public void Val_NamesClassesThatTheDataLacks_AndRefusesDataWithoutAnyOfThem()
    {
        string text = File.ReadAllText(Data.Json("val"));
        string some = Data.Write("some.json", text.Replace("\"stain\"", "\"smudge\"", StringComparison.Ordinal));
        string none = Data.Write("none.json", text.Replace("\"stain\"", "\"smudge\"", StringComparison.Ordinal).Replace("\"hole\"", "\"pit\"", StringComparison.Ordinal));
        File.Move(some, Path.Combine(Data.Root, "annotations", "some_val.json"));
        File.Move(none, Path.Combine(Data.Root, "annotations", "none_val.json"));
        try
        {
            GraftCli.Result found = GraftCli.RunWithoutNative("val", onnx.Model, "--data", Path.Combine(Data.Root, "annotations", "some_val.json"), "--json").Succeeds();
            Assert.Contains("'stain'", found.Errors, StringComparison.Ordinal);
            GraftCli.RunWithoutNative("val", onnx.Model, "--data", Path.Combine(Data.Root, "annotations", "none_val.json")).Fails(3, "none_val.json", "hole");
        }
        finally
        {
            File.Delete(Path.Combine(Data.Root, "annotations", "some_val.json"));
            File.Delete(Path.Combine(Data.Root, "annotations", "none_val.json"));
        }
    }

    [Fact]
    public void OptionsOfNetworks_AreRefused_WithWhatToDo()
    {
        string image = Data.Image("val", 0);
        GraftCli.RunWithoutNative("predict", onnx.Model, image, "--prompts", "hole,stain").Fails(2, "its classes for good", "graft export", "--text input");
        GraftCli.RunWithoutNative("predict", onnx.Model, image, "--strength", "0.5").Fails(2, "--strength", "graft export");
        GraftCli.Run("export", onnx.Model, "--out", Data.At("again.onnx")).Fails(4, "exported already", "run folder");
        GraftCli.RunWithoutNative("predict", onnx.Model, image, "--config", "v2_n").Fails(2, "--config");
        GraftCli.RunWithoutNative("predict", onnx.Model, image, "predict.score=0.1").Fails(2, "predict.score=0.1");
        GraftCli.RunWithoutNative("predict", onnx.Model, image, "--imgsz", "96", "--out", Data.At("imgsz")).Fails(2, "--imgsz 96", "--dynamic");
        GraftCli.RunWithoutNative("val", onnx.Model, "--data", Data.Root, "--before", onnx.Run.Folder).Fails(2, "--before");
        GraftCli.RunWithoutNative("val", onnx.Model).Fails(2, "--data is missing", "Add --data");
    }

    [Fact]
    public void BadFiles_EndWithTheCodeOfModels_AndForeignOnesAreReadByTheirShape()
    {
        string image = Data.Image("val", 0), foreign = Data.Write("foreign.onnx", "no model"), cut = Data.At("cut.onnx");
        byte[] whole = File.ReadAllBytes(onnx.Model);
        File.WriteAllBytes(cut, whole[..(whole.Length / 2)]);
        string absent = Data.At("absent.onnx");
        foreach (string model in new[] { foreign, cut, absent })
        {
            GraftCli.RunWithoutNative("predict", model, image, "--out", Data.At("bad")).Fails(4, model);
            GraftCli.RunWithoutNative("val", model, "--data", Data.Root).Fails(4, model);
        }

        string bare = onnx.WithoutMetadata("bare.onnx");
        GraftCli.Result found = GraftCli.RunWithoutNative("predict", bare, image, "--conf", "0.001", "--out", Data.At("bare"), "--json").Succeeds();
        Assert.Contains("no names", found.Errors, StringComparison.Ordinal);
        Assert.All(Boxes(found).Single(), box => Assert.StartsWith("class ", box.GetProperty("label").GetString(), StringComparison.Ordinal));
        GraftCli.RunWithoutNative("val", bare, "--data", Data.Root).Fails(3, "class 0");
    }

    [Fact]
    public void Inspect_ReadsTheWeights()
        => GraftCli.Run("inspect", onnx.Model, "--json").Succeeds();

    /// <summary>Compares the boxes of the run and of its ONNX model, and the names of the results.</summary>
    private void Same(string images, string name)
    {
        GraftCli.Result run = GraftCli.Run("predict", onnx.Run.Folder, images, "--conf", "0.001", "--out", Data.At(name + "-run"), "--json").Succeeds();
        GraftCli.Result found = GraftCli.RunWithoutNative("predict", onnx.Model, images, "--conf", "0.001", "--out", Data.At(name + "-onnx"), "--json").Succeeds();
        Assert.Equal(run.Json.EnumerateObject().Select(field => field.Name), found.Json.EnumerateObject().Select(field => field.Name));
        Assert.Equal(Results(Data.At(name + "-run")), Results(Data.At(name + "-onnx")));
        JsonElement[][] expected = Boxes(run), actual = Boxes(found);
        Assert.Equal(expected.Length, actual.Length);
        Assert.True(expected.Sum(boxes => boxes.Length) > 0, "the run finds nothing, so nothing is compared");
        foreach ((JsonElement[] boxes, JsonElement[] others) in expected.Zip(actual))
        {
            Assert.Equal(boxes.Length, others.Length);
            List<JsonElement> left = [.. others];
            foreach (JsonElement box in boxes)
            {
                int index = left.FindIndex(other => IsSame(box, other));
                Assert.True(index >= 0, $"no box of the ONNX model is {box}");
                left.RemoveAt(index);
            }
        }
    }

    private static bool IsSame(JsonElement box, JsonElement other)
        => box.GetProperty("label").GetString() == other.GetProperty("label").GetString()
            && Math.Abs(box.GetProperty("score").GetDouble() - other.GetProperty("score").GetDouble()) <= Score
            && box.GetProperty("xyxy").EnumerateArray().Zip(other.GetProperty("xyxy").EnumerateArray())
                .All(pair => Math.Abs(pair.First.GetDouble() - pair.Second.GetDouble()) <= Pixels);

    private static JsonElement[][] Boxes(GraftCli.Result result)
        => [.. result.Json.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("boxes").EnumerateArray().ToArray())];

    private static string[] Results(string folder)
        => [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];

    private static void Close(JsonElement expected, JsonElement found)
    {
        foreach (string field in new[] { "map", "map50", "map75", "mar_100" })
        {
            Assert.Equal(expected.GetProperty(field).GetDouble(), found.GetProperty(field).GetDouble(), Score);
        }
    }
}
