using Graft.Files;
using Graft.Peft;
using Graft.Runs;
using Graft.Torch.Weights;

namespace Graft.VisionLanguage;

/// <summary>
/// Checks a PanoramaVLM checkpoint and the adapter beside it: the use of every tensor, and which LoRA is used. Loads no weights.
/// </summary>
public sealed partial class PanoramaCheck
{
    private const string AdapterFolder = "lora_weights", Owner = "language_model.";
    private readonly List<string> _problems = [];
    private readonly List<string> _notes = [];

    private PanoramaCheck(CheckpointChoice choice, CheckpointNames names, PanoramaVlmOptions sizes, IEnumerable<string> notes)
    {
        (Choice, Names, Sizes) = (choice, names, sizes);
        _notes.AddRange(notes);
    }

    /// <summary>Which file, and why.</summary>
    public CheckpointChoice Choice { get; }

    /// <summary>The classes of its names, and the counts of a naive loader.</summary>
    public CheckpointNames Names { get; }

    /// <summary>The sizes of the model.</summary>
    public PanoramaVlmOptions Sizes { get; }

    /// <summary>The use of every tensor; null when only names were given.</summary>
    public LoadReport? Load { get; private init; }

    /// <summary>Names of one tensor with different values.</summary>
    public IReadOnlyList<AliasConflict> AliasConflicts { get; private init; } = [];

    /// <summary>The LoRA that is used.</summary>
    public LoraChoice Used { get; private set; } = LoraChoice.None;

    /// <summary>The adapter's folder, where it is used.</summary>
    public string? Folder { get; private set; }

    /// <summary>Number of modules that the LoRA adapts.</summary>
    public int Modules { get; private set; }

    /// <summary>Number of them with a matrix of zeros.</summary>
    public int ZeroModules { get; private set; }

    /// <summary>Whether the LoRA has an effect; true without any.</summary>
    public bool HasEffect { get; private set; } = true;

    /// <summary>Comparison of checkpoint and folder; null when only one has a LoRA.</summary>
    public LoraComparison? Comparison { get; private set; }

    /// <summary>Fit of the folder's adapter; null without one.</summary>
    public AdapterFit? Fit { get; private set; }

    /// <summary>Comparison of the language model with that of the start of training; null when none was given.</summary>
    public BaseDrift? Drift { get; private set; }

    /// <summary>Findings that are not explained, one sentence each.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Remarks for the user.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Whether everything is explained.</summary>
    public bool IsExplained => _problems.Count == 0;

    /// <summary>Checks a checkpoint, a folder with checkpoints, or a JSON file with names and shapes.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="opening">Settings of the opening; null for the defaults.</param>
    /// <exception cref="GraftException">The file cannot be read, or is not a PanoramaVLM.</exception>
    public static PanoramaCheck Of(string path, PanoramaOpening? opening = null)
    {
        opening ??= new PanoramaOpening();
        CheckpointChoice choice = CheckpointChoice.Find(path, opening.Last);
        if (Path.GetExtension(choice.Path).Equals(".json", StringComparison.OrdinalIgnoreCase))
        {
            return OfNames(choice, opening);
        }

        using WeightFile file = WeightFile.Open(choice.Path);
        List<string> notes = [];
        string? beside = opening.LoraFolder ?? Beside(choice.Path);
        bool inside = CheckpointLayout.Of(file) is { Owner.Length: > 0 };
        LoraChoice used = Use(opening, choice, inside, beside);
        (PanoramaVlm model, NameMap map, _) = PanoramaCheckpoint.Prepare(file, opening.Loading(used == LoraChoice.Checkpoint), notes);
        using (model)
        {
            PanoramaLoading loading = opening.Loading(lora: true);
            LoadReport report = LoadReport.Compare(model.ExpectedWeights(), file, map, loading.Allowed);
            PanoramaCheck check = new(choice, PanoramaCheckpoint.NamesOf(file, model), model.Options, notes)
            {
                Load = report,
                AliasConflicts = AliasConflict.Of(report, file),
                Used = used,
            };
            check.CheckLoad(opening.Aliases);
            check.CheckLora(file, beside, opening);
            check.CheckBase(opening.LanguageModel);
            return check;
        }
    }

    /// <summary>Refuses a checkpoint with findings that are not explained.</summary>
    /// <exception cref="GraftException">There are such findings; the message lists them.</exception>
    public PanoramaCheck ThrowUnlessExplained()
        => IsExplained ? this : throw new GraftException(Failure.Model, ToString(), "Allow differences with --allow, or choose with --lora or --aliases.");

    /// <summary>The folder <c>lora_weights</c> beside a checkpoint, or null.</summary>
    private static string? Beside(string path)
        => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, AdapterFolder) is { } folder && Directory.Exists(folder) ? folder : null;

    private static LoraChoice Use(PanoramaOpening opening, CheckpointChoice choice, bool inside, string? beside) => opening.Lora switch
    {
        LoraChoice.Auto => inside ? LoraChoice.Checkpoint : beside is null ? LoraChoice.None : LoraChoice.Folder,
        LoraChoice.Checkpoint when !inside => throw new GraftException(Failure.Model, $"{Printable.Name(choice.Path, 400)}: there is no LoRA in this checkpoint."),
        LoraChoice.Folder when beside is null => throw new GraftException(Failure.Model,
            $"{Printable.Name(choice.Path, 400)}: there is no folder {AdapterFolder} beside this checkpoint.", "Name the folder."),
        var named => named,
    };

    private void CheckLoad(AliasChoice aliases)
    {
        LoadReport report = Load!;
        Problem(report.MissingUnexplained.Count(), "tensors of the model are missing");
        Problem(report.UnexpectedUnexplained.Count(), "tensors of the file are not in the model");
        Problem(report.Mismatched.Count, "tensors have other shapes");
        if (aliases == AliasChoice.Refuse)
        {
            _problems.AddRange(AliasConflicts.Select(conflict => conflict.ToString()));
        }
        else
        {
            _notes.AddRange(AliasConflicts.Select(conflict => $"{conflict}; the {aliases.ToString().ToLowerInvariant()} was chosen"));
        }
    }

    private void CheckLora(WeightFile file, string? beside, PanoramaOpening opening)
    {
        CheckpointLayout layout = CheckpointLayout.Of(file);
        PeftConfig? config = CheckpointConfig.Read(file);
        using PeftAdapter? folder = beside is null || opening.Lora == LoraChoice.None ? null : PeftAdapter.Open(beside);
        using PeftAdapter? inside = layout.Owner.Length > 0 && (config ?? folder?.Config) is { } known
            ? PeftAdapter.FromCheckpoint(file, known, layout.Prefix, layout.Owner) : null;
        Dictionary<string, LoadedWeight> taken = Load!.Assignments.ToDictionary(one => one.Target);
        if (folder is not null)
        {
            Fit = AdapterFit.Check(folder, name => taken.GetValueOrDefault(name)?.Entry.Shape, taken.Keys, Owner);
        }

        if (folder is not null && inside is not null)
        {
            Comparison = LoraComparison.Between(inside, folder, name => taken.GetValueOrDefault(PanoramaNames.FirstNameOf(Owner + name, Sizes.Language.TiedHead))?.Entry);
            string agreement = $"the LoRA of the checkpoint and of {Printable.Name(beside!, 400)} {(Comparison.Agree ? "agree" : "DISAGREE")}";
            (opening.Lora == LoraChoice.Auto && !Comparison.Agree ? _problems : _notes).Add(agreement);
        }

        if ((Used == LoraChoice.Folder ? folder : Used == LoraChoice.Checkpoint ? inside : null) is not { } used)
        {
            return;
        }

        (Folder, Modules, ZeroModules, HasEffect) = (Used == LoraChoice.Folder ? beside : null, used.Modules.Count, used.ZeroModules, used.HasEffect);
        _notes.AddRange(used.Remarks);
        Problem(used.NotFinite.Count, "tensors of the LoRA hold NaN or infinity");
        if (!HasEffect)
        {
            _notes.Add("every LoRA update is zero: the adapter has no effect");
        }

        if (Used == LoraChoice.Folder)
        {
            CheckFit(opening.Allowed);
            CheckBaseHash(used);
        }
    }

    private void CheckFit(IReadOnlyList<string> allowed)
    {
        Problem(Fit!.TensorsWithoutTarget.Count, "modules of the adapter are not in the model");
        Problem(Fit.TargetsWithoutTensors.Count(name => !allowed.Any(pattern => NameMap.Fits(pattern, name))), "target modules have no tensors in the adapter");
        Problem(Fit.Mismatched.Count, "tensors of the adapter have other shapes");
        Problem(Fit.UnknownReplacements.Count, "whole tensors of the adapter are not in the model");
    }

    /// <summary>Checks the base hash in an adapter that Graft trained.</summary>
    private void CheckBaseHash(PeftAdapter adapter)
    {
        if (adapter.Metadata.GetValueOrDefault(PanoramaFiles.BaseHashKey) is not { } expected)
        {
            return;
        }

        string found = PanoramaFiles.BaseHash(Load!.Assignments.Where(one => one.Target.StartsWith(Owner, StringComparison.Ordinal))
            .Select(one => (one.Target, one.Entry)));
        if (found == expected)
        {
            _notes.Add("the language model is the one that the adapter was trained on");
        }
        else
        {
            _problems.Add("the language model is not the one that the adapter was trained on: its weights have drifted");
        }
    }

    private void CheckBase(string? languageModel)
    {
        if (languageModel is not null)
        {
            Drift = BaseDrift.Between(Load!, languageModel);
            (Drift.IsSame ? _notes : _problems).Add(Drift.ToString());
        }
    }

    private void Problem(int count, string what)
    {
        if (count > 0)
        {
            _problems.Add($"{count} {what}");
        }
    }
}
