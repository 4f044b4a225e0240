using System.Text.Json.Nodes;
using Graft.Files;

namespace Graft.VisionLanguage;

/// <summary>The difference between a checkpoint's language model and that of the start of training.</summary>
/// <param name="Source">The file of the latter.</param>
/// <param name="Equal">Number of equal tensors.</param>
/// <param name="Different">Tensors with other values or sizes.</param>
/// <param name="Absent">Tensors of the checkpoint that the source lacks.</param>
public sealed record BaseDrift(string Source, int Equal, IReadOnlyList<WeightDifference> Different, IReadOnlyList<string> Absent)
{
    private const string Owner = "language_model.";

    /// <summary>Whether every tensor is equal; a tied head that only one of them stores does not count.</summary>
    public bool IsSame => Different.Count == 0 && Absent.Count == 0;

    /// <summary>Compares by value. Embeddings that lost or gained rows are compared as different.</summary>
    /// <param name="checkpoint">Load report of the checkpoint.</param>
    /// <param name="path">A weight file of the language model, or a folder with <c>model.safetensors</c> or its index.</param>
    internal static BaseDrift Between(LoadReport checkpoint, string path)
    {
        string source = Directory.Exists(path) ? WeightFile.InFolder(path) : path;
        using WeightFile file = WeightFile.Open(source);
        int equal = 0;
        List<WeightDifference> different = [];
        List<string> absent = [];
        foreach (LoadedWeight weight in checkpoint.Assignments.Where(one => one.Target.StartsWith(Owner, StringComparison.Ordinal)
            && !one.Target.Contains(".lora_", StringComparison.Ordinal)))
        {
            string name = weight.Target[Owner.Length..];
            if (file.TryGet(name) is not { } other)
            {
                absent.Add(name);
                continue;
            }

            WeightDifference difference = WeightDifference.Between(name, other, weight.Entry);
            other.Release();
            weight.Entry.Release();
            if (difference.AreEqual)
            {
                equal++;
            }
            else
            {
                different.Add(difference);
            }
        }

        return new BaseDrift(source, equal, different, absent);
    }

    /// <summary>The counts, and the worst tensor.</summary>
    public override string ToString() => IsSame
        ? $"language model equals {Printable.Name(Source, 400)}: {Equal} tensors"
        : $"language model DRIFTED from {Printable.Name(Source, 400)}: {Different.Count} of {Equal + Different.Count} tensors differ, {Absent.Count} are only in the checkpoint"
            + (Different.Count == 0 ? "" : $"; the most: {Different.MaxBy(one => double.IsNaN(one.MaxAbsolute) ? double.MaxValue : one.MaxAbsolute)}")
            + "; an adapter trained on one does not fit the other";

    /// <summary>The counts and lists as a JSON object.</summary>
    public JsonObject ToJson() => new()
    {
        ["source"] = Source,
        ["same"] = IsSame,
        ["equal"] = Equal,
        ["different"] = new JsonArray([.. Different.Select(one => new JsonObject
        {
            ["name"] = one.Name,
            ["max_abs"] = double.IsFinite(one.MaxAbsolute) ? one.MaxAbsolute : null,
            ["relative_norm"] = double.IsFinite(one.RelativeNorm) ? one.RelativeNorm : null,
        })]),
        ["absent"] = new JsonArray([.. Absent.Select(name => (JsonNode)name)]),
    };
}
