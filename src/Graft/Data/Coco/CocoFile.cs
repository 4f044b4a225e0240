using Graft.Detectors;

namespace Graft.Data;

/// <summary>The contents of a COCO detection file (JSON): images, classes and annotations, in file order.</summary>
/// <param name="Path">The file; names the data in messages.</param>
/// <param name="Images">The images.</param>
/// <param name="Categories">The classes; the n-th is label n.</param>
/// <param name="Annotations">The annotations.</param>
public sealed record CocoFile(
    string Path,
    IReadOnlyList<CocoImage> Images,
    IReadOnlyList<CocoCategory> Categories,
    IReadOnlyList<CocoAnnotation> Annotations)
{
    /// <summary>Values filled in while reading; counted, never fatal.</summary>
    public DataProblems Repairs { get; init; } = new(Path);

    /// <summary>
    /// Reads and checks a file; throws a <see cref="GraftException"/> of kind Data for anything that is not COCO JSON, for ids that
    /// appear twice, and for annotations that refer to an image or class that is not there.
    /// </summary>
    public static CocoFile Read(string path)
    {
        CocoFile file = CocoReader.Read(path);
        file.Problems().ThrowIfFatal();
        return file;
    }

    /// <summary>
    /// Reads what can be used: annotations that cannot be read, ids that appear twice, and annotations of an image or class that is not
    /// there are counted in <see cref="Repairs"/> and left out.
    /// </summary>
    /// <exception cref="GraftException">Of kind Data: the file is no COCO JSON.</exception>
    internal static CocoFile ReadUsable(string path)
    {
        CocoFile file = CocoReader.Read(path, skipMalformed: true);
        file.Repairs.Add(file.Problems());
        CocoImage[] images = [.. file.Images.DistinctBy(image => image.Id)];
        CocoCategory[] categories = [.. file.Categories.DistinctBy(category => category.Id).DistinctBy(category => category.Name)];
        HashSet<long> imageIds = [.. images.Select(image => image.Id)], categoryIds = [.. categories.Select(category => category.Id)];
        return file with
        {
            Images = images,
            Categories = categories,
            Annotations = [.. file.Annotations.DistinctBy(annotation => annotation.Id)
                .Where(annotation => imageIds.Contains(annotation.ImageId) && categoryIds.Contains(annotation.CategoryId))],
        };
    }

    /// <summary>A file with some images of a data set, their objects, and their regions that are no ordinary objects.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="has">Whether the file has the image of an index.</param>
    /// <param name="root">The folder that image names start from; images elsewhere are named by their whole path.</param>
    /// <param name="path">The file.</param>
    internal static CocoFile Of(DetectionDataset data, Func<int, bool> has, string root, string path)
    {
        ILookup<long, CocoAnnotation> special = data.Annotations.Where(annotation => annotation.Crowd || annotation.Ignore).ToLookup(annotation => annotation.ImageId);
        Dictionary<long, int> labels = data.Categories.Select((category, label) => (category.Id, label)).ToDictionary(entry => entry.Id, entry => entry.label);
        List<CocoImage> images = [];
        List<CocoAnnotation> annotations = [];
        foreach (DetectionImage image in data.Images.Where((_, i) => has(i)))
        {
            string name = System.IO.Path.GetRelativePath(root, image.Path).Replace('\\', '/');
            images.Add(new CocoImage(images.Count + 1, name.StartsWith("../", StringComparison.Ordinal) ? image.Path : name, image.Width, image.Height));
            annotations.AddRange(image.Objects.Select((item, i) => Annotation(i, item.Box, item.Label)));
            annotations.AddRange(special[image.Id].Select((region, i) => Annotation(image.Objects.Count + i, Box.FromSize(region.X, region.Y, region.Width, region.Height), labels[region.CategoryId])
                with
            { Crowd = region.Crowd, Ignore = region.Ignore }));
        }

        return new CocoFile(path, images, [.. data.ClassNames.Select((name, label) => new CocoCategory(label + 1, name))], [.. annotations.Select((one, i) => one with { Id = i + 1 })]);

        CocoAnnotation Annotation(int id, Box box, int label) => new(id, images.Count, label + 1, box.X1, box.Y1, box.Width, box.Height, box.Area);
    }

    /// <summary>
    /// Categories that only group others: no annotation uses them, and another category names them as its group. Exporters such as
    /// Roboflow write one before the classes.
    /// </summary>
    public IReadOnlyList<CocoCategory> Groups()
    {
        HashSet<long> used = [.. Annotations.Select(annotation => annotation.CategoryId)];
        HashSet<string> named = [.. Categories.Where(category => category.Supercategory != category.Name)
            .Select(category => category.Supercategory).OfType<string>()];
        return [.. Categories.Where(category => !used.Contains(category.Id) && category.Supercategory != category.Name
            && named.Contains(category.Name))];
    }

    /// <summary>The file without <see cref="Groups"/>.</summary>
    public CocoFile WithoutGroups()
    {
        IReadOnlyList<CocoCategory> groups = Groups();
        return groups.Count == 0 ? this : this with { Categories = [.. Categories.Where(category => !groups.Contains(category))] };
    }

    /// <summary>Ids and names that appear twice, and annotations of an image or class that is not there.</summary>
    private DataProblems Problems()
    {
        DataProblems problems = new(Path);
        HashSet<long> images = Unique(Images.Select(image => image.Id), DataProblemKind.DuplicateImageId, "image", problems);
        HashSet<long> categories = Unique(
            Categories.Select(category => category.Id), DataProblemKind.DuplicateCategoryId, "category", problems);
        Unique(Annotations.Select(annotation => annotation.Id), DataProblemKind.DuplicateAnnotationId, "annotation", problems);
        HashSet<string> names = [];
        foreach (CocoCategory category in WithoutGroups().Categories)
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

        return problems;
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
