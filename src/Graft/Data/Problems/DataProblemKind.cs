namespace Graft.Data;

/// <summary>
/// What can be wrong with a data set. Fatal kinds make it unusable; the others skip objects or images, or fill in a value, and are counted.
/// </summary>
public enum DataProblemKind
{
    /// <summary>Two images share an id (fatal).</summary>
    DuplicateImageId,

    /// <summary>Two classes share an id (fatal).</summary>
    DuplicateCategoryId,

    /// <summary>Two annotations share an id (fatal).</summary>
    DuplicateAnnotationId,

    /// <summary>Two classes share a name (fatal).</summary>
    DuplicateClassName,

    /// <summary>An annotation refers to an image that is not listed (fatal).</summary>
    UnknownImageId,

    /// <summary>An annotation's class does not exist (fatal).</summary>
    ClassOutOfRange,

    /// <summary>A label line that is not <c>class cx cy w h</c> (fatal).</summary>
    MalformedLabel,

    /// <summary>A listed image is not on the disk; skipped.</summary>
    MissingImage,

    /// <summary>An image cannot be decoded; skipped in training.</summary>
    UnreadableImage,

    /// <summary>An image whose size on disk differs from the annotation file's; skipped.</summary>
    ImageSizeDiffers,

    /// <summary>A box narrower or lower than one pixel; not trained on.</summary>
    ZeroSizeBox,

    /// <summary>A box wholly outside its image; not trained on.</summary>
    BoxOutside,

    /// <summary>A box partly outside its image; clipped.</summary>
    BoxClipped,

    /// <summary>The same box with the same class twice in an image; kept once.</summary>
    DuplicateBox,

    /// <summary>An object marked as crowd or ignore; not trained on.</summary>
    IgnoredObject,

    /// <summary>An object of a class that is not selected; skipped.</summary>
    OtherClass,

    /// <summary>A validation image that is also a training image.</summary>
    SharedImage,

    /// <summary>An image without a label file; used as background.</summary>
    MissingLabelFile,

    /// <summary>A label file whose image is missing or of a format that cannot be read; not used.</summary>
    LabelWithoutImage,

    /// <summary>An annotation whose area is 0 or less beside a valid box; the area of the box is taken.</summary>
    AreaFromBox,

    /// <summary>An annotation with polygons and no box; the box around them is taken.</summary>
    BoxFromPolygon,

    /// <summary>An object marked as crowd in a file that marks all objects so; taken as an ordinary object.</summary>
    CrowdEverywhere,

    /// <summary>A category that only groups others; skipped.</summary>
    GroupCategory,

    /// <summary>An annotation without an id; numbered.</summary>
    NumberedAnnotation,

    /// <summary>A class of the detector or of the training split that this data set does not have.</summary>
    MissingClass,

    /// <summary>A <c>path</c> of data.yaml that does not exist; the folder of data.yaml is used.</summary>
    MissingRoot,

    /// <summary>Classes whose names differ by case, spaces or punctuation only: as prompts they are equal.</summary>
    AlikeClasses,

    /// <summary>An image file that is cut off or corrupt; skipped.</summary>
    DamagedImage,

    /// <summary>An image file that is cut off or corrupt; used as far as it can be read.</summary>
    DamagedImageUsed,

    /// <summary>A 16-bit image whose values fill less than half of the range.</summary>
    DarkImage,

    /// <summary>An annotation that cannot be read, such as one without a box (fatal).</summary>
    MalformedAnnotation,

    /// <summary>A split that is missing, or that cannot be read as a whole.</summary>
    UnusableSplit,

    /// <summary>A prompt file that does not fit the classes.</summary>
    UnusablePrompts,

    /// <summary>A split without a box.</summary>
    NoBoxes,

    /// <summary>A split of a single image.</summary>
    SingleImage,

    /// <summary>An image with the same pixels as another of its split.</summary>
    DuplicateImage,

    /// <summary>An image that is almost equal to another of its split, such as the same one encoded again.</summary>
    NearDuplicateImage,

    /// <summary>A validation image that is almost equal to a training image.</summary>
    NearSharedImage,

    /// <summary>A validation image with the file name of a training image, and other pixels.</summary>
    SharedName,

    /// <summary>A box whose longer side is below four pixels.</summary>
    TinyBox,

    /// <summary>A box of nearly the whole image.</summary>
    HugeBox,

    /// <summary>Two boxes of one class that are almost equal.</summary>
    SimilarBox,

    /// <summary>Two boxes of different classes that are almost equal.</summary>
    ConflictingBox,

    /// <summary>A class that no box has.</summary>
    ClassWithoutBox,

    /// <summary>A class whose boxes are all in one split.</summary>
    ClassInOneSplit,

    /// <summary>Two class names that differ by a plural or one letter.</summary>
    SimilarClasses,

    /// <summary>Two class names with almost the same text embedding.</summary>
    AlikeEmbeddings,

    /// <summary>An image file in a folder of listed images that no annotation file lists; not used.</summary>
    UnlistedImage,

    /// <summary>An image without a box.</summary>
    UnlabelledImage,

    /// <summary>An object that a model finds with confidence and that no box covers.</summary>
    SuspectedMissing,

    /// <summary>A box that a model does not find.</summary>
    SuspectedLabel,
}
