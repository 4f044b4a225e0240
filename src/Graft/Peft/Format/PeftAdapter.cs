using Graft.Files;

namespace Graft.Peft;

/// <summary>
/// A LoRA adapter as the PEFT library stores it: a configuration, pairs of matrices, and tensors that replace those of the base.
/// </summary>
public sealed class PeftAdapter : IDisposable
{
    /// <summary>The preferred weight file of an adapter's folder.</summary>
    public const string SafeWeights = "adapter_model.safetensors";

    /// <summary>The older weight file, a pickle.</summary>
    public const string PickledWeights = "adapter_model.bin";

    private readonly WeightFile? _file;
    private readonly string? _ignored;

    private PeftAdapter(string source, PeftConfig config, AdapterParts parts, WeightFile? file, string? ignored)
    {
        (Source, Config, Modules, Replacements, _file, _ignored) = (source, config, parts.Modules, parts.Replacements, file, ignored);
        Remarks = [.. config.Remarks, .. file?.Remarks ?? [], .. parts.Remarks];
    }

    /// <summary>The folder or checkpoint that it came from.</summary>
    public string Source { get; }

    /// <summary>Its configuration.</summary>
    public PeftConfig Config { get; }

    /// <summary>The adapted modules in the order of the file.</summary>
    public IReadOnlyList<LoraModule> Modules { get; }

    /// <summary>Whole tensors, by the name of the base's tensor that each replaces.</summary>
    public IReadOnlyDictionary<string, WeightEntry> Replacements { get; }

    /// <summary>Remarks for the user, one sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; }

    /// <summary>The texts in the header of its weight file; none inside a checkpoint.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _file?.Metadata ?? new Dictionary<string, string>();

    /// <summary>Number of parameters in all its tensors.</summary>
    public long ParameterCount => Modules.Sum(module => module.ParameterCount) + Replacements.Values.Sum(entry => entry.ElementCount);

    /// <summary>Number of modules that the adapter does not change because a matrix is all zeros.</summary>
    public int ZeroModules => Modules.Count(module => module.IsZero);

    /// <summary>
    /// Whether attaching it could change any output. Embeddings that PEFT saved automatically, because the vocabulary had another
    /// size, do not count: training did not change them.
    /// </summary>
    public bool HasEffect => Modules.Any(module => (!module.IsZero && module.Scaling != 0) || module.Magnitude is not null || module.Bias is not null)
        || Replacements.Keys.Any(IsTrained);

    /// <summary>Names of tensors that hold NaN or infinity; such an adapter is not merged.</summary>
    public IReadOnlyList<string> NotFinite =>
        [.. Modules.SelectMany(module => module.Tensors).Concat(Replacements.Values)
            .Where(entry => !entry.IsFinite()).Select(entry => entry.Name)];

    /// <summary>Opens the folder of an adapter and checks it.</summary>
    /// <param name="folder">The folder with <c>adapter_config.json</c> and a weight file.</param>
    /// <exception cref="GraftException">A file is missing, unreadable, or contradicts another.</exception>
    public static PeftAdapter Open(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new GraftException(
                Failure.Model,
                $"{Printable.Name(folder, 400)}: there is no such folder.",
                "An adapter is a folder with adapter_config.json.");
        }

        string path = Path.Combine(folder, PeftConfig.FileName);
        if (!File.Exists(path))
        {
            string[] below = [.. Directory.EnumerateDirectories(folder).Where(sub => File.Exists(Path.Combine(sub,
                PeftConfig.FileName))).Select(sub => Path.GetFileName(sub)!)];
            throw PeftConfigReader.Broken(folder, $"{PeftConfig.FileName} is missing.",
                below.Length > 0 ? $"There are adapters in its folders {string.Join(", ", below.Select(Printable.Quoted))}."
                    : "Name the folder that PEFT's save_pretrained wrote.");
        }

        PeftConfig config = PeftConfigReader.Read(path);
        string safe = Path.Combine(folder, SafeWeights), pickled = Path.Combine(folder, PickledWeights);
        bool isSafe = File.Exists(safe), isPickled = File.Exists(pickled);
        if (!isSafe && !isPickled)
        {
            throw PeftConfigReader.Broken(folder, $"neither {SafeWeights} nor {PickledWeights} is there.");
        }

        WeightFile file = WeightFile.Open(isSafe ? safe : pickled, WeightPolicy.Strict);
        try
        {
            AdapterParts parts = AdapterParts.Read(folder, config, file.Entries, inCheckpoint: false);
            if (isSafe && isPickled)
            {
                parts.Remarks.Add($"{PickledWeights} lies beside {SafeWeights} and is not read");
            }

            return new PeftAdapter(folder, config, parts, file, isSafe && isPickled ? pickled : null);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The adapter inside a checkpoint of an adapted model; it is valid as long as that file is open.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="config">The configuration, which checkpoints hold elsewhere.</param>
    /// <param name="prefix">What every name of the model begins with, such as <c>model.</c></param>
    /// <param name="owner">
    /// The part of the model that is adapted, with a dot, such as <c>language_model.</c>; it is omitted from the paths.
    /// </param>
    /// <exception cref="GraftException">Its matrices contradict one another or the configuration.</exception>
    public static PeftAdapter FromCheckpoint(WeightFile file, PeftConfig config, string prefix = "model.", string owner = "")
    {
        string begin = prefix + owner;
        List<WeightEntry> entries = [.. file.Entries.Where(entry => entry.Name.StartsWith(begin, StringComparison.Ordinal))];
        return new PeftAdapter(file.Path, config, AdapterParts.Read(file.Path, config, entries, inCheckpoint: true, begin.Length), null,
            null);
    }

    /// <summary>Compares the weight file that is not used with the one that is; null when there is only one.</summary>
    public string? CompareIgnoredFile()
    {
        if (_ignored is null || _file is null)
        {
            return null;
        }

        try
        {
            using WeightFile other = WeightFile.Open(_ignored, WeightPolicy.Strict);
            List<string> different = [.. _file.Entries.Where(entry => other.TryGet(entry.Name) is not { } counterpart
                || !WeightDifference.Between(entry.Name, entry, counterpart).AreEqual)
                .Select(entry => entry.Name)];
            int extra = other.Entries.Count(entry => _file.TryGet(entry.Name) is null);
            return different.Count + extra == 0 ? $"{PickledWeights} holds the same tensors"
                : $"{PickledWeights} differs from {SafeWeights}, which is used: {different.Count} tensors are absent or differ, "
                    + $"{extra} exist only there"
                    + (different.Count > 0 ? $", first {Printable.Quoted(different[0])}" : "");
        }
        catch (GraftException error)
        {
            return $"{PickledWeights} is not used and could not be compared: {error.Message}";
        }
    }

    private bool IsTrained(string replacement) => Config.Bias != PeftBias.None
        || Config.ModulesToSave.Any(module => $".{replacement}".Contains($".{module}.", StringComparison.Ordinal));

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    /// <summary>Source, configuration and size.</summary>
    public override string ToString() => $"{Printable.Name(Source, 400)}: {Config}, {Counted.Of(Modules.Count, "module")}, {Counted.Of(ParameterCount, "value")}";
}
