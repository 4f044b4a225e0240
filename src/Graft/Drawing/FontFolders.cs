namespace Graft.Drawing;

/// <summary>Finds the font files of this machine, the best ones for labels first.</summary>
internal static class FontFolders
{
    private static readonly string[] Extensions = [".ttf", ".otf", ".ttc", ".otc"];

    // Complete regular sans-serif fonts: first those with the most European letters, then those with Korean, Chinese and Japanese.
    private static readonly string[] Preferred =
    [
        "dejavusans", "notosans-regular", "notosans", "liberationsans-regular", "roboto-regular", "ubuntu-r", "arial", "segoeui",
        "nanumgothic", "notosanscjk-regular", "notosanscjkkr-regular", "notosanscjksc-regular", "malgun", "msyh", "wqy-microhei",
        "droidsansfallbackfull", "droidsansfallback",
    ];

    private static readonly string[] Unusual =
    [
        "mono", "serif", "italic", "oblique", "condensed", "narrow", "bold", "light", "thin", "black", "medium", "emoji", "symbol", "math",
    ];

    /// <summary>The folders in which the system keeps fonts.</summary>
    public static IEnumerable<string> OfSystem()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        string[] folders =
        [
            "/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts",
            Environment.GetFolderPath(Environment.SpecialFolder.Fonts),
            data.Length > 0 ? Path.Combine(data, "fonts") : string.Empty,
            home.Length > 0 ? Path.Combine(home, ".fonts") : string.Empty,
        ];
        return folders.Where(folder => folder.Length > 0).Distinct(StringComparer.Ordinal);
    }

    /// <summary>The font files below folders in the order in which they are searched for a glyph, the same on every call.</summary>
    public static IReadOnlyList<string> Files(IEnumerable<string> folders)
    {
        // Links may form a loop, so that depth ends the search.
        EnumerationOptions everywhere = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 6 };
        return
        [
            .. folders.Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*", everywhere))
                .Where(file => Extensions.Contains(Path.GetExtension(file).ToLowerInvariant()))
                .Distinct(StringComparer.Ordinal)
                .OrderBy(Rank)
                .ThenBy(file => Path.GetFileName(file), StringComparer.Ordinal)
                .ThenBy(file => file, StringComparer.Ordinal),
        ];
    }

    /// <summary>The bold file that belongs to a regular one among files; null if there is none.</summary>
    public static string? BoldOf(string file, IReadOnlyList<string> files)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        string stem = name.EndsWith("-Regular", StringComparison.OrdinalIgnoreCase) ? name[..^"-Regular".Length] : name;
        string folder = Path.GetDirectoryName(file) ?? string.Empty;
        return files.FirstOrDefault(other => Path.GetDirectoryName(other) == folder
            && Path.GetFileNameWithoutExtension(other) is string bold
            && (bold.Equals(stem + "-Bold", StringComparison.OrdinalIgnoreCase) || bold.Equals(stem + "Bold", StringComparison.OrdinalIgnoreCase)));
    }

    private static int Rank(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file).ToLowerInvariant();
        int at = Array.IndexOf(Preferred, name);
        return at >= 0 ? at
            : Preferred.Length + Unusual.Count(word => name.Contains(word, StringComparison.Ordinal));
    }
}
