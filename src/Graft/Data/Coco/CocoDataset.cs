using Graft.Detectors;

namespace Graft.Data;

/// <summary>Builds a data set from a COCO file and a folder of images.</summary>
internal static class CocoDataset
{
    /// <summary>Reads a split.</summary>
    /// <param name="file">The contents of the file.</param>
    /// <param name="paths">The path of each of its images.</param>
    /// <param name="classes">Which classes are used.</param>
    public static DetectionDataset Open(CocoFile file, IReadOnlyList<string> paths, ClassSelection classes)
    {
        RefuseFractions(file);
        DataProblems problems = new(file.Path);
        problems.Add(file.Repairs);
        ObjectRules rules = new(problems);
        CornerBoxes corners = new(file.Path, "[x, y, width, height]");
        Dictionary<long, int> labels = [];
        for (int k = 0; k < file.Categories.Count; k++)
        {
            labels[file.Categories[k].Id] = k;
        }

        HeaderSize[] sizes = [.. file.Images.Zip(paths).AsParallel().AsOrdered().Select(image => HeaderSize.Of(image.Second, image.First.Width, image.First.Height))];
        ILookup<long, CocoAnnotation> objects = Repaired(file, problems).ToLookup(annotation => annotation.ImageId);
        List<DetectionImage> images = [];
        List<CocoAnnotation> annotations = [];
        for (int i = 0; i < sizes.Length; i++)
        {
            CocoImage listed = file.Images[i];
            (string path, int width, int height) = (sizes[i].Path, sizes[i].Width, sizes[i].Height);
            if (sizes[i].Problem is { } problem)
            {
                problems.Add(problem, sizes[i].Place);
                continue;
            }

            List<LabelledBox> boxes = [];
            foreach (CocoAnnotation annotation in objects[listed.Id])
            {
                string place = $"annotation {annotation.Id} of {listed.FileName}";
                int number = labels[annotation.CategoryId];
                Box box = Box.FromSize(annotation.X, annotation.Y, annotation.Width, annotation.Height);
                corners.Add(box, new Box(annotation.X, annotation.Y, annotation.Width, annotation.Height), width, height);
                int label = classes.LabelOf(number);
                if (label < 0)
                {
                    problems.Add(DataProblemKind.OtherClass, $"{place}: '{classes.NameOf(number)}'");
                    continue;
                }

                annotations.Add(annotation);
                if (annotation.Crowd || annotation.Ignore)
                {
                    problems.Add(DataProblemKind.IgnoredObject, place);
                    continue;
                }

                rules.Add(boxes, label, box, annotation.Area, width, height, place, annotation.Attributes);
            }

            images.Add(new DetectionImage(listed.Id, path, width, height, boxes));
        }

        corners.Refuse();
        classes.NoteMissing(problems);
        return new DetectionDataset
        {
            Source = file.Path,
            ClassNames = classes.Names,
            Categories = Categories(file, classes),
            Prompts = classes.Prompts,
            Images = images,
            Listed = paths,
            Annotations = annotations,
            Problems = problems,
        };
    }

    private static void RefuseFractions(CocoFile file)
    {
        if (file.Annotations.Count > 0 && file.Annotations.All(box => box is { X: >= 0, Y: >= 0 } && box.X + box.Width <= 1 && box.Y + box.Height <= 1))
        {
            throw new GraftException(
                Failure.Data, $"{file.Path}: all boxes ({file.Annotations.Count}) lie within 0 to 1; expected [x, y, width, height] in pixels.",
                "Multiply them by width and height of their images, or export the annotations again.");
        }
    }

    /// <summary>Repairs mistakes of some exporters: an area of 0 beside a valid box, the crowd flag on every object.</summary>
    private static IEnumerable<CocoAnnotation> Repaired(CocoFile file, DataProblems problems)
    {
        // Some mask tools mark every object as crowd, which would leave nothing to train on or evaluate against.
        bool allCrowd = file.Annotations.All(annotation => annotation.Crowd);
        foreach (CocoAnnotation annotation in file.Annotations)
        {
            CocoAnnotation repaired = annotation;
            if (allCrowd)
            {
                problems.Add(DataProblemKind.CrowdEverywhere, $"annotation {annotation.Id}");
                repaired = repaired with { Crowd = false };
            }

            if (annotation.Area <= 0 && annotation is { Width: >= 1, Height: >= 1 })
            {
                problems.Add(DataProblemKind.AreaFromBox, $"annotation {annotation.Id}");
                repaired = repaired with { Area = annotation.Width * annotation.Height };
            }

            yield return repaired;
        }
    }

    private static CocoCategory[] Categories(CocoFile file, ClassSelection classes)
    {
        // A class that this file lacks gets an unused id.
        long free = file.Categories.Count == 0 ? 1 : file.Categories.Max(category => category.Id) + 1;
        CocoCategory[] categories = [.. classes.Names.Select((name, label) => new CocoCategory(free + label, name))];
        for (int k = 0; k < file.Categories.Count; k++)
        {
            if (classes.LabelOf(k) is >= 0 and int label)
            {
                categories[label] = new CocoCategory(file.Categories[k].Id, classes.Names[label]);
            }
        }

        return categories;
    }
}
