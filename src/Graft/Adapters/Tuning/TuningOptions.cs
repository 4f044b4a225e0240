using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>The <c>tuning:</c> section: what is frozen, what is trainable, where adapters are, and at which rates.</summary>
/// <remarks>Patterns match whole segments of dotted names (see <see cref="DottedPattern"/>) and cover everything below what they match. One
/// that matches nothing is an error unless it is marked <c>historical</c>.</remarks>
public sealed record TuningOptions
{
    /// <summary>Patterns of frozen weights, whose statistics stay fixed too; everything by default.</summary>
    public IReadOnlyList<string> Freeze { get; init; } = ["**"];

    /// <summary>Weights of the model that are trainable despite <see cref="Freeze"/>.</summary>
    public IReadOnlyList<UnfreezeOptions> Unfreeze { get; init; } = [];

    /// <summary>Adapters and their sites.</summary>
    public IReadOnlyList<AdapterOptions> Adapters { get; init; } = [];

    /// <summary>Other rates for some of the trainable weights; later entries win.</summary>
    public IReadOnlyList<RateOptions> Rates { get; init; } = [];

    /// <summary>Factor on the learning rate of biases, except those of norms.</summary>
    [Range(0.0, 1000.0)]
    public double BiasLrMult { get; init; } = 1;

    /// <summary>Steps after which an adapter without gradients, or without effect, stops the run.</summary>
    [Range(1, 1000000)]
    public int LivenessSteps { get; init; } = 200;

    /// <summary>Build what the original program really built, mistakes included, instead of what its description says: entries marked
    /// <c>when: as_run</c> apply, those marked <c>when: as_published</c> do not.</summary>
    public bool AsRun { get; init; }

    /// <summary>What is trained, for people: "every weight", or "lora at neck.** and bbox_head unfrozen".</summary>
    public string Description
    {
        get
        {
            TuningOptions applied = Resolve();
            string[] free = Freeze.Contains("**") ? [] : [Freeze.Count == 0 ? "every weight" : $"every weight but {Listed.All(Freeze)}"];
            string[] parts =
            [
                .. free,
                .. applied.Adapters.Select(adapter => $"{adapter.Kind} at {string.Join(", ", adapter.At is { Count: > 0 } at ? at : ["the usual places"])}"),
                .. applied.Unfreeze.Where(part => !part.Historical).Select(part => $"{part.At} unfrozen"),
            ];
            return parts.Length == 0 ? "learned prompts" : Listed.All(parts);
        }
    }

    /// <summary>These options with only the entries that apply, see <see cref="AsRun"/>.</summary>
    public TuningOptions Resolve() => this with
    {
        Unfreeze = [.. Unfreeze.Where(entry => Counts(entry.When))],
        Adapters = [.. Adapters.Where(entry => Counts(entry.When))],
        Rates = [.. Rates.Where(entry => Counts(entry.When))],
    };

    private bool Counts(TuningWhen when) => when == TuningWhen.Always || when == TuningWhen.AsRun == AsRun;
}
