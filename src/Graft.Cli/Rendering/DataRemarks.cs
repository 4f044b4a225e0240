using Graft.Data;

namespace Graft.Cli.Rendering;

/// <summary>Tells people what was found in data, each thing once: problems on stderr, objects that they left out on purpose as a plain count.</summary>
internal sealed class DataRemarks(Output output, DataOptions options)
{
    private readonly HashSet<string> _said = [];

    /// <summary>Says what has not been said yet; a background loader may have found more since the last time.</summary>
    internal void Say(string split, DetectionDataset set)
    {
        foreach (DataProblem problem in set.Problems.List())
        {
            string text = $"{split}: {problem}";
            if (!_said.Add(text))
            {
                continue;
            }

            if (problem.Kind == DataProblemKind.OtherClass && options.SelectsClasses())
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
