using System.Text.Json;
using Graft.Data;
using Graft.Detectors;
using Graft.Torch.Images;

namespace Graft.Tests.Data;

[SideBySide]
public class LetterboxTests
{
    private static readonly Dictionary<string, Letterbox> Pipelines = new()
    {
        ["test"] = new Letterbox(256),
        ["train_stage2"] = new Letterbox(256) { ScaleUp = true, Fill = new Colour(114, 0, 0) },
        ["letter_only"] = new Letterbox(256) { ScaleUp = true, FitFirst = false },
        ["minipad"] = new Letterbox(256) { Multiple = 32 },
    };

    // Size of the image, of its content in a 640 input, padding top, bottom, left, right, and scale factors.
    [Theory]
    [InlineData(900, 900, 640, 640, 0, 0, 0, 0, 0.711111, 0.711111)]
    [InlineData(640, 480, 640, 480, 80, 80, 0, 0, 1, 1)]
    [InlineData(1920, 1080, 640, 360, 140, 140, 0, 0, 0.333333, 0.333333)]
    [InlineData(500, 333, 640, 426, 107, 107, 0, 0, 1.28, 1.279279)]
    [InlineData(640, 427, 640, 427, 106, 107, 0, 0, 1, 1)]
    [InlineData(427, 640, 427, 640, 0, 0, 106, 107, 1, 1)]
    [InlineData(77, 77, 639, 639, 0, 1, 0, 1, 8.298701, 8.298701)]
    public void Sizes_MatchTheOriginal(
        int width, int height, int innerWidth, int innerHeight, int top, int bottom, int left, int right, double scaleX, double scaleY)
    {
        LetterboxPlan plan = new Letterbox(640).Plan(width, height);
        Assert.Equal((innerWidth, innerHeight), (plan.InnerWidth, plan.InnerHeight));
        Assert.Equal((top, bottom, left, right), (plan.Top, plan.Bottom, plan.Left, plan.Right));
        Assert.Equal(scaleX, plan.Fitting.ScaleX, 1e-6);
        Assert.Equal(scaleY, plan.Fitting.ScaleY, 1e-6);
        Assert.Equal((640, 640), (plan.Width, plan.Height));
    }

    [Fact]
    public void ThinImage_KeepsOnePixel()
    {
        LetterboxPlan plan = new Letterbox(640) { FitFirst = false }.Plan(1, 4000);
        Assert.Equal((1, 640), (plan.InnerWidth, plan.InnerHeight));
    }

    [SharedTheory]
    [InlineData("test")]
    [InlineData("train_stage2")]
    [InlineData("letter_only")]
    [InlineData("minipad")]
    public void Pixels_MatchTheOriginal(string pipeline)
    {
        Letterbox letterbox = Pipelines[pipeline];
        foreach (JsonElement listed in Manifest().GetProperty("images").EnumerateArray())
        {
            JsonElement expected = listed.GetProperty("results").GetProperty(pipeline);
            using Image image = Image.Load(Folder(listed.GetProperty("file").GetString()!));
            LetterboxPlan plan = letterbox.Plan(image.Width, image.Height);
            using Image input = letterbox.Apply(image, plan);
            Assert.Equal(Numbers(expected, "scale_factor_wh"), [plan.Fitting.ScaleX, plan.Fitting.ScaleY], Close);
            Assert.Equal(Numbers(expected, "pad_param_top_bottom_left_right"), new double[] { plan.Top, plan.Bottom, plan.Left, plan.Right });
            double[][] boxes = [.. Boxes(listed, "gt_boxes_in").Select(box => plan.ToInput(new Box(box[0], box[1], box[2], box[3])))
                .Select(box => new[] { box.X1, box.Y1, box.X2, box.Y2 })];
            Assert.Equal(Boxes(expected, "gt_boxes_out").SelectMany(box => box), boxes.SelectMany(box => box), (a, b) => Math.Abs(a - b) < 1e-3);

            (byte[] rgb, _, int[] shape) = Npz.Raw(Folder("outputs.npz"), expected.GetProperty("array").GetString()!);
            Assert.Equal([input.Height, input.Width, 3], shape);
            byte[] planes = new byte[rgb.Length];
            input.CopyPlanes(planes, swap: true);
            Assert.Equal(rgb, Interleaved(planes));
        }
    }

    private static byte[] Interleaved(byte[] planes)
        => [.. Enumerable.Range(0, planes.Length).Select(i => planes[(i % 3 * (planes.Length / 3)) + (i / 3)])];

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-12;

    private static double[] Numbers(JsonElement element, string name)
        => [.. element.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    private static IEnumerable<double[]> Boxes(JsonElement element, string name)
        => element.GetProperty(name).EnumerateArray().Select(box => box.EnumerateArray().Select(value => value.GetDouble()).ToArray());

    private static string Folder(string name) => Shared.PathOf("golden", "yoloworld", "g_preprocess", name);

    private static JsonElement Manifest()
    {
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(Folder("manifest.json")));
        return manifest.RootElement.Clone();
    }
}
