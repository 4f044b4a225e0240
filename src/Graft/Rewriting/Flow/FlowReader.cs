using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>A convolution that reads the followed feature map, alone or concatenated with other channels.</summary>
/// <param name="Path">Dotted path.</param>
/// <param name="Conv">The convolution.</param>
/// <param name="Segments">Where the map's channels are in its input.</param>
internal sealed record FlowReader(string Path, Conv2d Conv, IReadOnlyList<Segment> Segments)
{
    /// <summary>The segments as complete copies of the map, each in the order of its channels; null when a copy is incomplete.</summary>
    internal IReadOnlyList<Segment[]>? Copies(long channels)
    {
        List<Segment[]> copies = [];
        List<Segment> rest = [.. Segments];
        while (rest.Count > 0)
        {
            List<Segment> copy = [];
            for (long next = 0; next < channels;)
            {
                int found = rest.FindIndex(segment => segment.From == next);
                if (found < 0)
                {
                    return null;
                }

                next += rest[found].Length;
                copy.Add(rest[found]);
                rest.RemoveAt(found);
            }

            copies.Add([.. copy]);
        }

        return copies;
    }
}
