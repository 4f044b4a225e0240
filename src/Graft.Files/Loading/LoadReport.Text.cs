using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Graft.Files;

/// <summary>The report as text and as JSON.</summary>
public sealed partial class LoadReport
{
    private const int ShownNames = 10;

    /// <summary>The whole report as text; long lists are shortened.</summary>
    public override string ToString() => Describe(ShownNames);

    /// <summary>The whole report as text.</summary>
    /// <param name="shown">How many names of each list are printed.</param>
    public string Describe(int shown)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Printable.Name(File, 400)}{(Source.Length > 0 ? $" ({Source})" : "")}");
        Line(text, "names in file", NamesInFile, "");
        Line(text, "matched", Matched, "");
        Line(text, "renamed", Renamed, string.Join("; ", _rules.Select(rule => $"{rule.Value} by {rule.Key}")));
        Line(text, "merged", _merged.Count, "");
        List(text, "out of scope", [.. _outOfScope.Select(name => Printable.Name(name))], shown, always: false);
        List(text, "left out", [.. _leftOut.Select(left => $"{Printable.Name(left.Name)} ({left.Reason})")], shown, always: false);
        List(text, "second names", [.. _duplicates.Select(pair => $"{Printable.Name(pair.Name)} = {Printable.Name(pair.Target)}")], shown,
            always: false);
        List(text, "conflicts",
            [.. _conflicts.Select(pair => $"{Printable.Name(pair.Name)} differs from what already fills {Printable.Name(pair.Target)}")], shown,
                always: false);
        List(text, "missing",
            [.. _missing.Select(one => $"{Printable.Name(one.Name)} {Printable.Shape([.. one.Shape])}{Mark(_options.MayMiss, one.Name)}")], shown,
                always: true);
        List(text, "unexpected", [.. _unexpected.Select(one => one + Mark(_options.MayExceed, one.Name))], shown, always: true);
        List(text, "shape differs", [.. _mismatched.Select(one => one.ToString())], shown, always: true);
        List(text, "aliases", [.. Aliases.Select(group => string.Join(" = ", group.Take(4).Select(name => Printable.Name(name))))],
            Math.Min(shown, ShownNames), always: false);
        List(text, "converted", [.. _conversions.Select(change => $"{change.Value}: {change.Key}")], shown, always: false);
        List(text, "not finite", [.. _notFinite.Select(name => Printable.Name(name))], shown, always: false);
        if (OpaqueObjects > 0)
        {
            Line(text, "foreign objects", OpaqueObjects, "kept as inert records, not called");
        }

        if (Copied > 0)
        {
            Line(text, "copied", Copied, string.Create(CultureInfo.InvariantCulture, $"{BytesRead} bytes"));
        }

        text.Append(CultureInfo.InvariantCulture, $"  parameters covered {Math.Floor(Coverage * 10000) / 100:0.00} %");
        foreach (string remark in _remarks)
        {
            text.AppendLine().Append("  note: ").Append(remark);
        }

        return text.ToString();
    }

    /// <summary>The report as a JSON object: counts, and lists of everything that does not simply match.</summary>
    public JsonObject ToJson() => new()
    {
        ["file"] = File,
        ["source"] = Source,
        ["names_in_file"] = NamesInFile,
        ["matched"] = Matched,
        ["renamed"] = Renamed,
        ["renamed_by_rule"] = Counts(_rules),
        ["merged"] = _merged.Count,
        ["out_of_scope"] = Array(_outOfScope, name => name),
        ["left_out"] = Array(_leftOut, left => new JsonObject { ["name"] = left.Name, ["reason"] = left.Reason }),
        ["second_names"] = Array(_duplicates, pair => new JsonObject { ["name"] = pair.Name, ["target"] = pair.Target }),
        ["conflicts"] = Array(_conflicts, pair => new JsonObject { ["name"] = pair.Name, ["target"] = pair.Target }),
        ["missing"] = Array(_missing, one => one.Name),
        ["unexpected"] = Array(_unexpected, one => one.Name),
        ["mismatched"] = Array(_mismatched, one => new JsonObject
        {
            ["name"] = one.Name,
            ["target"] = one.Target,
            ["file_shape"] = Array(one.FileShape, size => size),
            ["model_shape"] = Array(one.ModelShape, size => size),
        }),
        ["aliases"] = Array(Aliases, group => Array(group, name => name)),
        ["conversions"] = Counts(_conversions),
        ["not_finite"] = Array(_notFinite, name => name),
        ["opaque_objects"] = OpaqueObjects,
        ["copied"] = Copied,
        ["bytes_read"] = BytesRead,
        ["coverage"] = Coverage,
        ["complete"] = IsComplete,
        ["remarks"] = Array(_remarks, remark => remark),
    };

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> make) => [.. items.Select(make)];

    private static JsonObject Counts(IEnumerable<KeyValuePair<string, int>> counts)
        => new(counts.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));

    private static string Mark(IReadOnlyList<string> allowed, string name) => Allowed(allowed, name) ? " (allowed)" : "";

    private static void Line(StringBuilder text, string label, int count, string detail)
        => text.AppendLine(CultureInfo.InvariantCulture, $"  {label,-18} {count,6}{(detail.Length > 0 ? $"   {detail}" : "")}");

    private static void List(StringBuilder text, string label, List<string> items, int shown, bool always)
    {
        if (items.Count > 0 || always)
        {
            Line(text, label, items.Count, "");
            Listed.Append(text, items, shown);
        }
    }
}
