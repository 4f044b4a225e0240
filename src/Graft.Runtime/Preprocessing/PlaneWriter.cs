using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Graft.Runtime.Preprocessing;

/// <summary>Writes rows of bytes to the three planes of the input, as red, green and blue from 0 to 1.</summary>
internal static class PlaneWriter
{
    /// <summary>Training multiplies by this float.</summary>
    internal const float Scale = (float)(1 / 255.0);

    /// <summary>Writes a row of the resized image.</summary>
    /// <param name="row">Three channels, one after the other, or one that is written to all planes.</param>
    /// <param name="isRgb">Whether red comes first.</param>
    /// <param name="planes">3×H×W.</param>
    /// <param name="plan">Place of the image in the input.</param>
    /// <param name="y">Row of the resized image.</param>
    public static void WriteRow(ReadOnlySpan<byte> row, bool isRgb, Span<float> planes, in FitPlan plan, int y)
    {
        int plane = plan.Width * plan.Height, at = ((plan.Top + y) * plan.Width) + plan.Left, width = plan.InnerWidth;
        for (int channel = 0; channel < 3; channel++)
        {
            Span<float> target = planes.Slice((channel * plane) + at, width);
            if (row.Length > width)
            {
                Scaled(row.Slice((isRgb ? channel : 2 - channel) * width, width), target);
            }
            else if (channel == 0)
            {
                Scaled(row, target);
            }
            else
            {
                planes.Slice(at, width).CopyTo(target);
            }
        }
    }

    /// <summary>Fills everything around the image.</summary>
    public static void FillPadding(Span<float> planes, in FitPlan plan, byte padding)
    {
        float value = padding * Scale;
        int plane = plan.Width * plan.Height, right = plan.Left + plan.InnerWidth;
        for (int channel = 0; channel < 3; channel++)
        {
            Span<float> all = planes.Slice(channel * plane, plane);
            all[..(plan.Top * plan.Width)].Fill(value);
            all[((plan.Top + plan.InnerHeight) * plan.Width)..].Fill(value);
            for (int y = plan.Top; right - plan.Left < plan.Width && y < plan.Top + plan.InnerHeight; y++)
            {
                Span<float> row = all.Slice(y * plan.Width, plan.Width);
                row[..plan.Left].Fill(value);
                row[right..].Fill(value);
            }
        }
    }

    private static void Scaled(ReadOnlySpan<byte> row, Span<float> target)
    {
        ref byte from = ref MemoryMarshal.GetReference(row);
        ref float to = ref MemoryMarshal.GetReference(target);
        Vector256<float> scale = Vector256.Create(Scale);
        int x = 0;
        for (; x <= target.Length - 8; x += 8)
        {
            (Lanes.ToFloats(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, x))) * scale).StoreUnsafe(ref to, (nuint)x);
        }

        for (; x < target.Length; x++)
        {
            target[x] = row[x] * Scale;
        }
    }
}
