using System.Globalization;

namespace Graft.Files;

/// <summary>The initializers of an ONNX model, for lists and comparisons; the graph itself is ignored.</summary>
internal sealed class OnnxReader
{
    private const int MaxDimensions = 64, MaxTensors = 1_000_000, LongestText = 4096;
    private const int GraphField = 7, InitializerField = 5, SparseField = 15;
    private readonly MappedFile _file;
    private readonly List<WeightEntry> _entries = [];
    private readonly List<string> _remarks = [];

    private OnnxReader(MappedFile file) => _file = file;

    /// <summary>Whether the file is a message with the fields of a model.</summary>
    internal static bool Claims(MappedFile file)
    {
        try
        {
            ProtoScanner model = new(file, 0, file.Length);
            bool version = false, graph = false;
            while (model.Next())
            {
                version |= model is { Field: 1, Wire: 0, Value: > 0 and < 1000 };
                graph |= model is { Field: GraphField, Wire: 2 };
                if (model.Field > 100)
                {
                    return false;
                }
            }

            return version && graph;
        }
        catch (GraftException)
        {
            return false;
        }
    }

    internal static WeightContents Read(MappedFile file)
    {
        OnnxReader reader = new(file);
        Dictionary<string, string> metadata = new();
        ProtoScanner model = new(file, 0, file.Length);
        bool graph = false;
        while (model.Next())
        {
            switch (model.Field, model.Wire)
            {
                case (1, 0): metadata["ir_version"] = model.Value.ToString(CultureInfo.InvariantCulture); break;
                case (2, 2): metadata["producer_name"] = model.Text(LongestText); break;
                case (3, 2): metadata["producer_version"] = model.Text(LongestText); break;
                case (8, 2): ReadOpset(file, model, metadata); break;
                case (14, 2): ReadProperty(file, model, metadata); break;
                case (GraphField, 2):
                    graph = true;
                    reader.ReadGraph(new ProtoScanner(file, model.Begin, model.End));
                    break;
                default: break;
            }
        }

        return graph ? new WeightContents(WeightFormat.Onnx, reader._entries) { Metadata = metadata, Remarks = reader._remarks }
            : throw Bad.File(file.Path, "not an ONNX model: it has no graph.");
    }

    private static void ReadOpset(MappedFile file, ProtoScanner field, Dictionary<string, string> metadata)
    {
        ProtoScanner scanner = new(file, field.Begin, field.End);
        string domain = "", version = "";
        while (scanner.Next())
        {
            domain = scanner is { Field: 1, Wire: 2 } ? scanner.Text(LongestText) : domain;
            version = scanner is { Field: 2, Wire: 0 } ? scanner.Value.ToString(CultureInfo.InvariantCulture) : version;
        }

        metadata[domain.Length == 0 ? "opset" : $"opset {domain}"] = version;
    }

    private static void ReadProperty(MappedFile file, ProtoScanner field, Dictionary<string, string> metadata)
    {
        ProtoScanner scanner = new(file, field.Begin, field.End);
        string key = "", value = "";
        while (scanner.Next())
        {
            key = scanner is { Field: 1, Wire: 2 } ? scanner.Text(LongestText) : key;
            value = scanner is { Field: 2, Wire: 2 } ? scanner.Text(1 << 20) : value;
        }

        metadata[key] = value;
    }

    private void ReadGraph(ProtoScanner graph)
    {
        while (graph.Next())
        {
            if (graph is { Field: InitializerField, Wire: 2 })
            {
                if (_entries.Count == MaxTensors)
                {
                    throw Bad.File(_file.Path, $"it has more than {MaxTensors} initializers.");
                }

                ReadTensor(graph.Begin, graph.End);
            }
            else if (graph.Field == SparseField && _remarks.Count < 100)
            {
                _remarks.Add("a sparse initializer is skipped");
            }
        }
    }

    private void ReadTensor(long begin, long end)
    {
        List<long> shape = new();
        string name = "";
        int code = 0;
        bool external = false;
        (long Begin, long End) raw = (-1, -1);
        int stretches = 0, field = 0;
        ProtoScanner scanner = new(_file, begin, end);
        while (scanner.Next())
        {
            switch (scanner.Field)
            {
                case 1 when scanner.Wire is 0 or 2: scanner.AddIntegers(shape, MaxDimensions); break;
                case 2 when scanner.Wire == 0: code = (int)Math.Min(scanner.Value, 1000); break;
                case 8 when scanner.Wire == 2: name = scanner.Text(LongestText); break;
                case 13: external = true; break;
                case 14 when scanner.Wire == 0: external |= scanner.Value == 1; break;
                case 4 or 5 or 7 or 9 or 10 or 11:
                    (raw, field, stretches) = ((scanner.Begin, scanner.End), scanner.Field, stretches + 1);
                    break;
                default: break;
            }
        }

        if (OnnxValues.TypeOf(code) is not { } type)
        {
            _remarks.Add($"{Printable.Quoted(name)} has the ONNX element type {code}, which is not supported; it is skipped");
            return;
        }

        if (shape.Count > MaxDimensions || !Extent.TryCount([.. shape], out long count) || !Extent.TryBytes(type, count, out long bytes))
        {
            throw Bad.File(_file.Path, $"the initializer {Printable.Quoted(name)} has an impossible shape.");
        }

        Add(name, type, [.. shape], bytes, external, raw, stretches, field, (begin, end));
    }

    private void Add(string name, ElementType type, long[] shape, long bytes, bool external, (long Begin, long End) raw, int stretches,
        int field, (long Begin, long End) message)
    {
        long[] strides = Extent.RowMajor(shape);
        if (external)
        {
            _entries.Add(new WeightEntry(name, type, shape, strides, 0, null,
                whyNoData: "the model keeps them in another file (external data)."));
            return;
        }

        StorageBytes storage;
        bool asIs = field == 9 || (field == 4 && type is ElementType.Float32 or ElementType.Complex64)
            || (field == 10 && type is ElementType.Float64 or ElementType.Complex128);
        if (asIs && stretches == 1 && raw.End - raw.Begin == bytes)
        {
            storage = new StorageBytes(_file, raw.Begin, bytes, name);
        }
        else if (bytes == 0 || (field != 9 && (!asIs || stretches > 1) && bytes / 8 <= message.End - message.Begin))
        {
            storage = new StorageBytes(_file, message.Begin, bytes, name, () => OnnxValues.Decode(_file, message, name, type, bytes));
        }
        else
        {
            throw Bad.File(_file.Path,
                $"the initializer {Printable.Quoted(name)} of shape {Printable.Shape(shape)} needs {bytes} bytes, {raw.End - raw.Begin} are there.");
        }

        _entries.Add(new WeightEntry(name, type, shape, strides, 0, storage));
    }
}
