namespace Graft.Synthetic;

/// <summary>Prompt files of the four tests of open-vocabulary detection, and of all classes at once.</summary>
public static class SyntheticQueries
{
    /// <summary>Every base class has at least so many held-out synonyms.</summary>
    private const int SynonymSets = 3;

    /// <summary>
    /// The files for some classes: <c>base.json</c> (names of the base classes), <c>lexical.json</c> (all their held-out synonyms) and
    /// <c>lexical_1.json</c> to <c>lexical_3.json</c> (one synonym each), <c>novel_names.json</c>, <c>novel_descriptions.json</c>, and
    /// <c>mixed.json</c> (names of base and novel classes). A file without classes is left out.
    /// </summary>
    /// <param name="classes">The classes by id.</param>
    /// <returns>File names, and a list of prompts for each class in the order of the ids.</returns>
    public static IReadOnlyList<(string Name, IReadOnlyList<IReadOnlyList<string>> Prompts)> Of(IReadOnlyList<SyntheticClass> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        SyntheticClass[] known = [.. classes.Where(c => !c.IsNovel)], novel = [.. classes.Where(c => c.IsNovel)];
        List<(string Name, IReadOnlyList<IReadOnlyList<string>> Prompts)> files =
        [
            ("base.json", [.. known.Select(Name)]),
            ("lexical.json", [.. known.Select(c => c.HeldOutSynonyms)]),
            ("novel_names.json", [.. novel.Select(c => c.Prompts)]),
            ("novel_descriptions.json", [.. novel.Select(c => c.Descriptions)]),
            ("mixed.json", known.Length > 0 && novel.Length > 0 ? [.. classes.Select(Name)] : []),
        ];
        for (int i = 0; i < SynonymSets; i++)
        {
            files.Add(($"lexical_{i + 1}.json", [.. known.Select(c => (IReadOnlyList<string>)[c.HeldOutSynonyms[i]])]));
        }

        return [.. files.Where(file => file.Prompts.Count > 0)];
    }

    private static IReadOnlyList<string> Name(SyntheticClass c) => [c.Prompts[0]];
}
