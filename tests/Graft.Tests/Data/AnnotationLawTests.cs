using System.Globalization;
using System.Text.Json;
using CsCheck;
using Graft.Data;
using Graft.Detectors;

namespace Graft.Tests.Data;

/// <summary>Annotations of any content read back the same in each format.</summary>
[SideBySide]
public sealed class AnnotationLawTests : IDisposable
{
    private const int Classes = 4;
    private static readonly Gen<string> Text = Gen.Char["abzAZ09 ._-/\\\"'{}[]:,#äß漢字\t\n"].Array[0, 12].Select(letters => new string(letters));
    private static readonly Gen<double> Pixels = Gen.Double[0, 5000];

    private static readonly Gen<CocoFile> Files =
        from images in Gen.Select(Gen.Long, Text, Gen.Int[0, 9000], Gen.Int[0, 9000]).Select(
            (id, name, width, height) => new CocoImage(id, name, width, height)).Array[0, 5]
        from categories in Gen.Select(Gen.Long, Text).Select((id, name) => new CocoCategory(id, name)).Array[0, 5]
        let listed = images.DistinctBy(image => image.Id).ToArray()
        let named = categories.DistinctBy(category => category.Id).Select((category, i) => category with { Name = $"{i}{category.Name}" }).ToArray()
        from annotations in Annotations(listed, named)
        select new CocoFile("", listed, named, [.. annotations.DistinctBy(annotation => annotation.Id)]);

    private static readonly Gen<Box> Fractions = Gen.Select(Gen.Double.Unit, Gen.Double.Unit, Gen.Double.Unit, Gen.Double.Unit).Select(
        (x, y, width, height) => Box.FromSize(x - (width / 2), y - (height / 2), width, height));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Coco_ReadsBackTheSame()
        => Law.Holds(Gen.Select(Files, Gen.Bool, Gen.Bool), one =>
        {
            (CocoFile written, bool indented, bool foreignKeys) = one;
            string path = _folder.Write("a.json", Json(written, indented, foreignKeys));
            CocoFile read = CocoFile.Read(path);
            Assert.Equal(written.Images, read.Images);
            Assert.Equal(written.Categories, read.Categories);
            Assert.Equal(written.Annotations, read.Annotations);
            Assert.Empty(read.Repairs.List());
            Assert.Equal(Json(written, false, false), Json(read, false, false));
        });

    [Fact]
    public void CocoThatBreaksOff_IsRefusedWithItsPath()
        => Law.Holds(Gen.Select(Files, Gen.Double.Unit), one =>
        {
            string text = Json(one.Item1, indented: false, foreignKeys: true);
            string path = _folder.Write("a.json", text[..(int)(one.Item2 * (text.Length - 1))]);
            GraftException error = Assert.Throws<GraftException>(() => CocoFile.Read(path));
            Assert.Equal(Failure.Data, error.Failure);
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            Assert.Contains("ends too early", error.Message, StringComparison.Ordinal);
        });

    [Fact]
    public void YoloBoxes_ReadBackTheSame()
        => Law.Holds(
            Gen.Select(Gen.Select(Gen.Int[0, Classes - 1], Fractions).Array[0, 8], Gen.OneOf(" ", "\t", "  "), Gen.OneOf("\n", "\r\n", " \n\n")),
            one =>
            {
                ((int Class, Box Box)[] objects, string space, string end) = one;
                IReadOnlyList<YoloLabel> read = Read(objects.Select(each => (each.Class, Centred(each.Box))), space, end);
                Assert.Equal(objects.Select(each => (double)each.Class), read.Select(label => label.Class));
                Assert.All(objects.Zip(read), pair => AssertClose(pair.First.Box, pair.Second.Box));
                Assert.DoesNotContain(read, label => label.IsLong);
            });

    [Fact]
    public void YoloPolygons_AreTheBoxAroundTheirPoints()
        => Law.Holds(Gen.Select(Gen.Int[0, Classes - 1], Gen.Select(Gen.Double.Unit, Gen.Double.Unit).Array[3, 9]), one =>
        {
            (int label, (double X, double Y)[] points) = one;
            YoloLabel read = Assert.Single(Read([(label, points.SelectMany(point => new[] { point.X, point.Y }))], " ", "\n"));
            AssertClose(
                new Box(points.Min(point => point.X), points.Min(point => point.Y), points.Max(point => point.X), points.Max(point => point.Y)), read.Box);
            Assert.True(read.IsLong);
        });

    private static Gen<CocoAnnotation[]> Annotations(CocoImage[] images, CocoCategory[] categories)
        => images.Length == 0 || categories.Length == 0
            ? Gen.Const<CocoAnnotation[]>([])
            : Gen.Select(
                Gen.Select(Gen.Long, Gen.OneOf(images), Gen.OneOf(categories)),
                Gen.Select(Pixels, Pixels, Pixels, Pixels, Pixels),
                Gen.Select(Gen.Bool, Gen.Bool)).Select((ids, box, flags) => new CocoAnnotation(
                    ids.Item1, ids.Item2.Id, ids.Item3.Id, box.Item1, box.Item2, box.Item3, box.Item4, box.Item5, flags.Item1, flags.Item2)).Array[0, 6];

    private static string Json(CocoFile file, bool indented, bool foreignKeys)
    {
        object? foreign = foreignKeys ? new { deep = new object[] { 1, "two", new { three = new[] { 3.5 } } } } : null;
        return JsonSerializer.Serialize(
            new
            {
                info = foreign,
                images = file.Images.Select(image => new { license = foreign, id = image.Id, file_name = image.FileName, width = image.Width, height = image.Height }),
                categories = file.Categories.Select(category => new { id = category.Id, keypoints = foreign, name = category.Name }),
                annotations = file.Annotations.Select(annotation => new
                {
                    bbox = new[] { annotation.X, annotation.Y, annotation.Width, annotation.Height },
                    id = annotation.Id,
                    attributes = foreign,
                    image_id = annotation.ImageId,
                    category_id = annotation.CategoryId,
                    area = annotation.Area,
                    iscrowd = annotation.Crowd ? 1 : 0,
                    ignore = annotation.Ignore,
                }),
            },
            indented ? Indented : JsonSerializerOptions.Default);
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private IReadOnlyList<YoloLabel> Read(IEnumerable<(int Class, IEnumerable<double> Values)> lines, string space, string end)
    {
        string text = string.Concat(lines.Select(line => string.Join(
            space, line.Values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)).Prepend(line.Class.ToString(CultureInfo.InvariantCulture))) + end));
        DataProblems problems = new("a.txt");
        IReadOnlyList<YoloLabel> read = YoloLabelFile.Read(_folder.Write("a.txt", text), Classes, null, problems);
        Assert.Empty(problems.List());
        return read;
    }

    private static IEnumerable<double> Centred(Box box) => [(box.X1 + box.X2) / 2, (box.Y1 + box.Y2) / 2, box.Width, box.Height];

    private static void AssertClose(Box expected, Box actual)
    {
        Assert.Equal(expected.X1, actual.X1, 1e-12);
        Assert.Equal(expected.Y1, actual.Y1, 1e-12);
        Assert.Equal(expected.X2, actual.X2, 1e-12);
        Assert.Equal(expected.Y2, actual.Y2, 1e-12);
    }
}
