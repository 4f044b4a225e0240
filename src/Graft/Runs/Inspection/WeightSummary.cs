using Graft.Files;
using Graft.Models;
using Graft.Models.Ultralytics;

namespace Graft.Runs;

/// <summary>Describes a weight file: the network of its tensors, its class names, and the globals of a pickle.</summary>
/// <param name="Network">The network of the tensors, under its usual name; null when it is not recognised.</param>
/// <param name="IsKnown">Whether Graft implements that network.</param>
/// <param name="ClassNames">Class names in the file, in label order.</param>
/// <param name="Globals">Classes and functions that a pickle names, which are not executed; those outside the usual libraries first.</param>
public sealed record WeightSummary(string? Network, bool IsKnown, IReadOnlyList<string> ClassNames, IReadOnlyList<string> Globals)
{
    private static readonly string[] Libraries = ["torch.", "torchvision.", "ultralytics.", "models.", "numpy.", "collections."];

    /// <summary>Recognises a file by its metadata, or by its tensors.</summary>
    public static WeightSummary Of(WeightFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        bool isGraftFile = Checkpoint.IsGraftFile(file);
        ModelOptions? model = ModelIn(file);
        return new WeightSummary(
            model is not null ? model.Description : ModelFamilies.OtherFamily(file),
            model is not null,
            isGraftFile ? Checkpoint.VocabularyOf(file).Names : model is null ? [] : UltralyticsFile.TryRead(file)?.Names ?? [],
            [.. file.ForeignClasses.Keys.OrderBy(IsOfLibrary).ThenBy(name => name, StringComparer.Ordinal)]);
    }

    private static bool IsOfLibrary(string name) => Array.Exists(Libraries, library => name.StartsWith(library, StringComparison.Ordinal));

    /// <summary>An unreadable configuration in the metadata does not prevent the tensors from being listed.</summary>
    private static ModelOptions? ModelIn(WeightFile file)
    {
        try
        {
            return ModelFiles.ModelOf(file);
        }
        catch (GraftException)
        {
            return null;
        }
    }
}
