using System.Text.RegularExpressions;

namespace Graft.Cli.Tests;

/// <summary>README, its Korean translation and the pages of docs/: links lead somewhere, both READMEs say the same, names of types exist.</summary>
public sealed partial class PagesTests
{
    private static readonly string[] Folders = ["src", "native", "configs", "tests", "tools", "docs", "samples", "bench"];

    /// <summary>Pages with links to check, relative to the checkout.</summary>
    public static TheoryData<string> Pages { get; } = [.. Directory.EnumerateFiles(Shared.Checkout, "*.md")
        .Concat(Directory.EnumerateFiles(Path.Combine(Shared.Checkout, "docs"), "*.md", SearchOption.AllDirectories))
        .Concat(Folders.Select(folder => Path.Combine(Shared.Checkout, folder, "README.md")))
        .Distinct().Select(path => Path.GetRelativePath(Shared.Checkout, path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void EveryLink_LeadsToAFileAndAHeading(string page)
    {
        string text = Read(page), folder = Path.GetDirectoryName(Path.Combine(Shared.Checkout, page))!;
        foreach (Match link in Link().Matches(text))
        {
            string[] parts = link.Groups[1].Value.Split('#');
            if (parts[0].StartsWith("http", StringComparison.Ordinal))
            {
                continue;
            }

            string target = parts[0].Length == 0 ? Path.Combine(Shared.Checkout, page) : Path.Combine(folder, parts[0]);
            Assert.True(File.Exists(target) || Directory.Exists(target), $"{page}: there is no {parts[0]}");
            if (parts.Length > 1)
            {
                string[] anchors = [.. Heading().Matches(File.ReadAllText(target)).Select(heading => Anchor(heading.Groups[1].Value))];
                Assert.True(anchors.Contains(parts[1]), $"{page}: {parts[0]} has no heading #{parts[1]}");
            }
        }
    }

    [Fact]
    public void TheKoreanReadme_HasTheSameCommandsLinksAndFigures()
    {
        string english = Read("README.md"), korean = Read("README.ko.md");
        string[] code = Code(english);
        Assert.Contains("./graft demo", code);
        Assert.Contains("./test", code);
        Assert.Equal(code, Code(korean));
        Assert.Equal(Sorted(Link(), english).Where(link => link != "README.ko.md"), Sorted(Link(), korean).Where(link => link != "README.md"));
        Assert.Equal(Sorted(Figure(), english), Sorted(Figure(), korean));
    }

    [Fact]
    public void TheFirstScreenOfTheReadme_SaysThatTrainingNeedsLinux()
    {
        string[] lines = [.. Read("README.md").Split('\n').Take(20)];
        Assert.Contains(lines, line => line.Contains("Training needs Linux", StringComparison.Ordinal));
    }

    [Fact]
    public void EveryTypeThatTheWalksName_Exists()
    {
        string source = string.Concat(Directory.EnumerateFiles(Path.Combine(Shared.Checkout, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText));
        HashSet<string> declared = [.. Declaration().Matches(source).Select(found => found.Groups[1].Value)];
        string[] named = [.. TypeName().Matches(Read("docs/walks.md")).Select(found => found.Groups[1].Value)];
        Assert.True(named.Length > 30, "the walks lost their types");
        Assert.All(named, name => Assert.Contains(name, declared));
    }

    [Fact]
    public void EveryTopFolder_HasAReadme()
        => Assert.All(Folders, folder => Assert.True(File.Exists(Path.Combine(Shared.Checkout, folder, "README.md")), $"{folder} has no README.md"));

    private static string Read(string page) => File.ReadAllText(Path.Combine(Shared.Checkout, page));

    /// <summary>The lines of all code blocks, without comments.</summary>
    private static string[] Code(string text) => [.. Block().Matches(text)
        .SelectMany(block => block.Groups[1].Value.Split('\n'))
        .Select(line => Comment().Replace(line, string.Empty).TrimEnd())
        .Where(line => line.Length > 0)];

    private static string[] Sorted(Regex pattern, string text)
        => [.. pattern.Matches(text).Select(found => found.Groups[^1].Value).Order(StringComparer.Ordinal)];

    /// <summary>The anchor of a heading: lower case, spaces as dashes, no punctuation.</summary>
    private static string Anchor(string heading)
        => Punctuation().Replace(heading.Trim().ToLowerInvariant(), string.Empty).Replace(' ', '-');

    [GeneratedRegex("\\]\\(([^)\\s]+)\\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("[^\\w\\- ]")]
    private static partial Regex Punctuation();

    [GeneratedRegex("^```\\w*\\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("\\s+#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex("(?<![\\w.])(\\d+\\.\\d+(?:e-\\d+)?|\\d+e-\\d+)(?![\\w.]*\\d)")]
    private static partial Regex Figure();

    [GeneratedRegex("`([A-Z][A-Za-z0-9]+)`")]
    private static partial Regex TypeName();

    [GeneratedRegex("\\b(?:class|record|struct|interface|enum) ([A-Z]\\w*)")]
    private static partial Regex Declaration();
}
