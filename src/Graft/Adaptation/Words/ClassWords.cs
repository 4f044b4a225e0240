using System.Globalization;
using System.Text.Json;
using Graft.Data;
using Graft.Detectors;
using Graft.Files;
using Graft.Text;

namespace Graft.Adaptation;

/// <summary>The words of the classes: those that the user gives, in the order of the labels, and whether they can be told apart.</summary>
internal static class ClassWords
{
    // The built-in encoder gives two spellings of one word 0.98 ("color change", "colour change"), plurals 0.91 and less ("dent", "dents"),
    // and other words below 0.8.
    private const double AlikeCosine = 0.97;

    /// <summary>Writes the words of a request as a prompt file.</summary>
    /// <param name="words">A prompt file, or a list.</param>
    /// <param name="names">Class names, in label order.</param>
    /// <param name="target">The file.</param>
    /// <exception cref="GraftException">Of kind Data: another number of entries, or entries in another order than the classes.</exception>
    internal static string Take(string words, IReadOnlyList<string> names, string target)
    {
        PromptSet given = PromptSet.Open(words);
        if (given.Classes.Count != names.Count)
        {
            throw new GraftException(
                Failure.Data, $"--words has {Counted.Of(given.Classes.Count, "entry", "entries")} for {Counted.Of(names.Count, "class")}: {string.Join(", ", names)}.",
                "Give one entry per class, in this order.");
        }

        ClassPrompts.RequireOrder("--words", given.Classes, names);
        return Write(target, given.Classes);
    }

    /// <summary>Writes a prompt file.</summary>
    internal static string Write(string target, IReadOnlyList<IReadOnlyList<string>> classes)
    {
        AtomicFile.WriteText(target, JsonSerializer.Serialize(classes, JsonStyles.Indented) + "\n");
        return Path.GetFullPath(target);
    }

    /// <summary>Refuses classes whose embeddings are nearly the same.</summary>
    /// <exception cref="GraftException">Of kind Data: names the classes that the text encoder cannot tell apart.</exception>
    internal static void RequireDistinct(Vocabulary vocabulary)
    {
        int count = vocabulary.Names.Count, width = vocabulary.Embeddings!.Length / count;
        List<string> alike = [];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double cosine = Vocabulary.Cosine(vocabulary.Embeddings.AsSpan(i * width, width), vocabulary.Embeddings.AsSpan(j * width, width));
                if (cosine >= AlikeCosine)
                {
                    alike.Add(string.Create(CultureInfo.InvariantCulture, $"'{vocabulary.Names[j]}' and '{vocabulary.Names[i]}' (cosine {cosine:0.000})"));
                }
            }
        }

        if (alike.Count > 0)
        {
            throw new GraftException(
                Failure.Data, $"The text encoder cannot tell these classes apart: {Listed.First(alike, 5)}; below {AlikeCosine.ToString(CultureInfo.InvariantCulture)} is expected.",
                $"Describe what they look like, one entry per class in this order ({string.Join(", ", vocabulary.Names)}): --words \"a,b\" or --words FILE.");
        }
    }
}
