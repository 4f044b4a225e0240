using Graft.Cli.CommandLine;

namespace Graft.Cli.Tests.CommandLine;

/// <summary>Command lines of other tools get the equivalent line as a hint.</summary>
public sealed class OtherToolsTests
{
    [Theory]
    [InlineData("train model=yolov10n.pt data=coco8.yaml epochs=3", "graft train yolov10/n --base yolov10n.pt --data coco8.yaml epochs=3")]
    [InlineData("train model=yolov10s.yaml data=coco8.yaml", "graft train yolov10/s --data coco8.yaml")]
    [InlineData("train model=yolov8s-worldv2.pt data=d.yaml", "graft train yolo_world/v2_s --base yolov8s-worldv2.pt --data d.yaml")]
    [InlineData("train model=yolo_world/v2_s data=DATA", "graft train yolo_world/v2_s --data DATA")]
    [InlineData("train model=yolo11n.pt data=d.yaml imgsz=320", "graft train start/scratch --data d.yaml imgsz=320")]
    [InlineData("detect train data=d.yaml model=runs/base.safetensors device=0", "graft train start/adapt --base runs/base.safetensors --data d.yaml")]
    [InlineData("train base.pt", "graft train start/adapt --base base.pt --data DATA")]
    [InlineData("task=detect mode=val model=RUN data=DATA", "graft val RUN --data DATA")]
    [InlineData("val model=RUN data=DATA", "graft val RUN --data DATA")]
    [InlineData("predict model=RUN source=IMAGES conf=0.3", "graft predict RUN IMAGES conf=0.3")]
    [InlineData("train boards/scratch data=d.yaml epochs=3", null)]
    [InlineData("val RUN --data DATA", null)]
    [InlineData("config show yolo_world/v2_n model.widen_factor=0.5", null)]
    [InlineData("train --resume runs/detect/train epochs=9", null)]
    [InlineData("train resume=True model=runs/last.pt", "graft train --resume")]
    public void LineToType(string typed, string? expected) => Assert.Equal(expected, OtherTools.LineFor(typed.Split(' ')));

    [Fact]
    public void DataInPlaceOfTheConfiguration_IsRecognised()
    {
        using TemporaryFolder folder = new();
        string data = folder.Write("data.yaml", "train: images/train\nval: images/val\nnames: [a, b]\n"), config = folder.Write("mine.yaml", "train: {epochs: 2}\n");
        Assert.Equal($"graft train start/scratch --data {data} epochs=5", OtherTools.LineFor(["train", data, "epochs=5"]));
        Assert.Equal($"graft train start/scratch --data {folder.Path}", OtherTools.LineFor(["train", folder.Path]));
        Assert.Null(OtherTools.LineFor(["train", config, "--data", data]));
    }

    [Fact]
    public void RunInPlaceOfTheConfiguration_IsABase()
    {
        using TemporaryFolder folder = new();
        string run = Directory.CreateDirectory(folder.At("run", "weights")).Parent!.FullName;
        Assert.Equal($"graft train start/adapt --base {run} --data data.yaml", OtherTools.LineFor(["train", run, "--data", "data.yaml"]));
        Assert.Equal($"graft train start/adapt --base {run} --data DATA", OtherTools.LineFor(["train", run]));
    }

    [Fact]
    public void TheAnswer_EndsWithTwo()
        => GraftCli.Run("train", "model=yolov10n.pt", "data=coco8.yaml").Fails(2, "graft train yolov10/n --base yolov10n.pt --data coco8.yaml");
}
