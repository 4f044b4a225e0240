using System.Text.Encodings.Web;
using System.Text.Json;

namespace Graft.Files;

/// <summary>How JSON is written.</summary>
public static class JsonStyles
{
    /// <summary>On one line; only what JSON requires is escaped.</summary>
    public static JsonSerializerOptions Compact { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Indented; only what JSON requires is escaped.</summary>
    public static JsonSerializerOptions Indented { get; } = new(Compact) { WriteIndented = true };

    /// <summary>Indented, with line feeds on every system; other characters than ASCII are escaped.</summary>
    public static JsonSerializerOptions IndentedAscii { get; } = new() { WriteIndented = true, NewLine = "\n" };
}
