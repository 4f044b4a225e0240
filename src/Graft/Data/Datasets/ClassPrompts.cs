using Graft.Text;

namespace Graft.Data;

/// <summary>Prompt files of annotated classes: one entry per class, in the order of the classes.</summary>
public static class ClassPrompts
{
    /// <summary>
    /// Reads the prompts of the selected classes, in label order. The file has one entry for each class of the annotation file, in file
    /// order, or one for each selected class.
    /// </summary>
    /// <exception cref="GraftException">
    /// Of kind Data: another number of entries, or entries in another order than the classes, detected when the name of a class
    /// appears in the entry of another.
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

    /// <summary>Refuses prompts in the entry of another class.</summary>
    /// <param name="path">Where they come from.</param>
    /// <param name="prompts">Prompts of each class.</param>
    /// <param name="names">Class names in label order, as many.</param>
    /// <exception cref="GraftException">Of kind Data: the name of a class is found in the entry of another.</exception>
    public static void RequireOrder(string path, IReadOnlyList<IReadOnlyList<string>> prompts, IReadOnlyList<string> names)
    {
        List<string> misplaced = [];
        bool reordered = true;
        for (int k = 0; k < names.Count; k++)
        {
            string name = Letters(names[k]);
            for (int other = 0; other < prompts.Count; other++)
            {
                if (other != k && Letters(names[other]) != name && prompts[other].Any(prompt => Letters(prompt) == name))
                {
                    misplaced.Add($"'{names[k]}' is class {k} but is in entry {other}");
                    reordered &= !prompts[k].Any(prompt => Letters(prompt) == name);
                }
            }
        }

        if (misplaced.Count > 0)
        {
            throw new GraftException(
                Failure.Data,
                $"{path}: the prompts are {(reordered ? "in another order than the classes" : "mixed up")}: {string.Join("; ", misplaced)}.",
                reordered
                    ? $"Order the entries as the annotation file orders its classes: {string.Join(", ", names)}."
                    : "The name of a class cannot be a prompt of another; remove it from that entry.");
        }
    }

    // "Mouse bite", "mouse_bite" and "mousebite" are one name.
    internal static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
