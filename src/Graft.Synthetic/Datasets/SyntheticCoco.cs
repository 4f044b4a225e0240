using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Graft.Detectors;

namespace Graft.Synthetic;

/// <summary>COCO detection JSON of synthetic images; a box also has attributes, an image its material and seed.</summary>
internal static class SyntheticCoco
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static byte[] ToJson(IReadOnlyList<(string FileName, SyntheticImage Image)> images, IReadOnlyList<SyntheticClass> classes)
    {
        CocoDocument document = new(
            new Info("Synthetic surface defects drawn by Graft", "1.0"),
            [.. classes.Select(c => new Category(c.Id, c.Name, c.IsNovel ? "novel defect" : "base defect"))],
            [.. images.Select((entry, i) => new Image(
                i + 1,
                entry.FileName,
                SyntheticImage.Size,
                SyntheticImage.Size,
                entry.Image.Material,
                entry.Image.Seed.ToString("x16", CultureInfo.InvariantCulture)))],
            [.. images
                .SelectMany((entry, i) => entry.Image.Objects.Select(item => (ImageId: i + 1, Item: item, entry.Image.Material)))
                .Select((entry, i) => Annotate(i + 1, entry.ImageId, entry.Item, entry.Material))]);
        return JsonSerializer.SerializeToUtf8Bytes(document, Options);
    }

    private static Annotation Annotate(int id, int imageId, SyntheticObject item, string material)
    {
        Box box = item.Box;
        return new Annotation(
            id, imageId, item.Class.Id, [box.X1, box.Y1, box.Width, box.Height], box.Area, 0, new Attributes(item.Tone, item.Shape, material));
    }

    private sealed record CocoDocument(
        Info Info, IReadOnlyList<Category> Categories, IReadOnlyList<Image> Images, IReadOnlyList<Annotation> Annotations);

    private sealed record Info(string Description, string Version);

    private sealed record Category(int Id, string Name, string Supercategory);

    private sealed record Image(int Id, string FileName, int Width, int Height, string Material, string Seed);

    private sealed record Annotation(
        int Id,
        int ImageId,
        int CategoryId,
        double[] Bbox,
        double Area,
        [property: JsonPropertyName("iscrowd")] int IsCrowd,
        Attributes Attributes);

    private sealed record Attributes(string Tone, string Shape, string Material);
}
