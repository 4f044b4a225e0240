using Graft.Detectors;
using Graft.Runs;

namespace Graft.Adaptation;

/// <summary>The base of an adaptation: a network that reads text, and the text encoder that it was trained with.</summary>
/// <param name="Target">As it was given.</param>
/// <param name="Path">Its weight file.</param>
/// <param name="Config">Its configuration.</param>
/// <param name="Words">Its own words; null for a file that has none.</param>
/// <param name="Encoder">The text encoder: a registered name, a folder or a file.</param>
internal sealed record AdaptBase(string Target, string Path, RunConfig Config, Vocabulary? Words, string Encoder)
{
    /// <summary>Opens a base as far as it is needed to know what it reads.</summary>
    /// <param name="request">Names it.</param>
    /// <param name="text">The text section of the settings.</param>
    /// <exception cref="GraftException">Of kind Model: there is no such model, or words mean nothing to it.</exception>
    internal static AdaptBase Open(AdaptRequest request, TextOptions text)
    {
        string target = request.Base, instead = $"graft train start/adapt --base {target} --data {request.Data}";
        RunConfig config = TrainedModel.ConfigOf(target, []);
        if (config.Model is not { ReadsText: true, TextWidth: not null })
        {
            throw new GraftException(
                Failure.Model, $"{target} is {config.Model.Description}, which reads no text, so words cannot name new classes.",
                $"Take a base that reads text, such as the built-in one (leave --base out), or train adapters without words: {instead}");
        }

        Vocabulary? words = TrainedModel.VocabularyOf(target);
        if (words is not null && StandIns.Are(words))
        {
            throw new GraftException(
                Failure.Model, $"{target} was trained on stand-ins, vectors drawn from letters, so words mean nothing to it.",
                $"Take a base that was trained with a text encoder, such as the built-in one (leave --base out), or train adapters without words: {instead}");
        }

        string encoder = text.Model ?? TrainedModel.TextEncoderOf(target) ?? config.Text.Model ?? throw new GraftException(
            Failure.Model, $"{target} was trained on prompts of {words?.Encoder?.ToString() ?? "an unknown text encoder"}, which is not here.",
            "Name it: text.model=minilm, or DIR (a CLIP folder or a checkpoint that holds one).");
        return new AdaptBase(target, TrainedModel.FileOf(target), config, words, encoder);
    }
}
