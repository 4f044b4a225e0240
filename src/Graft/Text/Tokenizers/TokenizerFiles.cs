using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Graft.Files;

namespace Graft.Text;

/// <summary>Reads the file formats in which byte-pair tokenizers are published.</summary>
internal static class TokenizerFiles
{
    private const long MaxBytes = 256L << 20;
    private const int ClipMerges = 49_152 - 256 - 2;        // the published list is longer; the rest is not used by CLIP

    /// <summary>Reads <c>vocab.json</c> and <c>merges.txt</c>, else <c>tokenizer.json</c>, else CLIP's own list, of a folder; or one such file.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="endOfWord">The end-of-word mark of <c>vocab.json</c>, which that format does not name.</param>
    public static TokenizerParts Read(string path, string endOfWord)
    {
        if (File.Exists(path))
        {
            string name = Path.GetFileName(path);
            if (name is "vocab.json" or "merges.txt")
            {
                return ReadVocabAndMerges(Path.GetDirectoryName(Path.GetFullPath(path))!, endOfWord);
            }

            return name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? TokenizerJson.Read(path) : ReadClipList(path);
        }

        if (!Directory.Exists(path))
        {
            throw new GraftException(Failure.Model, $"{path}: no such tokenizer folder or file.",
                "Name a folder with vocab.json and merges.txt, or with tokenizer.json, or CLIP's bpe_simple_vocab_16e6.txt.gz.");
        }

        string json = Path.Combine(path, "tokenizer.json");
        string[] lists = ["bpe_simple_vocab_16e6.txt.gz", "bpe_simple_vocab_16e6.txt"];
        if (File.Exists(Path.Combine(path, "vocab.json")) && File.Exists(Path.Combine(path, "merges.txt")))
        {
            return ReadVocabAndMerges(path, endOfWord);
        }

        if (File.Exists(json))
        {
            return TokenizerJson.Read(json);
        }

        if (lists.Select(l => Path.Combine(path, l)).FirstOrDefault(File.Exists) is { } list)
        {
            return ReadClipList(list);
        }

        string half = File.Exists(Path.Combine(path, "vocab.json")) ? " (vocab.json is there, merges.txt is not)"
            : File.Exists(Path.Combine(path, "merges.txt")) ? " (merges.txt is there, vocab.json is not)" : "";
        throw new GraftException(Failure.Model, $"{path}: the tokenizer's vocabulary is missing{half}.",
            "The folder needs vocab.json with merges.txt, or tokenizer.json, or bpe_simple_vocab_16e6.txt.gz.");
    }

    /// <summary>Reads a text file as strict UTF-8.</summary>
    public static string ReadText(string path)
    {
        return TextFile.Read(path, "a tokenizer file", Failure.Model, MaxBytes);
    }

    private static TokenizerParts ReadVocabAndMerges(string folder, string endOfWord)
    {
        string vocabulary = Path.Combine(folder, "vocab.json"), merges = Path.Combine(folder, "merges.txt");
        foreach (string needed in (string[])[vocabulary, merges])
        {
            if (!File.Exists(needed))
            {
                throw new GraftException(Failure.Model, $"{needed}: the file is missing.", "vocab.json and merges.txt belong together.");
            }
        }

        return new TokenizerParts
        {
            Source = folder,
            Vocabulary = TokenizerJson.Load(vocabulary, root => TokenizerJson.Vocabulary(vocabulary, root)),
            Merges = ParseMerges(merges, ReadText(merges).Split('\n'), int.MaxValue),
            Added = TokenizerJson.AddedTokensOfConfig(Path.Combine(folder, "tokenizer_config.json")),
            EndOfWord = endOfWord,
        };
    }

    private static TokenizerParts ReadClipList(string path)
    {
        string text = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? Inflate(path) : ReadText(path);
        List<(string Left, string Right)> merges = ParseMerges(path, text.Split('\n').Skip(1), ClipMerges);
        if (merges.Count != ClipMerges)
        {
            throw new GraftException(Failure.Model, $"{path}: {merges.Count} merges found, CLIP's list has at least {ClipMerges}.");
        }

        Dictionary<string, int> vocabulary = new(StringComparer.Ordinal);
        foreach (string suffix in (string[])["", "</w>"])
        {
            foreach (byte value in ByteAlphabet.InOrder)
            {
                vocabulary[ByteAlphabet.Symbol(value) + suffix] = vocabulary.Count;
            }
        }

        foreach ((string left, string right) in merges)
        {
            vocabulary.TryAdd(left + right, vocabulary.Count);
        }

        vocabulary["<|startoftext|>"] = vocabulary.Count;
        vocabulary["<|endoftext|>"] = vocabulary.Count;
        return new TokenizerParts { Source = path, Vocabulary = vocabulary, Merges = merges, EndOfWord = "</w>", ResolvesHtml = true };
    }

    private static List<(string Left, string Right)> ParseMerges(string path, IEnumerable<string> lines, int limit)
    {
        List<(string, string)> merges = new();
        int number = 0;
        foreach (string raw in lines)
        {
            number++;
            string line = raw.TrimEnd('\r');
            if (line.Length == 0 || (number == 1 && line.StartsWith("#version", StringComparison.Ordinal)))
            {
                continue;
            }

            if (merges.Count == limit)
            {
                break;
            }

            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0 || space == line.Length - 1 || line.IndexOf(' ', space + 1) >= 0)
            {
                throw new GraftException(Failure.Model, $"{path}:{number}: a merge is two symbols with one space between them.");
            }

            merges.Add((line[..space], line[(space + 1)..]));
        }

        return merges;
    }

    private static string Inflate(string path)
    {
        using MemoryStream text = new();
        try
        {
            using GZipStream packed = new(File.OpenRead(path), CompressionMode.Decompress);
            byte[] buffer = new byte[1 << 16];
            for (int read; (read = packed.Read(buffer)) > 0;)
            {
                text.Write(buffer, 0, read);
                if (text.Length > MaxBytes)
                {
                    throw new GraftException(Failure.Model, $"{path}: inflates to more than {MaxBytes} bytes.");
                }
            }
        }
        catch (InvalidDataException error)
        {
            throw new GraftException(Failure.Model, $"{path}: not a gzip file ({error.Message})", inner: error);
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }
}
