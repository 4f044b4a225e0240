namespace Graft.VisionLanguage;

/// <summary>Checks the input of the text metrics.</summary>
internal static class TextPairs
{
    public static void Check(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(references);
        if (predictions.Count != references.Count)
        {
            throw new GraftException(Failure.Data, $"{predictions.Count} predictions against {references.Count} references; expected equal numbers.");
        }

        if (predictions.Count == 0)
        {
            throw new GraftException(Failure.Data, "There are no predictions to score.", "Give at least one prediction.");
        }

        for (int sample = 0; sample < references.Count; sample++)
        {
            if (references[sample].Count == 0)
            {
                throw new GraftException(Failure.Data, $"Sample {sample} has no reference text.", "Omit it, or give it a reference.");
            }
        }
    }
}
