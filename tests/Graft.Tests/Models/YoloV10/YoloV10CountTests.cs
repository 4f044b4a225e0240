using Graft.Configuration;
using Graft.Models.YoloV10;
using Graft.Reports;
using Graft.Runs;
using Graft.Torch;
using V10 = Graft.Models.YoloV10.YoloV10;

namespace Graft.Tests.Models.YoloV10;

public class YoloV10CountTests
{
    [Theory]
    [InlineData("n", 2_775_520, 2_775_504, 2_762_608, 2_310_624, 2_299_264, 8.74, 8.57, 6.84, 6.70, 0.061, 595, 213)]
    [InlineData("s", 8_128_272, 8_128_256, 8_096_880, 7_277_920, 7_248_960, 25.11, 24.78, 21.86, 21.58, 0.123, 619, 219)]
    [InlineData("m", 16_576_768, 16_576_752, 16_543_024, 15_389_968, 15_359_488, 64.48, 63.92, 59.60, 59.10, 0.138, 799, 283)]
    [InlineData("b", 20_574_384, 20_574_368, 20_534_512, 19_101_696, 19_065_792, 99.35, 98.61, 92.62, 91.96, 0.123, 835, 295)]
    [InlineData("l", 25_888_688, 25_888_672, 25_839_728, 24_416_000, 24_371_008, 127.88, 127.00, 121.14, 120.35, 0.123, 1027, 359)]
    [InlineData("x", 31_808_960, 31_808_944, 31_738_160, 29_539_408, 29_473_568, 171.85, 170.63, 161.51, 160.39, 0.154, 1135, 395)]
    public void Config_HasThePublishedCounts(
        string size, long parameters, long trainable, long folded, long oneToOne, long deployed,
        double gflops, double gflopsFolded, double gflopsOneToOne, double gflopsDeployed, double attention, int keys, int foldedKeys)
    {
        YoloV10Counts counts = YoloV10Counts.Of(Options(size));
        Assert.Equal(
            (parameters, trainable, folded, oneToOne, deployed),
            (counts.Training.Parameters, counts.Trainable, counts.Folded.Parameters, counts.OneToOne.Parameters,
                counts.Deployed.Parameters));
        Assert.Equal(
            (gflops, gflopsFolded, gflopsOneToOne, gflopsDeployed, attention),
            (Math.Round(counts.Training.Gflops, 2), Math.Round(counts.Folded.Gflops, 2), Math.Round(counts.OneToOne.Gflops, 2),
                Math.Round(counts.Deployed.Gflops, 2), Math.Round(counts.Training.AttentionFlops / 1e9, 3)));
        Assert.Equal((keys, foldedKeys), (counts.Training.Keys, counts.Folded.Keys));
    }

    [Fact]
    public void LayerTable_SumsUpToTheWholeNetwork()
    {
        using V10 model = new(new YoloV10Options());
        LayerTable table = LayerTable.Of(model, () => model.Forward(Tensor.Zeros(1, 3, 64, 96)));
        LayerRow[] layers = [.. table.Rows.Where(row => row.Depth == 2)];
        Assert.Equal(
            [
                464L, 4_672, 7_360, 18_560, 49_664, 9_856, 197_632, 36_096, 460_288, 164_608, 249_728,
                148_224, 37_248, 36_992, 123_648, 18_048, 282_624, 929_808,
            ],
            layers.Select(row => row.Parameters));
        Assert.Equal([1L, 16, 32, 48], layers[0].Output);
        Assert.Equal([1L, 256, 2, 3], layers[^2].Output);
        Assert.Equal(2 * 27 * 16 * 32 * 48, table.Rows.Single(row => row.Path == "model.0.conv").Flops.Layers);
        Assert.Equal(table.Total.Flops.Layers, table.Rows.Where(row => row.IsLeaf).Sum(row => row.Flops.Layers));
        long ramp = 2L * 2 * 64 * (96 + 24 + 6);
        Assert.Equal(YoloV10Counts.Of(new YoloV10Options(), 64, 96).Training.Flops - ramp, table.Total.Flops.Published);
        Assert.Contains("model.10.attn.qkv.conv", table.ToText(), StringComparison.Ordinal);
        Assert.DoesNotContain("model.10.attn", table.ToText(depth: 2), StringComparison.Ordinal);
    }

    [Fact]
    public void ClassCountThatEqualsAChannelCount_IsTakenForTheClassifiers()
    {
        // As in the authors' code: their checkpoints for 64 classes have a stem of 64 channels.
        using V10 model = new(new YoloV10Options { Nc = 64 });
        Assert.Equal([64L, 3, 3, 3], model.StateDict().First().Value.Shape);
    }

    private static YoloV10Options Options(string size)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Graft.slnx")))
            {
                string path = Path.Combine(at.FullName, "configs", "yolov10", $"{size}.yaml");
                return Assert.IsType<YoloV10Options>(ConfigFile.Load<RunConfig>(path).Value.Model);
            }
        }

        throw new InvalidOperationException("The configs folder was not found above the test's binaries.");
    }
}
