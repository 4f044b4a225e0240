using System.Text.Json.Nodes;

namespace Graft.Cli.Tests.BadInput;

/// <summary>Training on damaged data: what can be skipped is named and counted, anything else ends with 3 and leaves no run
/// behind.</summary>
public sealed class TrainingDataTests(TinyData data) : IClassFixture<TinyData>
{
    [Fact]
    public void MissingAndUnreadableImages_AreNamedCountedAndSkipped()
    {
        SpoiledData spoiled = new(data, "bad-images");
        string missing = spoiled.Images[0], unreadable = spoiled.Images[1], empty = spoiled.Images[2];
        File.Delete(missing);
        File.WriteAllText(unreadable, "no image");
        File.WriteAllBytes(empty, []);
        GraftCli.Result result = spoiled.Train().Succeeds();
        Assert.Contains($"1 missing image, skipped ({missing})", result.Errors, StringComparison.Ordinal);
        Assert.Contains("2 unreadable images, skipped (", result.Errors, StringComparison.Ordinal);
        Assert.Contains(unreadable, result.Errors, StringComparison.Ordinal);
        Assert.Contains(empty, result.Errors, StringComparison.Ordinal);
        Assert.Contains("2 unreadable images, skipped", File.ReadAllText(Path.Combine(spoiled.Run, "report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void NoUsableImage_EndsWithThree()
    {
        SpoiledData none = new(data, "none");
        Directory.Delete(Path.Combine(none.Root, "images", "train"), recursive: true);
        Refused(none, "train.json", "none of its 8 images");

        SpoiledData broken = new(data, "broken");
        foreach (string image in broken.Images)
        {
            File.WriteAllText(image, "no image");
        }

        broken.Train().Fails(3, "train.json", "8 unreadable images");
        Assert.False(File.Exists(Path.Combine(broken.Run, "weights", "last.safetensors")));
    }

    [Fact]
    public void EmptyFolder_EndsWithThree()
    {
        string empty = Directory.CreateDirectory(data.At("empty")).FullName;
        data.Train("tiny.yaml", "run-empty").Succeeds();
        GraftCli.Run("train", data.At("tiny.yaml"), "--data", empty, "--work-dir", data.At("run-nothing")).Fails(3, empty, "training set");
        GraftCli.Run("train", data.At("tiny.yaml"), "--data", data.At("nowhere"), "--work-dir", data.At("run-nothing")).Fails(3, "nowhere");
        GraftCli.Run("predict", data.At("run-empty"), empty, "--out", data.At("found")).Fails(3, empty, "no images or videos");
        Assert.False(Directory.Exists(data.At("run-nothing")));
        Assert.False(Directory.Exists(data.At("found")));
    }

    [Fact]
    public void BoxesOutsideTheImageOrWithoutSize_AreCountedAndSkipped()
    {
        SpoiledData spoiled = new SpoiledData(data, "boxes").Change(json =>
        {
            JsonArray objects = json["annotations"]!.AsArray();
            objects[0]!["bbox"] = new JsonArray(10_000, 10, 20, 20);
            objects[1]!["bbox"] = new JsonArray(5, 5, 0, 20);
            objects[1]!["area"] = 0;
            objects[2]!["bbox"] = new JsonArray(-40, -40, 60, 60);
        });
        GraftCli.Result result = spoiled.Train().Succeeds();
        Assert.Contains("1 box outside the image, not trained on (annotation 1 of 000000.jpg)", result.Errors, StringComparison.Ordinal);
        Assert.Contains("1 box without area (smaller than one pixel), not trained on (annotation 2 of ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("1 box reaching outside the image, clipped (annotation 3 of ", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownClasses_EndWithThree()
    {
        Refused(
            new SpoiledData(data, "class").Change(json => json["annotations"]![0]!["category_id"] = 99),
            "train.json", "annotation 1", "category 99");

        string folder = data.At("yolo");
        Directory.CreateDirectory(Path.Combine(folder, "images"));
        Directory.CreateDirectory(Path.Combine(folder, "labels"));
        File.Copy(Directory.EnumerateFiles(Path.Combine(data.Root, "images", "train")).First(), Path.Combine(folder, "images", "a.jpg"));
        File.WriteAllText(Path.Combine(folder, "labels", "a.txt"), "0 0.5 0.5 0.1 0.1\n7 0.5 0.5 0.1 0.1\n");
        string yaml = data.Write("yolo/data.yaml", "train: images\nval: images\nnames: [hole, stain]\n");
        GraftCli.Run("train", data.At("tiny.yaml"), "--data", yaml, "--work-dir", data.At("run-yolo")).Fails(3, "a.txt:2", "class 7", "0 to 1");
        File.WriteAllText(Path.Combine(folder, "labels", "a.txt"), "0 0.5 0.5 0.1\n");
        GraftCli.Run("train", data.At("tiny.yaml"), "--data", yaml, "--work-dir", data.At("run-yolo")).Fails(3, "a.txt:1", "0 0.5 0.5 0.1");
        Assert.False(Directory.Exists(data.At("run-yolo")));
    }

    [Fact]
    public void DuplicateIds_EndWithThree()
    {
        Refused(new SpoiledData(data, "annotation-id").Change(json => json["annotations"]![1]!["id"] = 1), "annotation id used twice", "annotation 1");
        Refused(new SpoiledData(data, "image-id").Change(json => json["images"]![1]!["id"] = 1), "image id used twice", "image 1");
        Refused(new SpoiledData(data, "category-id").Change(json => json["categories"]![1]!["id"] = json["categories"]![0]!["id"]!.GetValue<int>()), "category id used twice");
    }

    [Fact]
    public void WrongJson_EndsWithThree()
    {
        SpoiledData cut = new(data, "cut");
        File.WriteAllText(cut.Annotations, File.ReadAllText(cut.Annotations)[..200]);
        Refused(cut, "train.json", "JSON");
        Refused(new SpoiledData(data, "keys").Change(json => json.Remove("categories")), "train.json", "\"categories\"");
        Refused(new SpoiledData(data, "types").Change(json => json["annotations"]![0]!["bbox"] = "wide"), "train.json", "annotations[0].bbox");

        SpoiledData words = new(data, "words");
        File.WriteAllText(Path.Combine(words.Root, "class_texts.json"), "{\"hole\": 1}");
        Refused(words, "class_texts.json", "list of classes");
        File.WriteAllText(Path.Combine(words.Root, "class_texts.json"), "[[\"hole\"]]");
        Refused(words, "class_texts.json", "1", "2");
    }

    [Fact]
    public void EmbeddingsOfAnotherWidthOrNumber_EndWithThree()
    {
        SpoiledData plain = new(data, "embeddings");
        Refused(plain, ["data.embeddings=" + Numbers.Npy(data.At("narrow.npy"), 2, 300)], "narrow.npy", "2×300", "2×512");
        Refused(plain, ["data.embeddings=" + Numbers.Npy(data.At("short.npy"), 1, 512)], "short.npy", "1×512", "2×512");
        Refused(plain, ["data.embeddings=" + data.At("absent.npy")], "absent.npy");
    }

    private static void Refused(SpoiledData spoiled, params string[] words) => Refused(spoiled, [], words);

    private static void Refused(SpoiledData spoiled, string[] more, params string[] words)
    {
        spoiled.Train(more).Fails(3, words);
        Assert.False(Directory.Exists(spoiled.Run), "a run folder was left behind");
    }
}
