using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.Adapters;

/// <summary>Watches adapters while they train and stops a run in which one of them cannot come to anything.</summary>
/// <remarks>A silent step alone means little: a box branch gets no gradient where no object of its size is. So when all gradients of an
/// adapter are zero, the next step also measures whether the loss asks its place for anything. Asked and silent: dead. Never asked:
/// told once, the run goes on.</remarks>
public sealed class Liveness
{
    private readonly int _patience;
    private readonly Watched[] _watched;

    /// <summary>Watches adapters.</summary>
    /// <param name="attached">The adapters.</param>
    /// <param name="patience">Silent steps in a row that are too many, and steps with a gradient after which an effect must be seen.</param>
    public Liveness(AttachedAdapters attached, int patience = 200)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, 1);
        _patience = patience;
        _watched = [.. attached.Adapters.Select(planned => new Watched(planned))];
    }

    /// <summary>Told about an adapter whose place the loss never asked for anything.</summary>
    public Action<string>? Note { get; set; }

    /// <summary>Looks at gradients and effects; call it after each backward pass, before gradients are dropped.</summary>
    /// <exception cref="GraftException">Of kind Runtime, with the adapter and the reason.</exception>
    public void Observe()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        foreach (Watched one in _watched)
        {
            one.Look();
            if (one.Silent >= _patience)
            {
                throw Dead(one, one.Reached
                    ? $"all its gradients were zero in {_patience} steps in which the loss asked for a change there"
                    : $"no gradient reached it for {_patience} steps: it does not take part in the loss, or it is frozen");
            }

            if (one.Unasked == _patience)
            {
                Note?.Invoke($"The adapter at {one.Planned.Site.Name} has learned nothing in {_patience} steps: no object was assigned to its place.");
            }

            CheckEffect(one);
        }
    }

    /// <summary>Requires that the averaged copy, which is validated and saved, has every weight of the adapters.</summary>
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

    private void CheckEffect(Watched one)
    {
        Adapter adapter = one.Planned.Adapter;
        if (one.Moves >= _patience && one.Checked == Check.Waits)
        {
            (adapter.Measures, adapter.Effect, one.Checked) = (true, null, Check.Measures);
            return;
        }

        if (one.Checked != Check.Measures)
        {
            return;
        }

        one.Checked = Check.Done;
        if (adapter.Effect is null)
        {
            throw Dead(one, "it did not run in the last step: nothing calls it");
        }

        if (adapter.Effect == 0 && adapter.Strength == 0)
        {
            throw Dead(one, $"its strength is 0, so after {_patience} steps the output is still its input");
        }

        if (adapter.Effect == 0 && adapter.IsInert)
        {
            throw Dead(one, $"after {_patience} steps its output is still its input");
        }

        if (adapter.Effect == 0)
        {
            // Its weights did move: an object whose box hardly meets its place asks for next to nothing.
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

    private static GraftException Dead(Watched one, string reason) => new(
        Failure.Runtime,
        $"The adapter at {one.Planned.Site.Name} ({one.Planned.Adapter.Options.Kind}) is not alive: {reason}.",
        "Check tuning.adapters, tuning.rates and train.lr; graft inspect CONFIG prints what each weight gets.");

    /// <summary>The look at an adapter's effect: once, in the step after its gradients sufficed.</summary>
    private enum Check
    {
        Waits,
        Measures,
        Done,
    }

    /// <summary>What was seen of one adapter.</summary>
    private sealed class Watched(PlannedAdapter planned)
    {
        internal PlannedAdapter Planned => planned;

        /// <summary>Steps in a row in which it should have had a gradient and had none.</summary>
        internal int Silent { get; private set; }

        /// <summary>Steps in a row in which the loss wanted nothing of its place.</summary>
        internal int Unasked { get; private set; }

        /// <summary>Whether the last backward pass came to its weights at all.</summary>
        internal bool Reached { get; private set; }

        /// <summary>Steps in which it had a gradient.</summary>
        internal int Moves { get; private set; }

        /// <summary>How far the look at its effect is.</summary>
        internal Check Checked { get; set; }

        internal void Look()
        {
            Adapter adapter = planned.Adapter;
            bool? asked = adapter.TakeSignal();
            Parameter[] learning = [.. adapter.Parameters().Select(entry => entry.Parameter).Where(parameter => parameter.Value.Grad is not null)];
            Reached = learning.Length > 0;
            if (learning.Any(parameter => parameter.Value.Grad!.Abs().Max().ToDouble() != 0))
            {
                (Moves, Silent, Unasked) = (Moves + 1, 0, 0);
            }
            else if (!Reached || asked == true)
            {
                (Silent, Unasked) = (Silent + 1, 0);
                adapter.AwaitSignal();
            }
            else
            {
                Unasked += asked == false ? 1 : 0;
                adapter.AwaitSignal();
            }
        }
    }
}
