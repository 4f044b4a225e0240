using System.Globalization;
using System.Text;
using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.Adapters;

/// <summary>What tuning will do to a model: nothing changes until <see cref="Apply"/>.</summary>
public sealed class AdapterPlan : IDisposable
{
    private readonly Module _model;
    private readonly TuningSelection _selection;
    private bool _applied;

    private AdapterPlan(Module model, TuningOptions options, IReadOnlyList<PlannedAdapter> adapters, bool decayNorms)
    {
        (_model, Options, Adapters) = (model, options, adapters);
        _selection = TuningSelection.Of(model, options, adapters);
        Groups = ParameterRates.Of(_selection, options, decayNorms);
    }

    /// <summary>The options, with only the entries that apply.</summary>
    public TuningOptions Options { get; }

    /// <summary>The adapters, in the order of the model's sites.</summary>
    public IReadOnlyList<PlannedAdapter> Adapters { get; }

    /// <summary>Every weight that will be trained, with its factors.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>Patterns that match nothing and were marked as historical.</summary>
    public IReadOnlyList<string> WithoutEffect => _selection.WithoutEffect;

    /// <summary>Parameters of model and adapters, without buffers.</summary>
    public long Total => _model.ParameterCount + AdapterCount;

    /// <summary>Parameters of the adapters.</summary>
    public long AdapterCount => Adapters.Sum(planned => planned.Adapter.ParameterCount);

    /// <summary>Parameters that will be trained.</summary>
    public long Trainable => Groups.Sum(group => group.Parameter.Value.Count);

    /// <summary>Plans for a model; channels are read off a run on a small input.</summary>
    /// <param name="model">The model, without adapters.</param>
    /// <param name="sites">The model's sites.</param>
    /// <param name="options">What to freeze, unfreeze and attach.</param>
    /// <param name="run">Runs the model once on any small input.</param>
    /// <param name="decayNorms">Whether norms, biases and scales decay like convolution weights.</param>
    /// <exception cref="GraftException">Of kind Usage: a pattern matches nothing, two adapters claim one site, or a site is
    /// taken.</exception>
    public static AdapterPlan For(
        Module model, IReadOnlyList<AdapterSite> sites, TuningOptions options, Action run, bool decayNorms = false)
    {
        ArgumentNullException.ThrowIfNull(options);
        TuningOptions counted = options.Resolve();
        Dictionary<AdapterSite, (AdapterOptions Options, DottedPattern At)> chosen = Choose(sites, counted.Adapters);
        foreach (AdapterSite site in sites.Where(chosen.ContainsKey))
        {
            RequireHost(model, site, chosen[site].At, sites);
        }

        Dictionary<object, long[]> shapes = chosen.Count == 0 ? [] : Shapes(run);
        List<PlannedAdapter> adapters = [];
        try
        {
            adapters.AddRange(sites.Where(chosen.ContainsKey).Select(site => Plan(model, site, chosen[site].Options, shapes)));
            return new AdapterPlan(model, counted, adapters, decayNorms);
        }
        catch
        {
            adapters.ForEach(planned => planned.Adapter.Dispose());
            throw;
        }
    }

    /// <summary>Freezes, unfreezes and attaches. The plan then belongs to the result.</summary>
    public AttachedAdapters Apply()
    {
        if (_applied)
        {
            throw new InvalidOperationException("This plan was applied already.");
        }

        _applied = true;
        string hash = BaseHash.Of(_model);
        _selection.Apply(_model);
        return new AttachedAdapters(_model, Options, Adapters, Groups, hash);
    }

    /// <summary>Disposes the adapters of a plan that was not applied.</summary>
    public void Dispose()
    {
        if (!_applied)
        {
            foreach (PlannedAdapter planned in Adapters)
            {
                planned.Adapter.Dispose();
            }
        }
    }

    /// <summary>The plan as text: sites, kinds, parameters, what is trained, what merges.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach (PlannedAdapter planned in Adapters)
        {
            Adapter adapter = planned.Adapter;
            string merge = adapter.Options.Merge.IsComplete ? "merges away" : "merges in part";
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{planned.Site.Name,-22} {adapter.Options.Kind,-16} C {adapter.Channels,-5} {adapter.ParameterCount,12:N0}  {merge}");
        }

        foreach (UnfreezeOptions entry in Options.Unfreeze.Where(entry => !WithoutEffect.Contains(entry.At)))
        {
            DottedPattern pattern = new(entry.At);
            long count = _model.Parameters().Where(found => pattern.Covers(found.Name)).Sum(found => found.Parameter.Value.Count);
            text.AppendLine(CultureInfo.InvariantCulture, $"{entry.At,-22} unfrozen{"",17} {count,12:N0}");
        }

        foreach (string pattern in WithoutEffect)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{pattern,-22} matches nothing (historical)");
        }

        double share = 100.0 * Trainable / Total;
        return text.Append(CultureInfo.InvariantCulture, $"{Trainable:N0} of {Total:N0} parameters are trainable ({share:0.00} %)").ToString();
    }

    private static Dictionary<AdapterSite, (AdapterOptions Options, DottedPattern At)> Choose(
        IReadOnlyList<AdapterSite> sites, IReadOnlyList<AdapterOptions> adapters)
    {
        Dictionary<AdapterSite, (AdapterOptions Options, DottedPattern At)> chosen = [];
        foreach (AdapterOptions options in adapters)
        {
            if (options.At.Count == 0)
            {
                throw new GraftException(
                    Failure.Usage, $"An adapter of kind '{options.Kind}' has no 'at'.",
                    $"Sites are {string.Join(", ", sites.Select(site => site.Name))}.");
            }

            foreach (DottedPattern pattern in options.At.Select(text => new DottedPattern(text)))
            {
                AdapterSite[] found = [.. sites.Where(site => pattern.Covers(site.Name))];
                if (found.Length == 0)
                {
                    throw TuningSelection.MatchesNothing("adapter", pattern.Text, [.. sites.Select(site => site.Name)], "site");
                }

                foreach (AdapterSite site in found)
                {
                    if (!chosen.TryAdd(site, (options, pattern)))
                    {
                        throw new GraftException(
                            Failure.Usage,
                            $"Two adapters claim the site {site.Name}: {chosen[site].Options.Kind} and {options.Kind} (at {pattern}).",
                            "Give each site one adapter.");
                    }
                }
            }
        }

        return chosen;
    }

    private static Dictionary<object, long[]> Shapes(Action run)
    {
        using NoGrad off = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        using OperationRecorder recorder = new();
        run();
        return recorder.Calls.GroupBy(call => call.Module).ToDictionary(group => group.Key, group => group.First().Shape);
    }

    /// <summary>Refuses a site behind a layer with several outputs: nothing would read the adapter's output.</summary>
    private static void RequireHost(Module model, AdapterSite site, DottedPattern at, IReadOnlyList<AdapterSite> sites)
    {
        if (model.Find(site.ModulePath) is not { TakesFollower: false } host)
        {
            return;
        }

        string[] others = [.. sites.Where(other => model.Find(other.ModulePath)?.TakesFollower == true)
            .OrderByDescending(other => other.ModulePath.StartsWith(site.ModulePath + ".", StringComparison.Ordinal)).Select(other => other.Name)];
        string[] inside = [.. host.Modules(site.ModulePath).Where(found => found.Module.TakesFollower).Select(found => found.Path)];
        IReadOnlyList<string> known = others.Length > 0 ? others : inside;
        IReadOnlyList<string> near = Nearest.Of(site.Name, known, 3);
        throw new GraftException(
            Failure.Usage,
            $"tuning: the adapter pattern '{at}' matches the site {site.Name}, but {site.ModulePath} has several output maps; an adapter needs a layer with one.",
            $"Such {(others.Length > 0 ? "sites" : "layers")} are {string.Join(", ", near.Count > 0 ? near : known.Take(6))}.");
    }

    private static PlannedAdapter Plan(Module model, AdapterSite site, AdapterOptions options, Dictionary<object, long[]> shapes)
    {
        Module host = model.Find(site.ModulePath)
            ?? throw new GraftException(Failure.Usage, $"The model has no layer {site.ModulePath} (site {site.Name}).");
        if (host.Follower is not null)
        {
            throw new GraftException(Failure.Usage, $"Something is attached at {site.Name} already.", "Detach it first.");
        }

        return shapes.TryGetValue(host, out long[]? shape) && shape.Length == 4
            ? new PlannedAdapter(site, host, options.Create((int)shape[1]))
            : throw new GraftException(
                Failure.Usage, $"The layer {site.ModulePath} has no output map B×C×H×W in a trial run, so no adapter fits there.");
    }
}
