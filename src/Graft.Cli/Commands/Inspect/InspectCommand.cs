using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Files;
using Graft.Peft;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft inspect TARGET: what a weight file holds, or what a configuration builds and trains.</summary>
internal sealed class InspectCommand : CliCommand
{
    private readonly Argument<string> _target = Define.Target("FILE|FOLDER|CONFIG", "a weight file, a run folder, a PEFT folder, or a configuration");
    private readonly Option<string?> _against = Define.Text(
        "--against", "CONFIG|FILE", "load report: matched, renamed, missing, unexpected, mismatched");
    private readonly Option<bool> _values = Define.Flag("--values", "with --against FILE: compare values too");
    private readonly Option<double> _tolerance = Define.Number(
        "--tolerance", "X", "with --values: largest difference that counts as equal", new NumberRange(0), 0);
    private readonly Option<bool> _hashes = Define.Flag("--hashes", "SHA-256 of the values of each tensor");
    private readonly Option<bool> _layers = Define.Flag("--layers", "of a configuration: output shape, parameters and operations of each layer");
    private readonly Option<int> _depth = Define.Integer(
        "--depth", "N", "with --layers: levels of the table; 0 shows all", new NumberRange(0, int.MaxValue), 0);

    internal InspectCommand()
        : base("inspect", "tensors of a weight file; parameters of a configuration; a load report")
        => Takes(_target, _against, _values, _tolerance, _hashes, _layers, _depth);

    internal override string SettingsName => "key=value";

    internal override IReadOnlyList<string> Forms =>
    [
        "FILE [--hashes]",
        "FOLDER [--hashes]",
        "CONFIG [key=value ...] [--layers [--depth N]]",
        "FILE --against CONFIG|FILE [--values [--tolerance X]]",
    ];

    internal override string Notes => "Nothing in a weight file is executed. With --against the exit code is 4 when a tensor is missing, unexpected or different.";

    protected override int Run(Arguments arguments, Output output)
    {
        string target = arguments.Value(_target)!;
        if (arguments.Value(_against) is { } against)
        {
            return Against(TrainedModel.FileOf(target), TrainedModel.FileOf(against), arguments, output);
        }

        if (Directory.Exists(target))
        {
            Folder(target, arguments, output);
        }
        else if (IsConfig(target))
        {
            InspectConfig.Show(ConfigFinder.Load(target, arguments.Overrides).Value, arguments.Value(_layers) ? arguments.Value(_depth) : null, output);
        }
        else
        {
            InspectWeights.Show(target, arguments.Value(_hashes), output);
        }

        return 0;
    }

    private static bool IsConfig(string target)
        => Path.GetExtension(target) is ".yaml" or ".yml" || (!File.Exists(target) && !Directory.Exists(target));

    private int Against(string path, string against, Arguments arguments, Output output)
    {
        using WeightFile file = WeightFile.Open(path);
        if (IsConfig(against))
        {
            return InspectDifference.WithConfig(file, ConfigFinder.Load(against, arguments.Overrides).Value.Model, output);
        }

        using WeightFile other = WeightFile.Open(against);
        return InspectDifference.WithFile(file, other, arguments.Value(_values) ? arguments.Value(_tolerance) : null, output);
    }

    /// <summary>An adapter in a PEFT folder, or the weights and the configuration of a run.</summary>
    private void Folder(string folder, Arguments arguments, Output output)
    {
        if (File.Exists(Path.Combine(folder, PeftConfig.FileName)))
        {
            using PeftAdapter adapter = PeftAdapter.Open(folder);
            output.Result(PeftOutput.Describe(adapter, output));
            return;
        }

        RunFolder run = RunFolder.Open(folder);
        string path = run.Model ?? throw new GraftException(
            Failure.Model, $"{folder} is neither a run folder nor a PEFT folder: it holds no weights/best.safetensors, no weights/last.safetensors and no adapter_config.json.",
            "Give a run folder, a PEFT folder or a weight file.");
        output.Line($"{folder}: run{(File.Exists(run.Arguments) ? $", settings in {run.Arguments}" : "")}");
        InspectWeights.Show(path, arguments.Value(_hashes), output);
    }
}
