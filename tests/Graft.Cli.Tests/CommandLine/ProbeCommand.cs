using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;

namespace Graft.Cli.Tests.CommandLine;

/// <summary>A command with an option of each kind, which runs nothing.</summary>
internal sealed class ProbeCommand : CliCommand
{
    private readonly bool _settings;

    internal ProbeCommand(bool settings = true)
        : base("probe", "takes a command line apart")
    {
        _settings = settings;
        Takes(Models, Conf, Side, Weights, Split, Imgsz, Data, TextModel, Resume, Allow, Last);
    }

    internal override string? SettingsName => _settings ? "key=value" : null;

    internal Argument<string[]> Models { get; } = Define.Targets("MODEL", "models", least: 0);

    internal Option<double> Conf { get; } = Define.Number("--conf", "X", "a number", new NumberRange(0, 1), 0.25);

    internal Option<int> Side { get; } = Define.Integer("--side", "N", "a whole number", new NumberRange(32, 8192, Multiple: 32), 640);

    internal Option<double[]?> Weights { get; } = Define.Numbers("--weights", "W,W", "numbers");

    internal Option<string> Split { get; } = Define.Choice("--split", "a word", "val", "train");

    internal Option<string?> Imgsz { get; } = Define.Text("--imgsz", "N", "a text that is a setting too");

    internal Option<string?> Data { get; } = Define.Text("--data", "DATA", "a text");

    internal Option<string?> TextModel { get; } = Define.Text("--text-model", "DIR", "a text");

    internal Option<string?> Resume { get; } = Define.OptionalText("--resume", "RUN", "a text that may be left out");

    internal Option<string[]> Allow { get; } = Define.Repeated("--allow", "NAME", "texts");

    internal Option<bool> Last { get; } = Define.Flag("--last", "a switch");

    protected override int Run(Arguments arguments, Output output) => 0;
}
