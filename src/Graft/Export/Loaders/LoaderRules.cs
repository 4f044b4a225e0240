using Onnx;

namespace Graft.Export;

/// <summary>The rules by which a loader of YOLO models reads an ONNX file.</summary>
/// <param name="Name">The loader with the version whose rules these are.</param>
/// <param name="Find">Objections to a file: those that keep it from being read as meant, and mere differences.</param>
internal sealed record LoaderRules(string Name, Func<LoadedModel, IEnumerable<(bool Fatal, string Text)>> Find)
{
    /// <summary>All loaders whose rules are known.</summary>
    internal static IReadOnlyList<LoaderRules> All { get; } =
    [
        new("YoloDotNet 4", YoloDotNetRules.Find), new("YoloSharp 6", YoloSharpRules.Find), new("Ultralytics", UltralyticsRules.Find),
    ];

    /// <summary>The verdict on a file.</summary>
    internal LoaderVerdict Check(ModelProto model, IReadOnlyDictionary<string, string> metadata)
    {
        (bool Fatal, string Text)[] found = [.. Find(new LoadedModel(model, metadata))];
        return new LoaderVerdict(!found.Any(objection => objection.Fatal), [.. found.Select(objection => objection.Text)]);
    }
}
