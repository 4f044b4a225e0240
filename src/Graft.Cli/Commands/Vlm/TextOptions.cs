using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.VisionLanguage;

namespace Graft.Cli.Commands;

/// <summary>The tokenizer and the system message of a conversation.</summary>
internal sealed class TextOptions
{
    internal Option<string?> Tokenizer { get; } = Define.Text(
        "--tokenizer", "DIR", "tokenizer.json, or vocab.json with merges.txt, where they are not beside the checkpoint");

    internal Option<string?> System { get; } = Define.Text("--system", "TEXT", "the system message");

    internal IEnumerable<Option> All => [Tokenizer, System];

    internal PanoramaDescriber Describer(PanoramaModel opened, PanoramaOptions views, Arguments arguments)
        => PanoramaDescriber.Open(opened, views, arguments.Value(Tokenizer), arguments.Value(System));
}
