using Graft.Data;

namespace Graft.Checks;

/// <summary>Notes images that are given twice, and those of the validation split that are in the training split too.</summary>
internal static class CopyChecks
{
    /// <summary>Notes copies.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="groups">Which of its images are the same.</param>
    internal static void Run(OpenedData data, CopyGroups groups)
    {
        Dictionary<(int Group, CheckedSplit Split), int> exact = [], near = [];
        HashSet<int> shared = [];
        for (int i = 0; i < data.AllImages.Count; i++)
        {
            CheckedSplit split = data.AllImages[i].Split;
            bool isCopy = Note(data, exact, groups.Exact[i], i, DataProblemKind.DuplicateImage);
            if (!isCopy)
            {
                Note(data, near, groups.Near[i], i, DataProblemKind.NearDuplicateImage);
            }

            if (split == data.Splits[0])
            {
                continue;
            }

            if (exact.TryGetValue((groups.Exact[i], data.Splits[0]), out int original))
            {
                Add(data, DataProblemKind.SharedImage, i, original);
                shared.Add(i);
            }
            else if (near.TryGetValue((groups.Near[i], data.Splits[0]), out int similar))
            {
                Add(data, DataProblemKind.NearSharedImage, i, similar);
                shared.Add(i);
            }
        }

        Names(data, shared);
    }

    /// <summary>Remembers the first image of a group in a split; any further one is noted.</summary>
    private static bool Note(OpenedData data, Dictionary<(int Group, CheckedSplit Split), int> first, int group, int image, DataProblemKind kind)
    {
        if (first.TryAdd((group, data.AllImages[image].Split), image))
        {
            return false;
        }

        Add(data, kind, image, first[(group, data.AllImages[image].Split)]);
        return true;
    }

    private static void Names(OpenedData data, HashSet<int> shared)
    {
        if (!data.HasBothSplits)
        {
            return;
        }

        Dictionary<string, int> train = [];
        List<(int Image, int Other)> same = [];
        for (int i = 0; i < data.AllImages.Count; i++)
        {
            if (PartName.Of(data.AllImages[i].Image.Path) is not { } name)
            {
                continue;
            }

            if (data.AllImages[i].Split == data.Splits[0])
            {
                train.TryAdd(name, i);
            }
            else if (train.TryGetValue(name, out int other) && !shared.Contains(i))
            {
                same.Add((i, other));
            }
        }

        // Where most names are in both splits, each split is numbered from the start.
        if (same.Count * 2 <= data.Splits[1].Images.Count)
        {
            same.ForEach(pair => Add(data, DataProblemKind.SharedName, pair.Image, pair.Other));
        }
    }

    private static void Add(OpenedData data, DataProblemKind kind, int image, int other)
        => data.Problems.Add(kind, $"{data.Place(data.AllImages[image].Image)} and {data.Place(data.AllImages[other].Image)}");
}
