using Graft.Data;

namespace Graft.Cli.Rendering;

/// <summary>Prints the problems of a data set once each: on stderr, and objects of classes that are not selected as a plain count.</summary>
internal sealed class DataRemarks(Output output, DataOptions options)
{
    private readonly HashSet<string> _printed = [];

    /// <summary>Prints new problems; a background loader may have found more since the last call.</summary>
    internal void Print(string split, DetectionDataset set)
    {
        foreach (DataProblem problem in set.Problems.List())
        {
            string text = $"{split}: {problem}";
            if (!_printed.Add(text))
            {
                continue;
            }

            if (options.IsIntended(problem))
            {
                output.Line($"{split}: {Counted.Of(problem.Count, "object")} of classes that are not selected");
            }
            else
            {
                output.Note(text);
            }
        }
    }
}
