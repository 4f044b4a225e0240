namespace Graft.VisionLanguage;

/// <summary>Porter's stemmer (Porter 1980) with the widely used extensions of NLTK, as used by the caption metrics.</summary>
public static class PorterStemmer
{
    private static readonly Dictionary<string, string> Irregular = new (string Word, string Stem)[]
    {
        ("sky", "sky"), ("skies", "sky"), ("dying", "die"), ("lying", "lie"), ("tying", "tie"), ("news", "news"), ("innings", "inning"),
        ("inning", "inning"), ("outings", "outing"), ("outing", "outing"), ("cannings", "canning"), ("canning", "canning"),
        ("howe", "howe"), ("proceed", "proceed"), ("exceed", "exceed"), ("succeed", "succeed"),
    }.ToDictionary(pair => pair.Word, pair => pair.Stem, StringComparer.Ordinal);

    private static readonly (string Suffix, string Replacement)[] Step2 =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"), ("alli", "al"),
        ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"),
        ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"), ("fulli", "ful"),
    ];

    private static readonly (string Suffix, string Replacement)[] Step3 =
        [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

    private static readonly string[] Step4 =
    [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti", "ous", "ive", "ize",
    ];

    /// <summary>The stem of a word, in lower case.</summary>
    public static string Stem(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        word = word.ToLowerInvariant();
        if (Irregular.TryGetValue(word, out string? stem))
        {
            return stem;
        }

        return word.Length <= 2 ? word : Step5(DropSuffix(Derive(Derive2(YToI(PastAndGerund(Plural(word)))))));
    }

    private static string Plural(string word) => word switch
    {
        _ when Ends(word, "ies") => word.Length == 4 ? word[..^1] : word[..^2],
        _ when Ends(word, "sses") => word[..^2],
        _ when Ends(word, "ss") => word,
        _ when Ends(word, "s") => word[..^1],
        _ => word,
    };

    private static string PastAndGerund(string word)
    {
        if (Ends(word, "ied"))
        {
            return word.Length == 4 ? word[..^1] : word[..^2];
        }

        if (Ends(word, "eed"))
        {
            return Measure(word[..^3]) > 0 ? word[..^1] : word;
        }

        string? stem = Ends(word, "ed") && HasVowel(word[..^2]) ? word[..^2]
            : Ends(word, "ing") && HasVowel(word[..^3]) ? word[..^3] : null;
        if (stem is null)
        {
            return word;
        }

        if (Ends(stem, "at") || Ends(stem, "bl") || Ends(stem, "iz"))
        {
            return stem + "e";
        }

        if (EndsDoubled(stem))
        {
            return stem[^1] is 'l' or 's' or 'z' ? stem : stem[..^1];
        }

        return Measure(stem) == 1 && EndsShort(stem) ? stem + "e" : stem;
    }

    private static string YToI(string word)
        => word.Length > 2 && word[^1] == 'y' && IsConsonant(word, word.Length - 2) ? word[..^1] + "i" : word;

    private static string Derive2(string word)
    {
        if (Ends(word, "alli") && Measure(word[..^4]) > 0)
        {
            return Derive2(word[..^2]);
        }

        foreach ((string suffix, string replacement) in Step2)
        {
            if (Ends(word, suffix))
            {
                return Replace(word, suffix, replacement);
            }
        }

        return Ends(word, "logi") && Measure(word[..^3]) > 0 ? word[..^1] : word;
    }

    private static string Derive(string word)
    {
        foreach ((string suffix, string replacement) in Step3)
        {
            if (Ends(word, suffix))
            {
                return Replace(word, suffix, replacement);
            }
        }

        return word;
    }

    private static string DropSuffix(string word)
    {
        foreach (string suffix in Step4)
        {
            if (!Ends(word, suffix))
            {
                continue;
            }

            string stem = word[..^suffix.Length];
            return Measure(stem) > 1 && (suffix != "ion" || stem[^1] is 's' or 't') ? stem : word;
        }

        return word;
    }

    private static string Step5(string word)
    {
        if (Ends(word, "e"))
        {
            string stem = word[..^1];
            int measure = Measure(stem);
            if (measure > 1 || (measure == 1 && !EndsShort(stem)))
            {
                word = stem;
            }
        }

        return Ends(word, "ll") && Measure(word[..^1]) > 1 ? word[..^1] : word;
    }

    private static string Replace(string word, string suffix, string replacement)
    {
        string stem = word[..^suffix.Length];
        return Measure(stem) > 0 ? stem + replacement : word;
    }

    private static bool Ends(string word, string suffix) => word.EndsWith(suffix, StringComparison.Ordinal);

    private static bool IsConsonant(string word, int at)
    {
        bool flips = false;                                 // a run of y alternates from its first letter on
        while (word[at] == 'y' && at > 0)
        {
            flips = !flips;
            at--;
        }

        return flips ^ (word[at] is not ('a' or 'e' or 'i' or 'o' or 'u'));
    }

    /// <summary>Number of vowel-to-consonant turns: m in the paper's [C](VC)^m[V].</summary>
    private static int Measure(string stem)
    {
        int measure = 0;
        for (int at = 1; at < stem.Length; at++)
        {
            if (IsConsonant(stem, at) && !IsConsonant(stem, at - 1))
            {
                measure++;
            }
        }

        return measure;
    }

    private static bool HasVowel(string stem) => Enumerable.Range(0, stem.Length).Any(at => !IsConsonant(stem, at));

    private static bool EndsDoubled(string word) => word.Length >= 2 && word[^1] == word[^2] && IsConsonant(word, word.Length - 1);

    /// <summary>Consonant, vowel, consonant other than w, x, y at the end; or a word of one vowel and one consonant.</summary>
    private static bool EndsShort(string word) => word.Length switch
    {
        >= 3 => IsConsonant(word, word.Length - 3) && !IsConsonant(word, word.Length - 2) && IsConsonant(word, word.Length - 1)
            && word[^1] is not ('w' or 'x' or 'y'),
        2 => !IsConsonant(word, 0) && IsConsonant(word, 1),
        _ => false,
    };
}
