using Graft.Data;
using Graft.Reports.Charts;
using Graft.Torch.Images;

namespace Graft.Reports;

/// <summary>Statistics of a data set's annotations: how many of each class, how large, and where.</summary>
/// <param name="Names">Class names by label.</param>
/// <param name="Objects">Every annotated object with the size of its image.</param>
public sealed record LabelOverview(IReadOnlyList<string> Names, IReadOnlyList<LabelledObject> Objects)
{
    /// <summary>More points would only overlap.</summary>
    private const int MaxPoints = 4000;

    /// <summary>The annotated objects of a data set.</summary>
    public static LabelOverview Of(DetectionDataset data)
    {
        IEnumerable<LabelledObject> objects =
            from image in data.Images
            from item in image.Objects
            select new LabelledObject(item.Label, item.Box, image.Width, image.Height);
        return new LabelOverview(data.ClassNames, [.. objects]);
    }

    /// <summary>Boxes per class.</summary>
    public BarChart Counts => new("Boxes per class", $"boxes, {Objects.Count} in all",
        [.. Names.Select((name, label) => new ChartBar(name, Objects.Count(item => item.Label == label), label))]);

    /// <summary>Width against height, as shares of the image.</summary>
    public Chart Sizes
    {
        get
        {
            double longest = Objects.Count > 0
                ? Objects.Max(item => Math.Max(item.Box.Width / item.ImageWidth, item.Box.Height / item.ImageHeight))
                : 1;
            Chart chart = Scatter("Box sizes", "width / image", "height / image",
                item => (item.Box.Width / item.ImageWidth, item.Box.Height / item.ImageHeight));
            return chart with { XRange = new(0, longest * 1.05), YRange = new(0, longest * 1.05) };
        }
    }

    /// <summary>Box centres, as shares of the image from its upper left corner.</summary>
    public Chart Centres => Scatter("Box centres", "x / image", "y / image", item => (
        (item.Box.X1 + item.Box.X2) / 2 / item.ImageWidth,
        (item.Box.Y1 + item.Box.Y2) / 2 / item.ImageHeight)) with
    {
        XRange = new(0, 1),
        YRange = new(0, 1),
        YDown = true,
    };

    /// <summary>The three charts as the image <c>labels.jpg</c>.</summary>
    public Image Draw()
        => ChartSheet.DrawMixed(Counts, [Sizes, Centres], columns: 3, width: 480, height: Math.Max(420, 70 + (Names.Count * 16)));

    private Chart Scatter(string title, string xLabel, string yLabel, Func<LabelledObject, (double X, double Y)> place)
    {
        int every = Math.Max(1, Objects.Count / MaxPoints);
        return new Chart(title, xLabel, yLabel,
        [
            .. Objects.Where((_, i) => i % every == 0).GroupBy(item => item.Label).OrderBy(group => group.Key).Select(group =>
                new ChartSeries(string.Empty, [.. group.Select(item => place(item).X)], [.. group.Select(item => place(item).Y)])
                {
                    Style = SeriesStyle.Dots,
                    Colour = group.Key,
                }),
        ]);
    }
}
