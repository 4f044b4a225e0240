using Graft.Text;

namespace Graft.VisionLanguage;

/// <summary>Qwen's chat template with thinking disabled. The format is fixed; Jinja templates of other models are not executed.</summary>
public static class ChatTemplate
{
    private const string AnswerHeader = "<|im_start|>assistant\n<think>\n\n</think>\n\n";

    /// <summary>The prompt for an answer.</summary>
    /// <param name="system">The system message; null or empty omits it.</param>
    /// <param name="user">The user's message.</param>
    public static string Prompt(string? system, string user) => Turns(system, user) + AnswerHeader;

    /// <summary>Token ids of a finished dialogue and their labels: −100 except for the answer with its header.</summary>
    /// <returns>Ids and labels of one length.</returns>
    public static (int[] Ids, int[] Labels) Training(QwenTokenizer tokenizer, string? system, string user, string answer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        int[] context = tokenizer.Encode(Turns(system, user));
        int[] learned = tokenizer.Encode(AnswerHeader + answer + "<|im_end|>\n");
        return ([.. context, .. learned], [.. Enumerable.Repeat(-100, context.Length), .. learned]);
    }

    private static string Turns(string? system, string user)
        => (string.IsNullOrEmpty(system) ? "" : $"<|im_start|>system\n{system}<|im_end|>\n") + $"<|im_start|>user\n{user}<|im_end|>\n";
}
