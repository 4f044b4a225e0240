using Graft.Files;
using Graft.Torch;
using Graft.Torch.Weights;

namespace Graft.Peft;

/// <summary>
/// Merges adapters into the weights that they adapt, or unmerges them. Works file to file, one tensor at a time,
/// in double precision, rounded once to the type of the base; nothing is written when a value is not finite.
/// </summary>
public sealed class PeftMerge
{
    private readonly PlainModel _model;
    private readonly IReadOnlyList<PeftAdapter> _adapters;
    private readonly PeftMergeOptions _options;
    private readonly PeftMergeReport _report;
    private readonly Dictionary<string, List<LoraModule>> _modules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WeightEntry> _replacements = new(StringComparer.Ordinal);
    private readonly HashSet<PeftAdapter> _turned = [];

    private PeftMerge(PlainModel model, IReadOnlyList<PeftAdapter> adapters, string output, PeftMergeOptions options)
    {
        (_model, _adapters, _options) = (model, adapters, options);
        _report = new PeftMergeReport(output, [.. adapters.Select(Fit)]);
    }

    /// <summary>Writes a base with adapters merged, in order.</summary>
    /// <param name="basePath">The base: any weight file, or a checkpoint of an adapted model.</param>
    /// <param name="adapters">The adapters.</param>
    /// <param name="output">The file to write: <c>.safetensors</c>, or <c>.pth</c> for PyTorch's own format.</param>
    /// <param name="options">Names, and whether to unmerge.</param>
    /// <exception cref="GraftException">An adapter does not fit (exit code 4), or the merge is refused (exit code 6).</exception>
    public static PeftMergeReport Write(string basePath, IReadOnlyList<PeftAdapter> adapters, string output, PeftMergeOptions? options = null)
    {
        using WeightFile file = WeightFile.Open(basePath);
        return Write(file, adapters, output, options);
    }

    /// <summary>Writes an open base with adapters merged, in order.</summary>
    /// <param name="file">The base.</param>
    /// <param name="adapters">The adapters, which may come from the same file.</param>
    /// <param name="output">The file to write.</param>
    /// <param name="options">Names, and whether to unmerge.</param>
    /// <exception cref="GraftException">An adapter does not fit (exit code 4), or the merge is refused (exit code 6).</exception>
    public static PeftMergeReport Write(WeightFile file, IReadOnlyList<PeftAdapter> adapters, string output, PeftMergeOptions? options = null)
    {
        options ??= new PeftMergeOptions();
        RequireDistinct(adapters);
        PlainModel model = PlainModel.Of(file, options.Prefix);
        PeftMerge merge = new(model, adapters, output, options);
        merge.Prepare();
        List<WeightData> tensors = [.. merge.Tensors()];
        if (Path.GetExtension(output).Equals(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            SafeTensorsWriter.Write(output, tensors, merge.Metadata(file));
        }
        else
        {
            TorchWriter.Write(output, tensors);
        }

        return merge._report;
    }

    /// <summary>Refuses an adapter that is named twice: its update would be added twice.</summary>
    private static void RequireDistinct(IReadOnlyList<PeftAdapter> adapters)
    {
        if (adapters.GroupBy(adapter => Path.TrimEndingDirectorySeparator(Path.GetFullPath(adapter.Source)), StringComparer.Ordinal)
            .FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new GraftException(Failure.Usage, $"The adapter {Printable.Name(twice.First().Source, 400)} is named {twice.Count()} times; expected once.",
                "Name each adapter once. To apply one with twice its strength, combine it first: graft peft combine with --weights 2.");
        }
    }

    private AdapterFit Fit(PeftAdapter adapter)
    {
        AdapterFit fit = AdapterFit.Check(adapter, _model, _options.Owner, _options.ResizeEmbeddings).ThrowUnlessComplete();
        return _options.AllowMissing ? fit : fit.ThrowUnlessTargetsHaveTensors();
    }

    private Dictionary<string, string> Metadata(WeightFile file) => new()
    {
        ["format"] = "pt",
        ["graft.base"] = Path.GetFileName(file.Path),
        [_options.Unmerge ? "graft.unmerged" : "graft.merged"] = string.Join(", ",
            _adapters.Select(adapter => Path.GetFileName(adapter.Source.TrimEnd('/')))),
    };

    private void Prepare()
    {
        _report.LoraTensorsInBase = _model.LoraTensors.Count;
        if (_model.OutOfScope.Count > 0)
        {
            _report.Notes.Add($"{_model.OutOfScope.Count} tensors of the base do not begin with "
                + $"{Printable.Quoted(_options.Prefix)} and are omitted");
        }

        _report.Notes.AddRange(_report.Fits.Where(fit => fit.TargetsWithoutTensors.Count > 0)
            .Select(fit => $"{Printable.Name(fit.Adapter.Source, 400)} {fit.MissingTargets()}"));
        foreach (PeftAdapter adapter in _adapters)
        {
            _report.Notes.AddRange(adapter.Remarks);
            if (IsTurned(adapter))
            {
                _turned.Add(adapter);
            }

            adapter.Modules.ToList().ForEach(module => Prepare(adapter, module));
            foreach ((string name, WeightEntry entry) in adapter.Replacements)
            {
                PrepareReplacement(adapter, name, entry);
            }
        }
    }

    private void Prepare(PeftAdapter adapter, LoraModule module)
    {
        string name = $"{_options.Owner}{module.Path}.weight";
        if (LoraMath.GroupsOf(module) is > 1 and long groups)
        {
            throw Refuse(adapter,
                $"{module} adapts a convolution of {groups} groups; its update would be a dense kernel, which that layer cannot hold.",
                "Keep the adapter attached, or adapt layers without groups.");
        }

        if (_options.Unmerge && module.Magnitude is not null)
        {
            throw Refuse(adapter, $"{module} is DoRA: the norms that merging divided by are not in the merged weights.",
                "Keep the base and merge into it again.");
        }

        if (module.Bias is not null && _model.TryGet($"{_options.Owner}{module.Path}.bias") is null)
        {
            throw Refuse(adapter, $"{module} brings a bias, but the layer has none to merge it into.", "Keep the adapter attached.");
        }

        (_modules.TryGetValue(name, out List<LoraModule>? modules) ? modules : _modules[name] = []).Add(module);
    }

    private void PrepareReplacement(PeftAdapter adapter, string name, WeightEntry entry)
    {
        string full = _options.Owner + name;
        if (_options.Unmerge)
        {
            throw Refuse(adapter, $"it replaced {Printable.Quoted(full)}, and the merged file does not contain the original tensor.",
                "Use the base itself.");
        }

        if (_replacements.TryGetValue(full, out WeightEntry? other) && !WeightDifference.Between(full, other, entry).AreEqual)
        {
            throw Refuse(adapter, $"two adapters replace {Printable.Quoted(full)} by different values.", "Merge one of them only.");
        }

        if (!entry.IsFinite())
        {
            throw NotFinite(entry.Name);
        }

        if (_model.TryGet(full) is null)
        {
            _report.Notes.Add($"{Printable.Quoted(full)} was tied to the embedding in the base; it is stored as a separate tensor");
        }

        _replacements[full] = entry;
        _report.Replacements.Add(full);
    }

    /// <summary>
    /// Whether the base stores the weights of linear layers in×out. Square weights fit both ways, so the other layers determine it.
    /// </summary>
    private bool IsTurned(PeftAdapter adapter)
    {
        if (!adapter.Config.FanInFanOut)
        {
            return false;
        }

        foreach (LoraModule module in adapter.Modules.Where(module => module.Layer == LoraLayer.Linear))
        {
            long[] fitting = LoraMath.FittingShape(module);
            if (fitting[0] != fitting[1])
            {
                bool turned = !_model.TryGet($"{_options.Owner}{module.Path}.weight")!.Shape.SequenceEqual(fitting);
                if (!turned)
                {
                    _report.Notes.Add("fan_in_fan_out is set, but the base stores its weights out×in; "
                        + "the flag is ignored, as PEFT does for linear layers");
                }

                return turned;
            }
        }

        return true;
    }

    private IEnumerable<WeightData> Tensors()
    {
        foreach (string name in _model.Names)
        {
            WeightEntry entry = _model.TryGet(name)!;
            string module = name.EndsWith(".bias", StringComparison.Ordinal) ? name[..^".bias".Length] : "";
            List<LoraModule> biased = [.. _modules.GetValueOrDefault(module + ".weight", []).Where(lora => lora.Bias is not null)];
            if (_replacements.TryGetValue(name, out WeightEntry? replacement))
            {
                yield return WeightData.From(replacement, name);
            }
            else if (_modules.TryGetValue(name, out List<LoraModule>? modules))
            {
                yield return new WeightData(name, entry.DType, entry.Shape, use => Change(name, entry, modules, use));
            }
            else if (biased.Count > 0)
            {
                yield return new WeightData(name, entry.DType, entry.Shape, use => ChangeBias(name, entry, biased, use));
            }
            else
            {
                _report.Copied++;
                yield return new WeightData(name, entry.DType, entry.Shape, use => Copy(entry, use));
            }
        }

        foreach ((string name, WeightEntry entry) in _replacements.Where(replacement => _model.TryGet(replacement.Key) is null))
        {
            yield return WeightData.From(entry, name);
        }
    }

    private static void Copy(WeightEntry entry, Action<ReadOnlySpan<byte>> use)
    {
        entry.ForEachChunk(chunk => use(chunk));
        entry.Release();
    }

    private void Change(string name, WeightEntry entry, List<LoraModule> modules, Action<ReadOnlySpan<byte>> use)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor before = entry.ToTensor().To(DType.Double), weight = before;
        entry.Release();
        foreach (LoraModule module in modules)
        {
            bool turned = module.Layer == LoraLayer.Linear && _turned.Any(adapter => adapter.Modules.Contains(module));
            weight = _options.Unmerge ? weight - LoraMath.Delta(module, entry.Shape, turned) : LoraMath.Merged(module, weight, turned);
        }

        Finish(name, entry, before, weight, use);
    }

    private void ChangeBias(string name, WeightEntry entry, List<LoraModule> modules, Action<ReadOnlySpan<byte>> use)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor before = entry.ToTensor().To(DType.Double), bias = before;
        foreach (LoraModule module in modules)
        {
            bias += module.Bias!.ToTensor().To(DType.Double) * (_options.Unmerge ? -module.Scaling : module.Scaling);
        }

        Finish(name, entry, before, bias, use);
    }

    private void Finish(string name, WeightEntry entry, Tensor before, Tensor after, Action<ReadOnlySpan<byte>> use)
    {
        Tensor rounded = after.To(entry.DType.TensorType());
        if (rounded.IsFinite().LogicalNot().Any().ToDouble() != 0)
        {
            throw NotFinite(name);
        }

        double change = (after - before).Square().Sum().ToDouble(), norm = before.Square().Sum().ToDouble();
        _report.Changes.Add(new MergedModule(name, Math.Sqrt(change / Math.Max(norm, double.Epsilon))));
        WeightData.From(name, rounded).ForEachChunk(use);
    }

    private static GraftException NotFinite(string name)
        => new(Failure.Refused, $"{Printable.Quoted(name)} would hold NaN or infinity after merging; nothing was written.",
            "The adapter or the base is damaged, or training diverged.");

    private static GraftException Refuse(PeftAdapter adapter, string why, string hint)
        => new(Failure.Refused, $"{Printable.Name(adapter.Source, 400)} cannot be merged: {why}", hint);
}
