using Graft.Text;

namespace Graft.Data;

/// <summary>Prompt files that belong to annotated classes: one entry a class, and the right one.</summary>
public static class ClassPrompts
{
    /// <summary>
    /// Reads the prompts of the selected classes, in label order. The file has one entry for each class of the annotation file, in file
    /// order, or one for each selected class.
    /// </summary>
    /// <exception cref="GraftException">
    /// Of kind Data: another number of entries, or entries in another order than the classes, which is noticed when the name of a class
    /// stands in the entry of another.
    /// </exception>
    public static PromptSet Load(string path, IReadOnlyList<string> all, IReadOnlyList<string> selected)
    {
        PromptSet given = PromptSet.Load(path);
        int count = given.Classes.Count;
        IReadOnlyList<string> owners = count == all.Count && selected.All(all.Contains) ? all : selected;
        if (count != owners.Count)
        {
            string expected = all.Count == selected.Count
                ? $"{all.Count}"
                : $"{all.Count} (all classes) or {selected.Count} (those selected)";
            throw new GraftException(
                Failure.Data,
                $"{path}: has prompts for {Counted.Of(count, "class")}, expected {expected}: {string.Join(", ", all)}.",
                "Write one list of prompts per class, in the order of the annotation file.");
        }

        RequireOrder(path, given.Classes, owners);
        return new PromptSet([.. selected.Select(name => given.Classes[owners.ToList().IndexOf(name)])], path);
    }

    /// <summary>Refuses prompts that stand in the entry of another class.</summary>
    /// <param name="path">Where they come from.</param>
    /// <param name="prompts">Prompts of each class.</param>
    /// <param name="names">Class names in label order, as many.</param>
    /// <exception cref="GraftException">Of kind Data: the name of a class is found in the entry of another and not in its own.</exception>
    public static void RequireOrder(string path, IReadOnlyList<IReadOnlyList<string>> prompts, IReadOnlyList<string> names)
    {
        List<string> misplaced = [];
        for (int k = 0; k < names.Count; k++)
        {
            string name = Letters(names[k]);
            if (prompts[k].Any(prompt => Letters(prompt) == name))
            {
                continue;
            }

            int other = prompts.ToList().FindIndex(entry => entry.Any(prompt => Letters(prompt) == name));
            if (other >= 0)
            {
                misplaced.Add($"'{names[k]}' is class {k} but stands in entry {other}");
            }
        }

        if (misplaced.Count > 0)
        {
            throw new GraftException(
                Failure.Data,
                $"{path}: the prompts are in another order than the classes: {string.Join("; ", misplaced)}.",
                $"Order the entries as the annotation file orders its classes: {string.Join(", ", names)}.");
        }
    }

    // "Mouse bite", "mouse_bite" and "mousebite" are one name.
    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
