namespace Graft.Detectors;

/// <summary>The prompts sampled for each image of a step.</summary>
/// <param name="Count">M, prompts per image.</param>
/// <param name="Rows">B×M rows of the prompt bank.</param>
/// <param name="Real">B×M; false is padding.</param>
/// <param name="Targets">The ground-truth boxes, labelled with the position of their prompt in the image's list.</param>
public sealed record SampledPrompts(int Count, long[] Rows, bool[] Real, Targets Targets);

/// <summary>Samples, for each image, the prompts of its objects and negatives: prompts of other classes, and prompts that name nothing
/// in any image.</summary>
/// <remarks>A list that is too short is padded by repeating its first prompt, which cannot change a gate (the best of the prompts stays the
/// best); the head gives padding the logit -1e7, and the loss leaves it out. The sample depends on the boxes alone, so that a resumed
/// run draws the same. No ground-truth box is dropped: where an image has more classes than prompts are shown, all of them are
/// shown.</remarks>
public sealed class PromptSampler
{
    private readonly IReadOnlyList<IReadOnlyList<int>> _classes;
    private readonly int _shown;
    private readonly int[] _negatives;

    /// <summary>Creates a sampler.</summary>
    /// <param name="classes">Rows of the prompt bank that name each class: its synonyms, in label order.</param>
    /// <param name="negatives">Rows of prompts that name nothing in any image.</param>
    /// <param name="shown">Prompts per image; 0: all classes.</param>
    public PromptSampler(IReadOnlyList<IReadOnlyList<int>> classes, IReadOnlyList<int> negatives, int shown)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentOutOfRangeException.ThrowIfNegative(shown);
        (_classes, _negatives, _shown) = (classes, [.. negatives], shown == 0 ? classes.Count : shown);
    }

    /// <summary>Samples for a batch.</summary>
    /// <param name="targets">Ground-truth boxes, labelled by class.</param>
    public SampledPrompts Draw(Targets targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        SplitMix64 random = SplitMix64.For(SeedOf(targets));
        List<(int Class, int Row)>[] lists = [.. Enumerable.Range(0, targets.Images).Select(image => ListOf(targets, image, random))];
        int count = lists.Max(list => list.Count);
        long[] rows = new long[lists.Length * count];
        bool[] real = new bool[rows.Length];
        for (int image = 0; image < lists.Length; image++)
        {
            for (int prompt = 0; prompt < count; prompt++)
            {
                bool there = prompt < lists[image].Count;
                real[(image * count) + prompt] = there;
                rows[(image * count) + prompt] = lists[image][there ? prompt : 0].Row;
            }
        }

        Targets.Row[] boxes = [.. targets.Boxes.Select(box => box with { Label = lists[box.Image].FindIndex(prompt => prompt.Class == box.Label) })];
        return new SampledPrompts(count, rows, real, new Targets(targets.Images, boxes));
    }

    private List<(int Class, int Row)> ListOf(Targets targets, int image, SplitMix64 random)
    {
        int[] present = [.. targets.Boxes.Where(box => box.Image == image).Select(box => box.Label).Distinct().Order()];
        List<int> absent = [.. Enumerable.Range(0, _classes.Count).Except(present)];
        List<(int Class, int Row)> others = [.. absent.Select(label => (label, -1)), .. _negatives.Select(row => (-1, row))];
        Shuffle(others, random);
        List<(int Class, int Row)> list = [.. present.Select(label => (label, -1)), .. others.Take(Math.Max(_shown - present.Length, 0))];
        Shuffle(list, random);
        return [.. list.Select(prompt => prompt.Class < 0 ? prompt : (prompt.Class, random.Pick(_classes[prompt.Class])))];
    }

    private static void Shuffle<T>(List<T> items, SplitMix64 random)
    {
        for (int i = items.Count - 1; i > 0; i--)
        {
            int other = random.Integer(0, i);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    private static long SeedOf(Targets targets)
    {
        ulong seed = (ulong)targets.Images;
        foreach (Targets.Row box in targets.Boxes)
        {
            seed = SplitMix64.Mix(seed + SplitMix64.Golden + (ulong)((box.Image * 1009) + box.Label));
            seed = SplitMix64.Mix(seed + BitConverter.SingleToUInt32Bits(box.X1)) + BitConverter.SingleToUInt32Bits(box.Y2);
        }

        return (long)seed;
    }
}
