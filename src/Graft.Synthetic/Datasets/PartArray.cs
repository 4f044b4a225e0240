namespace Graft.Synthetic;

/// <summary>Rows of parts mounted on a surface, one of which may be missing.</summary>
internal static class PartArray
{
    private const double Jitter = 2;

    /// <summary>Mounts the parts; returns the empty seat when one is left out.</summary>
    public static Draft? Mount(Surface surface, Part part, SplitMix64 random, Light light, bool leaveOneOut)
    {
        int columns = random.Integer(2, 4);
        int rows = random.Integer(2, 3);
        double radius = random.Uniform(9, 15);
        double stepX = (double)Surface.Size / columns;
        double stepY = (double)Surface.Size / rows;
        (double X, double Y)[] places = new (double X, double Y)[columns * rows];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = (
                (stepX * ((i % columns) + 0.5)) + random.Uniform(-Jitter, Jitter),
                (stepY * ((i / columns) + 0.5)) + random.Uniform(-Jitter, Jitter));
        }

        int missing = leaveOneOut ? random.Integer(0, places.Length - 1) : -1;
        Draft? seat = null;
        for (int i = 0; i < places.Length; i++)
        {
            if (i == missing)
            {
                seat = part.LeaveSeat(surface, places[i].X, places[i].Y, radius);
                seat.ApplyTo(surface);
            }
            else
            {
                part.Mount(surface, places[i].X, places[i].Y, radius, light);
            }
        }

        return seat;
    }
}
