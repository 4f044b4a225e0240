using Graft.Data;

namespace Graft.Checks;

/// <summary>How much each kind of problem matters, what to do about it, and whether a repaired copy is free of it.</summary>
internal static class CheckAdvice
{
    private const string Repaired = "graft check --fix drops them.";

    internal static (CheckSeverity Severity, string Advice, bool IsRepaired) Of(DataProblemKind kind) => kind switch
    {
        DataProblemKind.UnusableSplit => Error("Correct what the message says, or name the files of the split in a data.yaml."),
        DataProblemKind.UnusablePrompts => Error("Correct the file; training refuses it."),
        DataProblemKind.NoBoxes => Error("Label the images of the split, or correct where their labels are looked for."),
        DataProblemKind.SingleImage => Error("Add images: one can neither be trained on nor measure anything."),
        DataProblemKind.UnreadableImage or DataProblemKind.DamagedImage
            => Error("Copy or export the files again; training skips them. " + Repaired, isRepaired: true),
        DataProblemKind.MissingImage => Error("Copy the images to where the annotations name them; training skips them. " + Repaired, isRepaired: true),
        DataProblemKind.ImageSizeDiffers => Error("The boxes belong to another version of the image: export images and labels together. " + Repaired, isRepaired: true),
        DataProblemKind.SharedImage
            => Error("The validation scores are too good: remove them from one split. graft check --fix removes them from the training split.", isRepaired: true),
        DataProblemKind.ZeroSizeBox => Error("Draw the boxes again; they are not trained on. " + Repaired, isRepaired: true),
        DataProblemKind.BoxOutside => Error("Draw the boxes again; they are not trained on. " + Repaired, isRepaired: true),
        DataProblemKind.MalformedLabel or DataProblemKind.MalformedAnnotation or DataProblemKind.ClassOutOfRange or DataProblemKind.UnknownImageId
            or DataProblemKind.DuplicateImageId or DataProblemKind.DuplicateAnnotationId or DataProblemKind.DuplicateCategoryId
            => Error("Correct or export the labels again; training refuses them. " + Repaired, isRepaired: true),
        DataProblemKind.DuplicateClassName => Error("Give every class a name of its own; training refuses them."),

        DataProblemKind.NearSharedImage
            => Warning("Look at the pairs: if they show the same part, the validation scores are too good. graft check --fix removes them from the training split.", isRepaired: true),
        DataProblemKind.SharedName => Warning("If both are images of the same part, keep it in one split."),
        DataProblemKind.DuplicateImage => Warning("Keep one of each; compare their labels first. graft check --fix keeps the one with the most boxes.", isRepaired: true),
        DataProblemKind.NearDuplicateImage => Warning("Look at the pairs and keep one of each. graft check --fix keeps the one with the most boxes.", isRepaired: true),
        DataProblemKind.ConflictingBox => Warning("Decide for one class of each."),
        DataProblemKind.DuplicateBox or DataProblemKind.SimilarBox => Warning("Remove one of each. " + Repaired, isRepaired: true),
        DataProblemKind.BoxClipped => Warning("Check one: are the labels of another version of the images? graft check --fix clips them.", isRepaired: true),
        DataProblemKind.TinyBox => Warning("Probably slips of the mouse: remove them, or draw them again."),
        DataProblemKind.HugeBox => Warning("Label the object and not the image."),
        DataProblemKind.ClassWithoutBox => Warning("Label objects of the class, or leave it out."),
        DataProblemKind.ClassInOneSplit => Warning("Divide the images again: a class needs boxes for training and for validation."),
        DataProblemKind.AlikeClasses => Warning("Make one class of them."),
        DataProblemKind.SimilarClasses => Warning("If they mean the same, make one class of them."),
        DataProblemKind.AlikeEmbeddings => Warning("Give one of them other words, with a prompt file."),
        DataProblemKind.MissingLabelFile => Warning("Label them, or write an empty label file for each that shows no object.", isRepaired: true),
        DataProblemKind.LabelWithoutImage => Warning("Add the images, or delete the label files. " + Repaired, isRepaired: true),
        DataProblemKind.DarkImage => Warning("Set data.depth to the bits that are used, such as 12."),
        DataProblemKind.MissingRoot => Warning("Correct 'path' in data.yaml."),

        DataProblemKind.UnlistedImage => Remark("Fine where they are set aside; otherwise label them, or list those that show no object."),
        DataProblemKind.UnlabelledImage => Remark("Fine where they show no object; otherwise label them."),
        DataProblemKind.SuspectedMissing => Remark("Look at them: label those that are objects."),
        DataProblemKind.SuspectedLabel => Remark("Look at them: class and place may be wrong."),
        _ => Remark(""),
    };

    private static (CheckSeverity Severity, string Advice, bool IsRepaired) Error(string advice, bool isRepaired = false)
        => (CheckSeverity.Error, advice, isRepaired);

    private static (CheckSeverity Severity, string Advice, bool IsRepaired) Warning(string advice, bool isRepaired = false)
        => (CheckSeverity.Warning, advice, isRepaired);

    private static (CheckSeverity Severity, string Advice, bool IsRepaired) Remark(string advice) => (CheckSeverity.Remark, advice, false);
}
