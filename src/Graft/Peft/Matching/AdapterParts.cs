using Graft.Files;

namespace Graft.Peft;

/// <summary>Sorts the tensors of an adapter into pairs and replacements, and checks them against the configuration.</summary>
internal sealed class AdapterParts
{
    private readonly string _source;
    private readonly PeftConfig _config;

    private AdapterParts(string source, PeftConfig config) => (_source, _config) = (source, config);

    internal List<LoraModule> Modules { get; } = [];

    internal Dictionary<string, WeightEntry> Replacements { get; } = new(StringComparer.Ordinal);

    internal List<string> Remarks { get; } = [];

    /// <param name="source">Name of the source, for messages.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="entries">The tensors.</param>
    /// <param name="inCheckpoint">Whether plain names belong to the base rather than replace parts of it.</param>
    /// <param name="skip">Number of characters at the start of every name that are not part of the model's names.</param>
    internal static AdapterParts Read(string source, PeftConfig config, IEnumerable<WeightEntry> entries, bool inCheckpoint, int skip = 0)
    {
        AdapterParts parts = new(source, config);
        Dictionary<string, Dictionary<PeftKeyKind, (PeftKey Key, WeightEntry Entry)>> modules = new(StringComparer.Ordinal);
        List<string> order = new();
        SortedSet<string> adapters = new(StringComparer.Ordinal);
        int bare = 0;
        foreach (WeightEntry entry in entries)
        {
            PeftKey key = PeftKey.Parse(entry.Name[skip..]);
            bare += key.HasPrefix ? 0 : 1;
            if (key.Adapter is not null)
            {
                adapters.Add(key.Adapter);
            }

            if (key.Kind is PeftKeyKind.A or PeftKeyKind.B or PeftKeyKind.BBias or PeftKeyKind.Magnitude)
            {
                if (!modules.TryGetValue(key.Module, out Dictionary<PeftKeyKind, (PeftKey Key, WeightEntry Entry)>? tensors))
                {
                    modules[key.Module] = tensors = [];
                    order.Add(key.Module);
                }

                if (!tensors.TryAdd(key.Kind, (key, entry)))
                {
                    throw parts.Wrong($"{Printable.Quoted(entry.Name)} and "
                        + $"{Printable.Quoted(tensors[key.Kind].Entry.Name)} are the same tensor of one module",
                        "A file with several adapters has to be split into one folder each.");
                }
            }
            else if (key.Kind == PeftKeyKind.Replacement || (!inCheckpoint && key.Kind != PeftKeyKind.Original))
            {
                parts.Replacements[key.PlainName] = entry;
            }
        }

        order.ForEach(module => parts.AddModule(module, modules[module]));
        parts.Check(adapters, inCheckpoint, bare);
        return parts;
    }

    private void Check(SortedSet<string> adapters, bool inCheckpoint, int bare)
    {
        if (Modules.Count == 0 && Replacements.Count == 0)
        {
            throw Wrong("it holds no LoRA tensor", "Names such as base_model.model.fc.lora_A.weight are expected.");
        }

        if (adapters.Count > 1)
        {
            throw Wrong($"it holds {adapters.Count} adapters: {string.Join(", ", adapters.Select(Printable.Quoted))}",
                "Save each into a separate folder.");
        }

        if (!inCheckpoint && adapters.Count == 1)
        {
            Remarks.Add($"names contain the adapter's name {Printable.Quoted(adapters.Min!)}, as in a model in memory; "
                + "PEFT itself would match none of them");
        }

        if (!inCheckpoint && bare > 0)
        {
            Remarks.Add($"{bare} names lack 'base_model.model.'; PEFT itself would silently match none of them");
        }

        int zero = Modules.Count(module => module.IsZero);
        if (zero > 0 && zero == Modules.Count && _config is { UseDora: false, LoraBias: false })
        {
            Remarks.Add($"in all {zero} modules a matrix is all zeros: the LoRA has no effect"
                + (Replacements.Count > 0 ? $"; {Replacements.Count} whole tensors are stored besides it" : ""));
        }
        else if (zero > 0)
        {
            Remarks.Add($"{zero} of {Modules.Count} modules have a matrix of zeros and no effect");
        }
    }

    private void AddModule(string path, Dictionary<PeftKeyKind, (PeftKey Key, WeightEntry Entry)> tensors)
    {
        string shown = Printable.Quoted(path);
        foreach ((PeftKeyKind kind, string name) in new[] { (PeftKeyKind.A, "lora_A"), (PeftKeyKind.B, "lora_B") })
        {
            if (!tensors.ContainsKey(kind))
            {
                throw Wrong($"{name} of {shown} is missing", "The file is incomplete.");
            }
        }

        foreach ((PeftKey _, WeightEntry entry) in tensors.Values)
        {
            if (!entry.DType.IsFloatingPoint())
            {
                throw Wrong($"{Printable.Quoted(entry.Name)} is {entry.DType.TorchName()}, floating point numbers are expected");
            }
        }

        WeightEntry a = tensors[PeftKeyKind.A].Entry, b = tensors[PeftKeyKind.B].Entry;
        WeightEntry? bias = tensors.TryGetValue(PeftKeyKind.BBias, out (PeftKey Key, WeightEntry Entry) foundBias) ? foundBias.Entry : null;
        WeightEntry? magnitude = tensors.TryGetValue(PeftKeyKind.Magnitude, out (PeftKey Key, WeightEntry Entry) foundVector) ? foundVector.Entry : null;
        LoraLayer layer = LayerOf(shown, tensors[PeftKeyKind.A].Key.IsEmbedding, a, b);
        CheckRank(path, shown, layer, a, b);
        if (_config.UseDora != magnitude is not null)
        {
            throw Wrong($"use_dora is {(_config.UseDora ? "true" : "false")}, "
                + $"but {shown} has {(magnitude is null ? "no" : "a")} lora_magnitude_vector");
        }

        if (magnitude is not null && magnitude.ElementCount != b.Shape[0])
        {
            throw Wrong($"the lora_magnitude_vector of {shown} has {magnitude.ElementCount} values, {b.Shape[0]} are expected");
        }

        if (_config.LoraBias != bias is not null || (bias is not null && !bias.Shape.SequenceEqual([b.Shape[0]])))
        {
            throw Wrong($"lora_bias is {(_config.LoraBias ? "true" : "false")}, "
                + $"but the bias of {shown} is {(bias is null ? "missing" : Printable.Shape([.. bias.Shape]))}");
        }

        CheckTarget(path, shown);
        Modules.Add(new LoraModule(path, layer, a, b, bias, magnitude, _config.AlphaOf(path), _config.ScalingOf(path)));
    }

    private LoraLayer LayerOf(string shown, bool embedding, WeightEntry a, WeightEntry b)
    {
        if (a.Shape.Count == 2 && b.Shape.Count == 2)
        {
            return embedding ? LoraLayer.Embedding : LoraLayer.Linear;
        }

        bool convolution = !embedding && a.Shape.Count is >= 3 and <= 5 && b.Shape.Count == a.Shape.Count
            && b.Shape.Skip(2).All(size => size == 1);
        return convolution ? LoraLayer.Convolution
            : throw Wrong($"the matrices of {shown} have the shapes {Printable.Shape([.. a.Shape])} and "
                + $"{Printable.Shape([.. b.Shape])}, which fit no layer");
    }

    private void CheckRank(string path, string shown, LoraLayer layer, WeightEntry a, WeightEntry b)
    {
        long rank = a.Shape[0], inner = b.Shape[1];
        bool fits = layer == LoraLayer.Convolution ? inner > 0 && rank % Math.Max(inner, 1) == 0 : rank == inner;
        if (!fits || rank == 0)
        {
            throw Wrong($"lora_A of {shown} has rank {rank}, lora_B has {inner}");
        }

        if (rank != _config.RankOf(path))
        {
            throw Wrong($"the tensors of {shown} have rank {rank}, "
                + $"the configuration gives {_config.RankOf(path)}: the scaling would be wrong",
                "r, rank_pattern and the weight file must belong together.");
        }
    }

    private void CheckTarget(string path, string shown)
    {
        if (_config.Targets(path))
        {
            return;
        }

        if (!_config.Targets(path, firstNumber: true))
        {
            throw Wrong($"{shown} has LoRA tensors, but target_modules does not name it", "PEFT ignores them silently.");
        }

        Remarks.Add($"{shown} is adapted only if its layer number is the first number in its path, as newer versions of PEFT read it");
    }

    private GraftException Wrong(string found, string? hint = null) => PeftConfigReader.Broken(_source, found + ".", hint);
}
