using Graft.Detection;

namespace Graft.Data;

/// <summary>Makes a data set of a COCO file and a folder of pictures.</summary>
internal static class CocoDataset
{
    public static DetectionDataset Open(CocoFile file, string folder, ClassSelection classes)
    {
        DataProblems problems = new(file.Path);
        ObjectRules rules = new(problems);
        Dictionary<long, int> labels = [];
        for (int k = 0; k < file.Categories.Count; k++)
        {
            labels[file.Categories[k].Id] = classes.LabelOf(k);
        }

        ILookup<long, CocoAnnotation> objects = file.Annotations.ToLookup(annotation => annotation.ImageId);
        List<DetectionImage> images = [];
        List<CocoAnnotation> truth = [];
        foreach (CocoImage listed in file.Images)
        {
            string path = Path.Combine(folder, listed.FileName);
            if (!File.Exists(path))
            {
                problems.Add(DataProblemKind.MissingImage, path);
                continue;
            }

            (int width, int height) = (listed.Width, listed.Height);
            if ((width == 0 || height == 0) && !TrySize(path, problems, out width, out height))
            {
                continue;
            }

            List<LabelledBox> learnt = [];
            foreach (CocoAnnotation annotation in objects[listed.Id])
            {
                string place = $"annotation {annotation.Id}";
                int label = labels[annotation.CategoryId];
                if (label < 0)
                {
                    problems.Add(DataProblemKind.OtherClass, place);
                    continue;
                }

                truth.Add(annotation);
                if (annotation.Crowd || annotation.Ignore)
                {
                    problems.Add(DataProblemKind.IgnoredObject, place);
                    continue;
                }

                Box box = Box.FromSize(annotation.X, annotation.Y, annotation.Width, annotation.Height);
                rules.Add(learnt, label, box, annotation.Area, width, height, place);
            }

            images.Add(new DetectionImage(listed.Id, path, width, height, learnt));
        }

        return new DetectionDataset
        {
            Source = file.Path,
            ClassNames = classes.Names,
            Categories = Categories(file, classes),
            Prompts = classes.Prompts,
            Images = images,
            Annotations = truth,
            Problems = problems,
        };
    }

    /// <summary>The size from the picture's header; notes a picture that has none.</summary>
    public static bool TrySize(string path, DataProblems problems, out int width, out int height)
    {
        try
        {
            (width, height) = ImageHeader.ReadSize(path);
            return true;
        }
        catch (GraftException)
        {
            problems.Add(DataProblemKind.UnreadableImage, path);
            (width, height) = (0, 0);
            return false;
        }
    }

    private static CocoCategory[] Categories(CocoFile file, ClassSelection classes)
    {
        // A class that this file lacks gets a number that it does not use.
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
