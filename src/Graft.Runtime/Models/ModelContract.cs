using System.Text.Json;
using Graft.Runtime.Preprocessing;

namespace Graft.Runtime.Models;

/// <summary>Everything that a model file settles: graph, preprocessing, decoding, names, default embeddings.</summary>
/// <param name="Graph">Inputs and outputs.</param>
/// <param name="Description">The public part.</param>
/// <param name="Letterbox">How images are fitted into the input.</param>
/// <param name="DefaultText">Embeddings of the names, N×D; empty where the model takes none.</param>
internal sealed record ModelContract(GraphShape Graph, ModelDescription Description, LetterboxOptions Letterbox, float[] DefaultText)
{
    private const int UsualSide = 640;

    /// <summary>Reads a contract from a graph and its metadata.</summary>
    /// <exception cref="OnnxDetectorException">Of kind Model: a key is wrong or the output belongs to another family.</exception>
    public static ModelContract Read(string file, GraphShape graph, MetadataReader metadata, IReadOnlyDictionary<string, string> all, OnnxDetectorOptions options)
    {
        string[] names = Names(file, metadata);
        (int width, int height) = InputSize(file, graph, metadata, options);
        JsonElement? post = metadata.Json("postprocess", JsonValueKind.Object);
        bool isEndToEnd = OutputLayout.IsEndToEnd(graph, metadata, post);
        JsonElement? text = metadata.Json("text", JsonValueKind.Object);
        int textWidth = text is null ? 0 : metadata.Integer(text, "text", "width", graph.TextShape[2], 1, 65536);
        names = OutputLayout.CheckClasses(file, graph, metadata, names, isEndToEnd, hasText: text is not null);
        float[] embeddings = text is null ? [] : DefaultEmbeddings(metadata, names.Length, textWidth);
        LetterboxOptions letterbox = Preprocess(metadata, graph);
        if (post is null)
        {
            metadata.Assumptions.Add("The metadata has no thresholds: score 0.25, IoU 0.7, at most 300 boxes per image.");
        }

        ModelDescription description = new(names, all, metadata.Assumptions)
        {
            InputWidth = width,
            InputHeight = height,
            IsSizeDynamic = graph.ImageShape[2] < 0 || graph.ImageShape[3] < 0,
            BatchSize = Math.Max(0, graph.ImageShape[0]),
            IsEndToEnd = isEndToEnd,
            TextWidth = textWidth,
            TextEncoder = metadata.String(text, "text", "encoder_sha256") is string hash
                ? new TextEncoderId(metadata.String(text, "text", "encoder") ?? "the encoder", hash, textWidth) : null,
            ScoreThreshold = metadata.Number(post, "postprocess", "score", 0.25, 0, 1),
            IouThreshold = metadata.Number(post, "postprocess", "iou", 0.7, 0, 1),
            Candidates = metadata.Integer(post, "postprocess", "candidates", 30000, 1, int.MaxValue),
            MaxPerImage = metadata.Integer(post, "postprocess", "max_per_image", 300, 1, int.MaxValue),
            IsMultiLabel = metadata.Flag(post, "postprocess", "multi_label", true),
            IsClassAgnostic = metadata.Flag(post, "postprocess", "class_agnostic", false),
            ClassThresholds = ClassThresholds(metadata),
            AdapterBase = metadata.String(metadata.Json("adapter-inputs", JsonValueKind.Object), "adapter-inputs", "base_sha256"),
        };
        return new ModelContract(graph, description, letterbox, embeddings);
    }

    private static string[] Names(string file, MetadataReader metadata)
    {
        if (metadata.Strings(metadata.Json("names", JsonValueKind.Array), "names") is string[] exact)
        {
            return exact;
        }

        return metadata.Text("names") is not string text
            ? []
            : PythonLiteral.ReadNames(text)
                ?? throw new OnnxDetectorException(
                    FailureKind.Model, $"{file}: the metadata key names is \"{text}\"; text such as {{0: 'scratch', 1: 'dent'}} with indices from 0 is expected.");
    }

    private static (int Width, int Height) InputSize(string file, GraphShape graph, MetadataReader metadata, OnnxDetectorOptions options)
    {
        int height = graph.ImageShape[2], width = graph.ImageShape[3];
        Refuse(file, nameof(OnnxDetectorOptions.InputHeight), options.InputHeight, height);
        Refuse(file, nameof(OnnxDetectorOptions.InputWidth), options.InputWidth, width);
        if (width > 0 && height > 0)
        {
            return (width, height);
        }

        int[]? sides = metadata.Text("imgsz") is string text ? PythonLiteral.ReadIntegers(text) : null;
        if (sides is null && (options.InputWidth is null || options.InputHeight is null))
        {
            metadata.Assumptions.Add($"The model takes any size and the metadata has no imgsz: images are fitted into {UsualSide} × {UsualSide}.");
        }

        int stride = metadata.Text("stride") is string step && PythonLiteral.ReadIntegers(step) is [> 0 and int found] ? found : 32;
        return (
            width > 0 ? width : RoundUp(options.InputWidth ?? sides?[^1] ?? UsualSide, stride),
            height > 0 ? height : RoundUp(options.InputHeight ?? sides?[0] ?? UsualSide, stride));
    }

    private static void Refuse(string file, string option, int? wanted, int size)
    {
        if (wanted is <= 0)
        {
            throw new OnnxDetectorException(FailureKind.Usage, $"{option} is {wanted}; a size from 1 is expected.");
        }

        if (wanted is not null && size > 0 && wanted != size)
        {
            throw new OnnxDetectorException(FailureKind.Usage, $"{option} is {wanted}, but {file} takes {size} only.", "Export the model with a dynamic size.");
        }
    }

    private static int RoundUp(int size, int stride) => checked((size + stride - 1) / stride * stride);

    private static LetterboxOptions Preprocess(MetadataReader metadata, GraphShape graph)
    {
        if (metadata.Json("preprocess", JsonValueKind.Object) is not JsonElement found)
        {
            metadata.Assumptions.Add("The metadata does not say how images are fitted: enlarged or shrunk with bilinear interpolation, centred, padded with gray 114, RGB, 0..1.");
            return new LetterboxOptions(FitFirst: false, ScaleUp: true);
        }

        if (metadata.String(found, "preprocess", "channels") is string channels && channels != "rgb")
        {
            throw metadata.Wrong("preprocess", $"has \"channels\": \"{channels}\"; \"rgb\" is expected");
        }

        if (metadata.Number(found, "preprocess", "range", 1, 0, 65535) is not 1.0 and double range)
        {
            throw metadata.Wrong("preprocess", $"has \"range\": {range}; 1 is expected");
        }

        int multiple = metadata.Integer(found, "preprocess", "multiple", 0, 0, 4096);
        if (multiple > 0 && graph.ImageShape[2] > 0 && graph.ImageShape[3] > 0)
        {
            multiple = 0;
            metadata.Assumptions.Add("The metadata asks for inputs of several sizes, but the model takes one: images are padded to all of it.");
        }

        return new LetterboxOptions(
            metadata.Flag(found, "preprocess", "fit_first", true), metadata.Flag(found, "preprocess", "scale_up", false), multiple,
            (byte)metadata.Integer(found, "preprocess", "padding", 114, 0, 255));
    }

    private static Dictionary<string, double> ClassThresholds(MetadataReader metadata)
    {
        JsonElement? found = metadata.Json("thresholds", JsonValueKind.Object);
        return found is null ? [] : found.Value.EnumerateObject().ToDictionary(
            item => item.Name, item => metadata.Number(found, "thresholds", item.Name, 0, 0, 1));
    }

    private static float[] DefaultEmbeddings(MetadataReader metadata, int classes, int width)
    {
        if (metadata.Text(MetadataReader.Prefix + "text-default") is not string text)
        {
            return [];
        }

        byte[] bytes = new byte[((text.Length / 4) + 1) * 3];
        if (!Convert.TryFromBase64String(text, bytes, out int count) || count != sizeof(float) * classes * width)
        {
            throw metadata.Wrong("text-default", $"does not hold {classes} × {width} numbers of 4 bytes in base64, one row for each name");
        }

        float[] values = new float[classes * width];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = System.Buffers.Binary.BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(sizeof(float) * i));
        }

        return values;
    }
}
