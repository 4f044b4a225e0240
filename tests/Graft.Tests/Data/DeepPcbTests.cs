using Graft.Data;

namespace Graft.Tests.Data;

[SideBySide]
public class DeepPcbTests
{
    private static readonly string[] Names = ["open", "short", "mousebite", "spur", "copper", "pin-hole"];

    private static DataOptions Boards => new() { Root = Shared.PathOf("data", "deeppcb-mini") };

    [SharedFact]
    public void WholeSet_IsFoundByItsFolderAlone()
    {
        DetectionData data = DetectionData.Open(Boards);
        Assert.Equal((240, 1656), (data.Train.Images.Count, data.Train.BoxCount));
        Assert.Equal((120, 766), (data.Val.Images.Count, data.Val.BoxCount));
        Assert.Equal([310, 245, 329, 275, 244, 253], data.Train.BoxesPerClass());
        Assert.Equal([151, 117, 129, 122, 125, 122], data.Val.BoxesPerClass());
        Assert.Equal(Names, data.Train.ClassNames);
        Assert.Equal("open circuit", data.Train.Prompts.Classes[0][0]);
        Assert.Same(data.Train.Prompts, data.Val.Prompts);
        Assert.Empty(data.Train.Problems.List());
        Assert.Empty(data.Val.Problems.List());
        Assert.All(data.Train.Images, image => Assert.Equal((640, 640), (image.Width, image.Height)));
    }

    [SharedFact]
    public void GivenPaths_OpenTheSameSet()
    {
        DetectionData data = DetectionData.Open(Boards with
        {
            Train = "annotations/train.json",
            Val = "annotations/val.json",
            TrainImages = "images/train",
            Prompts = "class_texts.json",
        });
        Assert.Equal(1656, data.Train.BoxCount);
        Assert.Equal(766, data.Val.BoxCount);
    }

    [SharedFact]
    public void ThreeOfSixClasses_KeepAllImagesAndOnlyTheirBoxes()
    {
        DetectionData data = DetectionData.Open(Boards with { Classes = ["mousebite", "open", "short"] });
        Assert.Equal([329, 310, 245], data.Train.BoxesPerClass());
        Assert.Equal([129, 151, 117], data.Val.BoxesPerClass());
        Assert.Equal(240, data.Train.Images.Count);
        Assert.Equal(["mouse bite", "open circuit", "short circuit"], data.Train.Prompts.Names);
        Assert.Equal([3, 1, 2], data.Val.Categories.Select(category => category.Id));
        Assert.Equal(129 + 151 + 117, data.Val.Annotations.Count);
        Assert.Equal(275 + 244 + 253, data.Train.Problems.CountOf(DataProblemKind.OtherClass));
    }

    [SharedFact]
    public void HeadersTellTheSizeThatDecodingGives()
    {
        foreach (DetectionImage image in DetectionData.OpenSplit(Boards, DataSplit.Val).Images.Take(20))
        {
            Assert.Equal((image.Width, image.Height), Graft.Torch.Images.Image.ReadSize(image.Path));
        }
    }
}
