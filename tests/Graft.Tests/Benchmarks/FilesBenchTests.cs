using Graft.Benchmarks;
using Graft.Models.YoloV10;
using Graft.Runs;
using Graft.Tests.Runs;

namespace Graft.Tests.Benchmarks;

public sealed class FilesBenchTests
{
    [Fact]
    public void ModelsOfFiles_AreMeasuredInTheirOrder_AtTheImageSizeOfTheFirst()
    {
        using TemporaryFolder folder = new();
        AdaptedFiles files = new(folder);
        string merged = folder.At("baked.safetensors");
        using (TrainedModel model = TrainedModel.Open(files.Base, []))
        {
            ModelRewriting.Bake(model, merged, foldNorms: true);
        }

        FilesBench.Result result = FilesBench.Run([files.Base, merged], [], 1);
        Assert.Equal((64, 2), (result.ImageSize, result.Costs.Count));
        Assert.True(result.Costs[1].Parameters < result.Costs[0].Parameters);
        Assert.All(result.Costs, cost => Assert.True(cost.Milliseconds > 0));
        Assert.Throws<GraftException>(() => FilesBench.Run([files.Base, folder.At("absent.safetensors")], [], 1));
    }

    [Fact]
    public void ANetworkThatTakesNoText_HasNoBenchOfIt()
        => Assert.Equal(
            Failure.Usage, Assert.Throws<GraftException>(() => WordsBench.Run(new RunConfig { Model = new YoloV10Options() }, null, 1)).Failure);
}
