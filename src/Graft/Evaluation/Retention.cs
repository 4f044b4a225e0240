using System.Text.Json.Nodes;

namespace Graft.Evaluation;

/// <summary>The change of AP of one class.</summary>
/// <param name="Name">The class.</param>
/// <param name="Before">AP of the earlier model.</param>
/// <param name="After">AP of the later model.</param>
public sealed record ClassDrift(string Name, double Before, double After)
{
    /// <summary>After minus before.</summary>
    public double Drift => After - Before;
}

/// <summary>The share of its mAP that a model retains after tuning: one figure, and the drift per class.</summary>
/// <param name="Classes">The classes that have annotations, in label order.</param>
public sealed record Retention(IReadOnlyList<ClassDrift> Classes)
{
    /// <summary>mAP of the earlier model.</summary>
    public double Before => Classes.Average(one => one.Before);

    /// <summary>mAP of the later model.</summary>
    public double After => Classes.Average(one => one.After);

    /// <summary>mAP of the later model divided by that of the earlier one: 1 keeps everything, 0 nothing.</summary>
    public double Figure => After / Before;

    /// <summary>Compares two models on the same images, class by class.</summary>
    /// <param name="before">Scores of the earlier model.</param>
    /// <param name="after">Scores of the later model; further classes do not count.</param>
    /// <exception cref="GraftException">Of kind Data: mAP of the earlier model is 0, or the later one lacks a class.</exception>
    public static Retention Between(CocoScores before, CocoScores after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        Dictionary<string, double> now = after.PerClass.ToDictionary(one => one.Name, one => one.Ap);
        ClassDrift[] classes = [.. before.PerClass.Where(one => one.Ap >= 0).Select(one => new ClassDrift(
            one.Name, one.Ap, now.TryGetValue(one.Name, out double ap) ? ap : throw new GraftException(
                Failure.Data, $"The class '{one.Name}' of the earlier model is none of those of the later one: {string.Join(", ", now.Keys)}.",
                "Evaluate both models with the same classes: --classes \"a,b\".")))];
        return classes.Any(one => one.Before > 0)
            ? new Retention(classes)
            : throw new GraftException(
                Failure.Data, "The earlier model detects none of these classes (mAP 0), so retention is undefined.", "Name classes that it detects: --classes \"a,b\".");
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
