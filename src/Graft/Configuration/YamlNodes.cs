using Graft.Files;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Graft.Configuration;

/// <summary>
/// Makes nodes from the events of a YAML parser: bounded in depth and in what aliases repeat, and every error names file and line.
/// </summary>
internal sealed class YamlNodes(string text, string? file, Failure failure)
{
    private const int MaxDepth = 100, MaxValues = 1_000_000;
    private static readonly string[] Nulls = ["", "~", "null", "Null", "NULL"];

    private readonly Scanner _scanner = new(new StringReader(text));
    private readonly Dictionary<string, (ConfigNode? Node, int Values)> _anchors = new(StringComparer.Ordinal);
    private Parser _parser = null!;
    private int _values;

    /// <summary>The only document; null when there is none.</summary>
    public ConfigNode? Read()
    {
        try
        {
            _parser = new Parser(_scanner);
            _parser.Consume<StreamStart>();
            if (_parser.Accept<StreamEnd>(out _))
            {
                return null;
            }

            _parser.Consume<DocumentStart>();
            ConfigNode node = Node(0);
            _parser.Consume<DocumentEnd>();
            return _parser.TryConsume<StreamEnd>(out _)
                ? node
                : throw Fail(_parser.Current!.Start.Line, "holds a second document ('---'); expected one.", "Keep one document per file.");
        }
        catch (YamlException error)
        {
            throw Invalid(error.Start.Line, error.InnerException is YamlException inner ? inner.Message : error.Message, error);
        }
        catch (Exception error) when (error is not GraftException and not OutOfMemoryException)
        {
            // The library's scanner throws other exceptions too, such as InvalidOperationException for an open bracket.
            throw Invalid(_scanner.CurrentPosition.Line, "it cannot be understood.", error);
        }
    }

    private ConfigNode Node(int depth)
    {
        ParsingEvent current = _parser.Consume<ParsingEvent>();
        if (depth > MaxDepth)
        {
            throw Fail(current.Start.Line, $"is nested deeper than {MaxDepth} levels.", "Write it flatter.");
        }

        int before = _values;
        Count(current, 1);
        if (current is AnchorAlias alias)
        {
            return Repeat(alias);
        }

        ConfigOrigin origin = Origin(current);
        string? anchor = current is NodeEvent { Anchor.IsEmpty: false } named ? named.Anchor.Value : null;
        if (anchor is not null)
        {
            _anchors[anchor] = (null, 0);
        }

        ConfigNode node = current switch
        {
            Scalar scalar => new ConfigScalar(origin, IsNull(scalar) ? null : scalar.Value),
            SequenceStart => List(origin, depth),
            MappingStart => Map(origin, depth),
            _ => throw Fail(current.Start.Line, "has a value of a form that cannot be used.", "Use scalars, lists and keys."),
        };
        if (anchor is not null)
        {
            _anchors[anchor] = (node, _values - before);
        }

        return node;
    }

    private ConfigNode Repeat(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out (ConfigNode? Node, int Values) known))
        {
            throw Fail(alias.Start.Line, $"refers to '*{Printable.Name(alias.Value.Value)}', which is not defined above.", "Quote a value that begins with '*'.");
        }

        Count(alias, known.Values);
        return known.Node
            ?? throw Fail(alias.Start.Line, "has a value that contains itself through an anchor.", "Remove the alias.");
    }

    private ConfigList List(ConfigOrigin origin, int depth)
    {
        List<ConfigNode> items = [];
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node(depth + 1));
        }

        return new ConfigList(origin, items);
    }

    private ConfigMap Map(ConfigOrigin origin, int depth)
    {
        List<KeyValuePair<string, ConfigNode>> entries = [];
        Dictionary<string, long> lines = new(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            long line = _parser.Current!.Start.Line;
            if (_parser.Current is not Scalar key)
            {
                throw Fail(line, "has a key that is not plain text.", "Write 'key: value' lines; quote a key with special characters.");
            }

            _parser.MoveNext();
            if (key.Anchor is { IsEmpty: false, Value: { } anchor })
            {
                _anchors[anchor] = (new ConfigScalar(Origin(key), key.Value), 1);
            }

            if (!lines.TryAdd(key.Value, line))
            {
                throw Fail(
                    line, $"is not valid YAML: the key '{Printable.Name(key.Value)}' is there twice (first in line {lines[key.Value]}).", "Remove one.");
            }

            entries.Add(KeyValuePair.Create(key.Value, Node(depth + 1)));
        }

        return new ConfigMap(origin, entries);
    }

    private static bool IsNull(Scalar scalar) => scalar.Style is ScalarStyle.Plain or ScalarStyle.Any && Nulls.Contains(scalar.Value);

    private void Count(ParsingEvent at, int values)
    {
        _values += values;
        if (_values > MaxValues)
        {
            throw Fail(at.Start.Line, $"has more than {MaxValues} values, aliases counted as often as they repeat.", "Write fewer.");
        }
    }

    private ConfigOrigin Origin(ParsingEvent at) => file is null ? ConfigOrigin.CommandLine : new ConfigOrigin(file, (int)at.Start.Line);

    private GraftException Fail(long line, string message, string hint, Exception? inner = null)
        => new(failure, file is null ? $"command line: {message}" : FormattableString.Invariant($"{file}:{line}: {message}"), hint, inner);

    /// <summary>An error of the library; the most common mistakes are located in the text, since the parser notices them later.</summary>
    private GraftException Invalid(long line, string reason, Exception error)
    {
        (long Line, string What)? mistake = YamlMistakes.Find(text, line);
        return Fail(mistake?.Line ?? Math.Max(line, 1), $"is not valid YAML: {mistake?.What ?? reason}", "Check indentation, quotes and brackets there.", error);
    }
}
