namespace Graft.Text;

/// <summary>The classes to look for, each with one prompt or several synonyms, in the order of their labels.</summary>
public sealed class PromptSet
{
    /// <summary>Checks and stores the prompts.</summary>
    /// <param name="classes">One list per class, synonyms in order.</param>
    /// <param name="source">Where they come from, for messages.</param>
    /// <param name="rules">What is allowed; by default neither blanks nor duplicates.</param>
    public PromptSet(IReadOnlyList<IReadOnlyList<string>> classes, string source = "the prompt list", PromptRules? rules = null)
    {
        ArgumentNullException.ThrowIfNull(classes);
        Source = source;
        Notes = [];
        Classes = Check(classes, rules ?? new PromptRules());
    }

    /// <summary>Where the prompts come from, for messages.</summary>
    public string Source { get; }

    /// <summary>The prompts of every class, the first one being its name.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Classes { get; }

    /// <summary>The first prompt of every class.</summary>
    public IReadOnlyList<string> Names => [.. Classes.Select(c => c[0])];

    /// <summary>Notes from reading: repeated synonyms that are dropped, synonyms that two classes share.</summary>
    public List<string> Notes { get; }

    /// <summary>Reads a prompt file when there is one of that name, else takes the text as a comma-separated list.</summary>
    public static PromptSet Open(string fileOrList, PromptRules? rules = null)
    {
        ArgumentNullException.ThrowIfNull(fileOrList);
        if (File.Exists(fileOrList))
        {
            return Load(fileOrList, rules);
        }

        if (fileOrList.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || fileOrList.EndsWith(".txt", StringComparison.OrdinalIgnoreCase))
        {
            throw new GraftException(Failure.Data, $"{fileOrList}: no such prompt file.", "Check the path, or write the prompts as \"a, b, c\".");
        }

        return Parse(fileOrList, rules);
    }

    /// <summary>Takes a comma-separated list: one class per entry, no synonyms.</summary>
    public static PromptSet Parse(string list, PromptRules? rules = null)
    {
        ArgumentNullException.ThrowIfNull(list);
        return new PromptSet([.. list.Split(',').Select(entry => (IReadOnlyList<string>)[entry.Trim()])], "the prompt list", rules);
    }

    /// <summary>Reads a UTF-8 prompt file: JSON (a list of lists of synonyms, or a list of texts), or plain text with one class per line.</summary>
    public static PromptSet Load(string path, PromptRules? rules = null) => new(PromptFile.Read(path), path, rules);

    private List<IReadOnlyList<string>> Check(IReadOnlyList<IReadOnlyList<string>> classes, PromptRules rules)
    {
        if (classes.Count == 0)
        {
            throw new GraftException(Failure.Data, $"{Source}: no prompts.", "Name at least one class to look for.");
        }

        Dictionary<string, int> owners = new(StringComparer.Ordinal);
        Dictionary<string, int> firsts = new(StringComparer.Ordinal);
        List<IReadOnlyList<string>> result = new(classes.Count);
        for (int label = 0; label < classes.Count; label++)
        {
            if (classes[label].Count == 0)
            {
                throw new GraftException(Failure.Data, $"{Source}: class {label} has no prompt.", "Every class needs at least one.");
            }

            if (classes[label].Any(string.IsNullOrWhiteSpace) && !rules.AllowBlank)
            {
                throw new GraftException(Failure.Data, $"{Source}: class {label} has an empty prompt.",
                    "Remove it, or allow blanks if it is meant as a background class.");
            }

            string first = ClipTokenizer.Canonical(classes[label][0]);
            if (!firsts.TryAdd(first, label) && !rules.AllowDuplicates)
            {
                throw new GraftException(Failure.Data,
                    $"{Source}: classes {firsts[first]} and {label} have the same prompt \"{classes[label][0]}\" (case and spacing do not count).",
                    "Two classes with one prompt score alike everywhere; make them differ or merge them.");
            }

            result.Add([.. classes[label].Where(prompt => IsNew(prompt, label, owners))]);
        }

        return result;
    }

    private bool IsNew(string prompt, int label, Dictionary<string, int> owners)
    {
        string canonical = ClipTokenizer.Canonical(prompt);
        if (owners.TryAdd(canonical, label))
        {
            return true;
        }

        bool repeated = owners[canonical] == label;
        Notes.Add(repeated
            ? $"class {label} lists \"{prompt}\" twice; it is used once"
            : $"classes {owners[canonical]} and {label} share the prompt \"{prompt}\"");
        owners[canonical] = label;
        return !repeated;
    }
}
