using Graft.Detection;
using Graft.Models.Clip;
using Graft.Models.YoloWorld;
using Graft.Runs;
using Graft.Text;

namespace Graft.Cli;

/// <summary>The words that a command line asks for: <c>--prompts</c>, with embeddings from a file, a text tower, or stand-ins.</summary>
internal static class WordOptions
{
    /// <summary>Null when the command line names none: the words of the weight file count.</summary>
    internal static Vocabulary? Of(Arguments arguments)
    {
        if (arguments.Value("prompts") is not { } prompts)
        {
            return null;
        }

        if (Path.GetExtension(prompts).Equals(".npy", StringComparison.OrdinalIgnoreCase))
        {
            PromptEmbeddings stored = PromptEmbeddings.Load(prompts);
            string[] known = stored.Prompts is { } remembered ? [.. remembered.Select(words => words[0])] : [.. Enumerable.Range(1, stored.Count).Select(number => $"class {number}")];
            return new Vocabulary(known, stored.Values, prompts);
        }

        PromptSet set = PromptSet.Open(prompts);
        if (arguments.Value("text-model") is { } tower)
        {
            using ClipTextEncoder encoder = ClipTextEncoder.Load(tower, arguments.Value("vocabulary"));
            return new Vocabulary([.. set.Names], encoder.Embed(set, cache: new EmbeddingCache()).Values, tower);
        }

        int width = new YoloWorldOptions().TextDim;
        return arguments.Value("embeddings") is { } path ? Vocabularies.Read(path, [.. set.Names], width) : Vocabulary.StandIn([.. set.Names], width);
    }
}
