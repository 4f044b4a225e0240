namespace Graft.Cli.Tests.BadInput;

/// <summary>Every folder of faulty inputs through the real command line, with the outcome that its README states.</summary>
public sealed class FaultFolderTests(FaultData faults) : IClassFixture<FaultData>
{
    [SharedTheory]
    [InlineData("labels-not-found/folder-called-image", 3, "0 of 3 images have a label file", "labels/train")]
    [InlineData("labels-not-found/labels-beside-images", 3, "0 of 3 images have a label file", "labels/train/000.txt", "3 label files were found in")]
    [InlineData("labels-not-found/no-labels-folder", 3, "0 of 3 images have a label file")]
    [InlineData("coco-area-zero", 0, "3 boxes", "2 boxes", "area of the box")]
    [InlineData("unused-files/data.yaml", 0, "2 images", "1 label file", "001.heic")]
    [InlineData("roboflow-root-category", 0, "2 classes", "left out")]
    [InlineData("backslash-paths", 0, "3 images, 3 boxes", "2 images, 2 boxes")]
    [InlineData("prompt-of-another-class", 3, "class_texts.json", "'square'")]
    [InlineData("exif-rotated-png/data.yaml", 0, "3 images, 3 boxes", "2 images, 2 boxes")]
    [InlineData("sixteen-bit-dark/data.yaml", 0, "16-bit", "brightest value 3504 of 65535")]
    [InlineData("truncated-jpeg/data.yaml", 0, "1 damaged image", "000.jpg")]
    public void Training_EndsAsItsReadmeSays(string data, int code, params string[] words)
    {
        string[] parts = data.Split('/');
        string root = Path.Combine([faults.Copy(parts[0]), .. parts[1..]]), run = faults.At("run-" + Guid.NewGuid().ToString("n"));
        GraftCli.Result result = GraftCli.Run(FaultData.Training(run, root)).Ends(code);
        Assert.All(words, word => Assert.Contains(word, result.Output + result.Errors, StringComparison.Ordinal));
        Assert.DoesNotContain("-1.0000", result.Output + result.Errors, StringComparison.Ordinal);
        Assert.Equal(code == 0, Directory.Exists(run));
    }

    [SharedFact]
    public void KeyPointLabels_AreTheirBoxes()
    {
        string run = faults.At("run-pose");
        GraftCli.Run(FaultData.Training(run, Path.Combine(faults.Copy("pose-labels"), "data.yaml"))).Succeeds();
        Graft.Data.DetectionDataset set = Graft.Data.DetectionData.OpenSplit(
            new Graft.Data.DataOptions { Root = Path.Combine(faults.Copy("pose-labels"), "data.yaml") }, Graft.Data.DataSplit.Train);
        Graft.Detectors.Box box = set.Images[0].Objects[0].Box;
        Assert.Equal([6, 10, 26, 30], new[] { box.X1, box.Y1, box.X2, box.Y2 }.Select(value => Math.Round(value, 2)));
    }

    [SharedFact]
    public void LinkBackToTheData_IsEnteredOnce()
    {
        string data = faults.Copy("symlink-loop");
        File.CreateSymbolicLink(Path.Combine(data, "images", "train", "loop"), "../..");
        GraftCli.Result result = GraftCli.Run(FaultData.Training(faults.At("run-loop"), Path.Combine(data, "data.yaml"))).Succeeds();
        Assert.Contains("train: 3 images", result.Output, StringComparison.Ordinal);
    }

    [SharedFact]
    public void ValidationWithoutACommonClass_EndsWithThree()
        => GraftCli.Run("val", faults.Run, "--data", Path.Combine(faults.Copy("val-nothing-in-common"), "data.yaml"))
            .Fails(3, "Disc, Square", "disc, square", "none in common", "case");

    [SharedTheory]
    [InlineData("--conf", "0,3")]
    [InlineData("--conf", "0,05")]
    [InlineData("--iou", "0,7")]
    [InlineData("--conf", "3")]
    [InlineData("--conf", "-1")]
    [InlineData("--conf", "NaN")]
    public void ThresholdsOfAnotherForm_AreRefused(string option, string value)
        => GraftCli.Run("predict", faults.Run, Path.Combine(faults.Copy("conf-decimal-comma"), "a.png"), option, value, "--out", faults.At("none"))
            .Fails(2, option, value);

    [SharedFact]
    public void ImagesOfTheSameName_AllHaveAResult()
    {
        string found = faults.At("same-name");
        GraftCli.Run("predict", faults.Run, faults.Copy("predict-same-name"), "--out", found).Succeeds();
        Assert.Equal(3, Directory.EnumerateFiles(found, "*", SearchOption.AllDirectories).Count());
    }

    [SharedFact]
    public void BadImages_AreSkippedNamedAndCounted()
    {
        string data = faults.Copy("predict-one-bad-picture"), found = faults.At("one-bad");
        GraftCli.Result result = GraftCli.Run("predict", faults.Run, data, "--out", found).Ends(3);
        Assert.Contains("001.jpg", result.Errors, StringComparison.Ordinal);
        Assert.Equal(["000.jpg", "002.jpg"], Directory.EnumerateFiles(found).Select(Path.GetFileName).Order());
    }

    [SharedFact]
    public void RunFolderThatHoldsARun_IsNotOverwritten()
    {
        string data = Path.Combine(faults.Copy("work-dir-taken"), "data.yaml"), run = faults.At("taken");
        GraftCli.Run(FaultData.Training(run, data)).Succeeds();
        byte[] before = File.ReadAllBytes(Path.Combine(run, "weights", "best.safetensors"));
        GraftCli.Result second = GraftCli.Run(FaultData.Training(run, data));
        Assert.NotEqual(0, second.ExitCode);
        Assert.Contains(run, second.Errors, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(run, "weights", "best.safetensors")));
    }

    [SharedFact]
    public void ResumeWithOtherClasses_IsRefused()
    {
        string data = faults.Copy("resume-other-classes"), run = faults.At("resumed");
        GraftCli.Run("train", "yolov10/n", "--data", Path.Combine(data, "before.yaml"), "epochs=2", "imgsz=64", "batch=2", "--work-dir", run).Succeeds();
        GraftCli.Result result = GraftCli.Run("train", "--resume", run, "--data", Path.Combine(data, "after.yaml"), "epochs=4");
        Assert.Contains(result.ExitCode, new[] { 3, 6 });
        Assert.Contains("disc, square", result.Errors, StringComparison.Ordinal);
        Assert.Contains("square, disc", result.Errors, StringComparison.Ordinal);
    }

    [SharedFact]
    public void AdapterThatLacksTargets_IsNotMergedSilently()
    {
        string data = faults.Copy("peft-missing-targets"), merged = faults.At("merged.safetensors");
        GraftCli.Result result = GraftCli.Run("peft", "merge", Path.Combine(data, "base.safetensors"), Path.Combine(data, "adapter"), "--out", merged);
        Assert.Equal((4, false), (result.ExitCode, File.Exists(merged)));
        Assert.Contains("tensors for 2 of them; without: model.layers.1.self_attn", result.Errors, StringComparison.Ordinal);
    }

    [SharedTheory]
    [InlineData("compiled.pth")]
    [InlineData("lightning.ckpt")]
    [InlineData("lightning_ema.ckpt")]
    [InlineData("ema_only.pt")]
    public void WrappedCheckpoints_AreFound(string file)
    {
        string data = faults.Copy("checkpoint-prefixes");
        GraftCli.Result result = GraftCli.Run("inspect", Path.Combine(data, file), "--against", Path.Combine(data, "plain.safetensors"), "--json").Succeeds();
        Assert.Empty(result.Json.GetProperty("missing").EnumerateArray());
    }

    [SharedFact]
    public void ArraysAsWeights_AreReadOrNamed()
    {
        string data = faults.Copy("checkpoint-prefixes");
        GraftCli.Result result = GraftCli.Run("inspect", Path.Combine(data, "numpy_arrays.pth"), "--against", Path.Combine(data, "plain.safetensors"));
        Assert.True(result.ExitCode == 0 || result.Errors.Contains("NumPy", StringComparison.Ordinal), result.Output + result.Errors);
    }

    [SharedFact]
    public void StandInPrompts_AreReportedAndNotBaked()
    {
        string image = Path.Combine(faults.Copy("conf-decimal-comma"), "a.png"), baked = faults.At("baked.safetensors");
        GraftCli.Result found = GraftCli.Run("predict", faults.Run, image, "--prompts", "car,dog", "--out", faults.At("stand-in")).Succeeds();
        Assert.Contains("stand-ins", found.Errors, StringComparison.Ordinal);
        Assert.Contains("disc", found.Errors, StringComparison.Ordinal);
        GraftCli.Run("reparam", faults.Run, "--prompts", "car,dog,cat", "--out", baked).Fails(6, "car", "stand-ins");
        Assert.False(File.Exists(baked));
    }

    [SharedFact]
    public void BracketLeftOpen_IsNamedWithItsLine()
    {
        string config = Path.Combine(faults.Copy("yaml-open-bracket"), "config.yaml"), data = faults.At("data.yaml");
        GraftCli.Run("config", "show", config).Fails(2, "config.yaml:2", "[");
        File.WriteAllText(data, "train: images\nval: images\nnames: [disc, square\nnc: 2\n");
        GraftCli.Run(FaultData.Training(faults.At("none"), data)).Fails(3, "data.yaml:3", "[");
    }
}
