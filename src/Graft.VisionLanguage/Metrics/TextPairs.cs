namespace Graft.VisionLanguage;

/// <summary>Checks of the input that every text metric makes.</summary>
internal static class TextPairs
{
    public static void Check(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(references);
        if (predictions.Count != references.Count)
        {
            throw new GraftException(Failure.Data, $"{predictions.Count} predictions against {references.Count} references; expected as many.");
        }

        if (predictions.Count == 0)
        {
            throw new GraftException(Failure.Data, "There are no predictions to score.", "A score of nothing would not be a number.");
        }

        for (int sample = 0; sample < references.Count; sample++)
        {
            if (references[sample].Count == 0)
            {
                throw new GraftException(Failure.Data, $"Sample {sample} has no reference text.", "Leave it out, or give it a reference.");
            }
        }
    }
}
