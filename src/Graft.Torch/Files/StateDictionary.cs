using System.Globalization;

namespace Graft.Files;

/// <summary>Finds the named tensors in what a pickle holds: a state dictionary, a whole module, or any nest of containers.</summary>
internal static class StateDictionary
{
    private const int MostSteps = 4_000_000, DeepestModule = 200;
    private static readonly string[] Keys = ["state_dict", "model_state_dict", "model"];

    /// <summary>The tensors that are the model's, and which part of the file they came from ("" for the whole).</summary>
    internal static (List<WeightEntry> Entries, string Origin) Find(PickleValue root, PickleContext context)
    {
        foreach (string key in (ReadOnlySpan<string>)["ema", "model"])
        {
            if (root[key] is PickleRecord module && IsModule(module))
            {
                return (Walk(module, context), key);
            }
        }

        foreach (string key in Keys)
        {
            if (root[key] is { } part and (PickleDictionary or PickleRecord { Entries: not null }))
            {
                return (Walk(part, context), key);
            }
        }

        return (Walk(root, context), "");
    }

    /// <summary>All tensors below a value, by name.</summary>
    internal static List<WeightEntry> Walk(PickleValue value, PickleContext context)
        => value is PickleRecord module && IsModule(module) ? WalkModule(module, context) : WalkContainers(value, context);

    internal static bool IsModule(PickleRecord record)
        => record.State is PickleDictionary state && state.Find("_modules") is PickleDictionary
            && state.Find("_parameters") is PickleDictionary;

    /// <summary>A module's state dictionary: parameters, lasting buffers, then children, as PyTorch orders them.</summary>
    private static List<WeightEntry> WalkModule(PickleRecord root, PickleContext context)
    {
        var entries = new List<WeightEntry>();
        var rest = new Stack<(PickleRecord Module, string Prefix, int Level)>();
        rest.Push((root, "", 0));
        for (int steps = 0; rest.TryPop(out (PickleRecord Module, string Prefix, int Level) next);)
        {
            var state = (PickleDictionary)next.Module.State!;
            var transient = state.Find("_non_persistent_buffers_set") as PickleSequence;
            IEnumerable<KeyValuePair<PickleValue, PickleValue>> parameters = ((PickleDictionary)state.Find("_parameters")!).Entries;
            IEnumerable<KeyValuePair<PickleValue, PickleValue>> buffers = (state.Find("_buffers") as PickleDictionary)?.Entries ?? [];
            foreach ((PickleValue key, PickleValue value) in parameters.Concat(buffers.Where(buffer => !Holds(transient, buffer.Key.Text))))
            {
                if (value is PickleTensor tensor)
                {
                    entries.Add(tensor.AsEntry(next.Prefix + KeyName(key)));
                }
            }

            foreach ((PickleValue key, PickleValue value) in ((PickleDictionary)state.Find("_modules")!).Entries.Reverse())
            {
                steps++;
                if (steps > MostSteps || next.Level > DeepestModule || next.Prefix.Length > 4096 || entries.Count > MostSteps)
                {
                    throw Bad.File(context.Path, "its module tree has no end: modules contain one another.");
                }

                if (value is PickleRecord child && IsModule(child))
                {
                    rest.Push((child, next.Prefix + KeyName(key) + ".", next.Level + 1));
                }
            }
        }

        return entries;
    }

    private static bool Holds(PickleSequence? names, string? name)
        => name is not null && names is not null && names.Items.Any(item => item.Text == name);

    /// <summary>
    /// Tensors in dictionaries, lists and tuples; each container is visited once, so that sharing and cycles cost nothing.
    /// </summary>
    private static List<WeightEntry> WalkContainers(PickleValue root, PickleContext context)
    {
        var entries = new List<WeightEntry>();
        var visited = new HashSet<PickleValue>(ReferenceEqualityComparer.Instance);
        var rest = new Stack<(PickleValue Value, string Name)>();
        rest.Push((root, ""));
        while (rest.TryPop(out (PickleValue Value, string Name) next))
        {
            if (next.Value is PickleTensor tensor)
            {
                entries.Add(tensor.AsEntry(next.Name));
                continue;
            }

            if (next.Value is PickleRecord module && IsModule(module))
            {
                entries.AddRange(WalkModule(module, context).Select(entry => entry.WithName(Join(next.Name, entry.Name))));
                continue;
            }

            PickleValue? container = next.Value is PickleRecord record ? record.Entries : next.Value;
            if (container is not (PickleDictionary or PickleSequence) || !visited.Add(container))
            {
                continue;
            }

            if (container is PickleDictionary dictionary)
            {
                for (int i = dictionary.Entries.Count - 1; i >= 0; i--)
                {
                    Push(dictionary.Entries[i].Value, dictionary.Entries[i].Key);
                }
            }
            else
            {
                for (int i = ((PickleSequence)container).Items.Count - 1; i >= 0; i--)
                {
                    Push(((PickleSequence)container).Items[i], PickleScalar.Of(i));
                }
            }

            void Push(PickleValue value, PickleValue key)
            {
                if (value is PickleTensor or PickleDictionary or PickleSequence or PickleRecord)
                {
                    rest.Push((value, Join(next.Name, KeyName(key))));
                }
            }
        }

        return entries;
    }

    private static string Join(string prefix, string name)
        => prefix.Length == 0 ? name : prefix.Length > 4096 ? prefix : $"{prefix}/{name}";

    private static string KeyName(PickleValue key) => key switch
    {
        PickleScalar { Value: string text } => text,
        PickleSequence { Kind: PickleSequenceKind.Tuple, Items.Count: <= 16 } tuple
            => $"({string.Join(", ", tuple.Items)}{(tuple.Items.Count == 1 ? "," : "")})",
        PickleScalar { Value: double real } => real.ToString("R", CultureInfo.InvariantCulture),
        _ => key.ToString() ?? "",
    };
}
