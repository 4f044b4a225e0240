namespace Graft.Data;

/// <summary>
/// What can be wrong with a data set; the first group makes it unusable, the others cost objects or pictures and are counted.
/// </summary>
public enum DataProblemKind
{
    /// <summary>Two pictures share an id (fatal).</summary>
    DuplicateImageId,

    /// <summary>Two classes share an id (fatal).</summary>
    DuplicateCategoryId,

    /// <summary>Two annotations share an id (fatal).</summary>
    DuplicateAnnotationId,

    /// <summary>Two classes share a name (fatal).</summary>
    DuplicateClassName,

    /// <summary>An annotation refers to a picture that is not listed (fatal).</summary>
    UnknownImageId,

    /// <summary>An annotation's class does not exist (fatal).</summary>
    ClassOutOfRange,

    /// <summary>A label line that is not <c>class cx cy w h</c> (fatal).</summary>
    MalformedLabel,

    /// <summary>A listed picture is not on the disk; skipped.</summary>
    MissingImage,

    /// <summary>A picture cannot be decoded; skipped in training.</summary>
    UnreadableImage,

    /// <summary>A picture whose size on disk differs from the annotation file's; skipped.</summary>
    ImageSizeDiffers,

    /// <summary>A box narrower or lower than one pixel; skipped.</summary>
    ZeroSizeBox,

    /// <summary>A box wholly outside its picture; skipped.</summary>
    BoxOutside,

    /// <summary>A box partly outside its picture; clipped.</summary>
    BoxClipped,

    /// <summary>The same box with the same class twice in a picture; kept once.</summary>
    DuplicateBox,

    /// <summary>An object marked as crowd or ignore; not trained on.</summary>
    IgnoredObject,

    /// <summary>An object of a class that is not selected; left out.</summary>
    OtherClass,

    /// <summary>A validation picture that is also a training picture.</summary>
    SharedImage,

    /// <summary>An image file that is cut off or corrupt; skipped.</summary>
    DamagedImage,

    /// <summary>An image file that is cut off or corrupt; used as far as it can be read.</summary>
    DamagedImageUsed,

    /// <summary>A 16-bit image whose values fill less than half of the range.</summary>
    DarkImage,
}
