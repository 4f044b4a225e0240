using System.Collections.Concurrent;
using Graft.Detectors;
using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>Reuses the memory of batches.</summary>
internal sealed class BatchBuffers(int bytes)
{
    private readonly ConcurrentBag<byte[]> _free = [];

    public byte[] Take() => _free.TryTake(out byte[]? buffer) ? buffer : GC.AllocateUninitializedArray<byte>(bytes);

    public void Return(Batch batch) => _free.Add(batch.Buffer);

    /// <summary>Yields batches and reclaims the memory of each when the next one is requested.</summary>
    public IEnumerable<Batch> Recycle(IEnumerable<Batch> batches)
    {
        foreach (Batch batch in batches)
        {
            try
            {
                yield return batch;
            }
            finally
            {
                Return(batch);
            }
        }
    }

    /// <summary>Copies a BGR image as RGB planes to its place in a batch.</summary>
    public static void Write(byte[] buffer, int place, Image image)
    {
        int length = 3 * image.Width * image.Height;
        image.CopyPlanes(buffer.AsSpan(place * length, length), swap: true);
    }

    /// <summary>Rows of the objects of one image.</summary>
    public static IEnumerable<Targets.Row> Rows(int place, IEnumerable<LabelledBox> objects) => objects.Select(labelled => new Targets.Row(
        place, labelled.Label, (float)labelled.Box.X1, (float)labelled.Box.Y1, (float)labelled.Box.X2, (float)labelled.Box.Y2)
    { Attributes = labelled.Attributes });
}
