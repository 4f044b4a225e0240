using System.Text.RegularExpressions;
using Graft.Data;

namespace Graft.Checks;

/// <summary>One kind of problem of a checked data set.</summary>
/// <param name="Problem">The kind, how often, and the first occurrences.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Advice">What to do about it; may be empty.</param>
/// <param name="IsRepaired">Whether a repaired copy does not have it.</param>
public sealed partial record CheckProblem(DataProblem Problem, CheckSeverity Severity, string Advice, bool IsRepaired)
{
    /// <summary>The name of the kind in JSON, such as <c>missing_image</c>.</summary>
    public string Kind => Capitals().Replace(Problem.Kind.ToString(), "_$0").ToLowerInvariant();

    /// <summary>Reads like "2 missing images".</summary>
    public string Summary => Problem.Summary;

    /// <summary>A problem with its severity and advice.</summary>
    internal static CheckProblem Of(DataProblem problem)
    {
        (CheckSeverity severity, string advice, bool repaired) = CheckAdvice.Of(problem.Kind);
        return new CheckProblem(problem, severity, advice, repaired);
    }

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capitals();
}
