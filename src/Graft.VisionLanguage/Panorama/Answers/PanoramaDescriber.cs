using System.Globalization;
using Graft.Text;
using Graft.Torch;

namespace Graft.VisionLanguage;

/// <summary>Answers questions about panoramas, with views, prompt, model and tokenizer.</summary>
public sealed class PanoramaDescriber
{
    private const string Placeholder = "<|vision|>";
    private readonly int[] _ends;

    /// <summary>Combines the parts; the placeholder token is added to a tokenizer without it.</summary>
    /// <exception cref="GraftException">The tokenizer has more ids than the model has rows.</exception>
    public PanoramaDescriber(PanoramaVlm model, QwenTokenizer tokenizer, PanoramaOptions views)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(views);
        (Model, Tokenizer, Views) = (model, tokenizer, views);
        int placeholder = tokenizer.Add(Placeholder);
        if (tokenizer.Count > model.Options.Language.VocabularySize || (model.Options.VisionTokenId is { } id && id != placeholder))
        {
            throw new GraftException(Failure.Model,
                $"The tokenizer has {tokenizer.Count} ids with {Placeholder} at {placeholder}; the model has {model.Options.Language.VocabularySize} rows "
                + $"and expects it at {model.Options.VisionTokenId?.ToString(CultureInfo.InvariantCulture) ?? "none"}.", "Use the tokenizer of the language model that was trained.");
        }

        _ends = [.. new[] { "<|im_end|>", "<|endoftext|>" }.Select(tokenizer.IdOf).OfType<int>()];
    }

    /// <summary>Opens the tokenizer of a model and combines the parts.</summary>
    /// <param name="opened">The model, owned by the caller.</param>
    /// <param name="views">Settings of the views.</param>
    /// <param name="tokenizer">The tokenizer's folder; null: beside the checkpoint.</param>
    /// <param name="systemMessage">The system message; null for none.</param>
    /// <returns>Null when there is no tokenizer.</returns>
    /// <exception cref="GraftException">The tokenizer has more ids than the model has rows.</exception>
    public static PanoramaDescriber? TryOpen(PanoramaModel opened, PanoramaOptions views, string? tokenizer = null, string? systemMessage = null)
    {
        ArgumentNullException.ThrowIfNull(opened);
        return opened.FindTokenizer(tokenizer) is { } folder
            ? new PanoramaDescriber(opened.Model, QwenTokenizer.Load(folder), views) { SystemMessage = systemMessage } : null;
    }

    /// <summary>As <see cref="TryOpen"/>, for questions that need a tokenizer.</summary>
    /// <exception cref="GraftException">Of kind Usage: there is no tokenizer.</exception>
    public static PanoramaDescriber Open(PanoramaModel opened, PanoramaOptions views, string? tokenizer = null, string? systemMessage = null)
        => TryOpen(opened, views, tokenizer, systemMessage) ?? throw new GraftException(
            Failure.Usage, "There is no tokenizer beside the checkpoint.", "Add --tokenizer DIR (tokenizer.json, or vocab.json with merges.txt).");

    /// <summary>The model.</summary>
    public PanoramaVlm Model { get; }

    /// <summary>The tokenizer.</summary>
    public QwenTokenizer Tokenizer { get; }

    /// <summary>Settings of the views.</summary>
    public PanoramaOptions Views { get; }

    /// <summary>The system message; null for none.</summary>
    public string? SystemMessage { get; init; }

    /// <summary>The question of a user about a part of the image, as in training.</summary>
    public static string Question(string query) => $"In this panoramic image, please provide a concise but detailed description of \"{query}\".";

    /// <summary>Answers a question about an image.</summary>
    /// <param name="panorama">The panorama.</param>
    /// <param name="instruction">The user's message, see <see cref="Question"/>.</param>
    /// <param name="options">Settings of the generation.</param>
    /// <param name="cancellation">Stops between tokens.</param>
    /// <returns>The answer alone; empty when the model gives none.</returns>
    public string Describe(RgbImage panorama, string instruction, GenerationOptions options, CancellationToken cancellation = default)
        => Text(Answer(panorama, instruction, options, null, cancellation));

    /// <summary>The ids of an answer to a question about an image.</summary>
    /// <param name="panorama">The panorama.</param>
    /// <param name="instruction">The user's message, see <see cref="Question"/>.</param>
    /// <param name="options">Settings of the generation.</param>
    /// <param name="onToken">Called with every generated id.</param>
    /// <param name="cancellation">Stops between tokens.</param>
    public int[] Answer(RgbImage panorama, string instruction, GenerationOptions options, Action<int>? onToken = null, CancellationToken cancellation = default)
    {
        using TensorScope scope = TensorScope.Begin();
        int[] prompt = Tokenizer.Encode(ChatTemplate.Prompt(SystemMessage, $"{Placeholder}\n{instruction}"));
        if (prompt.Length > Model.Options.MaxTextLength)
        {
            throw new GraftException(Failure.Data,
                $"The prompt has {prompt.Length} tokens; the model was trained with at most {Model.Options.MaxTextLength} and would truncate its end.",
                "Shorten the question or the system message.");
        }

        return PanoramaGenerator.Generate(Model, panorama, Views, prompt, _ends, options, onToken, cancellation);
    }

    /// <summary>The text of an answer's ids.</summary>
    public string Text(int[] answer) => Tokenizer.Decode(answer, skipSpecial: true).Trim();

    /// <summary>The views of a panorama as input of the vision encoder.</summary>
    /// <returns>V×3×I×I in −1..1.</returns>
    public Tensor Pixels(RgbImage panorama) => Model.Pixels(panorama, Views);

    /// <summary>A question with its answer as training text; the image comes first, as in the published training.</summary>
    public TextTokens TrainingText(string instruction, string answer)
    {
        (int[] ids, int[] labels) = ChatTemplate.Training(Tokenizer, SystemMessage, instruction, answer);
        return new TextTokens(ids, labels);
    }
}
