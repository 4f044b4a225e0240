using Graft.MiniLm;
using Graft.Runs;
using Graft.Runtime;
using Graft.Text;

namespace Graft.Cli.CommandLine;

/// <summary>The text encoder that the program has inside.</summary>
internal static class BuiltInEncoder
{
    /// <summary>Its name, for <c>--text-model</c> and <c>text.model</c>.</summary>
    internal static string Name => MiniLmEncoder.Identity.Name;

    /// <summary>Unit embeddings of names, one for each.</summary>
    internal static IReadOnlyList<float[]> Embed(IReadOnlyList<string> names)
    {
        using ITextEncoder encoder = TextEncoders.Open(Name);
        PromptSet prompts = new([.. names.Select(name => (IReadOnlyList<string>)[name])], "the class names", new PromptRules { AllowDuplicates = true });
        return [.. encoder.Embed(prompts, cache: new EmbeddingCache()).Values.Chunk(encoder.Id.Width)];
    }

    /// <summary>Lets every command find it by name, and by the models that were trained with it.</summary>
    internal static void Register() => TextEncoders.Register(MiniLmEncoder.Identity, () => new MiniLmEncoder());
}
