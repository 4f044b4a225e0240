using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Files;
using Graft.Torch;
using Graft.Torch.Weights;

namespace Graft.Cli.Commands;

/// <summary>Raw tensors from <c>--input NAME=FILE.npy</c>, and named results into an npz.</summary>
internal sealed class TensorFiles
{
    private readonly Option<string[]> _input = Define.Repeated(
        "--input", "NAME=FILE.npy", "an input tensor; an npz that holds a tensor of that name works too");
    private readonly Option<string> _out = OutFile.Option("FILE.npz", "where the results go");
    private readonly Option<string?> _expect = Define.Text(
        "--expect", "FILE.npz", "compare with the tensors of the same names there; exit code 1 when one differs");
    private readonly Option<double> _tolerance = Define.Number(
        "--tolerance", "X", "largest difference from --expect that counts as equal", new NumberRange(0), 1e-4);

    /// <summary>Options of a command that writes tensors.</summary>
    internal IEnumerable<Option> Writing => [_out, _expect, _tolerance];

    /// <summary>Options of a command that reads and writes tensors.</summary>
    internal IEnumerable<Option> All => [_input, .. Writing];

    /// <summary>The tensors of <c>--input</c>, by name.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="weights">The weight file that is read too; <c>--out</c> may not replace it.</param>
    internal Dictionary<string, Tensor> Inputs(Arguments arguments, string? weights = null)
    {
        RequireOutput(arguments, [.. arguments.Values(_input).Select(pair => pair[(pair.IndexOf('=') + 1)..]), weights]);
        Dictionary<string, Tensor> inputs = [];
        foreach (string pair in arguments.Values(_input))
        {
            int equals = pair.IndexOf('=');
            if (equals < 1)
            {
                throw Arguments.Wrong($"--input {pair}: expected NAME=FILE.npy.");
            }

            inputs[pair[..equals]] = Read(pair[(equals + 1)..], pair[..equals]);
        }

        return inputs;
    }

    /// <summary>Refuses a <c>--out</c> that would replace what is read, before anything is computed.</summary>
    internal void RequireOutput(Arguments arguments, params IEnumerable<string?> inputs)
    {
        _ = OutFile.Of(arguments, _out, [.. inputs, arguments.Value(_expect)]);
        if (arguments.Has(_tolerance) && !arguments.Has(_expect))
        {
            throw Arguments.Wrong("--tolerance needs --expect: the file to compare with.");
        }
    }

    /// <summary>The only tensor of a file, or of an npz with several the one of that name.</summary>
    internal static Tensor Read(string path, string? name = null)
    {
        if (!File.Exists(path))
        {
            throw new GraftException(Failure.Data, $"{path}: there is no such file; expected a tensor.", "Check the path.");
        }

        using WeightFile file = WeightFile.Open(path);
        return (file.Entries.Count > 1 && name is not null ? file[name] : file.Single).ToTensor();
    }

    /// <summary>Writes results; with <c>--expect FILE.npz</c> compares them with the tensors of the same names in that file.</summary>
    /// <returns>0, or 1 when a compared tensor has another shape or differs by more than <c>--tolerance</c>.</returns>
    internal int Write(Arguments arguments, IReadOnlyList<(string Name, Tensor Value)> results, Output output)
    {
        string target = arguments.Value(_out)!;
        double tolerance = arguments.Value(_tolerance);
        Dictionary<string, double?> differences = arguments.Value(_expect) is { } path ? Compare(results, path) : [];
        NpzWriter.Write(target, results.Select(result => WeightData.From(result.Name, result.Value)));
        output.Table(["output", "shape", .. differences.Count > 0 ? new[] { "max difference" } : []], results.Select(result => (string[])
        [
            result.Name, string.Join("×", result.Value.Shape),
            .. differences.Count == 0 ? [] : new[] { differences.TryGetValue(result.Name, out double? worst) ? worst is null ? "shape differs" : $"{worst:g3}" : "" },
        ]));
        string[] far = [.. differences.Where(pair => pair.Value is null || !(pair.Value <= tolerance)).Select(pair => pair.Key)];
        if (differences.Count > 0)
        {
            output.Line(far.Length == 0 ? $"{Counted.Of(differences.Count, "output")} {(differences.Count == 1 ? "agrees" : "agree")} within {tolerance:g3}" : $"{far.Length} of {Counted.Of(differences.Count, "output")} differ by more than {tolerance:g3}: {string.Join(", ", far)}");
        }

        output.Result(new JsonObject
        {
            ["out"] = target,
            ["outputs"] = new JsonArray([.. results.Select(result => (JsonNode)new JsonObject
            {
                ["name"] = result.Name,
                ["shape"] = new JsonArray([.. result.Value.Shape.Select(length => (JsonNode)length)]),
                ["max_difference"] = differences.GetValueOrDefault(result.Name) is { } worst && double.IsFinite(worst) ? worst : null,
            })]),
            ["compared"] = differences.Count,
            ["differ"] = new JsonArray([.. far.Select(name => (JsonNode)name)]),
        });
        return far.Length == 0 ? 0 : (int)Failure.Runtime;
    }

    /// <summary>The largest difference of each result that the file has too; null when the shapes differ.</summary>
    /// <remarks>Where the results have a mask (<c>fused_attention_mask</c>), what belongs to padding is not compared: it has no meaning.</remarks>
    private static Dictionary<string, double?> Compare(IReadOnlyList<(string Name, Tensor Value)> results, string path)
    {
        using WeightFile expected = WeightFile.Open(path);
        double[]? mask = results.FirstOrDefault(result => result.Name == "fused_attention_mask").Value?.ToDoubles();
        Dictionary<string, double?> worst = [];
        foreach ((string name, Tensor value) in results)
        {
            if (expected.TryGet(name) is { } entry)
            {
                bool padded = mask is not null && name.StartsWith("logits_", StringComparison.Ordinal);
                worst[name] = !value.Shape.AsSpan().SequenceEqual([.. entry.Shape]) ? null : Largest(value.ToDoubles(), entry.ToDoubles(), padded ? mask : null);
            }
        }

        return worst.Count > 0 ? worst : throw Arguments.Wrong($"--expect {path}: no tensor of this file has the name of a result.");
    }

    private static double Largest(double[] found, double[] expected, double[]? mask)
    {
        int perPlace = mask is null ? 1 : found.Length / mask.Length;
        double largest = 0;
        for (int i = 0; i < found.Length; i++)
        {
            if (mask is null || mask[i / perPlace] != 0)
            {
                double difference = found[i].Equals(expected[i]) ? 0 : Math.Abs(found[i] - expected[i]);
                largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
            }
        }

        return largest;
    }
}
