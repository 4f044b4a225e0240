using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>Which weights are trainable, computed without changing the model.</summary>
internal sealed class TuningSelection
{
    private readonly List<DottedPattern> _frozen, _unfrozen;
    private readonly IReadOnlyList<PlannedAdapter> _adapters;

    private TuningSelection(TuningOptions options, IReadOnlyList<PlannedAdapter> adapters)
    {
        _frozen = [.. options.Freeze.Select(text => new DottedPattern(text))];
        _unfrozen = [.. options.Unfreeze.Select(entry => new DottedPattern(entry.At))];
        _adapters = adapters;
    }

    /// <summary>Trainable weights: name, weight, the module it belongs to, rate and decay factor before <c>rates</c>.</summary>
    internal List<Choice> Trainable { get; } = [];

    /// <summary>Patterns that match nothing and are allowed to.</summary>
    internal List<string> WithoutEffect { get; } = [];

    internal static TuningSelection Of(Module model, TuningOptions options, IReadOnlyList<PlannedAdapter> adapters)
    {
        TuningSelection selection = new(options, adapters);
        string[] names = [.. model.Parameters().Select(entry => entry.Name)];
        foreach (DottedPattern pattern in selection._frozen.Where(pattern => !names.Any(pattern.Covers)))
        {
            throw MatchesNothing("freeze", pattern.Text, Candidates(names), "weight");
        }

        foreach (UnfreezeOptions entry in options.Unfreeze.Where(entry => !names.Any(new DottedPattern(entry.At).Covers)))
        {
            selection.Miss("unfreeze", entry.At, entry.Historical, names);
        }

        foreach ((string path, Module module) in model.Modules())
        {
            foreach (Parameter parameter in module.Own.Where(parameter => !parameter.IsBuffer))
            {
                string name = Module.Join(path, parameter.Name);
                int last = selection._unfrozen.FindLastIndex(pattern => pattern.Covers(name));
                bool isTrainable = last >= 0 || (parameter.Trainable && !selection._frozen.Any(pattern => pattern.Covers(name)));
                if (isTrainable)
                {
                    UnfreezeOptions? entry = last >= 0 ? options.Unfreeze[last] : null;
                    selection.Trainable.Add(new Choice(name, parameter, module, entry?.LrMult ?? 1, entry?.DecayMult ?? 1));
                }
            }
        }

        foreach (PlannedAdapter planned in adapters)
        {
            foreach ((string path, Module module) in planned.Adapter.Modules(planned.Site.ContainerPath))
            {
                selection.Trainable.AddRange(module.Own.Where(parameter => !parameter.IsBuffer).Select(parameter => new Choice(
                    Module.Join(path, parameter.Name), parameter, module, planned.Adapter.Options.LrMult, planned.Adapter.Options.DecayMult)));
            }
        }

        string[] trainable = [.. selection.Trainable.Select(choice => choice.Name)];
        foreach (RateOptions entry in options.Rates.Where(entry => !trainable.Any(new DottedPattern(entry.At).Covers)))
        {
            selection.Miss("rates", entry.At, entry.Historical, trainable);
        }

        return selection;
    }

    /// <summary>Freezes, unfreezes and attaches.</summary>
    internal void Apply(Module model)
    {
        foreach ((string path, Module module) in model.Modules().ToArray())
        {
            if (_frozen.Any(pattern => pattern.Covers(path)) && !_unfrozen.Any(pattern => pattern.Covers(path)))
            {
                module.SetOwnFrozen(true);
            }
            else if (_unfrozen.Any(pattern => pattern.Covers(path)))
            {
                module.SetOwnFrozen(false);
            }
        }

        HashSet<Parameter> trainable = [.. Trainable.Select(choice => choice.Parameter)];
        foreach ((_, Parameter parameter) in model.Parameters())
        {
            parameter.Trainable = trainable.Contains(parameter);
        }

        foreach (PlannedAdapter planned in _adapters)
        {
            AdapterContainers.Attach(model, planned);
        }

        model.NamePaths();
    }

    internal static GraftException MatchesNothing(string section, string pattern, IReadOnlyList<string> known, string what)
    {
        IReadOnlyList<string> near = Nearest.Of(pattern, known, 3);
        string hint = near.Count > 0
            ? $"Nearest: {string.Join(", ", near)}."
            : known.Count <= 40 ? $"There are {string.Join(", ", known)}." : $"Such names look like {string.Join(", ", known.Take(3))}.";
        return new GraftException(Failure.Usage, $"tuning: the {section} pattern '{pattern}' matches no {what}.", hint);
    }

    private static string[] Candidates(IEnumerable<string> names) => [.. names
        .SelectMany(name => name.Split('.').Select((_, i) => string.Join('.', name.Split('.').Take(i + 1))))
        .Distinct()];

    private void Miss(string section, string pattern, bool historical, string[] names)
    {
        if (!historical)
        {
            throw MatchesNothing(section, pattern, Candidates(names), "weight");
        }

        WithoutEffect.Add(pattern);
    }

    internal sealed record Choice(string Name, Parameter Parameter, Module Module, double RateFactor, double DecayFactor);
}
