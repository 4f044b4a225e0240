using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.Adapters;

/// <summary>Watches adapters while they train and stops a run in which one of them cannot come to anything.</summary>
public sealed class Liveness
{
    private readonly AttachedAdapters _attached;
    private readonly int _patience;
    private readonly int[] _silent;
    private long _steps;

    /// <summary>Watches adapters.</summary>
    /// <param name="attached">The adapters.</param>
    /// <param name="patience">Steps in a row without a gradient, and steps until an effect must be seen. A box branch gets no gradient in a
    /// step without objects of its size, so one silent step means nothing.</param>
    public Liveness(AttachedAdapters attached, int patience = 200)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, 1);
        (_attached, _patience, _silent) = (attached, patience, new int[attached.Adapters.Count]);
    }

    /// <summary>Looks at gradients and effects; call it after each backward pass, before gradients are dropped.</summary>
    /// <exception cref="GraftException">Of kind Runtime, with the adapter and the reason.</exception>
    public void Observe()
    {
        _steps++;
        using TensorScope scope = TensorScope.Begin();
        for (int i = 0; i < _silent.Length; i++)
        {
            PlannedAdapter planned = _attached.Adapters[i];
            (bool reached, bool moves) = Gradients(planned.Adapter);
            _silent[i] = moves ? 0 : _silent[i] + 1;
            if (_silent[i] >= _patience)
            {
                throw Dead(planned, reached
                    ? $"all its gradients were zero for {_patience} steps"
                    : $"no gradient reached it for {_patience} steps: it does not take part in the loss, or it is frozen");
            }

            CheckEffect(planned);
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

    private static (bool Reached, bool Moves) Gradients(Adapter adapter)
    {
        bool reached = false;
        foreach ((_, Parameter parameter) in adapter.Parameters())
        {
            if (parameter.Value.Grad is { } gradient)
            {
                reached = true;
                if (gradient.Abs().Max().ToDouble() != 0)
                {
                    return (true, true);
                }
            }
        }

        return (reached, false);
    }

    private void CheckEffect(PlannedAdapter planned)
    {
        if (_steps == _patience)
        {
            (planned.Adapter.Measures, planned.Adapter.Effect) = (true, null);
        }
        else if (_steps == _patience + 1 && planned.Adapter.Effect is null)
        {
            throw Dead(planned, "it did not run in the last step: nothing calls it");
        }
        else if (_steps == _patience + 1 && planned.Adapter.Effect == 0)
        {
            throw Dead(planned, planned.Adapter.Strength == 0
                ? $"its strength is 0, so after {_patience} steps the output is still its input"
                : $"after {_patience} steps its output is still its input");
        }
    }

    private void RequireAll(Dictionary<string, long> names, string where, string hint)
    {
        foreach (PlannedAdapter planned in _attached.Adapters)
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

    private static GraftException Dead(PlannedAdapter planned, string reason) => new(
        Failure.Runtime,
        $"The adapter at {planned.Site.Name} ({planned.Adapter.Options.Kind}) is not alive: {reason}.",
        "Check tuning.adapters, tuning.rates and train.lr; graft inspect CONFIG prints what each weight gets.");
}
