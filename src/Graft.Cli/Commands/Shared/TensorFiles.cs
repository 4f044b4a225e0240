using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Parity;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>Raw tensors from <c>--input NAME=FILE.npy</c>, and named results into an npz.</summary>
internal sealed class TensorFiles
{
    private readonly Option<string[]> _input = Define.Repeated(
        "--input", "NAME=FILE.npy", "an input tensor; an npz that holds a tensor of that name works too");
    private readonly Option<string> _out = OutFile.Option("FILE.npz", "file of the results");
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

            inputs[pair[..equals]] = NamedTensors.Read(pair[(equals + 1)..], pair[..equals]);
        }

        return inputs;
    }

    /// <summary>Refuses a <c>--out</c> that would replace an input, before anything is computed.</summary>
    internal void RequireOutput(Arguments arguments, params IEnumerable<string?> inputs)
    {
        _ = OutFile.Of(arguments, _out, [.. inputs, arguments.Value(_expect)]);
        if (arguments.Has(_tolerance) && !arguments.Has(_expect))
        {
            throw Arguments.Wrong("--tolerance needs --expect: the file to compare with.");
        }
    }

    /// <summary>Writes results; with <c>--expect FILE.npz</c> compares them with the tensors of the same names in that file.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="results">The results.</param>
    /// <param name="output">Where they are shown.</param>
    /// <param name="masks">Positions of results that are compared, see <see cref="NamedTensors.Differences"/>.</param>
    /// <returns>0, or 1 when a compared tensor has another shape or differs by more than <c>--tolerance</c>.</returns>
    internal int Write(
        Arguments arguments, IReadOnlyList<(string Name, Tensor Value)> results, Output output, IReadOnlyDictionary<string, Tensor>? masks = null)
    {
        string target = arguments.Value(_out)!;
        double tolerance = arguments.Value(_tolerance);
        IReadOnlyDictionary<string, double?> differences = Differences(arguments, results, masks);
        NamedTensors.Write(target, results);
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

    private IReadOnlyDictionary<string, double?> Differences(
        Arguments arguments, IReadOnlyList<(string Name, Tensor Value)> results, IReadOnlyDictionary<string, Tensor>? masks)
    {
        if (arguments.Value(_expect) is not { } path)
        {
            return new Dictionary<string, double?>();
        }

        IReadOnlyDictionary<string, double?> differences = NamedTensors.Differences(results, path, masks);
        return differences.Count > 0 ? differences : throw Arguments.Wrong($"--expect {path}: no tensor of this file has the name of a result.");
    }
}
