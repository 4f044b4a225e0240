using System.Text.Json;
using Graft.Files;
using Graft.Runs;
using Graft.Torch.Layers;

namespace Graft.VisionLanguage;

/// <summary>Checks of names and shapes without weights.</summary>
public sealed partial class PanoramaCheck
{
    private static PanoramaCheck OfNames(CheckpointChoice choice, PanoramaOpening opening)
    {
        List<(string Name, IReadOnlyList<long> Shape)> tensors = ReadNames(choice.Path);
        List<string> notes = ["names and shapes only: values were not checked"];
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(choice.Path))!, PanoramaConfig.FileName);
        PanoramaVlmOptions sizes = opening.SizesFile is not null || File.Exists(beside) ? PanoramaConfig.Read(opening.SizesFile ?? beside)
            : PanoramaCheckpoint.SizesOf(choice.Path, tensors, tiedHead: true);
        using Init.Skipping skipped = Init.Skip();
        using PanoramaVlm model = new(sizes);
        List<ExpectedWeight> published = [.. PanoramaNames.Published(model)];
        CheckpointNames names = CheckpointNames.Sort([.. tensors.Select(tensor => tensor.Name)], published.Select(weight => weight.Name), sizes.Language.TiedHead);
        PanoramaCheck check = new(choice, names, sizes, notes) { Used = names.Lora > 0 ? LoraChoice.Checkpoint : LoraChoice.None, Modules = names.Lora / 2 };
        check.Problem(names.Missing.Count, "tensors of the model are missing");
        check.Problem(names.Unexpected.Count, "tensors of the file are not in the model");
        Dictionary<string, ExpectedWeight> wanted = published.ToDictionary(weight => weight.Name);
        check.Problem(tensors.Count(tensor => names.TargetOf(tensor.Name) is { } target && wanted.TryGetValue(target, out ExpectedWeight? weight)
            && !weight.Shape.SequenceEqual(tensor.Shape)), "tensors have other shapes");
        return check;
    }

    /// <summary>The first object whose members are all lists of numbers, at the top or one level below.</summary>
    private static List<(string Name, IReadOnlyList<long> Shape)> ReadNames(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            JsonElement map = root.ValueKind != JsonValueKind.Object ? default
                : new[] { root }.Concat(root.EnumerateObject().Select(member => member.Value)).FirstOrDefault(IsMap);
            return map.ValueKind == JsonValueKind.Object
                ? [.. map.EnumerateObject().Select(member => (member.Name, (IReadOnlyList<long>)[.. member.Value.EnumerateArray().Select(size => size.GetInt64())]))]
                : throw new JsonException("there is no object of names with lists of sizes");
        }
        catch (Exception error) when (error is JsonException or IOException or FormatException or InvalidOperationException or UnauthorizedAccessException)
        {
            throw new GraftException(Failure.Model, $"{Printable.Name(path, 400)}: no list of names and shapes: {error.Message}",
                """Expected {"name": [sizes], ...}, or that as a member of an object.""", error);
        }
    }

    private static bool IsMap(JsonElement element) => element.ValueKind == JsonValueKind.Object && element.EnumerateObject().Any()
        && element.EnumerateObject().All(member => member.Value.ValueKind == JsonValueKind.Array
            && member.Value.EnumerateArray().All(size => size.ValueKind == JsonValueKind.Number));
}
