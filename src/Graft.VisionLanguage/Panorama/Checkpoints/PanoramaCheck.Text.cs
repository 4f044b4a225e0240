using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Graft.Files;

namespace Graft.VisionLanguage;

/// <summary>The check as text and as JSON.</summary>
public sealed partial class PanoramaCheck
{
    private const int Shown = 10;

    /// <summary>The whole report.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Printable.Name(Choice.Path, 400)}{(Load is null ? "" : $" ({Load.Source})")}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  chosen because {Choice.Why}{(Choice.Others.Count == 0 ? "" : $"; also there: {string.Join(", ", Choice.Others.Select(name => Printable.Name(name)))}")}");
        int remapped = Names.BehindPrefix + Names.BehindBaseLayer;
        text.AppendLine(CultureInfo.InvariantCulture,
            $"  names {Names.InFile} = {Names.Matched} matched + {remapped} remapped ({Names.BehindPrefix} behind a prefix, {Names.BehindBaseLayer} behind base_layer) "
            + $"+ {Names.Lora} LoRA + {Names.Unexpected.Count} unexpected; {Names.Missing.Count} missing");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"  a loader that only removes 'model.' prints: {Names.Naive.PrintedLoaded} loaded, {Names.Naive.Missing} missing, {Names.Naive.Unexpected} unexpected");
        List(text, "missing", Names.Missing);
        List(text, "unexpected", Names.Unexpected);
        if (Load is not null)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  tensors {Load.Assignments.Count} to copy, {Load.Duplicates.Count} second names of them, {Load.LeftOut.Count} left out, {AliasConflicts.Count} conflicts; "
                + $"{Math.Floor(Load.Coverage * 10000) / 100:0.00} % of the parameters");
            List(text, "shape differs", [.. Load.Mismatched.Select(one => one.ToString())]);
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"  LoRA: {DescribeLora()}");
        Indent(text, Comparison);
        Indent(text, Fit);
        foreach (string note in _notes)
        {
            text.Append("  note: ").AppendLine(note);
        }

        foreach (string problem in _problems)
        {
            text.Append("  NOT EXPLAINED: ").AppendLine(problem);
        }

        return text.Append(IsExplained ? "  everything is explained" : $"  {Counted.Of(_problems.Count, "finding")} {(_problems.Count == 1 ? "is" : "are")} not explained").ToString();
    }

    /// <summary>The report as a JSON object.</summary>
    public JsonObject ToJson() => new()
    {
        ["file"] = Choice.Path,
        ["taken_because"] = Choice.Why,
        ["other_checkpoints"] = Strings(Choice.Others),
        ["names_in_file"] = Names.InFile,
        ["matched"] = Names.Matched,
        ["remapped"] = Names.BehindPrefix + Names.BehindBaseLayer,
        ["remapped_prefix"] = Names.BehindPrefix,
        ["remapped_base_layer"] = Names.BehindBaseLayer,
        ["lora_tensors"] = Names.Lora,
        ["missing"] = Strings(Names.Missing),
        ["unexpected"] = Strings(Names.Unexpected),
        ["mismatched"] = new JsonArray([.. (Load?.Mismatched ?? []).Select(one => (JsonNode)one.Name)]),
        ["naive"] = new JsonObject
        {
            ["printed_loaded"] = Names.Naive.PrintedLoaded,
            ["missing"] = Names.Naive.Missing,
            ["unexpected"] = Names.Naive.Unexpected,
        },
        ["alias_conflicts"] = new JsonArray([.. AliasConflicts.Select(conflict => new JsonObject
        {
            ["names"] = Strings([conflict.First, conflict.Second]),
            ["target"] = conflict.Target,
            ["max_abs"] = double.IsFinite(conflict.Difference.MaxAbsolute) ? conflict.Difference.MaxAbsolute : null,
            ["pytorch_keeps"] = conflict.Second,
        })]),
        ["coverage"] = Load?.Coverage,
        ["lora"] = new JsonObject
        {
            ["used"] = Used.ToString().ToLowerInvariant(),
            ["folder"] = Folder,
            ["modules"] = Modules,
            ["zero_modules"] = ZeroModules,
            ["has_effect"] = HasEffect,
            ["comparison"] = Comparison?.ToJson(),
            ["fit"] = Fit?.ToJson(),
        },
        ["language_model"] = Drift?.ToJson(),
        ["load"] = Load?.ToJson(),
        ["notes"] = Strings(_notes),
        ["problems"] = Strings(_problems),
        ["explained"] = IsExplained,
    };

    private string DescribeLora() => Used == LoraChoice.None ? "none is used"
        : $"{Modules} modules from {(Folder is null ? "the checkpoint" : Printable.Name(Folder, 400))}, {ZeroModules} of them zero"
            + (HasEffect ? "" : "; NO EFFECT");

    private static void Indent(StringBuilder text, object? part)
    {
        foreach (string line in part?.ToString()?.Split('\n') ?? [])
        {
            text.Append("    ").AppendLine(line.TrimEnd());
        }
    }

    private static void List(StringBuilder text, string label, IReadOnlyList<string> names)
        => Listed.Append(text, [.. names.Select(name => $"{label}: {Printable.Name(name)}")], Shown);

    private static JsonArray Strings(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
