using System.Globalization;

namespace Graft.Files;

/// <summary>Finds the named tensors in a pickle: a state dictionary, a whole module, or nested containers.</summary>
internal static class StateDictionary
{
    private const int MaxSteps = 4_000_000, DeepestModule = 200;
    private static readonly string[] Keys = ["state_dict", "model_state_dict", "model"];
    private static readonly string[] Averaged = ["ema", "state_dict_ema", "model_ema", "ema_model", "averaged_model", "params_ema", "ema_state_dict"];
    private static readonly string[] OtherKeys = ["module", "net", "network", "weights", "params", "model_state", .. Keys, .. Averaged];

    /// <summary>The contents of a PyTorch file by the object that it holds.</summary>
    internal static WeightContents Contents(WeightFormat format, PickleValue root, PickleContext context)
    {
        (List<WeightEntry> entries, string origin) = Find(root, context);
        return new WeightContents(format, entries) { Root = root, Origin = origin, Remarks = context.Remarks, Foreign = context.Foreign };
    }

    /// <summary>The tensors that are the model's, and which part of the file they came from ("" for the whole).</summary>
    private static (List<WeightEntry> Entries, string Origin) Find(PickleValue root, PickleContext context)
    {
        (List<WeightEntry> entries, string origin) = Choose(root, context, value => Walk(value, context));
        // Arrays are used only where there are no tensors: beside tensors they are other state, such as that of random generators.
        return entries.Count > 0 || Choose(root, context, value => WalkContainers(value, context, arrays: true)) is not { Entries.Count: > 0 } arrays
            ? (entries, origin) : WithRemark(arrays, context);
    }

    private static (List<WeightEntry> Entries, string Origin) WithRemark((List<WeightEntry> Entries, string Origin) arrays, PickleContext context)
    {
        context.Remark($"the values are NumPy arrays, {arrays.Entries.Count} of them, and are read as tensors");
        return arrays;
    }

    private static (List<WeightEntry> Entries, string Origin) Choose(
        PickleValue root, PickleContext context, Func<PickleValue, List<WeightEntry>> walk)
    {
        foreach (string key in (ReadOnlySpan<string>)["ema", "model"])
        {
            if (root[key] is PickleRecord module && IsModule(module))
            {
                return (walk(module), key);
            }
        }

        string[] parts = [.. Averaged.Concat(Keys).Where(key => IsDictionary(root[key]))];
        foreach (string key in parts.Where(key => !IsSwapped(root, key)).Concat(parts))
        {
            if (walk(root[key]!) is { Count: > 0 } entries)
            {
                if (parts.Length > 1 && (Averaged.Contains(key) || Array.Exists(parts, part => IsSwapped(root, part))))
                {
                    context.Remark($"of the parts {string.Join(", ", parts)} the averaged weights are used: {key}");
                }

                return Deeper(root[key]!, key, entries, walk);
            }
        }

        string? first = Keys.FirstOrDefault(key => IsDictionary(root[key]));
        return first is not null ? ([], first) : Deeper(root, "", walk(root), walk);
    }

    /// <summary>A part whose only content is another part, such as <c>model</c> with a <c>module</c> in it.</summary>
    private static (List<WeightEntry> Entries, string Origin) Deeper(
        PickleValue value, string origin, List<WeightEntry> entries, Func<PickleValue, List<WeightEntry>> walk)
    {
        for (int depth = 0; depth < 3; depth++)
        {
            string? inner = OtherKeys.FirstOrDefault(key => IsDictionary(value[key]) && entries.Count > 0
                && entries.TrueForAll(entry => entry.Name.StartsWith(key + "/", StringComparison.Ordinal)));
            if (inner is null)
            {
                break;
            }

            (value, origin) = (value[inner]!, origin.Length == 0 ? inner : $"{origin}/{inner}");
            entries = walk(value);
        }

        return (entries, origin);
    }

    private static bool IsDictionary(PickleValue? value) => value is PickleDictionary or PickleRecord { Entries: not null };

    /// <summary>OpenMMLab's tools swap the two before they save: the averaged weights are in <c>state_dict</c>.</summary>
    private static bool IsSwapped(PickleValue root, string key)
        => key == "ema_state_dict" && IsDictionary(root["state_dict"]) && (IsDictionary(root["message_hub"]) || IsDictionary(root["meta"]));

    /// <summary>All tensors below a value, by name.</summary>
    internal static List<WeightEntry> Walk(PickleValue value, PickleContext context)
        => value is PickleRecord module && IsModule(module) ? WalkModule(module, context) : WalkContainers(value, context);

    internal static bool IsModule(PickleRecord record)
        => record.State is PickleDictionary state && state.Find("_modules") is PickleDictionary
            && state.Find("_parameters") is PickleDictionary;

    /// <summary>A module's state dictionary: parameters, persistent buffers, then children, as PyTorch orders them.</summary>
    private static List<WeightEntry> WalkModule(PickleRecord root, PickleContext context)
    {
        List<WeightEntry> entries = new();
        Stack<(PickleRecord Module, string Prefix, int Level)> rest = new();
        rest.Push((root, "", 0));
        for (int steps = 0; rest.TryPop(out (PickleRecord Module, string Prefix, int Level) next);)
        {
            PickleDictionary state = (PickleDictionary)next.Module.State!;
            PickleSequence? transient = state.Find("_non_persistent_buffers_set") as PickleSequence;
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
                if (steps > MaxSteps || next.Level > DeepestModule || next.Prefix.Length > 4096 || entries.Count > MaxSteps)
                {
                    throw Bad.File(context.Path, "its module tree is endless: modules contain one another.");
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
    private static List<WeightEntry> WalkContainers(PickleValue root, PickleContext context, bool arrays = false)
    {
        List<WeightEntry> entries = new();
        HashSet<PickleValue> visited = new(ReferenceEqualityComparer.Instance);
        Stack<(PickleValue Value, string Name)> rest = new();
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

            if (arrays && next.Value is PickleRecord array && NumpyArray.Claims(array))
            {
                entries.Add(NumpyArray.Entry(array, next.Name, context));
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
