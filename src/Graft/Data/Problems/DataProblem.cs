namespace Graft.Data;

/// <summary>One kind of problem in a data set, how often it occurs, and its first few occurrences.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Count">How often.</param>
/// <param name="Examples">The first occurrences, at most a thousand.</param>
public sealed record DataProblem(DataProblemKind Kind, int Count, IReadOnlyList<string> Examples)
{
    /// <summary>As many occurrences are shown where a line has to do.</summary>
    public const int Shown = 3;

    /// <summary>True when the data cannot be used at all.</summary>
    public bool IsFatal => Kind is DataProblemKind.DuplicateImageId or DataProblemKind.DuplicateCategoryId or DataProblemKind.DuplicateAnnotationId
        or DataProblemKind.DuplicateClassName or DataProblemKind.UnknownImageId or DataProblemKind.ClassOutOfRange or DataProblemKind.MalformedLabel
        or DataProblemKind.MalformedAnnotation;

    /// <summary>Reads like "2 boxes without size, skipped".</summary>
    public string Summary => $"{Count} {Describe(Kind, Count)}";

    /// <summary>Reads like "2 boxes without size, skipped (annotation 7, annotation 9)".</summary>
    public override string ToString()
        => $"{Summary} ({string.Join(", ", Examples.Take(Shown))}{(Count > Math.Min(Shown, Examples.Count) ? ", …" : "")})";

    private static string Describe(DataProblemKind kind, int count)
    {
        string s = count == 1 ? "" : "s";
        string es = count == 1 ? "" : "es";
        return kind switch
        {
            DataProblemKind.DuplicateImageId => $"image id{s} used twice",
            DataProblemKind.DuplicateCategoryId => $"category id{s} used twice",
            DataProblemKind.DuplicateAnnotationId => $"annotation id{s} used twice",
            DataProblemKind.DuplicateClassName => $"class name{s} used twice",
            DataProblemKind.UnknownImageId => $"annotation{s} of an image that is not listed",
            DataProblemKind.ClassOutOfRange => $"object{s} with a class that does not exist",
            DataProblemKind.MalformedLabel
                => $"label line{s} that {(count == 1 ? "is" : "are")} not 'class cx cy w h' with values from 0 to 1",
            DataProblemKind.MissingImage => $"missing image{s}, skipped",
            DataProblemKind.UnreadableImage => $"unreadable image{s}, skipped",
            DataProblemKind.ImageSizeDiffers => $"image{s} of another size than annotated, skipped",
            DataProblemKind.ZeroSizeBox => $"box{es} without area (smaller than one pixel), not trained on",
            DataProblemKind.BoxOutside => $"box{es} outside the image, not trained on",
            DataProblemKind.BoxClipped => $"box{es} reaching outside the image, clipped",
            DataProblemKind.DuplicateBox => $"box{es} given twice, trained on once",
            DataProblemKind.IgnoredObject => $"object{s} marked as crowd or ignore, not trained on",
            DataProblemKind.OtherClass => $"object{s} of other classes, left out",
            DataProblemKind.SharedImage => $"validation image{s} that {(count == 1 ? "is" : "are")} also in the training set",
            DataProblemKind.MissingLabelFile => $"image{s} without a label file, taken as background",
            DataProblemKind.LabelWithoutImage => $"label file{s} without an image that can be read, not used",
            DataProblemKind.AreaFromBox => $"annotation{s} with area 0, the area of the box is taken",
            DataProblemKind.BoxFromPolygon => $"annotation{s} with polygons and no box, the box around them is taken",
            DataProblemKind.CrowdEverywhere => $"object{s} marked as crowd like all others of the file, taken as ordinary",
            DataProblemKind.GroupCategory => $"categor{(count == 1 ? "y that groups" : "ies that group")} others and {(count == 1 ? "has" : "have")} no annotations, left out",
            DataProblemKind.NumberedAnnotation => $"annotation{s} without an id, numbered",
            DataProblemKind.AlikeClasses => $"group{s} of classes whose names differ by case or punctuation only, which a prompt cannot tell apart",
            DataProblemKind.MissingClass => $"class{es} that the data does not have",
            DataProblemKind.MissingRoot => $"path{s} of data.yaml that {(count == 1 ? "does" : "do")} not exist, the folder of data.yaml is taken",
            DataProblemKind.DamagedImage => $"damaged image{s} (cut off or corrupt), skipped; data.damaged=use reads {(count == 1 ? "it" : "them")} as far as possible",
            DataProblemKind.DamagedImageUsed => $"damaged image{s} (cut off or corrupt), used as far as {(count == 1 ? "it goes" : "they go")}",
            DataProblemKind.DarkImage
                => $"16-bit image{s}, divided by 256, {(count == 1 ? "is" : "are")} dark; set data.depth to the bits that are used, such as 12",
            _ => DescribeFinding(kind, count),
        };
    }

    /// <summary>What only a check of the data looks for.</summary>
    private static string DescribeFinding(DataProblemKind kind, int count)
    {
        bool one = count == 1;
        string s = one ? "" : "s";
        string es = one ? "" : "es";
        return kind switch
        {
            DataProblemKind.MalformedAnnotation => $"annotation{s} that cannot be read",
            DataProblemKind.UnusableSplit => $"split{s} that cannot be used",
            DataProblemKind.UnusablePrompts => $"prompt file{s} that cannot be used",
            DataProblemKind.NoBoxes => $"split{s} without a box",
            DataProblemKind.SingleImage => $"split{s} of a single image",
            DataProblemKind.DuplicateImage => $"image{s} with the same pixels as another of {(one ? "its" : "their")} split",
            DataProblemKind.NearDuplicateImage => $"image{s} almost equal to another of {(one ? "its" : "their")} split",
            DataProblemKind.NearSharedImage => $"validation image{s} almost equal to a training image",
            DataProblemKind.SharedName => $"validation image{s} with the file name of a training image",
            DataProblemKind.TinyBox => $"box{es} of less than 4 pixels",
            DataProblemKind.HugeBox => $"box{es} of nearly the whole image",
            DataProblemKind.SimilarBox => $"box{es} almost equal to another of the same class",
            DataProblemKind.ConflictingBox => $"box{es} almost equal to one of another class",
            DataProblemKind.ClassWithoutBox => $"class{es} without a box",
            DataProblemKind.ClassInOneSplit => $"class{es} with boxes in one split only",
            DataProblemKind.SimilarClasses => $"pair{s} of class names that differ by a plural or one letter",
            DataProblemKind.AlikeEmbeddings => $"pair{s} of class names that the text encoder hardly distinguishes",
            DataProblemKind.UnlistedImage => $"image{s} that no annotation file lists, not used",
            DataProblemKind.UnlabelledImage => $"image{s} without a box",
            DataProblemKind.SuspectedMissing => $"object{s} that the model finds with confidence and no box covers",
            DataProblemKind.SuspectedLabel => $"box{es} that the model does not find",
            _ => kind.ToString(),
        };
    }
}
