namespace Graft.Data;

/// <summary>What a COCO detection file (JSON) says: pictures, classes and annotated objects, in file order.</summary>
/// <param name="Path">Where it was read from; names the data in messages.</param>
/// <param name="Images">The pictures.</param>
/// <param name="Categories">The classes; the n-th is label n.</param>
/// <param name="Annotations">The objects.</param>
public sealed record CocoFile(
    string Path,
    IReadOnlyList<CocoImage> Images,
    IReadOnlyList<CocoCategory> Categories,
    IReadOnlyList<CocoAnnotation> Annotations)
{
    private const string Expected = "COCO annotations: an object with \"images\", \"annotations\" and \"categories\"";

    /// <summary>
    /// Reads and checks a file; throws a <see cref="GraftException"/> of kind Data for anything that is not COCO JSON, for ids that
    /// appear twice, and for annotations that refer to a picture or class that is not there.
    /// </summary>
    public static CocoFile Read(string path)
    {
        JsonCursor json = new(path, JsonCursor.Load(path, Expected));
        List<CocoImage>? images = null;
        List<CocoCategory>? categories = null;
        List<CocoAnnotation>? annotations = null;
        json.EnterObject(Expected);
        while (json.NextProperty(out string name))
        {
            switch (name)
            {
                case "images": images = ReadImages(ref json); break;
                case "categories": categories = ReadCategories(ref json); break;
                case "annotations": annotations = ReadAnnotations(ref json); break;
                default: json.Skip(); break;
            }
        }

        string? missing = images is null ? "images" : categories is null ? "categories" : annotations is null ? "annotations" : null;
        if (missing is not null)
        {
            throw new GraftException(
                Failure.Data, $"{path}: has no \"{missing}\"; expected {Expected}.", "Export the file as COCO detection JSON.");
        }

        CocoFile file = new(path, images!, categories!, annotations!);
        file.Check();
        return file;
    }

    private static List<CocoImage> ReadImages(ref JsonCursor json)
    {
        List<CocoImage> images = [];
        json.EnterList("a list of images");
        while (json.NextElement())
        {
            long? id = null;
            string? file = null;
            long width = 0;
            long height = 0;
            json.EnterObject("an image");
            while (json.NextProperty(out string name))
            {
                switch (name)
                {
                    case "id": id = json.ReadInteger("a whole number"); break;
                    case "file_name": file = json.ReadString("a file name"); break;
                    case "width": width = json.ReadInteger("pixels"); break;
                    case "height": height = json.ReadInteger("pixels"); break;
                    default: json.Skip(); break;
                }
            }

            if (width is < 0 or > int.MaxValue || height is < 0 or > int.MaxValue)
            {
                throw json.Fail($"image {id} has the size {width} × {height}; expected positive pixels.");
            }

            images.Add(new CocoImage(
                id ?? throw json.Fail($"image number {images.Count} of the list has no id."),
                file ?? throw json.Fail($"image {id} has no file_name."),
                (int)width,
                (int)height));
        }

        return images;
    }

    private static List<CocoCategory> ReadCategories(ref JsonCursor json)
    {
        List<CocoCategory> categories = [];
        json.EnterList("a list of categories");
        while (json.NextElement())
        {
            long? id = null;
            string? label = null;
            json.EnterObject("a category");
            while (json.NextProperty(out string name))
            {
                switch (name)
                {
                    case "id": id = json.ReadInteger("a whole number"); break;
                    case "name": label = json.ReadString("a class name"); break;
                    default: json.Skip(); break;
                }
            }

            categories.Add(new CocoCategory(
                id ?? throw json.Fail($"category number {categories.Count} of the list has no id."),
                label ?? throw json.Fail($"category {id} has no name.")));
        }

        return categories;
    }

    private static List<CocoAnnotation> ReadAnnotations(ref JsonCursor json)
    {
        List<CocoAnnotation> annotations = [];
        json.EnterList("a list of annotations");
        while (json.NextElement())
        {
            long? id = null;
            long? image = null;
            long? category = null;
            (double X, double Y, double Width, double Height)? box = null;
            double? area = null;
            bool crowd = false;
            bool ignore = false;
            json.EnterObject("an annotation");
            while (json.NextProperty(out string name))
            {
                switch (name)
                {
                    case "id": id = json.ReadInteger("a whole number"); break;
                    case "image_id": image = json.ReadInteger("the id of an image"); break;
                    case "category_id": category = json.ReadInteger("the id of a category"); break;
                    case "bbox": box = json.ReadBox(); break;
                    case "area": area = json.ReadNumber("square pixels"); break;
                    case "iscrowd": crowd = json.ReadFlag("0 or 1"); break;
                    case "ignore": ignore = json.ReadFlag("0 or 1"); break;
                    default: json.Skip(); break;
                }
            }

            long known = id ?? throw json.Fail($"annotation number {annotations.Count} of the list has no id.");
            (double x, double y, double width, double height) = box ?? throw json.Fail($"annotation {id} has no bbox.");
            annotations.Add(new CocoAnnotation(
                known,
                image ?? throw json.Fail($"annotation {id} has no image_id."),
                category ?? throw json.Fail($"annotation {id} has no category_id."),
                x,
                y,
                width,
                height,
                area ?? (width * height),
                crowd,
                ignore));
        }

        return annotations;
    }

    private void Check()
    {
        DataProblems problems = new(Path);
        HashSet<long> images = Unique(Images.Select(image => image.Id), DataProblemKind.DuplicateImageId, "image", problems);
        HashSet<long> categories = Unique(
            Categories.Select(category => category.Id), DataProblemKind.DuplicateCategoryId, "category", problems);
        Unique(Annotations.Select(annotation => annotation.Id), DataProblemKind.DuplicateAnnotationId, "annotation", problems);
        HashSet<string> names = [];
        foreach (CocoCategory category in Categories)
        {
            if (!names.Add(category.Name))
            {
                problems.Add(DataProblemKind.DuplicateClassName, $"'{category.Name}'");
            }
        }

        foreach (CocoAnnotation annotation in Annotations)
        {
            if (!images.Contains(annotation.ImageId))
            {
                problems.Add(DataProblemKind.UnknownImageId, $"annotation {annotation.Id}: image {annotation.ImageId}");
            }

            if (!categories.Contains(annotation.CategoryId))
            {
                problems.Add(DataProblemKind.ClassOutOfRange, $"annotation {annotation.Id}: category {annotation.CategoryId}");
            }
        }

        problems.ThrowIfFatal();
    }

    private static HashSet<long> Unique(IEnumerable<long> ids, DataProblemKind kind, string what, DataProblems problems)
    {
        HashSet<long> seen = [];
        foreach (long id in ids)
        {
            if (!seen.Add(id))
            {
                problems.Add(kind, $"{what} {id}");
            }
        }

        return seen;
    }
}
