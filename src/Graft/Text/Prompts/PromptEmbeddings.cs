using System.Globalization;
using System.Text.Json;
using Graft.Files;
using Graft.Runtime;
using Graft.Torch;
using Graft.Torch.Weights;

namespace Graft.Text;

/// <summary>One embedding per class, and the prompts they came from.</summary>
public sealed class PromptEmbeddings
{
    private const double UnitTolerance = 1e-3;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Stores embeddings unchanged.</summary>
    /// <param name="values">Count×width numbers, row by row.</param>
    /// <param name="width">Length of an embedding.</param>
    /// <param name="prompts">The prompts of each class, when known.</param>
    public PromptEmbeddings(float[] values, int width, IReadOnlyList<IReadOnlyList<string>>? prompts = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (values.Length == 0 || values.Length % width != 0 || (prompts is not null && prompts.Count != values.Length / width))
        {
            throw new ArgumentException($"{values.Length} numbers are not {prompts?.Count.ToString(CultureInfo.InvariantCulture) ?? "whole"} embeddings of {width}.", nameof(values));
        }

        (Values, Width, Prompts) = (values, width, prompts);
    }

    /// <summary>Count×width numbers, row by row.</summary>
    public float[] Values { get; }

    /// <summary>Length of an embedding.</summary>
    public int Width { get; }

    /// <summary>Number of classes.</summary>
    public int Count => Values.Length / Width;

    /// <summary>The prompts of each class, or null when nothing but the numbers is known.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Prompts { get; }

    /// <summary>SHA-256 of the text encoder that made them, when known.</summary>
    public string? ModelHash => Encoder?.Hash;

    /// <summary>The text encoder that made them, when known.</summary>
    public TextEncoderId? Encoder { get; init; }

    /// <summary>Corrections made while reading, such as rows that were not of length one, and what the text encoder remarks on prompts.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    /// <summary>The embeddings as a 1×count×width tensor, as detectors take them.</summary>
    public Tensor ToTensor() => Tensor.From(Values, 1, Count, Width);

    /// <summary>Writes a float32 <c>.npy</c>, and beside it <c>NAME.npy.json</c> with the prompts.</summary>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Record record = new(Prompts, [Count, Width], ModelHash, Encoder?.Name);
        NpyWriter.Write(path, WeightData.From("embeddings", Values, Count, Width));
        AtomicFile.WriteText(path + ".json", JsonSerializer.Serialize(record, Indented) + "\n");
    }

    /// <summary>Reads embeddings from a <c>.npy</c> file, with the prompts when its <c>.npy.json</c> is there.</summary>
    /// <param name="path">The file: count×width floating-point numbers.</param>
    /// <param name="width">Width that the model needs; any when null.</param>
    /// <param name="keepLengths">Whether rows keep their lengths, as tuned prompts may need; else they are normalised to length one with
    /// a note.</param>
    /// <exception cref="GraftException">Wrong shape, width or type, or rows that are not finite or zero.</exception>
    public static PromptEmbeddings Load(string path, int? width = null, bool keepLengths = false)
    {
        using WeightFile file = Open(path);
        WeightEntry entry = file.Single;
        if (!entry.DType.IsFloatingPoint())
        {
            throw new GraftException(Failure.Data, $"{path}: holds {entry.DType} numbers; embeddings are floating-point.");
        }

        if (entry.Shape.Count != 2 || entry.Shape[0] == 0 || entry.Shape[1] == 0)
        {
            throw new GraftException(Failure.Data, $"{path}: has the shape {string.Join("×", entry.Shape)}; expected classes × width.");
        }

        if (width is { } needed && entry.Shape[1] != needed)
        {
            throw new GraftException(Failure.Data, $"{path}: embeddings are {entry.Shape[1]} wide; the model takes {needed}.",
                "Use embeddings of the text encoder that the model was trained with.");
        }

        float[] values = entry.ToSingles();
        List<string> notes = Check(path, values, (int)entry.Shape[1], keepLengths);
        Record? record = ReadRecord(path + ".json");
        bool fits = record?.Prompts is { } prompts && prompts.Count == entry.Shape[0];
        if (record?.Prompts is not null && !fits)
        {
            notes.Add($"{path}.json names {record.Prompts.Count} classes, the file has {entry.Shape[0]}; the names are ignored");
        }

        return new PromptEmbeddings(values, (int)entry.Shape[1], fits ? record!.Prompts : null)
        {
            Encoder = record?.ModelSha256 is { } hash ? new TextEncoderId(record.ModelName ?? "clip", hash, (int)entry.Shape[1]) : null,
            Notes = notes,
        };
    }

    /// <summary>Opens a file of numbers; one that cannot be read is a data error, not a model error.</summary>
    internal static WeightFile Open(string path)
    {
        try
        {
            return WeightFile.Open(path);
        }
        catch (GraftException error) when (error.Failure == Failure.Model)
        {
            throw new GraftException(Failure.Data, error.Message, error.Hint, error);
        }
    }

    private static List<string> Check(string path, float[] values, int width, bool keepLengths)
    {
        List<string> notes = new();
        int changed = 0;
        for (int row = 0; row < values.Length / width; row++)
        {
            Span<float> numbers = values.AsSpan(row * width, width);
            double squares = 0;
            foreach (float number in numbers)
            {
                squares += (double)number * number;
            }

            if (!double.IsFinite(squares))
            {
                throw new GraftException(Failure.Data, $"{path}: row {row} holds numbers that are not finite.", "Embed the prompts again.");
            }

            if (squares == 0)
            {
                throw new GraftException(Failure.Data, $"{path}: row {row} is all zero and has no direction.", "Embed the prompts again.");
            }

            double length = Math.Sqrt(squares);
            if (Math.Abs(length - 1) <= UnitTolerance)
            {
                continue;
            }

            changed++;
            for (int i = 0; i < width && !keepLengths; i++)
            {
                numbers[i] = (float)(numbers[i] / length);
            }
        }

        if (changed > 0)
        {
            notes.Add($"{path}: {changed} of {values.Length / width} rows are not of length one" + (keepLengths ? "" : " and were normalised"));
        }

        return notes;
    }

    private static Record? ReadRecord(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        return JsonText.Read(path, "the record of embeddings that Graft writes", Failure.Data, root =>
        {
            try
            {
                return root.Deserialize<Record>();
            }
            catch (JsonException error)
            {
                throw new GraftException(Failure.Data, $"{path}: not the record of embeddings that Graft writes (at {Printable.Name(error.Path ?? "$")}).",
                    "Remove the file to use the numbers without their prompts.", error);
            }
        });
    }

    private sealed record Record(IReadOnlyList<IReadOnlyList<string>>? Prompts, int[] Shape, string? ModelSha256, string? ModelName = null);
}
