using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>The prompts of a command line: <c>--prompts</c>, with embeddings from a file, a text encoder, or stand-ins.</summary>
internal sealed class PromptOptions
{
    /// <summary>The configuration of a weight file that contains none.</summary>
    internal Option<string?> Config { get; } = Define.Text("--config", "CONFIG", "the configuration of a weight file that contains none");

    internal Option<string?> Prompts { get; } = Define.Text(
        "--prompts", "\"a,b\"|FILE", "prompts: class names, a .json or .txt file of them, or embeddings as .npy");

    internal Option<string?> Embeddings { get; } = Define.Text("--embeddings", "FILE.npy", "embeddings of the prompts");

    internal Option<string?> TextModel { get; } = Define.Text(
        "--text-model", "minilm|DIR|FILE", "text encoder of the prompts: minilm, or CLIP's in a Hugging Face folder or a checkpoint; default: the model's own");

    internal Option<string?> TokenizerFolder { get; } = Define.Text(
        "--vocabulary", "DIR", "folder with vocab.json and merges.txt, where the text encoder includes none");

    /// <summary>Classes other than those of the weight file; only for commands that evaluate or bake.</summary>
    internal Option<string?> Classes { get; } = Define.Text(
        "--classes", "\"a,b\"", "classes of the data instead of those that the model was trained on, in this order");

    /// <summary>Options of prompts and their embeddings.</summary>
    internal IEnumerable<Option> All => [Prompts, Embeddings, TextModel, TokenizerFolder, Config];

    /// <summary>Gives an ONNX model the prompts of the command line, if there are any.</summary>
    internal void Apply(OnnxModel model, Arguments arguments, Output output)
    {
        RequirePrompts(arguments);
        if (arguments.Value(Prompts) is { } prompts)
        {
            output.Notes(model.SetPrompts(prompts, arguments.Value(TextModel), arguments.Value(TokenizerFolder)));
        }
    }

    /// <summary>The request of the command line.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="settings">Settings of the command as <c>key=value</c>.</param>
    internal PromptRequest Request(Arguments arguments, IReadOnlyList<string> settings)
    {
        RequirePrompts(arguments);
        return new PromptRequest
        {
            Prompts = arguments.Value(Prompts),
            Embeddings = arguments.Value(Embeddings),
            TextModel = arguments.Value(TextModel),
            Tokenizer = arguments.Value(TokenizerFolder),
            Classes = arguments.Value(Classes)?.Split(',', StringSplitOptions.TrimEntries),
            Config = arguments.Value(Config),
            Settings = settings,
        };
    }

    private void RequirePrompts(Arguments arguments)
    {
        Option? idle = new Option[] { TextModel, TokenizerFolder, Embeddings }.FirstOrDefault(arguments.Has);
        if (idle is not null && !arguments.Has(Prompts) && !arguments.Has(Classes))
        {
            throw Arguments.Wrong($"{idle.Name} needs --prompts.");
        }
    }
}
