using System.Text.Json;
using Graft.Checks;
using Graft.Data;
using Graft.Detectors;
using Graft.Synthetic;
using Graft.Torch.Images;

namespace Graft.Tests.Checks;

/// <summary>A small COCO data set of drawn images, into which tests plant faults before it is written.</summary>
internal sealed class CheckedFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SyntheticGenerator _generator = new(new SyntheticOptions { Classes = ["hole", "stain"] });
    private readonly Dictionary<string, List<object>> _images = new() { ["train"] = [], ["val"] = [] };
    private readonly Dictionary<string, List<object>> _annotations = new() { ["train"] = [], ["val"] = [] };
    private int _drawn;

    /// <summary>Names of the classes; the id of each is its place, from 1.</summary>
    internal List<string> Classes { get; } = ["hole", "stain"];

    internal string Root => _folder.At("data");

    internal string At(string name) => _folder.At(name);

    /// <summary>Draws an image that differs from all others, with a box for each defect.</summary>
    internal (Image Image, IReadOnlyList<(string Class, Box Box)> Boxes) Draw()
    {
        SyntheticImage drawn;
        do
        {
            drawn = _generator.Draw(4_000, _drawn++);
        }
        while (drawn.Objects.Count == 0);

        return (drawn.ToImage(), [.. drawn.Objects.Select(item => (item.Class.Name, item.Box))]);
    }

    /// <summary>Adds drawn images with their boxes.</summary>
    internal CheckedFolder AddDrawn(string split, int count)
    {
        for (int i = 0; i < count; i++)
        {
            (Image image, IReadOnlyList<(string Class, Box Box)> boxes) = Draw();
            using (image)
            {
                Add(split, $"{split}-{_drawn:000}.png", image.Encode(".png"), boxes);
            }
        }

        return this;
    }

    /// <summary>Writes an image file, and lists it with its boxes.</summary>
    internal void Add(string split, string name, byte[] file, IEnumerable<(string Class, Box Box)> boxes)
    {
        string path = Path.Combine(Root, "images", split, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, file);
        List(split, name, SyntheticImage.Size, SyntheticImage.Size);
        foreach ((string className, Box box) in boxes)
        {
            Label(split, className, box);
        }
    }

    /// <summary>Lists an image without writing it.</summary>
    internal void List(string split, string name, int width, int height)
        => _images[split].Add(new { id = _images[split].Count + 1, file_name = name, width, height });

    /// <summary>Adds a box to the last image.</summary>
    internal void Label(string split, string className, Box box) => Annotate(split, new
    {
        id = _annotations[split].Count + 1,
        image_id = _images[split].Count,
        category_id = Classes.IndexOf(className) + 1,
        bbox = new[] { box.X1, box.Y1, box.Width, box.Height },
    });

    /// <summary>Adds an annotation as it is.</summary>
    internal void Annotate(string split, object annotation) => _annotations[split].Add(annotation);

    internal int NextId(string split) => _annotations[split].Count + 1;

    internal int LastImage(string split) => _images[split].Count;

    /// <summary>Writes the annotations of the splits that have images.</summary>
    internal CheckedFolder Write()
    {
        foreach (string split in _images.Keys.Where(split => _images[split].Count > 0))
        {
            _folder.Write($"data/annotations/{split}.json", JsonSerializer.Serialize(new
            {
                images = _images[split],
                annotations = _annotations[split],
                categories = Classes.Select((name, i) => new { id = i + 1, name }),
            }));
        }

        return this;
    }

    internal CheckReport Check(Func<CheckRequest, CheckRequest>? with = null) => CheckOf(Root, with);

    internal static CheckReport CheckOf(string root, Func<CheckRequest, CheckRequest>? with = null)
    {
        CheckRequest request = new(new DataOptions { Root = root }) { Threads = 2 };
        return DataCheck.Run(with?.Invoke(request) ?? request);
    }

    /// <summary>Kinds with their counts, remarks left out.</summary>
    internal static string[] Kinds(CheckReport report)
        => [.. report.Problems.Where(problem => problem.Severity != CheckSeverity.Remark).Select(problem => $"{problem.Kind} {problem.Problem.Count}").Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();
}
