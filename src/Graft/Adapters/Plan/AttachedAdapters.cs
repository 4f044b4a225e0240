using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.Adapters;

/// <summary>The adapters attached to a model by a plan.</summary>
public sealed class AttachedAdapters
{
    internal AttachedAdapters(
        Module model, TuningOptions options, IReadOnlyList<PlannedAdapter> adapters, IReadOnlyList<ParameterGroup> groups, string baseHash)
    {
        (Model, Options, Adapters, Groups, BaseHash) = (model, options, adapters, groups, baseHash);
    }

    /// <summary>The model.</summary>
    public Module Model { get; }

    /// <summary>The tuning options.</summary>
    public TuningOptions Options { get; }

    /// <summary>The adapters with their sites.</summary>
    public IReadOnlyList<PlannedAdapter> Adapters { get; }

    /// <summary>Every trainable weight with its factors, as an optimizer takes them.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>The hash of the base before the plan was applied, see <see cref="Graft.Adapters.BaseHash"/>.</summary>
    public string BaseHash { get; private set; }

    /// <summary>Sets the base hash of the run that is resumed: the base is not loaded again, its weights come with the
    /// run.</summary>
    public void ContinueFrom(string? baseHash) => BaseHash = baseHash ?? BaseHash;

    /// <summary>The share of the adapters' changes that is applied, 0 to 1, in all of them.</summary>
    public void SetStrength(double strength)
    {
        foreach (PlannedAdapter planned in Adapters)
        {
            planned.Adapter.Strength = strength;
        }
    }

    /// <summary>The additional losses of the last training run, see <see cref="Adapter.TakeLoss"/>: of each name the mean over the adapters
    /// that have it.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> TakeLosses()
        => [.. Adapters.Select(planned => planned.Adapter.TakeLoss()).OfType<(string Name, Tensor Value)>()
            .GroupBy(loss => loss.Name, loss => loss.Value)
            .Select(losses => (losses.Key, losses.Skip(1).Aggregate(losses.First(), (sum, loss) => sum + loss) * (1.0 / losses.Count())))];

    /// <summary>What differs from the base: adapters with their statistics, unfrozen weights and statistics. Learned
    /// prompts are not among them: they are stored as the vocabulary.</summary>
    public IEnumerable<(string Name, Tensor Value)> Changes()
    {
        HashSet<Parameter> learning = [.. Groups.Select(group => group.Parameter)];
        HashSet<Module> adapters = [.. Adapters.SelectMany(planned => planned.Adapter.Modules().Select(found => found.Module))];
        foreach ((string path, Module module) in Model.Modules())
        {
            foreach (Parameter parameter in module.Own.Where(parameter => parameter.IsPersistent))
            {
                string name = path.Length == 0 ? parameter.Name : $"{path}.{parameter.Name}";
                if (!Graft.Adapters.BaseHash.IsVocabulary(name) && (parameter.IsBuffer ? adapters.Contains(module) || !module.Frozen : learning.Contains(parameter)))
                {
                    yield return (name, parameter.Value);
                }
            }
        }
    }

    /// <summary>Detaches all adapters; unfrozen weights keep their values. The adapters are not disposed.</summary>
    public void Detach()
    {
        foreach (PlannedAdapter planned in Adapters)
        {
            AdapterContainers.Detach(Model, planned);
        }

        Model.NamePaths();
    }
}
