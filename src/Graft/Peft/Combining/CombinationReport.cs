using System.Globalization;
using System.Text.Json.Nodes;
using Graft.Files;

namespace Graft.Peft;

/// <summary>The combined adapter and its difference from the weighted sum of the updates.</summary>
public sealed class CombinationReport
{
    internal CombinationReport(string output, CombinationMethod method, IReadOnlyList<CombinedModule> modules, double relativeError)
        => (Output, Method, Modules, RelativeError) = (output, method, modules, relativeError);

    /// <summary>The folder that was written.</summary>
    public string Output { get; }

    /// <summary>The recipe.</summary>
    public CombinationMethod Method { get; }

    /// <summary>The modules of the new adapter.</summary>
    public IReadOnlyList<CombinedModule> Modules { get; }

    /// <summary>Norm of the difference from the weighted sum of all updates, over the norm of that sum.</summary>
    public double RelativeError { get; }

    /// <summary>How the recipe differs from the weighted sum; null when it does not.</summary>
    public string? Warning => Method switch
    {
        CombinationMethod.Cat => null,
        CombinationMethod.Svd => RelativeError < 1e-6 ? null : "singular values beyond the rank were truncated; a larger rank, or cat, keeps them",
        CombinationMethod.Linear => "sums of the matrices multiply to cross terms between the adapters; cat or svd give the weighted sum",
        CombinationMethod.PeftSvd => "PEFT's svd applies the scalings twice; Graft's svd gives the weighted sum",
        CombinationMethod.Ties or CombinationMethod.DareTies => "signs are elected and entries dropped in the matrices, not in the updates",
        CombinationMethod.MagnitudePrune => "small entries of the matrices are dropped, and their sums multiply to cross terms",
        _ => "random entries of the matrices are dropped, and their sums multiply to cross terms",
    };

    /// <summary>One line, and a warning where the recipe is not the weighted sum.</summary>
    public override string ToString()
    {
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{Printable.Name(Output, 400)}: {Counted.Of(Modules.Count, "module")} combined by {Method}, "
            + $"{100 * RelativeError:g4} % away from the weighted sum of the updates");
        return Warning is null ? text : text + Environment.NewLine + "  note: " + Warning;
    }

    /// <summary>The numbers as a JSON object.</summary>
    public JsonObject ToJson() => new()
    {
        ["output"] = Output,
        ["method"] = Method.ToString(),
        ["relative_error"] = RelativeError,
        ["warning"] = Warning,
        ["modules"] = new JsonArray([.. Modules.Select(module
            => new JsonObject { ["path"] = module.Path, ["rank"] = module.Rank, ["relative_error"] = module.RelativeError })]),
    };
}
