using Graft.Detectors;

namespace Graft.Data;

/// <summary>Makes a data set of images with YOLO label files.</summary>
internal static class YoloDataset
{
    /// <summary>True for file names of images that can be decoded.</summary>
    public static bool IsImage(string path) => ImageList.IsImage(path);

    /// <summary>Reads the label files of images.</summary>
    /// <param name="source">Names the data in messages.</param>
    /// <param name="files">Paths of the images.</param>
    /// <param name="file">How label lines are read.</param>
    /// <param name="classes">Which classes are used.</param>
    public static DetectionDataset Open(string source, IReadOnlyList<string> files, YoloLabels file, ClassSelection classes)
    {
        DataProblems problems = new(source);
        ObjectRules rules = new(problems);
        CornerBoxes corners = new(source, "class cx cy w h");
        List<LabelledImage> read = [.. files.AsParallel().AsOrdered().Select(path => Read(path, file))];
        if (file.KeyPointColumns is null)
        {
            KeyPointLine.Refuse(source, read.SelectMany(image => image.Objects));
        }

        List<DetectionImage> images = [];
        List<CocoAnnotation> truth = [];
        for (int i = 0; i < files.Count; i++)
        {
            problems.Add(read[i].Problems);
            (int width, int height) = (read[i].Width, read[i].Height);
            if (width == 0)
            {
                continue;
            }

            List<LabelledBox> learnt = [];
            foreach (YoloLabel found in read[i].Objects)
            {
                string place = found.Place;
                Box box = found.Box.Map(width, height);
                if (!found.IsLong)
                {
                    corners.Add(box, found.AsCorners.Map(width, height), width, height);
                }

                int label = classes.LabelOf((int)found.Class);
                if (label < 0)
                {
                    problems.Add(DataProblemKind.OtherClass, $"{place}: '{classes.NameOf((int)found.Class)}'");
                    continue;
                }

                truth.Add(new CocoAnnotation(truth.Count + 1, i + 1, label, box.X1, box.Y1, box.Width, box.Height, box.Area));
                rules.Add(learnt, label, box, box.Area, width, height, place);
            }

            images.Add(new DetectionImage(i + 1, files[i], width, height, learnt));
        }

        problems.ThrowIfFatal();
        corners.Refuse();
        classes.NoteMissing(problems);
        foreach (string folder in file.Folders)
        {
            LabelFiles.NoteOrphans(folder, files, problems);
        }

        bool unlabelled = images.All(image => !File.Exists(YoloLabelFile.PathOf(image.Path)));
        return new DetectionDataset
        {
            Source = source,
            LabelsNotFound = truth.Count == 0 && unlabelled,
            ClassNames = classes.Names,
            Categories = [.. classes.Names.Select((name, label) => new CocoCategory(label, name))],
            Prompts = classes.Prompts,
            Images = images,
            Annotations = truth,
            Problems = problems,
            EmptyBecause = truth.Count == 0 && images.Count > 0 ? LabelFiles.Explain([.. images.Select(image => image.Path)], file.Root) : null,
        };
    }

    private static LabelledImage Read(string path, YoloLabels file)
    {
        DataProblems problems = new(path);
        if (!File.Exists(path))
        {
            problems.Add(DataProblemKind.MissingImage, path);
            return new LabelledImage(0, 0, [], problems);
        }

        if (!CocoDataset.TrySize(path, problems, out int width, out int height))
        {
            return new LabelledImage(0, 0, [], problems);
        }

        string labels = YoloLabelFile.PathOf(path);
        if (!File.Exists(labels))
        {
            problems.Add(DataProblemKind.MissingLabelFile, path);
        }

        return new LabelledImage(width, height, YoloLabelFile.Read(labels, file.Classes, file.KeyPointColumns, problems), problems);
    }

    // A width of 0 says that the image cannot be used.
    private sealed record LabelledImage(
        int Width, int Height, IReadOnlyList<YoloLabel> Objects, DataProblems Problems);
}
