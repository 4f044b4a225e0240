using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using Graft.Detectors;
using Graft.Files;
using Graft.Rewriting;
using Onnx;

namespace Graft.Export;

/// <summary>Exports a base once, with everything that its adapters change as overridable inputs, and each adapter as a file of values for
/// them. Nothing takes its name before ONNX Runtime has agreed with the base and with each adapted detector.</summary>
/// <example><code>
/// AdapterInputExport export = AdapterInputExport.Of(neutral, options, ["adapters.neck"]);
/// export.Add("line-3", names, adapted);                      // once for each adapter
/// export.Complete();
/// export.Verify(detector, neutral, images, tolerance);       // the base
/// export.Verify("line-3", lineThree, () => adapted, images, tolerance);     // each adapter
/// ExportReport report = export.Write("base.onnx", detector, neutral, description, images, tolerance);
/// </code></example>
public sealed class AdapterInputExport
{
    private const string Values = ".safetensors";

    private readonly ExportedGraph _graph;
    private readonly ExportOptions _options;
    private readonly HashSet<string> _inputs;
    private readonly List<AdapterValues> _adapters = [];
    private readonly Dictionary<string, ExportProof> _proofs = [];
    private ExportProof? _base;
    private byte[] _model = [];
    private string _hash = "";

    private AdapterInputExport(ExportedGraph graph, ExportOptions options, HashSet<string> inputs) => (_graph, _options, _inputs) = (graph, options, inputs);

    /// <summary>Names of the overridable inputs.</summary>
    public IReadOnlyList<string> Inputs => [.. _graph.Model.Graph.Input.Select(input => input.Name).Where(_inputs.Contains)];

    /// <summary>Starts from the base with an adapter that changes nothing.</summary>
    /// <param name="neutral">The network, with adapters that are the identity.</param>
    /// <param name="options">Form of the model.</param>
    /// <param name="containers">Paths of the adapters in the network: all their weights become inputs.</param>
    /// <exception cref="GraftException">Of kind Export: something has no form in ONNX.</exception>
    public static AdapterInputExport Of(Subject neutral, ExportOptions options, IReadOnlyList<string> containers)
    {
        ArgumentNullException.ThrowIfNull(neutral);
        ArgumentNullException.ThrowIfNull(options);
        ExportedGraph graph = ExportedGraph.Of(neutral, options);
        HashSet<string> inputs = [.. graph.Whole.Graph.Initializer.Where(OnnxTensors.IsSingle).Select(tensor => tensor.Name)
            .Where(name => containers.Any(container => name.StartsWith(container + ".", StringComparison.Ordinal)))];
        return new AdapterInputExport(graph, options, inputs);
    }

    /// <summary>Adds an adapter: what it changes is compared with the base, constant by constant.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="classes">Its class names.</param>
    /// <param name="adapted">The network with the adapter, rewritten like the base.</param>
    /// <exception cref="GraftException">Of kind Usage: shapes differ; of kind Export: the graph differs in more than values.</exception>
    public void Add(string name, IReadOnlyList<string> classes, Subject adapted)
    {
        ExportedGraph graph = ExportedGraph.Of(adapted, _options);
        AdapterValues values = new(name, classes, ConstantComparison.Changed(name, _graph.Whole.Graph, graph.Whole.Graph));
        _inputs.UnionWith(values.Changed.Keys);
        _adapters.Add(values);
    }

    /// <summary>Makes everything that the adapters change overridable, after all were added.</summary>
    public void Complete()
    {
        _graph.MakeOverridable(_graph.Whole.Graph.Initializer.Select(tensor => tensor.Name).Where(_inputs.Contains).ToArray());
        _model = _graph.Model.ToByteArray();
        _hash = Convert.ToHexStringLower(SHA256.HashData(_model));
    }

    /// <summary>Compares the model without an adapter with the base.</summary>
    /// <param name="source">The base detector.</param>
    /// <param name="neutral">The network that was recorded.</param>
    /// <param name="images">Real images of the model's size.</param>
    /// <param name="tolerance">Limits of the differences.</param>
    /// <exception cref="GraftException">Of kind Export: they differ.</exception>
    public ExportProof Verify(IDetector source, Subject neutral, IReadOnlyList<ProofImage> images, ExportTolerance tolerance)
    {
        OnnxExport.Check(source, _options);
        return _base = new ExportVerifier(source, neutral, _graph, _options, tolerance).Run(_model, images);
    }

    /// <summary>Compares the model with an adapter, loaded by ONNX Runtime, with the adapted detector.</summary>
    /// <param name="name">The adapter's name.</param>
    /// <param name="source">The adapted detector.</param>
    /// <param name="adapted">Gives the network as it was added; called when they differ, to find the layer.</param>
    /// <param name="images">Real images of the model's size.</param>
    /// <param name="tolerance">Limits of the differences.</param>
    /// <exception cref="GraftException">Of kind Export: they differ; the message names the first layer that does.</exception>
    public ExportProof Verify(string name, IDetector source, Func<Subject> adapted, IReadOnlyList<ProofImage> images, ExportTolerance tolerance)
    {
        AdapterValues values = _adapters.Single(adapter => adapter.Name == name);
        ExportVerifier verifier = new(source, Subject.Of(source), _graph, _options, tolerance, new(name, FileOf(values).ToBytes(), adapted));
        ExportProof proof = verifier.Run(_model, images);
        return _proofs[name] = _options.Half ? proof with { Half = verifier.RunHalf(HalfWith(values), images) } : proof;
    }

    /// <summary>The model with float16 weights, and the values of an adapter, which stay float32, as the defaults of its inputs.</summary>
    private byte[] HalfWith(AdapterValues adapter)
    {
        ModelProto model = _graph.Model.Clone();
        HalfWeights.Store(model.Graph);
        foreach (TensorProto tensor in model.Graph.Initializer)
        {
            tensor.RawData = adapter.Changed.GetValueOrDefault(tensor.Name, tensor).RawData;
        }

        return model.ToByteArray();
    }

    /// <summary>Writes the model, and each adapter beside it as <c>MODEL.NAME.onnx_adapter</c> and <c>MODEL.NAME.safetensors</c>.</summary>
    /// <param name="path">The model's file; complete or absent.</param>
    /// <param name="source">The base detector.</param>
    /// <param name="neutral">The network that was recorded.</param>
    /// <param name="description">What the metadata says about the model.</param>
    /// <param name="images">Real images of the model's size, for float16 weights.</param>
    /// <param name="tolerance">Limits of the differences.</param>
    public ExportReport Write(
        string path, IDetector source, Subject neutral, ExportDescription description, IReadOnlyList<ProofImage> images, ExportTolerance tolerance)
    {
        ArgumentNullException.ThrowIfNull(description);
        if (_base is not { } proof || _adapters.FirstOrDefault(adapter => !_proofs.ContainsKey(adapter.Name)) is not null)
        {
            throw new InvalidOperationException("The base and all adapters are verified before they are written.");
        }

        OnnxAdapterFile[] files = [.. _adapters.Select(FileOf)];
        ExportDescription described = description with
        {
            Provenance = new Dictionary<string, string>(description.Provenance)
            {
                ["adapter-inputs"] = Json(new { base_sha256 = _hash, inputs = Inputs }),
                ["adapters"] = Json(_adapters.Zip(files, (adapter, file) => new
                {
                    file = Path.GetFileName(PathOf(path, adapter.Name, OnnxAdapterFile.FileEnding)),
                    version = file.AdapterVersion,
                    names = adapter.Classes,
                    max_abs = _proofs[adapter.Name].MaxAbs,
                })),
            },
        };
        ExportVerifier verifier = new(source, neutral, _graph, _options, tolerance);
        ExportReport report = OnnxExport.Finish(source, _graph.Model, verifier, proof, path, _options, described, images);
        return report with { Adapters = [.. _adapters.Zip(files, (adapter, file) => WriteAdapter(path, adapter, file))] };
    }

    /// <summary>The file of an adapter beside a model.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="name">The adapter's name.</param>
    /// <param name="ending">With its dot.</param>
    public static string PathOf(string model, string name, string ending)
        => Path.Combine(Path.GetDirectoryName(model) ?? "", $"{Path.GetFileNameWithoutExtension(model)}.{name}{ending}");

    /// <summary>The files of an adapter beside a model.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="name">The adapter's name.</param>
    public static IReadOnlyList<string> FilesOf(string model, string name) => [PathOf(model, name, OnnxAdapterFile.FileEnding), PathOf(model, name, Values)];

    private OnnxAdapterFile FileOf(AdapterValues adapter)
    {
        HashSet<string> inputs = [.. Inputs];
        return adapter.FileFor(_graph.Whole.Graph.Initializer.Where(tensor => inputs.Contains(tensor.Name)), OnnxAdapterFile.ModelVersionOf(_hash));
    }

    private AdapterReport WriteAdapter(string model, AdapterValues adapter, OnnxAdapterFile file)
    {
        string path = PathOf(model, adapter.Name, OnnxAdapterFile.FileEnding);
        file.Write(path);
        SafeTensorsWriter.Write(PathOf(model, adapter.Name, Values), file.Parameters, new Dictionary<string, string>
        {
            ["graft.base_sha256"] = _hash,
            ["graft.names"] = Json(adapter.Classes),
        });
        return new AdapterReport(adapter.Name, path, new FileInfo(path).Length, adapter.Classes, _proofs[adapter.Name]);
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, JsonStyles.Compact);
}
