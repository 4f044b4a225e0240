using System.Globalization;
using System.Text.Json.Nodes;
using Graft.Files;

namespace Graft.Peft;

/// <summary>The result of a merge.</summary>
public sealed class PeftMergeReport
{
    internal PeftMergeReport(string output, IReadOnlyList<AdapterFit> fits) => (Output, Fits) = (output, fits);

    /// <summary>The file that was written.</summary>
    public string Output { get; }

    /// <summary>How each adapter fitted.</summary>
    public IReadOnlyList<AdapterFit> Fits { get; }

    /// <summary>Weights that changed, with their relative change.</summary>
    public IReadOnlyList<MergedModule> Merged => Changes;

    /// <summary>Number of tensors that were copied unchanged.</summary>
    public int Copied { get; internal set; }

    /// <summary>LoRA tensors of the base file that were merged or omitted.</summary>
    public int LoraTensorsInBase { get; internal set; }

    /// <summary>Remarks for the user, one sentence each.</summary>
    public IReadOnlyList<string> Remarks => Notes;

    internal List<MergedModule> Changes { get; } = [];

    /// <summary>Names of tensors that were replaced as a whole.</summary>
    internal List<string> Replacements { get; } = [];

    internal List<string> Notes { get; } = [];

    /// <summary>The counts in a few lines.</summary>
    public override string ToString()
    {
        double largest = Changes.Count == 0 ? 0 : Changes.Max(change => change.RelativeChange);
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{Printable.Name(Output, 400)}: {Counted.Of(Changes.Count, "weight")} merged (largest relative change {largest:g4}), "
            + $"{Replacements.Count} replaced, {Copied} copied unchanged");
        return string.Join(Environment.NewLine, Notes.Select(note => "  note: " + note).Prepend(text));
    }

    /// <summary>The counts and lists as a JSON object.</summary>
    public JsonObject ToJson() => new()
    {
        ["output"] = Output,
        ["merged"] = new JsonArray([.. Changes.Select(change => new JsonObject { ["name"] = change.Name,
            ["relative_change"] = change.RelativeChange })]),
        ["replaced"] = new JsonArray([.. Replacements.Select(name => (JsonNode)name)]),
        ["copied"] = Copied,
        ["lora_tensors_in_base"] = LoraTensorsInBase,
        ["adapters"] = new JsonArray([.. Fits.Select(fit => fit.ToJson())]),
        ["remarks"] = new JsonArray([.. Notes.Select(note => (JsonNode)note)]),
    };
}
