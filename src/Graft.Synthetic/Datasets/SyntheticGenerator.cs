namespace Graft.Synthetic;

/// <summary>Draws surfaces with labelled defects; an image depends on its seed alone, not on order or thread.</summary>
public sealed class SyntheticGenerator
{
    private const int Tries = 14;
    private const double LargestOverlap = 0.05;
    private const int ShortestSide = 5;
    private const double ShareWithParts = 0.14;
    private const double Brightest = 1.3;
    private readonly Material[] _materials;
    private readonly Defect[] _defects;
    private readonly double _cleanShare;

    /// <summary>Creates a generator of some classes on some materials.</summary>
    /// <exception cref="GraftException">A name is not one of <see cref="SyntheticVocabulary"/>, or a list is empty.</exception>
    public SyntheticGenerator(SyntheticOptions options)
    {
        _materials = Choose("material", Material.All, material => material.Name, options.Materials);
        _defects = Choose("defect class", Defect.All, defect => defect.Class.Name, options.Classes);
        _cleanShare = options.CleanShare is >= 0 and <= 1
            ? options.CleanShare
            : throw new GraftException(Failure.Usage, $"The share of clean surfaces is {options.CleanShare}; 0 to 1 was expected.");
    }

    /// <summary>The classes that are drawn, by category id.</summary>
    public IReadOnlyList<SyntheticClass> Classes => [.. _defects.Select(defect => defect.Class)];

    /// <summary>Draws one image of a series; series with different offsets share no image.</summary>
    /// <param name="offset">Start of the series, see <see cref="SyntheticSplit"/>.</param>
    /// <param name="index">Which image of the series, from 0.</param>
    public SyntheticImage Draw(ulong offset, int index) => Draw(SplitMix64.Mix(offset + (ulong)index));

    /// <summary>Draws the image of one seed.</summary>
    public SyntheticImage Draw(ulong seed) => DrawUpTo(seed, int.MaxValue);

    /// <summary>Draws the image of one seed and stops after some defects.</summary>
    internal SyntheticImage DrawUpTo(ulong seed, int mostObjects)
    {
        SplitMix64 random = new(SplitMix64.Mix(seed));
        Material material = random.Pick(_materials);
        Surface surface = material.Paint(random.Fork(1));
        surface.Clamp(0.01, 1.2);
        Light light = Light.From(random.Uniform(0, 2 * Math.PI));
        SplitMix64 defects = random.Fork(2);
        List<Defect> wanted = _cleanShare >= 1 ? [] : ChooseDefects(defects, material);
        List<SyntheticObject> objects = [];
        MissingPart? missing = wanted.OfType<MissingPart>().FirstOrDefault();
        if (defects.Uniform() < ShareWithParts || missing is not null)
        {
            Draft? seat = PartArray.Mount(surface, material.Part, random.Fork(3), light, missing is not null);
            if (seat?.Box is Region box)
            {
                objects.Add(Describe(missing!.Class, box, seat));
            }
        }

        foreach (PaintedDefect defect in wanted.OfType<PaintedDefect>())
        {
            if (objects.Count < mostObjects && Place(defect, surface, defects.Fork(objects.Count + 11), light, objects) is Draft draft)
            {
                draft.ApplyTo(surface);
                surface.Clamp(0, Brightest);
                objects.Add(Describe(defect.Class, draft.Box!.Value, draft));
            }
        }

        byte[] pixels = Camera.Expose(surface, random.Fork(4));
        return new SyntheticImage { Rgb = pixels, Material = material.Name, Objects = objects, Seed = seed };
    }

    private static SyntheticObject Describe(SyntheticClass what, Region box, Draft draft)
        => new(what, box.ToBox(), draft.Tone, draft.Shape);

    /// <summary>Tries positions until one is visible, large enough and clear of the others; null after too many tries.</summary>
    private static Draft? Place(PaintedDefect defect, Surface surface, SplitMix64 random, Light light, List<SyntheticObject> others)
    {
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            Draft draft = defect.Draw(surface, random.Fork(attempt), light, strength: 1);
            if (draft.Box is not Region box
                || Math.Min(box.Width, box.Height) < ShortestSide
                || others.Any(other => other.Box.IntersectionOverUnion(box.ToBox()) > LargestOverlap))
            {
                continue;
            }

            if (draft.Contrast >= 0.035)
            {
                return draft;
            }

            Draft stronger = defect.Draw(surface, random.Fork(attempt), light, strength: 1.7);
            if (stronger.Contrast >= 0.025)
            {
                return stronger;
            }
        }

        return null;
    }

    private static T[] Choose<T>(string kind, IReadOnlyList<T> known, Func<T, string> nameOf, IReadOnlyList<string> names)
    {
        string list = string.Join(", ", known.Select(nameOf));
        if (names.FirstOrDefault(name => !known.Any(item => nameOf(item) == name)) is string unknown)
        {
            throw new GraftException(Failure.Usage, $"The generator has no {kind} named '{unknown}'.", $"It draws: {list}.");
        }

        return names.Count > 0
            ? [.. known.Where(item => names.Contains(nameOf(item)))]
            : throw new GraftException(Failure.Usage, $"The generator was given no {kind}.", $"Choose among: {list}.");
    }

    private List<Defect> ChooseDefects(SplitMix64 random, Material material)
    {
        double u = random.Uniform();
        if (u < _cleanShare)
        {
            return [];
        }

        // Another share leaves the counts of the defects in proportion; the usual one leaves the number as it is, so that images keep their bytes.
        const double Usual = SyntheticOptions.UsualCleanShare;
        u = _cleanShare.Equals(Usual) ? u : Usual + ((u - _cleanShare) / (1 - _cleanShare) * (1 - Usual));
        int count = u < 0.45 ? 1 : u < 0.72 ? 2 : u < 0.90 ? 3 : 4;
        List<Defect> wanted = [];
        for (int i = 0; i < count; i++)
        {
            Defect chosen = random.Pick(_defects);
            for (int attempt = 1; !IsWelcome(chosen) && attempt < 9; attempt++)
            {
                chosen = random.Pick(_defects);
            }

            wanted.Add(chosen);
        }

        return wanted;

        bool IsWelcome(Defect defect) => random.Uniform() < defect.Suits(material) && !(defect is MissingPart && wanted.Contains(defect));
    }
}
