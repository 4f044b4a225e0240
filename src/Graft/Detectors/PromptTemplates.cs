using System.Text;

namespace Graft.Detectors;

/// <summary>Prompts that describe a single object: templates such as <c>{tone} {name}</c>, filled from the attributes of its annotation.</summary>
/// <remarks>Each template has the text of a box, if the box has its attributes, and for each class the texts of all attributes that occur in
/// the data: those that no box of an image has are false there, and make the hardest negatives ("bright hole").</remarks>
public sealed class PromptTemplates
{
    private readonly IReadOnlyList<string> _templates;
    private readonly IReadOnlyList<string> _names;
    private readonly Dictionary<string, int> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Template, int Label, IReadOnlyDictionary<string, string> Attributes), int> _boxes = [];
    private readonly int[][][] _texts;

    /// <summary>Fills the templates for all attributes of the data.</summary>
    /// <param name="templates">Texts with attributes in braces; <c>{name}</c> is the class name.</param>
    /// <param name="share">Share of the classes of an image that are shown by a template, 0 to 1.</param>
    /// <param name="names">Class names in label order.</param>
    /// <param name="boxes">Labels and attributes of the boxes of the data.</param>
    /// <param name="firstRow">Row of the prompt bank of the first text.</param>
    public PromptTemplates(
        IReadOnlyList<string> templates, double share, IReadOnlyList<string> names,
        IEnumerable<(int Label, IReadOnlyDictionary<string, string> Attributes)> boxes, int firstRow)
    {
        ArgumentNullException.ThrowIfNull(templates);
        ArgumentNullException.ThrowIfNull(names);
        (_templates, Share, _names) = (templates, share, names);
        (int Label, IReadOnlyDictionary<string, string> Attributes)[] seen = [.. boxes.Distinct()];
        IReadOnlyDictionary<string, string>[] attributes = [.. seen.Select(box => box.Attributes).Distinct()];
        _texts = [.. Enumerable.Range(0, templates.Count).Select(template => names.Select((_, label)
            => attributes.Select(one => RowOf(template, label, one)).Where(row => row >= 0).Distinct().ToArray()).ToArray())];

        int RowOf(int template, int label, IReadOnlyDictionary<string, string> one)
        {
            if (Fill(_templates[template], _names[label], one) is not { } text)
            {
                return -1;
            }

            if (!_rows.TryGetValue(text, out int row))
            {
                _rows[text] = row = firstRow + _rows.Count;
            }

            return _boxes[(template, label, one)] = row;
        }
    }

    /// <summary>Share of the classes of an image that are shown by a template.</summary>
    public double Share { get; }

    /// <summary>Number of templates.</summary>
    public int Count => _templates.Count;

    /// <summary>All texts, in the order of their rows.</summary>
    public IReadOnlyList<string> Texts => [.. _rows.OrderBy(entry => entry.Value).Select(entry => entry.Key)];

    /// <summary>The row of a box's text; -1 where the box lacks an attribute of the template.</summary>
    internal int RowOf(int template, Targets.Row box) => box.Attributes is { } attributes ? _boxes.GetValueOrDefault((template, box.Label, attributes), -1) : -1;

    /// <summary>The rows of a class for all attributes of the data.</summary>
    internal IReadOnlyList<int> RowsOf(int template, int label) => _texts[template][label];

    /// <summary>Fills a template; null where an attribute is missing.</summary>
    internal static string? Fill(string template, string name, IReadOnlyDictionary<string, string> attributes)
    {
        StringBuilder text = new();
        int at = 0;
        while (at < template.Length)
        {
            int open = template.IndexOf('{', at), close = open < 0 ? -1 : template.IndexOf('}', open);
            if (close < 0)
            {
                break;
            }

            string key = template[(open + 1)..close];
            if ((key == "name" ? name : attributes.GetValueOrDefault(key)) is not { Length: > 0 } value)
            {
                return null;
            }

            text.Append(template, at, open - at).Append(value);
            at = close + 1;
        }

        return text.Append(template, at, template.Length - at).ToString();
    }
}
