using System.Globalization;
using Graft.Detectors;

namespace Graft.Data;

/// <summary>Detects boxes that were written as corners x1 y1 x2 y2 where a size is expected.</summary>
/// <param name="source">Names the data in messages.</param>
/// <param name="expected">How the format writes a box.</param>
internal sealed class CornerBoxes(string source, string expected)
{
    // Fewer boxes may look like this by chance.
    private const int Enough = 4;
    private const double Outside = 0.25;

    private int _boxes;
    private int _asCorners;
    private int _outside;

    /// <summary>Checks one box.</summary>
    /// <param name="box">The box as the format defines it, in pixels.</param>
    /// <param name="corners">The same numbers read as corners, in pixels.</param>
    /// <param name="width">Width of the image.</param>
    /// <param name="height">Height of the image.</param>
    public void Add(Box box, Box corners, int width, int height)
    {
        _boxes++;
        _asCorners += corners.Width > 0 && corners.Height > 0 && corners.X2 <= width + 1 && corners.Y2 <= height + 1 ? 1 : 0;
        _outside += box.X1 < -1 || box.Y1 < -1 || box.X2 > width + 1 || box.Y2 > height + 1 ? 1 : 0;
    }

    /// <summary>Refuses a split whose boxes all make sense as corners while many reach outside their images as written.</summary>
    /// <exception cref="GraftException">Of kind Data.</exception>
    public void Refuse()
    {
        if (_boxes >= Enough && _asCorners == _boxes && _outside > Outside * _boxes)
        {
            throw new GraftException(
                Failure.Data,
                string.Create(CultureInfo.InvariantCulture, $"{source}: {_outside} of {_boxes} boxes reach outside their images, and all of them read as corners x1 y1 x2 y2; expected {expected}."),
                "Convert the boxes, or export the annotations again.");
        }
    }
}
