using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>An image with its objects during augmentation; owns the image.</summary>
internal sealed class Sample(Image image, IReadOnlyList<LabelledBox> objects) : IDisposable
{
    /// <summary>Pixels, BGR.</summary>
    public Image Image { get; private set; } = image;

    /// <summary>Objects, in pixels of the image.</summary>
    public IReadOnlyList<LabelledBox> Objects { get; private set; } = objects;

    /// <summary>Replaces the pixels and frees the old ones.</summary>
    public void Replace(Image image)
    {
        Image.Dispose();
        Image = image;
    }

    /// <summary>Replaces pixels and objects.</summary>
    public void Replace(Image image, IReadOnlyList<LabelledBox> objects)
    {
        Replace(image);
        Objects = objects;
    }

    public void Dispose() => Image.Dispose();
}
