using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Graft.Tests.Texts;

/// <summary>The outcome of reading a damaged text.</summary>
internal enum TextOutcome
{
    /// <summary>With a value.</summary>
    Read,

    /// <summary>With a plain error that names the file.</summary>
    Refused,

    /// <summary>With another exception, or an unclear message.</summary>
    Crashed,

    /// <summary>After too long a time.</summary>
    Slow,

    /// <summary>After allocating too much.</summary>
    Greedy,
}

/// <summary>Damaged texts for one reader, one after another.</summary>
internal sealed partial class TextTrial
{
    private const long MaxMemory = 200 << 20;
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(2);

    private readonly TextReader _reader;
    private readonly TextMutations _mutations;
    private readonly string _folder;

    /// <summary>Prepares the files of a reader in a folder.</summary>
    internal TextTrial(string reader, TemporaryFolder folder, int seed)
    {
        _reader = TextReader.For(reader, folder);
        _mutations = new TextMutations(seed, _reader.Texts);
        _folder = folder.Path;
    }

    /// <summary>The file in progress, for a watchdog.</summary>
    internal byte[] Current { get; private set; } = [];

    /// <summary>Details for repairing the reader, with the file in Base64; empty on success.</summary>
    internal string Detail { get; private set; } = "";

    /// <summary>The message of the last error, if there was one.</summary>
    internal string Words { get; private set; } = "";

    /// <summary>Damages a text and reads it.</summary>
    internal TextOutcome Next()
    {
        Current = _mutations.Next();
        string path = _reader.Paths[_mutations.Seed];
        File.WriteAllBytes(path, Current);
        (TextOutcome outcome, string detail) = Outcome(path);
        Detail = detail.Length == 0 ? "" : $"{detail}\n{_reader.Name}, {Current.Length} bytes: {Convert.ToBase64String(Current)}";
        return outcome;
    }

    private (TextOutcome Outcome, string Detail) Outcome(string path)
    {
        (TextOutcome Outcome, string Detail) end = (TextOutcome.Read, "");
        Words = "";
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            _reader.Read(path);
        }
        catch (GraftException error)
        {
            Words = $"{error.Message} {error.Hint}";
            end = Internal().Match(Words) is { Success: true } name ? (TextOutcome.Crashed, $"names '{name.Value}': {Words}")
                : Unprintable().IsMatch(Words) ? (TextOutcome.Crashed, $"cannot be printed: {Words}")
                : !error.Message.Contains(_folder, StringComparison.Ordinal) ? (TextOutcome.Crashed, $"does not name the file: {Words}")
                : (TextOutcome.Refused, "");
        }
        catch (Exception error)
        {
            end = (TextOutcome.Crashed, error.ToString());
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return watch.Elapsed >= Slowest ? (TextOutcome.Slow, $"It took {watch.Elapsed}.")
            : allocated >= MaxMemory ? (TextOutcome.Greedy, $"It allocated {allocated} bytes.") : end;
    }

    /// <summary>Type names, which mean nothing to the author of the text.</summary>
    [GeneratedRegex(@"\b(System|Microsoft|Graft|YamlDotNet)\.[A-Z]|[A-Za-z]`\d\[|\w+Exception\b|\b(IReadOnlyList|Int32|Int64|JsonElement|Object reference)\b")]
    private static partial Regex Internal();

    [GeneratedRegex(@"[\0-\x08\x0B-\x1F]")]
    private static partial Regex Unprintable();
}
