using System.Globalization;
using System.Text.Json;
using Graft.Detectors;

namespace Graft.Data;

/// <summary>Reads the three lists of a COCO file; values that exporters omit or write as null or text are filled in and counted.</summary>
internal static class CocoReader
{
    private const string Expected = "COCO annotations: an object with \"images\", \"annotations\" and \"categories\"";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="skipMalformed">Whether annotations that cannot be read are counted and left out instead of refused.</param>
    public static CocoFile Read(string path, bool skipMalformed = false)
    {
        byte[] bytes = JsonCursor.Load(path, Expected);
        JsonCursor json = new(path, bytes);
        DataProblems repairs = new(path);
        List<CocoImage>? images = null;
        List<CocoCategory>? categories = null;
        List<CocoAnnotation>? annotations = null;
        if (json.Token != JsonTokenType.StartObject && ForeignAnnotations.NameOf(bytes) is { } other)
        {
            throw Foreign(path, other);
        }

        json.EnterObject(Expected);
        while (json.NextProperty(out string name))
        {
            switch (name)
            {
                case "images" when json.Token == JsonTokenType.StartArray: images = json.ReadList("a list of images", ReadImage); break;
                case "categories" when json.Token == JsonTokenType.StartArray: categories = json.ReadList("a list of categories", ReadCategory); break;
                case "annotations" when json.Token == JsonTokenType.StartArray: annotations = ReadAnnotations(ref json, repairs, skipMalformed); break;
                case "images" or "categories" or "annotations" when json.Token != JsonTokenType.Null: throw json.Unexpected("a list");
                default: json.Skip(); break;
            }
        }

        string? missing = images is null ? "images" : categories is null ? "categories" : annotations is null ? "annotations" : null;
        if (missing is not null)
        {
            throw ForeignAnnotations.NameOf(bytes) is { } foreign
                ? Foreign(path, foreign)
                : new GraftException(
                    Failure.Data, $"{path}: has no \"{missing}\"; expected {Expected}.", "Export the file as COCO detection JSON.");
        }

        return new CocoFile(path, images!, categories!, annotations!) { Repairs = repairs };
    }

    private static GraftException Foreign(string path, string found)
        => new(Failure.Data, $"{path}: is {found}; expected {Expected}.", "Export the labels as COCO detection JSON, or as YOLO with a data.yaml.");

    private static CocoImage ReadImage(ref JsonCursor json, int index)
    {
        long? id = null, width = null, height = null;
        string? file = null, address = null;
        json.EnterObject("an image");
        while (json.NextProperty(out string name))
        {
            switch (name)
            {
                case "id": id = json.ReadIdOrNull("a whole number"); break;
                case "file_name": file = json.ReadStringOrNull("a file name"); break;
                case "coco_url": address = json.ReadStringOrNull("an address"); break;
                case "width": width = json.ReadIdOrNull("pixels"); break;
                case "height": height = json.ReadIdOrNull("pixels"); break;
                default: json.Skip(); break;
            }
        }

        if (width is < 0 or > int.MaxValue || height is < 0 or > int.MaxValue)
        {
            throw json.Fail($"image {id} has the size {width} × {height}; expected positive pixels.");
        }

        return new CocoImage(
            id ?? throw json.Fail($"image number {index} of the list has no id."),
            // LVIS names images by their address alone.
            file ?? address ?? throw json.Fail($"image {id} has no file_name."),
            (int)(width ?? 0),
            (int)(height ?? 0));
    }

    private static CocoCategory ReadCategory(ref JsonCursor json, int index)
    {
        long? id = null;
        string? label = null, group = null;
        json.EnterObject("a category");
        while (json.NextProperty(out string name))
        {
            switch (name)
            {
                case "id": id = json.ReadIdOrNull("a whole number"); break;
                case "name": label = json.ReadStringOrNull("a class name"); break;
                case "supercategory" when json.Token == JsonTokenType.String: group = json.ReadStringOrNull("the name of a group"); break;
                default: json.Skip(); break;
            }
        }

        if (string.IsNullOrWhiteSpace(label))
        {
            throw json.Fail($"category {id} has no name.");
        }

        return new CocoCategory(id ?? throw json.Fail($"category number {index} of the list has no id."), label) { Supercategory = group };
    }

    private static List<CocoAnnotation> ReadAnnotations(ref JsonCursor json, DataProblems repairs, bool skipMalformed)
    {
        List<int> nameless = [];
        AttributeReader attributes = new();
        List<CocoAnnotation?> read = json.ReadList(
            "a list of annotations", (ref JsonCursor at, int index) => skipMalformed
                ? ReadOrSkip(ref at, index, nameless, attributes, repairs)
                : ReadAnnotation(ref at, index, nameless, attributes, repairs));
        List<CocoAnnotation> annotations = [.. read.Select(annotation => annotation ?? default)];
        Number(annotations, nameless, repairs);
        return [.. annotations.Where((_, i) => read[i] is not null)];
    }

    private static CocoAnnotation? ReadOrSkip(ref JsonCursor json, int index, List<int> nameless, AttributeReader attributes, DataProblems repairs)
    {
        JsonCursor start = json;
        int depth = json.Depth;
        try
        {
            return ReadAnnotation(ref json, index, nameless, attributes, repairs);
        }
        catch (GraftException error) when (error.Failure == Failure.Data)
        {
            repairs.Add(DataProblemKind.MalformedAnnotation, error.Message.TrimEnd('.'));
            nameless.Remove(index);
            json = start;
            json.Leave(depth);
            json.Skip();
            return null;
        }
    }

    private static CocoAnnotation ReadAnnotation(ref JsonCursor json, int index, List<int> nameless, AttributeReader attributes, DataProblems repairs)
    {
        long? id = null, image = null, category = null;
        (double X, double Y, double Width, double Height)? box = null;
        Box? outline = null;
        double? area = null;
        bool crowd = false, ignore = false;
        IReadOnlyDictionary<string, string>? described = null;
        json.EnterObject("an annotation");
        while (json.NextProperty(out string name))
        {
            switch (name)
            {
                case "id": id = json.ReadIdOrNull("a whole number"); break;
                case "image_id": image = json.ReadIdOrNull("the id of an image"); break;
                case "category_id": category = json.ReadIdOrNull("the id of a category"); break;
                case "bbox" when json.Token != JsonTokenType.Null: box = json.ReadBoxOrNull(); break;
                case "segmentation": outline = ReadOutline(ref json); break;
                case "area" when json.Token != JsonTokenType.Null: area = json.ReadNumber("square pixels"); break;
                case "iscrowd": crowd = json.ReadFlag("0 or 1"); break;
                case "ignore": ignore = json.ReadFlag("0 or 1"); break;
                case "attributes" when json.Token == JsonTokenType.StartObject: described = attributes.Read(ref json); break;
                default: json.Skip(); break;
            }
        }

        string place = id is null ? $"annotation number {index} of the list" : $"annotation {id}";
        if (id is null)
        {
            nameless.Add(index);
        }

        // Some exporters write polygons alone, or a box of zeros beside them.
        if (box is null or { Width: 0, Height: 0 } && outline is { Area: > 0 } around)
        {
            box = (around.X1, around.Y1, around.Width, around.Height);
            repairs.Add(DataProblemKind.BoxFromPolygon, place);
        }

        (double x, double y, double width, double height) = box ?? throw json.Fail($"{place} has no bbox.");
        return new CocoAnnotation(
            id ?? 0,
            image ?? throw json.Fail($"{place} has no image_id."),
            category ?? throw json.Fail($"{place} has no category_id."),
            x,
            y,
            width,
            height,
            area ?? (width * height),
            crowd,
            ignore,
            described);
    }

    /// <summary>Gives annotations without an id numbers that the file does not use.</summary>
    private static void Number(List<CocoAnnotation> annotations, List<int> nameless, DataProblems repairs)
    {
        if (nameless.Count == 0)
        {
            return;
        }

        long free = annotations.Max(annotation => annotation.Id) + 1;
        foreach (int index in nameless)
        {
            repairs.Add(DataProblemKind.NumberedAnnotation, string.Create(CultureInfo.InvariantCulture, $"number {index} of the list"));
            annotations[index] = annotations[index] with { Id = free++ };
        }
    }

    /// <summary>The box around polygons, as lists of x and y in turn or one such list; null for run lengths and anything else.</summary>
    private static Box? ReadOutline(ref JsonCursor json)
    {
        if (json.Token != JsonTokenType.StartArray)
        {
            json.Skip();
            return null;
        }

        Box box = new(double.PositiveInfinity, double.PositiveInfinity, double.NegativeInfinity, double.NegativeInfinity);
        json.EnterList("polygons");
        for (int at = 0; json.NextElement(); at++)
        {
            if (json.Token != JsonTokenType.StartArray)
            {
                box = Around(box, ref json, at);
                continue;
            }

            json.EnterList("a polygon");
            for (int inner = 0; json.NextElement(); inner++)
            {
                box = Around(box, ref json, inner);
            }
        }

        return box.Width > 0 && box.Height > 0 ? box : null;
    }

    private static Box Around(Box box, ref JsonCursor json, int at)
    {
        if (json.Token != JsonTokenType.Number)
        {
            json.Skip();
            return box;
        }

        double value = json.ReadNumber("a coordinate");
        return at % 2 == 0
            ? box with { X1 = Math.Min(box.X1, value), X2 = Math.Max(box.X2, value) }
            : box with { Y1 = Math.Min(box.Y1, value), Y2 = Math.Max(box.Y2, value) };
    }
}
