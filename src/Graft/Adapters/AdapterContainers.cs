using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>Keeps adapters in the module tree under the original's paths.</summary>
internal static class AdapterContainers
{
    /// <summary>Puts the adapter behind its host and under its path.</summary>
    internal static void Attach(Module model, PlannedAdapter planned)
    {
        string[] path = planned.Site.ContainerPath.Split('.');
        Module at = model;
        foreach (string name in path[..^1])
        {
            Module? child = at.Children.FirstOrDefault(entry => entry.Key == name).Value;
            at = child ?? at.Add(name, new Container());
        }

        at.Add(path[^1], planned.Adapter);
        planned.Host.Follower = planned.Adapter;
    }

    /// <summary>Takes the adapter out, and every container that this leaves empty.</summary>
    internal static void Detach(Module model, PlannedAdapter planned)
    {
        if (ReferenceEquals(planned.Host.Follower, planned.Adapter))
        {
            planned.Host.Follower = null;
        }

        string[] path = planned.Site.ContainerPath.Split('.');
        for (int depth = path.Length - 1; depth >= 0; depth--)
        {
            Module? parent = depth == 0 ? model : model.Find(string.Join('.', path[..depth]));
            Module? child = parent?.Children.FirstOrDefault(entry => entry.Key == path[depth]).Value;
            bool ours = ReferenceEquals(child, planned.Adapter) || child is Container { Children.Count: 0 };
            if (parent is null || !ours || !parent.Remove(path[depth]))
            {
                return;
            }
        }
    }

    private sealed class Container : Module;
}
