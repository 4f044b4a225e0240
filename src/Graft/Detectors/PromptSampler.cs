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
/// best); the head gives padding the logit -1e7, and the loss leaves it out. The sample depends on the image's seed or on the boxes alone, so that a
/// resumed run, and one on several processes, draws the same. No ground-truth box is dropped: where an image has more classes than prompts are shown, all of them are
/// shown. With templates, some classes of an image are shown by a text for each kind of their boxes instead of one for all.</remarks>
public sealed class PromptSampler
{
    private readonly IReadOnlyList<IReadOnlyList<int>> _classes;
    private readonly int _shown;
    private readonly int[] _negatives;
    private readonly PromptTemplates? _templates;

    /// <summary>Creates a sampler.</summary>
    /// <param name="classes">Rows of the prompt bank that name each class: its synonyms, in label order.</param>
    /// <param name="negatives">Rows of prompts that name nothing in any image.</param>
    /// <param name="shown">Prompts per image; 0: all classes.</param>
    /// <param name="templates">Prompts of single boxes; null: none.</param>
    public PromptSampler(IReadOnlyList<IReadOnlyList<int>> classes, IReadOnlyList<int> negatives, int shown, PromptTemplates? templates = null)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentOutOfRangeException.ThrowIfNegative(shown);
        (_classes, _negatives, _shown, _templates) = (classes, [.. negatives], shown == 0 ? classes.Count : shown, templates);
    }

    /// <summary>Samples for a batch.</summary>
    /// <param name="targets">Ground-truth boxes, labelled by class.</param>
    public SampledPrompts Draw(Targets targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        SplitMix64 one = SplitMix64.For(SeedOf(targets));
        Shown[] shown = [.. Enumerable.Range(0, targets.Images).Select(image => ListOf(
            [.. targets.Boxes.Where(box => box.Image == image)], image < targets.Seeds.Count ? SplitMix64.For(targets.Seeds[image]) : one))];
        List<(int Class, int Row)>[] lists = [.. shown.Select(image => image.Prompts)];
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

        Targets.Row[] boxes = [.. targets.Boxes.Select(box => box with { Label = shown[box.Image].PlaceOf(box) })];
        return new SampledPrompts(count, rows, real, new Targets(targets.Images, boxes));
    }

    private Shown ListOf(Targets.Row[] boxes, SplitMix64 random)
    {
        int[] present = [.. boxes.Select(box => box.Label).Distinct().Order()];
        Dictionary<int, int> templates = [];
        List<int> described = [], swapped = [];
        foreach (int label in _templates is null ? [] : present)
        {
            Describe(label, boxes, templates, described, swapped, random);
        }

        List<(int Class, int Row)> own = [.. present.Where(label => !templates.ContainsKey(label)).Select(label => (label, -1)), .. described.Distinct().Select(row => (-1, row))];
        List<(int Class, int Row)> others = [.. Enumerable.Range(0, _classes.Count).Except(present).Select(label => (label, -1)), .. _negatives.Select(row => (-1, row))];
        Shuffle(others, random);
        List<(int Class, int Row)> list = [.. own, .. swapped.Distinct().Select(row => (-1, row)).Concat(others).Take(Math.Max(_shown - own.Count, 0))];
        Shuffle(list, random);
        return new Shown([.. list.Select(prompt => prompt.Class < 0 ? prompt : (prompt.Class, NameOf(prompt.Class, boxes, random)))], templates, _templates);
    }

    /// <summary>Shows a class by a template, at random: a text for each kind of its boxes, and one that none of the boxes has.</summary>
    private void Describe(int label, Targets.Row[] boxes, Dictionary<int, int> templates, List<int> described, List<int> swapped, SplitMix64 random)
    {
        if (random.Uniform() >= _templates!.Share)
        {
            return;
        }

        int template = random.Integer(0, _templates.Count - 1);
        int[] rows = [.. boxes.Where(box => box.Label == label).Select(box => _templates.RowOf(template, box))];
        if (rows.Contains(-1))
        {
            return;
        }

        templates[label] = template;
        described.AddRange(rows);
        if (FalseTexts(template, label, boxes) is { Count: > 0 } wrong)
        {
            swapped.Add(random.Pick(wrong));
        }
    }

    /// <summary>The row that an absent or undescribed class is shown by: one of its prompts or, where absent, also a template's text.</summary>
    private int NameOf(int label, Targets.Row[] boxes, SplitMix64 random)
    {
        bool absent = _templates is not null && !boxes.Any(box => box.Label == label);
        if (absent && random.Uniform() < _templates!.Share && FalseTexts(random.Integer(0, _templates.Count - 1), label, boxes) is { Count: > 0 } texts)
        {
            return random.Pick(texts);
        }

        return random.Pick(_classes[label]);
    }

    /// <summary>Texts of a class that are true of no box of the image.</summary>
    private List<int> FalseTexts(int template, int label, Targets.Row[] boxes)
    {
        HashSet<int> right = [.. boxes.SelectMany(box => Enumerable.Range(0, _templates!.Count).Select(one => _templates.RowOf(one, box)))];
        return [.. _templates!.RowsOf(template, label).Where(row => !right.Contains(row))];
    }

    /// <summary>The prompts of an image, and by which each box is named.</summary>
    private sealed record Shown(List<(int Class, int Row)> Prompts, Dictionary<int, int> Chosen, PromptTemplates? Templates)
    {
        public int PlaceOf(Targets.Row box)
        {
            if (!Chosen.TryGetValue(box.Label, out int template))
            {
                return Prompts.FindIndex(prompt => prompt.Class == box.Label);
            }

            int row = Templates!.RowOf(template, box);
            return Prompts.FindIndex(prompt => prompt.Class < 0 && prompt.Row == row);
        }
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
