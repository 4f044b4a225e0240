using System.Text;
using System.Text.Json.Nodes;
using Graft.Files;

namespace Graft.Peft;

/// <summary>How an adapter fits a base: which modules have both, which only one, and which shapes differ.</summary>
public sealed class AdapterFit
{
    private const int Shown = 10, ShownInError = 4;
    private readonly List<string> _matched = [];
    private readonly List<string> _withoutTensors = [];
    private readonly List<string> _withoutBase = [];
    private readonly List<string> _mismatched = [];
    private readonly List<string> _unknown = [];
    private readonly List<string> _replaced = [];
    private readonly List<string> _resized = [];

    private AdapterFit(PeftAdapter adapter) => Adapter = adapter;

    /// <summary>The adapter.</summary>
    public PeftAdapter Adapter { get; }

    /// <summary>Modules that fit.</summary>
    public IReadOnlyList<string> Matched => _matched;

    /// <summary>Modules of the base that the configuration names, but that have no LoRA tensors.</summary>
    public IReadOnlyList<string> TargetsWithoutTensors => _withoutTensors;

    /// <summary>Modules with LoRA tensors that the base does not have.</summary>
    public IReadOnlyList<string> TensorsWithoutTarget => _withoutBase;

    /// <summary>Modules and replacements whose shapes differ, with both shapes.</summary>
    public IReadOnlyList<string> Mismatched => _mismatched;

    /// <summary>Replacements for tensors that the base does not have.</summary>
    public IReadOnlyList<string> UnknownReplacements => _unknown;

    /// <summary>Whether every tensor of the adapter matches one of the base.</summary>
    public bool IsComplete => _withoutBase.Count == 0 && _mismatched.Count == 0 && _unknown.Count == 0;

    /// <summary>Compares an adapter with the names and shapes of a base.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="shapeOf">The sizes of a tensor of the plain base, or null when it has none of that name.</param>
    /// <param name="names">All names of the plain base.</param>
    /// <param name="owner">The part of the base that is adapted, with a dot, such as <c>language_model.</c></param>
    /// <param name="resizeEmbeddings">Whether embeddings and heads may get another number of rows.</param>
    public static AdapterFit Check(
        PeftAdapter adapter, Func<string, IReadOnlyList<long>?> shapeOf, IEnumerable<string> names, string owner = "",
            bool resizeEmbeddings = false)
    {
        AdapterFit fit = new(adapter);
        HashSet<string> adapted = new(StringComparer.Ordinal);
        foreach (LoraModule module in adapter.Modules)
        {
            adapted.Add(owner + module.Path);
            fit.CheckModule(module, shapeOf(owner + module.Path + ".weight"), owner);
        }

        foreach ((string name, WeightEntry entry) in adapter.Replacements)
        {
            fit.CheckReplacement(owner + name, entry, shapeOf(owner + name), shapeOf, resizeEmbeddings);
        }

        foreach (string name in names.Where(name => name.StartsWith(owner, StringComparison.Ordinal)
            && name.EndsWith(".weight", StringComparison.Ordinal)))
        {
            string module = name[owner.Length..^".weight".Length];
            bool named = !adapter.Config.TargetModules.AllLinear && shapeOf(name)!.Count >= 2 && adapter.Config.Targets(module);
            if (named && !adapted.Contains(owner + module))
            {
                fit._withoutTensors.Add(owner + module);
            }
        }

        return fit;
    }

    /// <summary>Compares an adapter with a base.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="model">The tensors of the base.</param>
    /// <param name="owner">The part of the base that is adapted, with a dot, such as <c>language_model.</c></param>
    /// <param name="resizeEmbeddings">Whether embeddings and heads may get another number of rows.</param>
    public static AdapterFit Check(PeftAdapter adapter, PlainModel model, string owner = "", bool resizeEmbeddings = false)
        => Check(adapter, name => model.TryGet(name)?.Shape, model.Names, owner, resizeEmbeddings);

    /// <summary>Refuses an adapter that does not fit.</summary>
    /// <exception cref="GraftException">A tensor does not fit; the message lists all of them.</exception>
    public AdapterFit ThrowUnlessComplete()
        => IsComplete ? this : throw new GraftException(Failure.Model,
            $"{Printable.Name(Adapter.Source, 400)} does not fit the base.{Environment.NewLine}{Describe(ShownInError)}", Hint())
        {
            Details = Describe(int.MaxValue),
        };

    /// <summary>Refuses an adapter without tensors for modules that its configuration targets: the file is incomplete.</summary>
    /// <exception cref="GraftException">Of kind Model: there are such modules; the message gives their number and the first names.</exception>
    public AdapterFit ThrowUnlessTargetsHaveTensors()
        => _withoutTensors.Count == 0 ? this : throw new GraftException(Failure.Model,
            $"{Printable.Name(Adapter.Source, 400)} {MissingTargets()}",
            "The file is incomplete: save the adapter again. --allow-missing accepts it.")
        {
            Details = Describe(int.MaxValue),
        };

    /// <summary>The targets without tensors, as the end of a sentence about the adapter.</summary>
    internal string MissingTargets()
        => $"targets {_withoutTensors.Count + _matched.Count} modules of the base and has tensors for {_matched.Count} of them; without: "
            + string.Join(", ", _withoutTensors.Take(ShownInError).Select(name => Printable.Name(name, 300)))
            + (_withoutTensors.Count > ShownInError ? ", …" : "");

    /// <summary>The counts, and the names of whatever does not fit.</summary>
    public override string ToString() => Describe(Shown);

    /// <summary>The counts and lists as a JSON object.</summary>
    public JsonObject ToJson() => new()
    {
        ["matched"] = _matched.Count,
        ["targets_without_tensors"] = CountedNames.ToJson(_withoutTensors),
        ["tensors_without_target"] = CountedNames.ToJson(_withoutBase),
        ["mismatched"] = CountedNames.ToJson(_mismatched),
        ["replaced"] = CountedNames.ToJson(_replaced),
        ["unknown_replacements"] = CountedNames.ToJson(_unknown),
        ["resized"] = CountedNames.ToJson(_resized),
        ["complete"] = IsComplete,
    };

    private void CheckModule(LoraModule module, IReadOnlyList<long>? shape, string owner)
    {
        if (shape is null)
        {
            _withoutBase.Add(owner + module.Path);
            return;
        }

        long[] fitting = LoraMath.FittingShape(module);
        bool turned = Adapter.Config.FanInFanOut && module.Layer == LoraLayer.Linear && shape.SequenceEqual(fitting.Reverse());
        if (shape.SequenceEqual(fitting) || turned)
        {
            _matched.Add(owner + module.Path);
        }
        else
        {
            _mismatched.Add($"{Printable.Name(owner + module.Path)}: the matrices fit {Printable.Shape(fitting)}, "
                + $"the weight is {Printable.Shape([.. shape])}");
        }
    }

    private void CheckReplacement(
        string name, WeightEntry entry, IReadOnlyList<long>? shape, Func<string, IReadOnlyList<long>?> shapeOf, bool resizeEmbeddings)
    {
        // Many files store no tensor for a tied head; a replaced head is stored, which unties it.
        bool breaksTie = shape is null && name.EndsWith("lm_head.weight", StringComparison.Ordinal)
            && shapeOf(name[..^"lm_head.weight".Length] + "model.embed_tokens.weight") is not null;
        if (shape is null && !breaksTie)
        {
            _unknown.Add(name);
        }
        else if (shape is null || shape.SequenceEqual(entry.Shape))
        {
            _replaced.Add(name);
        }
        else if (shape.Count == 2 && entry.Shape.Count == 2 && shape[1] == entry.Shape[1])
        {
            _resized.Add($"{Printable.Name(name)}: {shape[0]} rows in the base, {entry.Shape[0]} in the adapter");
            (resizeEmbeddings ? _replaced : _mismatched).Add(resizeEmbeddings ? name : _resized[^1]);
        }
        else
        {
            _mismatched.Add($"{Printable.Name(name)}: {Printable.Shape([.. shape])} in the base, "
                + $"{Printable.Shape([.. entry.Shape])} in the adapter");
        }
    }

    private string? Hint() => _resized.Count > 0
        ? "The vocabulary was changed in training; allow resizing the embeddings: --resize-embeddings."
        : _matched.Count == 0 && _withoutBase.Count > 0
            ? "No module fits: the adapter was saved from a different wrapper, or belongs to a different model."
            : null;

    private string Describe(int shown)
    {
        StringBuilder text = new();
        Add("modules that fit", _matched, 0);
        Add("tensors without a module in the base", _withoutBase, shown);
        Add("targets without tensors", _withoutTensors, shown);
        Add("shape differs", _mismatched, shown);
        Add("replaced as a whole", _replaced, shown);
        Add("replacements for tensors that the base lacks", _unknown, shown);
        return text.ToString().TrimEnd();

        void Add(string label, List<string> items, int most) => CountedNames.Append(text, label, items.Count, items, most);
    }
}
