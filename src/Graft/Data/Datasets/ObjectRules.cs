using Graft.Detectors;

namespace Graft.Data;

/// <summary>Decides which annotations are trained on.</summary>
internal sealed class ObjectRules(DataProblems problems)
{
    // Exporters' rounding moves edges by less than this; it is clipped silently.
    private const double Negligible = 1;

    /// <summary>Adds the object to the list of its image when it can be trained on; otherwise notes why not.</summary>
    public void Add(List<LabelledBox> objects, int label, Box box, double area, int width, int height, string place,
        IReadOnlyDictionary<string, string>? attributes = null)
    {
        if (!(box.Width >= 1 && box.Height >= 1 && area > 0))
        {
            problems.Add(DataProblemKind.ZeroSizeBox, place);
            return;
        }

        Box inside = box.Clip(width, height);
        if (inside.Area <= 0)
        {
            problems.Add(DataProblemKind.BoxOutside, place);
            return;
        }

        if (Math.Max(Math.Max(inside.X1 - box.X1, inside.Y1 - box.Y1), Math.Max(box.X2 - inside.X2, box.Y2 - inside.Y2)) > Negligible)
        {
            problems.Add(DataProblemKind.BoxClipped, place);
        }

        if (objects.Exists(other => other.Label == label && other.Box == inside))
        {
            problems.Add(DataProblemKind.DuplicateBox, place);
            return;
        }

        objects.Add(new LabelledBox(label, inside, attributes));
    }
}
