using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>Stores adapters in the module tree under the original's paths.</summary>
internal static class AdapterContainers
{
    /// <summary>Attaches the adapter behind its host and under its path.</summary>
    internal static void Attach(Module model, PlannedAdapter planned)
    {
        (Module parent, string name) = Open(model, planned.Site.ContainerPath);
        parent.Add(name, planned.Adapter);
        planned.Host.Follower = planned.Adapter;
    }

    /// <summary>Removes the adapter, and every container that this leaves empty.</summary>
    internal static void Detach(Module model, PlannedAdapter planned)
    {
        if (ReferenceEquals(planned.Host.Follower, planned.Adapter))
        {
            planned.Host.Follower = null;
        }

        (Module parent, string name) = Open(model, planned.Site.ContainerPath);
        if (ReferenceEquals(Child(parent, name), planned.Adapter))
        {
            parent.Remove(name);
        }

        Close(model, planned.Site.ContainerPath);
    }

    /// <summary>The module that holds a path's last name; missing containers are created.</summary>
    internal static (Module Parent, string Name) Open(Module model, string path)
    {
        string[] names = path.Split('.');
        Module at = model;
        foreach (string name in names[..^1])
        {
            at = Child(at, name) ?? at.Add(name, new Container());
        }

        return (at, names[^1]);
    }

    /// <summary>Removes the empty containers of a path.</summary>
    internal static void Close(Module model, string path)
    {
        string[] names = path.Split('.');
        for (int depth = names.Length - 1; depth > 0; depth--)
        {
            Module? parent = depth == 1 ? model : model.Find(string.Join('.', names[..(depth - 1)]));
            string name = names[depth - 1];
            if (parent is null || Child(parent, name) is not Container { Children.Count: 0 } || !parent.Remove(name))
            {
                return;
            }
        }
    }

    private static Module? Child(Module parent, string name) => parent.Children.FirstOrDefault(entry => entry.Key == name).Value;
}
