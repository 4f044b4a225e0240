using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Runs;
using Graft.Runtime;
using Graft.Text;

namespace Graft.Cli.Commands;

/// <summary>graft embed CLASSES --out FILE.npy: prompts to unit embeddings.</summary>
internal sealed class EmbedCommand : CliCommand
{
    private readonly Argument<string> _classes = Define.Target(
        "CLASSES", "prompts: \"a,b\", a .txt file with one per line, or a .json file with a list of synonyms per class");
    private readonly Option<string?> _textModel = Define.Text(
        "--text-model", "minilm|DIR|CHECKPOINT", "text encoder: minilm (the default, English), or CLIP's in a Hugging Face folder or a checkpoint");
    private readonly Option<string> _out = OutFile.Option("FILE.npy", "file of the embeddings");
    private readonly Option<string> _synonyms = Define.Choice("--synonyms", "how several prompts of a class are used", "average", "first");
    private readonly Option<string?> _vocabulary = Define.Text(
        "--vocabulary", "DIR", "folder with vocab.json and merges.txt, where the text encoder includes none");
    private readonly Option<bool> _noCache = Define.Flag("--no-cache", "do not use cached embeddings");

    internal EmbedCommand()
        : base("embed", "prompts to unit embeddings, by a text encoder")
        => Takes(_classes, _textModel, _out, _synonyms, _vocabulary, _noCache);

    internal override string Notes => """
        minilm is all-MiniLM-L6-v2, which Graft has inside: 384 numbers, for models with text_dim 384. CLIP has 512 or 768. A model reads the
        embeddings of the text encoder that it was trained with. A Hugging Face folder holds vocab.json, merges.txt, config.json and
        model.safetensors or pytorch_model.bin. An official YOLO-World checkpoint works too, with --vocabulary naming a folder with
        vocab.json and merges.txt.
        """;

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        string classes = arguments.Value(_classes)!, textModel = arguments.Value(_textModel) ?? BuiltInEncoder.Name, target = OutFile.Of(arguments, _out, classes, textModel);
        PromptSet prompts = PromptSet.Open(classes);
        SynonymUse synonyms = arguments.Value(_synonyms) == "first" ? SynonymUse.First : SynonymUse.Average;
        using ITextEncoder encoder = TextEncoders.Open(textModel, arguments.Value(_vocabulary));
        PromptEmbeddings embeddings = output.Track(progress => encoder.Embed(
            prompts, synonyms, arguments.Value(_noCache) ? null : new EmbeddingCache(), (done, all) => progress((double)done / all, $"{done}/{all} prompts")));
        embeddings.Save(target);
        foreach (string note in prompts.Notes.Concat(embeddings.Notes))
        {
            output.Note(note);
        }

        output.Line($"{Counted.Of(embeddings.Count, "class")} × {embeddings.Width} written to {target}");
        output.Result(new JsonObject
        {
            ["out"] = target,
            ["prompts"] = new JsonArray([.. prompts.Classes.Select(synonym => (JsonNode)new JsonArray([.. synonym.Select(prompt => (JsonNode)prompt)]))]),
            ["shape"] = new JsonArray(embeddings.Count, embeddings.Width),
        });
        return 0;
    }
}
