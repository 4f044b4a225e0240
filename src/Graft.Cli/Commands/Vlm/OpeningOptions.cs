using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.VisionLanguage;

namespace Graft.Cli.Commands;

/// <summary>How a PanoramaVLM is opened: which checkpoint, which LoRA, what may be missing.</summary>
internal sealed class OpeningOptions
{
    private readonly Option<string?> _lora = Define.Text(
        "--lora", "auto|checkpoint|none|DIR", "which LoRA; auto (without it): inside the checkpoint or lora_weights beside it, which must agree");

    private readonly Option<AliasChoice?> _aliases = Define.Choice<AliasChoice>(
        "--aliases", "what to do when two names of one tensor differ; refuse without it");
    private readonly Option<string[]> _allow = Define.Repeated("--allow", "NAME", "a name or pattern that may be missing or unexpected");
    private readonly Option<string?> _config = Define.Text("--config", "FILE", "the file with the sizes of the model, where it is not beside the checkpoint");
    private readonly Option<string?> _languageModel = Define.Text(
        "--language-model", "DIR", "the language model of the start of training, compared with that of the checkpoint");
    private readonly Option<bool> _last = Define.Flag("--last", "the last checkpoint of a folder instead of the best");

    internal OpeningOptions()
        => _lora.CompletionSources.Add(["auto", "checkpoint", "folder", "none"]);

    internal IEnumerable<Option> All => [_lora, _aliases, _allow, _config, _languageModel, _last];

    /// <summary>Opens a model, and prints what was found.</summary>
    internal PanoramaModel Open(string path, Arguments arguments, Output output)
    {
        PanoramaModel opened = PanoramaModel.Open(path, Read(arguments));
        output.Line(opened.Check.ToString());
        return opened;
    }

    internal PanoramaOpening Read(Arguments arguments)
    {
        string lora = arguments.Value(_lora) ?? "auto";
        LoraChoice? choice = lora.Contains('/', StringComparison.Ordinal) ? null : Define.Spelt<LoraChoice>(lora);
        return new PanoramaOpening
        {
            SizesFile = arguments.Value(_config),
            Lora = choice ?? LoraChoice.Folder,
            LoraFolder = choice is null ? lora : null,
            Last = arguments.Value(_last),
            Aliases = arguments.Value(_aliases) ?? AliasChoice.Refuse,
            Allowed = arguments.Values(_allow),
            LanguageModel = arguments.Value(_languageModel),
        };
    }
}
