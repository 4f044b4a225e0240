using System.CommandLine;
using Graft.Adapters;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;

namespace Graft.Cli.Commands;

/// <summary>graft adapter add FILE FILE: one LoRA whose change is the weighted sum of two.</summary>
internal sealed class AdapterAddCommand : CliCommand
{
    private readonly Argument<string[]> _files = Define.Targets("FILE", "two LoRA adapter files of one base", least: 2, most: 2);
    private readonly Option<string> _out = OutFile.Option("FILE", "file of the sum");
    private readonly Option<double[]?> _weights = Define.Numbers("--weights", "W,W", "weight of each; 1,1 without it");

    internal AdapterAddCommand()
        : base("add", "one LoRA whose change is the weighted sum of two; exact, ranks add up")
        => Takes(_files, _out, _weights);

    protected override int Run(Arguments arguments, Output output)
    {
        string[] files = arguments.Value(_files)!;
        double[] weights = arguments.Value(_weights) ?? [1, 1];
        if (weights.Length != 2)
        {
            throw Arguments.Wrong($"--weights has {Counted.Of(weights.Length, "number")}, expected 2.");
        }

        string target = OutFile.Of(arguments, _out, files);
        using AdapterFile first = AdapterFile.Open(files[0]), second = AdapterFile.Open(files[1]);
        using AdapterFile sum = LoraArithmetic.Add(first, second, weights[0], weights[1]);
        sum.Save(target);
        output.Line($"{Counted.Of(sum.Adapters.Count, "place")}, {Counted.Of(sum.Count, "parameter")}: {target}");
        output.Result(AdapterOutput.Describe(target, sum));
        return 0;
    }
}
