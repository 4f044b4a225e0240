using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Text;

namespace Graft.Cli.Commands;

/// <summary>graft vlm tokens TOKENIZER TEXT...: ids of texts, and the texts that they decode to.</summary>
internal sealed class VlmTokensCommand : CliCommand
{
    private readonly Argument<string> _tokenizer = Define.Target("TOKENIZER", "a folder with tokenizer.json, or with vocab.json and merges.txt");
    private readonly Argument<string[]> _texts = Define.Targets("TEXT", "texts", least: 0);

    internal VlmTokensCommand()
        : base("tokens", "ids of texts, and the texts that they decode to")
        => Takes(_tokenizer, _texts);

    protected override int Run(Arguments arguments, Output output)
    {
        QwenTokenizer tokenizer = QwenTokenizer.Load(arguments.Value(_tokenizer)!);
        JsonArray encoded = [];
        foreach (string text in arguments.Value(_texts)!)
        {
            int[] ids = tokenizer.Encode(text);
            output.Line(string.Join(' ', ids));
            encoded.Add(new JsonObject
            {
                ["text"] = text,
                ["ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]),
                ["decoded"] = tokenizer.Decode(ids),
            });
        }

        output.Result(new JsonObject { ["count"] = tokenizer.Count, ["texts"] = encoded });
        return 0;
    }
}
