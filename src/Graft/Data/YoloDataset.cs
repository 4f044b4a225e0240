using Graft.Detection;

namespace Graft.Data;

/// <summary>Makes a data set of pictures with YOLO label files.</summary>
internal static class YoloDataset
{
    /// <summary>True for file names of pictures that can be decoded.</summary>
    public static bool IsPicture(string path) => PictureList.IsImage(path);

    public static DetectionDataset Open(string source, IReadOnlyList<string> pictures, int fileClasses, ClassSelection classes)
    {
        DataProblems problems = new(source);
        ObjectRules rules = new(problems);
        List<LabelledPicture> read = [.. pictures.AsParallel().AsOrdered().Select(path => Read(path, fileClasses))];
        List<DetectionImage> images = [];
        List<CocoAnnotation> truth = [];
        for (int i = 0; i < pictures.Count; i++)
        {
            problems.Add(read[i].Problems);
            (int width, int height) = (read[i].Width, read[i].Height);
            if (width == 0)
            {
                continue;
            }

            List<LabelledBox> learnt = [];
            foreach ((int number, Box fractions, string place) in read[i].Objects)
            {
                int label = classes.LabelOf(number);
                if (label < 0)
                {
                    problems.Add(DataProblemKind.OtherClass, place);
                    continue;
                }

                Box box = fractions.Map(width, height);
                truth.Add(new CocoAnnotation(truth.Count + 1, i + 1, label, box.X1, box.Y1, box.Width, box.Height, box.Area));
                rules.Add(learnt, label, box, box.Area, width, height, place);
            }

            images.Add(new DetectionImage(i + 1, pictures[i], width, height, learnt));
        }

        problems.ThrowIfFatal();
        return new DetectionDataset
        {
            Source = source,
            ClassNames = classes.Names,
            Categories = [.. classes.Names.Select((name, label) => new CocoCategory(label, name))],
            Prompts = classes.Prompts,
            Images = images,
            Annotations = truth,
            Problems = problems,
        };
    }

    private static LabelledPicture Read(string path, int classes)
    {
        DataProblems problems = new(path);
        if (!File.Exists(path))
        {
            problems.Add(DataProblemKind.MissingImage, path);
            return new LabelledPicture(0, 0, [], problems);
        }

        return CocoDataset.TrySize(path, problems, out int width, out int height)
            ? new LabelledPicture(width, height, YoloLabelFile.Read(YoloLabelFile.PathOf(path), classes, problems), problems)
            : new LabelledPicture(0, 0, [], problems);
    }

    // A width of 0 says that the picture cannot be used.
    private sealed record LabelledPicture(
        int Width, int Height, IReadOnlyList<(int Class, Box Box, string Place)> Objects, DataProblems Problems);
}
