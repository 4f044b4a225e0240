using Graft.Text;

namespace Graft.Data;

/// <summary>Which classes of an annotation file are used, under which labels, names and prompts.</summary>
internal sealed class ClassSelection
{
    private const int MaxNamed = 10;

    private readonly IReadOnlyList<string> _all;
    private readonly int[] _labels;

    private ClassSelection(string source, IReadOnlyList<string> all, IReadOnlyList<string> selected, PromptSet prompts)
    {
        Names = selected;
        Prompts = prompts;
        Source = source;
        _all = all;
        _labels = [.. all.Select(name => selected.ToList().IndexOf(name))];
    }

    /// <summary>The annotation file.</summary>
    public string Source { get; }

    /// <summary>Number of classes in the file.</summary>
    public int Count => _labels.Length;

    /// <summary>Selected names in label order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Their prompts.</summary>
    public PromptSet Prompts { get; }

    /// <summary>The label of the n-th class of the file; −1 when it is not used.</summary>
    public int LabelOf(int index) => _labels[index];

    /// <summary>The name of the n-th class of the file.</summary>
    public string NameOf(int index) => _all[index];

    /// <summary>Notes selected classes that the file does not have, and classes whose names differ by case or punctuation only.</summary>
    public void NoteMissing(DataProblems problems)
    {
        foreach (string name in Names.Except(_all))
        {
            problems.Add(DataProblemKind.MissingClass, $"'{name}'");
        }

        foreach (IGrouping<string, string> alike in Names.GroupBy(ClassPrompts.Letters).Where(group => group.Key.Length > 0 && group.Count() > 1))
        {
            problems.Add(DataProblemKind.AlikeClasses, string.Join(" and ", alike.Select(name => $"'{name}'")));
        }
    }

    /// <summary>Selects by names.</summary>
    /// <param name="source">The annotation file, for messages.</param>
    /// <param name="all">The file's class names in file order; empty when it names none.</param>
    /// <param name="options">Renamed and selected classes.</param>
    /// <param name="promptFile">Prompts, or null for the class names.</param>
    /// <param name="detectorClasses">Classes of a detector in label order, which the file may lack; null: select from the file.</param>
    public static ClassSelection Of(
        string source, IReadOnlyList<string> all, DataOptions options, string? promptFile, IReadOnlyList<string>? detectorClasses)
    {
        bool picks = all.Count > 0 && options.Names.All(all.Contains);
        IReadOnlyList<string> names = options.Names.Count == 0 || picks ? all : options.Names;
        if (names.Count == 0)
        {
            throw new GraftException(Failure.Data, $"{source}: has no classes.", "Give them as data.names=[scratch, dent].");
        }

        if (all.Count > 0 && names.Count != all.Count)
        {
            string unknown = options.Names.First(name => !all.Contains(name));
            throw new GraftException(
                Failure.Data,
                $"data.names: '{unknown}' is not a class of {source}; it has {string.Join(", ", all)}.",
                Nearest.Suggestion(unknown, all) ?? "Name classes of the file, or rename all of them in file order.");
        }

        IReadOnlyList<string> selected = detectorClasses
            ?? (options.Classes.Count > 0 ? options.Classes : picks && options.Names.Count > 0 ? options.Names : names);
        if (detectorClasses is null && selected.FirstOrDefault(name => !names.Contains(name)) is { } missing)
        {
            throw new GraftException(
                Failure.Data,
                $"data.classes: '{missing}' is not a class of {source}; it has {string.Join(", ", names)}.",
                Nearest.Suggestion(missing, names));
        }

        if (detectorClasses is not null && !detectorClasses.Any(names.Contains))
        {
            throw NothingInCommon(source, names, detectorClasses);
        }

        if (selected.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new GraftException(Failure.Data, $"{source}: the class '{twice.Key}' is named twice.", "Name every class once.");
        }

        PromptSet prompts = promptFile is null
            ? new PromptSet([.. selected.Select(name => (IReadOnlyList<string>)[name])], source, new PromptRules { AllowDuplicates = true })
            : ClassPrompts.Load(promptFile, names, selected);
        return new ClassSelection(source, names, selected, prompts);
    }

    private static GraftException NothingInCommon(string source, IReadOnlyList<string> names, IReadOnlyList<string> detectorClasses)
    {
        bool byCase = names.Any(name => detectorClasses.Any(other => ClassPrompts.Letters(other) == ClassPrompts.Letters(name)));
        bool renames = byCase && names.Count == detectorClasses.Count;
        return new GraftException(
            Failure.Data,
            $"{source}: the data has {Listed(names)}; the model has {Listed(detectorClasses)}: none in common.",
            (byCase ? "Some names differ by case, spaces or punctuation only. " : "")
            + (renames ? $"Rename the classes of the data, in their order: data.names=\"[{string.Join(", ", detectorClasses)}]\"." : "Correct the class names of the data, or use a model that was trained on them."));
    }

    private static string Listed(IReadOnlyList<string> names)
        => string.Join(", ", names.Take(MaxNamed)) + (names.Count > MaxNamed ? $", … ({names.Count})" : "");
}
