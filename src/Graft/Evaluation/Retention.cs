using System.Text.Json.Nodes;

namespace Graft.Evaluation;

/// <summary>What became of one class.</summary>
/// <param name="Name">The class.</param>
/// <param name="Before">AP of the model from before.</param>
/// <param name="After">AP now.</param>
public sealed record ClassDrift(string Name, double Before, double After)
{
    /// <summary>After minus before.</summary>
    public double Drift => After - Before;
}

/// <summary>What a model has kept of what it could do before it was tuned: one figure, and the drift of each class.</summary>
/// <param name="Classes">The classes that have objects, in label order.</param>
public sealed record Retention(IReadOnlyList<ClassDrift> Classes)
{
    /// <summary>mAP before.</summary>
    public double Before => Classes.Average(one => one.Before);

    /// <summary>mAP after.</summary>
    public double After => Classes.Average(one => one.After);

    /// <summary>mAP after divided by mAP before: 1 keeps everything, 0 nothing; above 1 it became better.</summary>
    public double Figure => After / Before;

    /// <summary>Compares two models on the same images, class by class.</summary>
    /// <param name="before">Scores of the model from before.</param>
    /// <param name="after">Scores now; further classes do not count.</param>
    /// <exception cref="GraftException">Of kind Data: the model from before finds nothing, or the other one lacks a class.</exception>
    public static Retention Between(CocoScores before, CocoScores after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        Dictionary<string, double> now = after.PerClass.ToDictionary(one => one.Name, one => one.Ap);
        ClassDrift[] classes = [.. before.PerClass.Where(one => one.Ap >= 0).Select(one => new ClassDrift(
            one.Name, one.Ap, now.TryGetValue(one.Name, out double ap) ? ap : throw new GraftException(
                Failure.Data, $"The class '{one.Name}' of the model from before is none of those that were asked now: {string.Join(", ", now.Keys)}.",
                "Ask both models for the same classes: --classes \"a,b\".")))];
        return classes.Any(one => one.Before > 0)
            ? new Retention(classes)
            : throw new GraftException(
                Failure.Data, "The model from before finds nothing of these classes, so nothing can be kept or lost.", "Name classes that it knows: --classes \"a,b\".");
    }

    /// <summary>Adds the fields that scripts read.</summary>
    public void AddTo(JsonObject result)
    {
        ArgumentNullException.ThrowIfNull(result);
        result["retention"] = Figure;
        result["map_before"] = Before;
        result["map_after"] = After;
        result["drift"] = new JsonArray([.. Classes.Select(one => (JsonNode)new JsonObject
        {
            ["name"] = one.Name,
            ["ap_before"] = one.Before,
            ["ap_after"] = one.After,
            ["drift"] = one.Drift,
        })]);
    }
}
