using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.Adapters;

/// <summary>Watches adapters while they train and stops a run in which one of them cannot learn.</summary>
/// <remarks>A step without gradients alone means little: a box branch has none where no object of its size is. So when all gradients of an
/// adapter are zero, the next step also measures the gradient at its site. Gradient at the site, none in the adapter: an error. None at
/// the site: reported once, and the run continues.</remarks>
public sealed class Liveness
{
    private readonly int _patience;
    private readonly WatchedAdapter[] _watched;

    /// <summary>Watches adapters.</summary>
    /// <param name="attached">The adapters.</param>
    /// <param name="patience">Limit of consecutive steps without gradients, and steps with gradients after which the adapter must have
    /// an effect.</param>
    public Liveness(AttachedAdapters attached, int patience = 200)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, 1);
        _patience = patience;
        _watched = [.. attached.Adapters.Select(planned => new WatchedAdapter(planned))];
    }

    /// <summary>Called for an adapter whose site gets no gradient from the loss.</summary>
    public Action<string>? Note { get; set; }

    /// <summary>Checks gradients and effects; call it after each backward pass, before gradients are cleared.</summary>
    /// <exception cref="GraftException">Of kind Runtime, with the adapter and the reason.</exception>
    public void Observe()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        foreach (WatchedAdapter one in _watched)
        {
            one.Observe();
            if (one.StepsWithoutGradient >= _patience)
            {
                throw NotAlive(one, one.Reached
                    ? $"all its gradients were zero in {_patience} steps in which its site had one"
                    : $"no gradient reached it for {_patience} steps: it does not take part in the loss, or it is frozen");
            }

            if (one.StepsWithoutSignal == _patience)
            {
                Note?.Invoke($"The adapter at {one.Planned.Site.Name} has learned nothing in {_patience} steps: no object was assigned to its site.");
            }

            CheckEffect(one);
        }
    }

    /// <summary>Requires that the averaged weights, which are validated and saved, include every weight of the adapters.</summary>
    /// <exception cref="GraftException">Of kind Runtime: one is missing, so it would never change in what is saved.</exception>
    public void RequireAveraged(WeightAverage average)
    {
        ArgumentNullException.ThrowIfNull(average);
        Dictionary<string, long> averaged = average.State().ToDictionary(entry => entry.Name, entry => entry.Value.Count);
        RequireAll(
            averaged, "in the averaged weights, so what is validated and saved would never learn it",
            "Make the average after the adapters are attached.");
    }

    /// <summary>Requires that every weight of the adapters is among the names that are saved.</summary>
    /// <exception cref="GraftException">Of kind Runtime: one is missing.</exception>
    public void RequireSaved(IEnumerable<string> names)
        => RequireAll(
            names.ToDictionary(name => name, _ => -1L), "among what is saved, so it would be lost",
            "Save the state of the model with its adapters attached.");

    private void CheckEffect(WatchedAdapter one)
    {
        Adapter adapter = one.Planned.Adapter;
        if (one.StepsWithGradient >= _patience && one.EffectCheck == Check.Waits)
        {
            (adapter.MeasuresEffect, adapter.Effect, one.EffectCheck) = (true, null, Check.Measures);
            return;
        }

        if (one.EffectCheck != Check.Measures)
        {
            return;
        }

        one.EffectCheck = Check.Done;
        if (adapter.Effect is null)
        {
            throw NotAlive(one, "it did not run in the last step: nothing calls it");
        }

        if (adapter.Effect == 0 && adapter.Strength == 0)
        {
            throw NotAlive(one, $"its strength is 0, so after {_patience} steps the output is still its input");
        }

        if (adapter.Effect == 0 && adapter.IsInert)
        {
            throw NotAlive(one, $"after {_patience} steps its output is still its input");
        }

        if (adapter.Effect == 0)
        {
            // Its weights changed: an object that hardly overlaps its anchor points gives tiny gradients.
            Note?.Invoke($"The adapter at {one.Planned.Site.Name} has learned, but too little to change its output: its gradients are tiny.");
        }
    }

    private void RequireAll(Dictionary<string, long> names, string where, string hint)
    {
        foreach (PlannedAdapter planned in _watched.Select(one => one.Planned))
        {
            foreach ((string name, Parameter parameter) in planned.Adapter.Parameters())
            {
                string full = $"{planned.Site.ContainerPath}.{name}";
                if (!names.TryGetValue(full, out long count) || (count >= 0 && count != parameter.Value.Count))
                {
                    throw new GraftException(
                        Failure.Runtime, $"The adapter at {planned.Site.Name} is not alive: {full} is not {where}.", hint);
                }
            }
        }
    }

    private static GraftException NotAlive(WatchedAdapter one, string reason) => new(
        Failure.Runtime,
        $"The adapter at {one.Planned.Site.Name} ({one.Planned.Adapter.Options.Kind}) is not alive: {reason}.",
        "Check tuning.adapters, tuning.rates and train.lr; graft inspect CONFIG prints what each weight gets.");

    /// <summary>The check of an adapter's effect: once, in the step after it had enough gradients.</summary>
    private enum Check
    {
        Waits,
        Measures,
        Done,
    }

    /// <summary>Observations of one adapter.</summary>
    private sealed class WatchedAdapter(PlannedAdapter planned)
    {
        internal PlannedAdapter Planned => planned;

        /// <summary>Consecutive steps without a gradient although its site had one.</summary>
        internal int StepsWithoutGradient { get; private set; }

        /// <summary>Consecutive steps without a gradient at its site.</summary>
        internal int StepsWithoutSignal { get; private set; }

        /// <summary>Whether the last backward pass reached its weights.</summary>
        internal bool Reached { get; private set; }

        /// <summary>Steps in which it had a gradient.</summary>
        internal int StepsWithGradient { get; private set; }

        /// <summary>State of the check of its effect.</summary>
        internal Check EffectCheck { get; set; }

        internal void Observe()
        {
            Adapter adapter = planned.Adapter;
            bool? signal = adapter.TakeProbeResult();
            Parameter[] trained = [.. adapter.Parameters().Select(entry => entry.Parameter).Where(parameter => parameter.Value.Grad is not null)];
            Reached = trained.Length > 0;
            if (trained.Any(parameter => parameter.Value.Grad!.Abs().Max().ToDouble() != 0))
            {
                (StepsWithGradient, StepsWithoutGradient, StepsWithoutSignal) = (StepsWithGradient + 1, 0, 0);
            }
            else if (!Reached || signal == true)
            {
                (StepsWithoutGradient, StepsWithoutSignal) = (StepsWithoutGradient + 1, 0);
                adapter.ProbeGradient();
            }
            else
            {
                StepsWithoutSignal += signal == false ? 1 : 0;
                adapter.ProbeGradient();
            }
        }
    }
}
