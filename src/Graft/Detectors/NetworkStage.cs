using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Detectors;

/// <summary>A part of a network between its images and its head.</summary>
/// <param name="Name">Such as backbone or neck.</param>
/// <param name="Modules">Everything that it consists of.</param>
/// <param name="ReadsText">Whether its result depends on text.</param>
/// <param name="Run">Runs it: the maps of the stage before (or the images, B×3×H×W) and the text, to maps B×c×h×w.</param>
public sealed record NetworkStage(string Name, IReadOnlyList<Module> Modules, bool ReadsText, Func<IReadOnlyList<Tensor>, Tensor?, IReadOnlyList<Tensor>> Run)
{
    /// <summary>Whether nothing in it is trained, adapters included, which are no part of its modules.</summary>
    public bool IsFrozen => Modules.All(module => module.IsFrozen && module.Modules().All(found => found.Module.Follower is not { IsFrozen: false }));
}
