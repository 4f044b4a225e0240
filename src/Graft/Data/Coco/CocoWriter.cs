using System.Text.Json;
using Graft.Files;

namespace Graft.Data;

/// <summary>Writes COCO detection JSON.</summary>
internal static class CocoWriter
{
    /// <summary>Writes a file; what is not an ordinary object keeps its flag.</summary>
    /// <param name="file">The contents and the path.</param>
    public static void Write(CocoFile file) => AtomicFile.Write(file.Path, stream =>
    {
        using Utf8JsonWriter json = new(stream);
        json.WriteStartObject();
        List(json, "images", file.Images, image =>
        {
            json.WriteNumber("id", image.Id);
            json.WriteString("file_name", image.FileName);
            json.WriteNumber("width", image.Width);
            json.WriteNumber("height", image.Height);
        });
        List(json, "categories", file.Categories, category =>
        {
            json.WriteNumber("id", category.Id);
            json.WriteString("name", category.Name);
        });
        List(json, "annotations", file.Annotations, annotation => Write(json, annotation));
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, CocoAnnotation annotation)
    {
        json.WriteNumber("id", annotation.Id);
        json.WriteNumber("image_id", annotation.ImageId);
        json.WriteNumber("category_id", annotation.CategoryId);
        json.WriteStartArray("bbox");
        json.WriteNumberValue(annotation.X);
        json.WriteNumberValue(annotation.Y);
        json.WriteNumberValue(annotation.Width);
        json.WriteNumberValue(annotation.Height);
        json.WriteEndArray();
        json.WriteNumber("area", annotation.Area);
        json.WriteNumber("iscrowd", annotation.Crowd ? 1 : 0);
        if (annotation.Ignore)
        {
            json.WriteNumber("ignore", 1);
        }
    }

    private static void List<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
