using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Graft.Files;

namespace Graft.Reports;

/// <summary>Writes reports as JSON: snake_case names, null for numbers that were not measured.</summary>
public static class ReportJson
{
    /// <summary>The options, for reading as well.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        Converters = { new MissingNumber(), new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The text of a report.</summary>
    public static string Write<T>(T report) => JsonSerializer.Serialize(report, Options) + "\n";

    /// <summary>Writes a report to a file.</summary>
    public static void Save<T>(string path, T report) => AtomicFile.WriteText(path, Write(report));

    /// <summary>Reads a report back.</summary>
    /// <exception cref="GraftException">The file is missing or is not such a report.</exception>
    public static T Load<T>(string path)
    {
        const string Expected = "a report that Graft wrote";
        return JsonText.Read(path, Expected, Failure.Data, root =>
        {
            try
            {
                return root.Deserialize<T>(Options) ?? throw new JsonException("it says null");
            }
            catch (JsonException error)
            {
                throw new GraftException(
                    Failure.Data,
                    $"{path}: is not {Expected} (at {Printable.Name(error.Path ?? "$")}).",
                    "Give the report.json that Graft wrote into a run folder.",
                    error);
            }
        });
    }

    private sealed class MissingNumber : JsonConverter<double>
    {
        public override bool HandleNull => true;

        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
