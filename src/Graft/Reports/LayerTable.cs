using System.Globalization;
using System.Text;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Reports;

/// <summary>One part of a network in a <see cref="LayerTable"/>.</summary>
/// <param name="Path">Dotted path.</param>
/// <param name="Kind">Type of the module.</param>
/// <param name="Output">Shape of its output; empty when it has several.</param>
/// <param name="Parameters">Parameters here and below.</param>
/// <param name="Trainable">Trainable parameters here and below.</param>
/// <param name="Flops">Operations here and below.</param>
/// <param name="IsLeaf">Whether it has no submodules.</param>
public sealed record LayerRow(string Path, string Kind, long[] Output, long Parameters, long Trainable, FlopCount Flops, bool IsLeaf)
{
    /// <summary>Number of names in the path.</summary>
    public int Depth => Path.Count(c => c == '.') + 1;
}

/// <summary>A network layer by layer: output shape, parameters, operations, as recorded in one run.</summary>
/// <param name="Rows">The modules that ran, parents first.</param>
/// <param name="Total">The whole network.</param>
public sealed record LayerTable(IReadOnlyList<LayerRow> Rows, LayerRow Total)
{
    /// <summary>Runs a network once and records its layers.</summary>
    /// <param name="network">The network.</param>
    /// <param name="run">Runs it on one input.</param>
    public static LayerTable Of(Module network, Action run)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(run);
        network.NamePaths();
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using OperationRecorder recorder = new();
        run();
        Dictionary<object, ModuleCall> calls = new(ReferenceEqualityComparer.Instance);
        foreach (ModuleCall call in recorder.Calls)
        {
            calls[call.Module] = call;
        }

        LayerRow Row(string path, Module module) => new(
            path, module.GetType().Name, calls.TryGetValue(module, out ModuleCall? call) ? call.Shape : [],
            module.ParameterCount, module.TrainableCount,
            FlopCount.Of(recorder.Operations.Where(operation => IsBelow(operation.Module, path))), module.Children.Count == 0);
        IEnumerable<LayerRow> rows = network.Modules()
            .Where(found => found.Path.Length > 0 && calls.ContainsKey(found.Module))
            .Select(found => Row(found.Path, found.Module));
        return new LayerTable([.. rows], Row("", network) with { Flops = FlopCount.Of(recorder.Operations) });
    }

    /// <summary>The table as text, one line per layer, with the sums below.</summary>
    /// <param name="depth">Maximum number of names in a row's path; 0: only the leaves.</param>
    public string ToText(int depth = 0)
    {
        LayerRow[] shown = [.. Rows.Where(row => depth == 0 ? row.IsLeaf : row.Depth <= depth)];
        int path = shown.Select(row => row.Path.Length).Append(5).Max(), kind = shown.Select(row => row.Kind.Length).Append(4).Max();
        StringBuilder text = new();
        string Line(string name, string type, string output, string parameters, string mflops)
            => $"{name.PadRight(path)}  {type.PadRight(kind)}  {output,-20}  {parameters,14}  {mflops,12}";
        text.AppendLine(Line("layer", "kind", "output", "parameters", "MFLOPs"));
        foreach (LayerRow row in shown)
        {
            text.AppendLine(Line(row.Path, row.Kind, string.Join('×', row.Output), Number(row.Parameters), Mega(row.Flops.Published)));
        }

        text.AppendLine(Line("total", "", "", Number(Total.Parameters), Mega(Total.Flops.Published)));
        text.AppendLine(CultureInfo.InvariantCulture, $"trainable {Number(Total.Trainable)}; matrix products {Mega(Total.Flops.Products)} MFLOPs, not in the total");
        return text.ToString();
    }

    private static bool IsBelow(string module, string path)
        => path.Length == 0 || module == path
            || (module.Length > path.Length && module[path.Length] == '.' && module.StartsWith(path, StringComparison.Ordinal));

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Mega(long flops) => (flops / 1e6).ToString("N2", CultureInfo.InvariantCulture);
}
