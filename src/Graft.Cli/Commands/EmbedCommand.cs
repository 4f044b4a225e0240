using System.Text.Json.Nodes;
using Graft.Models.Clip;
using Graft.Text;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>graft embed CLASSES --text-model DIR --out FILE.npy: words to unit embeddings.</summary>
internal sealed class EmbedCommand : Command
{
    internal override string Name => "embed";

    internal override string Summary => "words to unit embeddings, by CLIP's text tower";

    internal override string Usage => """
        graft embed CLASSES.json|CLASSES.txt|"a,b" --text-model DIR|CHECKPOINT --out FILE.npy [--synonyms average|first] [--vocabulary DIR] [--no-cache]

        DIR is a Hugging Face folder (vocab.json, merges.txt, config.json, model.safetensors or pytorch_model.bin); an official YOLO-World
        checkpoint works too, with --vocabulary naming a folder with vocab.json and merges.txt.
        """;

    protected override string[] Options => ["text-model=", "out=", "synonyms=", "vocabulary=", "no-cache"];

    protected override int Run(Arguments arguments, Output output)
    {
        TorchRuntime.Threads = arguments.Integer("threads", Environment.ProcessorCount);
        string classes = arguments.Target("CLASSES"), target = OutFile.Of(arguments, classes, arguments.Value("text-model"));
        PromptSet prompts = PromptSet.Open(classes);
        SynonymUse synonyms = arguments.Choice("synonyms", "average", "first") == "first" ? SynonymUse.First : SynonymUse.Average;
        using ClipTextEncoder encoder = ClipTextEncoder.Load(arguments.Required("text-model"), arguments.Value("vocabulary"));
        PromptEmbeddings embeddings = encoder.Embed(
            prompts, synonyms, arguments.Has("no-cache") ? null : new EmbeddingCache(), (done, all) => output.Progress($"{done}/{all} prompts"));
        embeddings.Save(target);
        foreach (string note in prompts.Notes.Concat(embeddings.Notes))
        {
            output.Note(note);
        }

        output.Line($"{Counted.Of(embeddings.Count, "class")} × {embeddings.Width} written to {target}");
        output.Result(new JsonObject
        {
            ["out"] = target,
            ["prompts"] = new JsonArray([.. prompts.Classes.Select(synonym => (JsonNode)new JsonArray([.. synonym.Select(word => (JsonNode)word)]))]),
            ["shape"] = new JsonArray(embeddings.Count, embeddings.Width),
        });
        return 0;
    }
}
