using Graft.Detectors;

namespace Graft.Data;

/// <summary>Builds a data set from images with YOLO label files.</summary>
internal static class YoloDataset
{
    /// <summary>Reads the label files of images.</summary>
    /// <param name="source">Names the data in messages.</param>
    /// <param name="files">Paths of the images.</param>
    /// <param name="labels">How label lines are read.</param>
    /// <param name="classes">Which classes are used.</param>
    /// <param name="usable">Whether lines that cannot be read are counted and left out instead of refused.</param>
    public static DetectionDataset Open(
        string source, IReadOnlyList<string> files, YoloLabels labels, ClassSelection classes, bool usable = false)
    {
        DataProblems problems = new(source);
        ObjectRules rules = new(problems);
        CornerBoxes corners = new(source, "class cx cy w h");
        List<LabelledImage> read = [.. files.AsParallel().AsOrdered().Select(path => LabelledImage.Read(path, labels))];
        if (labels.KeyPointColumns is null)
        {
            KeyPointLine.Refuse(source, read.SelectMany(image => image.Objects));
        }

        List<DetectionImage> images = [];
        List<CocoAnnotation> annotations = [];
        for (int i = 0; i < read.Count; i++)
        {
            LabelledImage image = read[i];
            problems.Add(image.Problems);
            (int width, int height) = (image.Width, image.Height);
            if (width == 0)
            {
                continue;
            }

            List<LabelledBox> boxes = [];
            foreach (YoloLabel annotated in image.Objects)
            {
                string place = annotated.Place;
                Box box = annotated.Box.Map(width, height);
                if (!annotated.IsLong)
                {
                    corners.Add(box, annotated.AsCorners.Map(width, height), width, height);
                }

                int label = classes.LabelOf((int)annotated.Class);
                if (label < 0)
                {
                    problems.Add(DataProblemKind.OtherClass, $"{place}: '{classes.NameOf((int)annotated.Class)}'");
                    continue;
                }

                annotations.Add(new CocoAnnotation(annotations.Count + 1, i + 1, label, box.X1, box.Y1, box.Width, box.Height, box.Area));
                rules.Add(boxes, label, box, box.Area, width, height, place);
            }

            images.Add(new DetectionImage(i + 1, image.Path, width, height, boxes));
        }

        if (!usable)
        {
            problems.ThrowIfFatal();
        }

        corners.Refuse();
        classes.NoteMissing(problems);
        foreach (string folder in labels.Folders)
        {
            LabelFiles.NoteOrphans(folder, read, problems);
        }

        LabelledImage[] decodable = [.. read.Where(image => image.Width > 0)];
        return new DetectionDataset
        {
            Source = source,
            LabelsNotFound = annotations.Count == 0 && !decodable.Any(image => image.HasLabelFile),
            ClassNames = classes.Names,
            Categories = [.. classes.Names.Select((name, label) => new CocoCategory(label, name))],
            Prompts = classes.Prompts,
            Images = images,
            Annotations = annotations,
            Problems = problems,
            EmptyReason = annotations.Count == 0 && decodable.Length > 0 ? LabelFiles.Explain(decodable, labels.Root) : null,
        };
    }
}
