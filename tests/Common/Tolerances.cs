using System.Text.Json;

namespace Graft.Testing;

/// <summary>Allowed differences to recorded numbers, from the manifest of the golden folder.</summary>
public sealed class Tolerances
{
    /// <summary>Allowed multiple of the recording's own float32 error where a manifest states only that; other manifests use five to
    /// six.</summary>
    public const double Margin = 6;

    /// <summary>
    /// Multiple of the tolerance from one processor's recording: kernels of another sum in another order and round differently.
    /// Precision is
    /// guarded by the same comparison in float64.
    /// </summary>
    public const double Kernels = 2;

    private const double LeastRelative = 1.0 / (1 << 18);     // 32 units in the last place of float32

    private readonly Dictionary<string, double> _allowed = [], _errors = [];
    private readonly List<string> _bounds = [];

    /// <summary>The tolerances of a manifest, or of one case in it.</summary>
    public static Tolerances Of(JsonElement manifest)
    {
        Tolerances result = new();
        Read(manifest, "suggested_abs_tolerance", result._allowed);
        Read(manifest, "observed_max_abs_diff_float32_vs_float64", result._errors);
        Read(manifest, "observed_float32_vs_float64", result._errors);
        ReadGradients(manifest, result);
        return result;
    }

    /// <summary>Tolerances of a detector's maps, and of its boxes and scores, which follow from them.</summary>
    public static Tolerances OfMaps(JsonElement manifest) => Of(manifest)
        .With("decoded_boxes_xyxy", ("bbox_dist_p3", 8), ("bbox_dist_p4", 16), ("bbox_dist_p5", 32))            // distances are in strides
        .With("scores_sigmoid", ("cls_logits_p3", 0.25), ("cls_logits_p4", 0.25), ("cls_logits_p5", 0.25));     // the sigmoid's steepest slope

    /// <summary>Tolerances of one adapter; the manifest states none for outputs and statistics in training mode.</summary>
    public static Tolerances OfAdapter(JsonElement given) => Of(given).With(1e-5, "train_output").With(2e-7, "buffer_after:*");

    /// <summary>Largest allowed difference of a float32 result to the recording, whatever kernels compute it.</summary>
    public double Of(string name) => Kernels * (Find(_allowed, name) ?? Margin * ErrorOf(name));

    /// <summary>The recording's own error: how far it is from the same network in float64.</summary>
    public double ErrorOf(string name)
        => Find(_errors, name) ?? throw new InvalidOperationException($"The manifest states neither a tolerance nor an error of {name}.");

    /// <summary>Whether <see cref="ErrorOf"/> is only an upper bound, derived from other outputs.</summary>
    public bool IsBound(string name) => _bounds.Any(bound => Fits(bound, name));

    /// <summary>Adds an output for which the manifest states none.</summary>
    /// <param name="name">The output.</param>
    /// <param name="sources">Outputs that it is computed from, and the factor on their errors.</param>
    public Tolerances With(string name, params (string Name, double Factor)[] sources)
    {
        _allowed[name] = sources.Max(source => source.Factor * Of(source.Name)) / Kernels;
        _errors[name] = sources.Max(source => source.Factor * ErrorOf(source.Name));
        _bounds.Add(name);
        return this;
    }

    /// <summary>Adds the tolerance that the folder's README states; a name may end with '*'.</summary>
    public Tolerances Suggest(double allowed, params string[] names)
    {
        foreach (string name in names)
        {
            _allowed[name] = allowed;
        }

        return this;
    }

    /// <summary>Adds outputs for which the manifest states none, by the recording's error as measured against this library in
    /// float64.</summary>
    public Tolerances With(double error, params string[] names)
    {
        foreach (string name in names)
        {
            _errors[name] = error;
        }

        _bounds.AddRange(names);
        return this;
    }

    private static double? Find(Dictionary<string, double> values, string name)
        => values.TryGetValue(name, out double exact)
            ? exact
            : values.Where(entry => Fits(entry.Key, name)).Select(entry => (double?)entry.Value).FirstOrDefault();

    private static bool Fits(string pattern, string name)
        => pattern == name || (pattern.EndsWith('*') && name.StartsWith(pattern[..^1], StringComparison.Ordinal));

    private static void Read(JsonElement manifest, string key, Dictionary<string, double> into)
    {
        if (manifest.TryGetProperty(key, out JsonElement values))
        {
            foreach (JsonProperty value in values.EnumerateObject().Where(value => value.Value.ValueKind == JsonValueKind.Number))
            {
                into[value.Name] = value.Value.GetDouble();
            }
        }
    }

    /// <summary>Gradients: their error beside their size. The error of a single number may be small by chance, so the size sets the
    /// smallest tolerance.</summary>
    private static void ReadGradients(JsonElement manifest, Tolerances into)
    {
        if (manifest.TryGetProperty("observed_float32_vs_float64", out JsonElement values))
        {
            foreach (JsonProperty value in values.EnumerateObject().Where(value => value.Value.ValueKind == JsonValueKind.Object))
            {
                double error = value.Value.GetProperty("abs").GetDouble(), size = value.Value.GetProperty("max_magnitude").GetDouble();
                into._errors[value.Name] = error;
                into._allowed[value.Name] = Math.Max(Margin * error, size * LeastRelative);
            }
        }
    }
}
