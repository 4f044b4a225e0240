using Graft.Text;

namespace Graft.Data;

/// <summary>Which classes of an annotation file are used, under which labels, names and prompts.</summary>
internal sealed class ClassSelection
{
    private readonly int[] _labels;

    private ClassSelection(string source, IReadOnlyList<string> all, IReadOnlyList<string> selected, PromptSet prompts)
    {
        Names = selected;
        Prompts = prompts;
        Source = source;
        _labels = [.. all.Select(name => selected.ToList().IndexOf(name))];
    }

    /// <summary>The annotation file.</summary>
    public string Source { get; }

    /// <summary>Selected names in label order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Their prompts.</summary>
    public PromptSet Prompts { get; }

    /// <summary>The label of the n-th class of the file; −1 when it is not used.</summary>
    public int LabelOf(int index) => _labels[index];

    /// <summary>Selects by names.</summary>
    /// <param name="source">The annotation file, for messages.</param>
    /// <param name="all">The file's class names in file order.</param>
    /// <param name="options">Renamed and selected classes.</param>
    /// <param name="promptFile">Prompts, or null for the class names.</param>
    /// <param name="learnt">Classes of a detector in label order, which the file may lack; null: select from the file.</param>
    public static ClassSelection Of(
        string source, IReadOnlyList<string> all, DataOptions options, string? promptFile, IReadOnlyList<string>? learnt)
    {
        if (options.Names.Count > 0 && options.Names.Count != all.Count)
        {
            throw new GraftException(
                Failure.Data, $"data.names has {options.Names.Count} names, but {source} has {all.Count} classes.", "Give one name per class, in file order.");
        }

        IReadOnlyList<string> names = options.Names.Count > 0 ? options.Names : all;
        if (names.Count == 0)
        {
            throw new GraftException(Failure.Data, $"{source}: has no classes.", "Give them as data.names=[scratch, dent].");
        }

        IReadOnlyList<string> selected = learnt ?? (options.Classes.Count > 0 ? options.Classes : names);
        foreach (string name in selected.Where(name => learnt is null && !names.Contains(name)))
        {
            throw new GraftException(
                Failure.Data,
                $"data.classes: '{name}' is not a class of {source}; it has {string.Join(", ", names)}.",
                Nearest.Suggestion(name, names));
        }

        if (selected.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new GraftException(Failure.Data, $"The class '{twice.Key}' is named twice in {(learnt is null ? "data.classes" : source)}.");
        }

        PromptSet prompts = promptFile is null
            ? new PromptSet([.. selected.Select(name => (IReadOnlyList<string>)[name])], source, new PromptRules { AllowDuplicates = true })
            : ClassPrompts.Load(promptFile, names, selected);
        return new ClassSelection(source, names, selected, prompts);
    }
}
