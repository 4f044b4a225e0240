using System.Text;
using System.Text.Json.Nodes;
using Graft.Files;

namespace Graft.Peft;

/// <summary>Two sources of one adapter, such as a checkpoint and the folder beside it, compared by value.</summary>
public sealed class LoraComparison
{
    private const int Shown = 10;
    private readonly List<WeightDifference> _different = [];
    private readonly List<WeightDifference> _shapes = [];
    private readonly List<string> _onlyFirst = [];
    private readonly List<string> _onlySecond = [];
    private readonly List<string> _scalings = [];
    private readonly List<string> _replacementsEqual = [];
    private readonly List<WeightDifference> _replacementsDifferent = [];

    private LoraComparison(string first, string second) => (First, Second) = (first, second);

    /// <summary>The first source.</summary>
    public string First { get; }

    /// <summary>The second source.</summary>
    public string Second { get; }

    /// <summary>How many LoRA tensors are equal; of different types, after rounding the wider to the narrower.</summary>
    public int Equal { get; private set; }

    /// <summary>LoRA tensors with other values.</summary>
    public IReadOnlyList<WeightDifference> Different => _different;

    /// <summary>LoRA tensors of other sizes, such as another rank.</summary>
    public IReadOnlyList<WeightDifference> ShapesDiffer => _shapes;

    /// <summary>Modules that only the first source has.</summary>
    public IReadOnlyList<string> OnlyInFirst => _onlyFirst;

    /// <summary>Modules that only the second source has.</summary>
    public IReadOnlyList<string> OnlyInSecond => _onlySecond;

    /// <summary>Modules whose updates are scaled differently, with both scalings.</summary>
    public IReadOnlyList<string> ScalingsDiffer => _scalings;

    /// <summary>Whole tensors of the second source that equal the base's.</summary>
    public IReadOnlyList<string> ReplacementsEqual => _replacementsEqual;

    /// <summary>Whole tensors of the second source that differ from the base's.</summary>
    public IReadOnlyList<WeightDifference> ReplacementsDifferent => _replacementsDifferent;

    /// <summary>Whether both sources have the same modules with equal values.</summary>
    public bool Agree => _different.Count == 0 && _shapes.Count == 0 && _onlyFirst.Count == 0 && _onlySecond.Count == 0
        && _scalings.Count == 0;

    /// <summary>Compares two adapters.</summary>
    /// <param name="first">The first source.</param>
    /// <param name="second">The second source.</param>
    /// <param name="weightOf">The base's tensor of a name, to compare whole tensors with; null: not compared.</param>
    public static LoraComparison Between(PeftAdapter first, PeftAdapter second, Func<string, WeightEntry?>? weightOf = null)
    {
        LoraComparison comparison = new(first.Source, second.Source);
        Dictionary<string, LoraModule> others = second.Modules.ToDictionary(module => module.Path, StringComparer.Ordinal);
        foreach (LoraModule module in first.Modules)
        {
            if (others.Remove(module.Path, out LoraModule? other))
            {
                comparison.Compare(module, other);
            }
            else
            {
                comparison._onlyFirst.Add(module.Path);
            }
        }

        comparison._onlySecond.AddRange(others.Keys);
        foreach ((string name, WeightEntry entry) in second.Replacements)
        {
            if ((first.Replacements.GetValueOrDefault(name) ?? weightOf?.Invoke(name)) is { } other)
            {
                WeightDifference difference = WeightDifference.Between(name, other, entry);
                if (difference.AreEqual)
                {
                    comparison._replacementsEqual.Add(name);
                }
                else
                {
                    comparison._replacementsDifferent.Add(difference);
                }
            }
        }

        return comparison;
    }

    /// <summary>The counts, and the names of whatever differs.</summary>
    public override string ToString() => Describe(Shown);

    /// <summary>The counts and lists as a JSON object.</summary>
    public JsonObject ToJson() => new()
    {
        ["first"] = First,
        ["second"] = Second,
        ["agree"] = Agree,
        ["equal"] = Equal,
        ["different"] = Differences(_different),
        ["shapes_differ"] = Differences(_shapes),
        ["only_in_first"] = CountedNames.ToJson(_onlyFirst),
        ["only_in_second"] = CountedNames.ToJson(_onlySecond),
        ["scalings_differ"] = CountedNames.ToJson(_scalings),
        ["replacements_equal"] = CountedNames.ToJson(_replacementsEqual),
        ["replacements_different"] = Differences(_replacementsDifferent),
    };

    private static JsonArray Differences(IEnumerable<WeightDifference> differences) => [.. differences.Select(Difference)];

    private static JsonNode Difference(WeightDifference difference) => new JsonObject
    {
        ["name"] = difference.Name,
        ["max_abs"] = double.IsFinite(difference.MaxAbsolute) ? difference.MaxAbsolute : difference.ShapesAgree ? "not finite" : null,
        ["relative_norm"] = double.IsFinite(difference.RelativeNorm) ? difference.RelativeNorm : null,
    };

    private void Compare(LoraModule first, LoraModule second)
    {
        Compare($"{first.Path}.lora_A", first.A, second.A);
        Compare($"{first.Path}.lora_B", first.B, second.B);
        if (Math.Abs(first.Scaling - second.Scaling) > 1e-9 * Math.Abs(first.Scaling))
        {
            _scalings.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{Printable.Name(first.Path)}: {first.Scaling:g6} against {second.Scaling:g6}"));
        }
    }

    private void Compare(string name, WeightEntry first, WeightEntry second)
    {
        WeightDifference difference = WeightDifference.Between(name, first, second);
        Equal += difference.AreEqual ? 1 : 0;
        if (!difference.AreEqual)
        {
            (difference.ShapesAgree ? _different : _shapes).Add(difference);
        }
    }

    private string Describe(int shown)
    {
        StringBuilder text = new();
        text.Append(Printable.Name(First, 400)).Append(Agree ? " agrees with "
            : " disagrees with ").AppendLine(Printable.Name(Second, 400));
        Add("LoRA tensors equal", Equal, []);
        Add("with other values", _different.Count, _different.Select(one => one.ToString()));
        Add("of other sizes", _shapes.Count, _shapes.Select(one => one.ToString()));
        Add("modules only in the first", _onlyFirst.Count, _onlyFirst);
        Add("modules only in the second", _onlySecond.Count, _onlySecond);
        Add("scaled differently", _scalings.Count, _scalings);
        Add("whole tensors equal to the base", _replacementsEqual.Count, []);
        Add("whole tensors that differ from the base", _replacementsDifferent.Count, _replacementsDifferent.Select(one => one.ToString()));
        return text.ToString().TrimEnd();

        void Add(string label, int count, IEnumerable<string> items) => CountedNames.Append(text, label, count, items, shown);
    }
}
