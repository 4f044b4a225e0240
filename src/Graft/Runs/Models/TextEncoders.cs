using System.Collections.Concurrent;
using Graft.Models.Clip;
using Graft.Runtime;

namespace Graft.Runs;

/// <summary>The text encoders that a program has: those that are registered by name, and CLIP's from files.</summary>
public static class TextEncoders
{
    /// <summary>As <c>text.model</c>: vectors drawn from letters, which carry no meaning; for tests.</summary>
    public const string StandIn = "stand-in";

    private static readonly ConcurrentDictionary<string, (TextEncoderId Id, Func<ITextEncoder> Load)> Known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Registers an encoder under the name of its identity, such as <c>minilm</c>; a second one of the name replaces the first.</summary>
    /// <param name="id">Which encoder it is.</param>
    /// <param name="load">Loads it; called when a prompt is embedded.</param>
    public static void Register(TextEncoderId id, Func<ITextEncoder> load)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(load);
        Known[id.Name] = (id, load);
    }

    /// <summary>Opens a registered encoder by name, or CLIP's from a folder or a checkpoint.</summary>
    /// <param name="nameOrPath">A name, or a path.</param>
    /// <param name="tokenizer">Folder with vocab.json and merges.txt, where CLIP's encoder has none beside it.</param>
    /// <exception cref="GraftException">Of kind Model: no such encoder.</exception>
    public static ITextEncoder Open(string nameOrPath, string? tokenizer = null)
    {
        ArgumentNullException.ThrowIfNull(nameOrPath);
        return Known.TryGetValue(nameOrPath, out (TextEncoderId Id, Func<ITextEncoder> Load) known) ? known.Load()
            : File.Exists(nameOrPath) || Directory.Exists(nameOrPath) ? ClipTextEncoder.Load(nameOrPath, tokenizer)
            : throw new GraftException(
                Failure.Model, $"'{nameOrPath}' is neither a text encoder that this program has nor a file.",
                $"It has {(Known.IsEmpty ? "none by name" : string.Join(", ", Known.Keys.Order()))}; others are opened from a CLIP folder or a checkpoint.");
    }

    /// <summary>The name of the registered encoder that made a model's embeddings; null when it is not here.</summary>
    /// <param name="id">As recorded in the model.</param>
    internal static string? NameOf(TextEncoderId id)
        => Known.Values.Where(known => known.Id.Hash.Equals(id.Hash, StringComparison.OrdinalIgnoreCase)).Select(known => known.Id.Name).FirstOrDefault();

    /// <summary>The encoder of a training that names none: the registered one of the model's width.</summary>
    /// <exception cref="GraftException">Of kind Usage: there is none of this width.</exception>
    internal static string Default(int width)
        => Known.Values.Where(known => known.Id.Width == width).Select(known => known.Id.Name).Order().FirstOrDefault() ?? throw new GraftException(
            Failure.Usage,
            $"No text encoder turns the class names into embeddings: text.model is not set, and none of the built-in ones "
            + $"({(Known.IsEmpty ? "none" : string.Join(", ", Known.Values.Select(known => $"{known.Id.Name}: {known.Id.Width}").Order()))}) has model.text_dim={width}.",
            "Set model.text_dim to the width of a built-in one, text.model to a CLIP folder or a checkpoint that holds one, or data.embeddings; "
            + $"text.model={StandIn} draws vectors without meaning from letters, for tests.");

    /// <summary>Refuses embeddings of another text encoder than that of the model.</summary>
    /// <param name="model">The model, for the message.</param>
    /// <param name="trained">The encoder that the model was trained with; null: not known, anything goes.</param>
    /// <param name="given">The encoder of the embeddings; null: not known.</param>
    /// <param name="source">Where they come from, for the message.</param>
    /// <exception cref="GraftException">Of kind Model.</exception>
    internal static void RequireSame(string model, TextEncoderId? trained, string? given, string source)
    {
        if (trained is not null && given is not null && !given.Equals(trained.Hash, StringComparison.OrdinalIgnoreCase))
        {
            throw new GraftException(
                Failure.Model, $"{source}: another text encoder than that of {model}, which was trained on prompts of {trained}; its embeddings mean something else there.",
                NameOf(trained) is { } name ? $"Omit it: the prompts are then embedded by {name}." : $"Use {trained.Name}.");
        }
    }
}
