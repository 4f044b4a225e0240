using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Google.Protobuf;

namespace Graft.Reports.TensorBoard;

/// <summary>An event file of TensorBoard: scalars, histograms and images over steps.</summary>
/// <remarks>Records are framed as TFRecord: length, checksum of the length, event, checksum of the event. Events are appended, so a reader that follows the file
/// sees whole ones only.</remarks>
public sealed class EventFile : IDisposable
{
    private const int Buckets = 30;

    private readonly FileStream _file;
    private readonly Action<string> _note;
    private readonly TimeProvider _clock;
    private bool _ended;

    private EventFile(FileStream file, Action<string> note, TimeProvider clock) => (_file, _note, _clock) = (file, note, clock);

    /// <summary>The file.</summary>
    public string Path => _file.Name;

    /// <summary>Creates a file in a folder; TensorBoard shows all files of a folder as one run.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="note">Is told once when nothing more can be written, as on a full disk: events end there.</param>
    /// <param name="fromStep">What earlier files say about this step and later ones is dropped: a run that continues there.</param>
    /// <param name="clock">Gives the time of events.</param>
    /// <exception cref="GraftException">Of kind Runtime: the file cannot be created.</exception>
    public static EventFile Create(string folder, Action<string> note, long fromStep = 0, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(note);
        clock ??= TimeProvider.System;
        string name = string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000}.graft.{Environment.ProcessId}.");
        try
        {
            for (int number = 0; ; number++)
            {
                string path = System.IO.Path.Combine(folder, name + number.ToString(CultureInfo.InvariantCulture));
                if (File.Exists(path))
                {
                    continue;
                }

                EventFile file = new(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), note, clock);
                file.Write(new Event { FileVersion = "brain.Event:2" });
                if (fromStep > 0)
                {
                    file.Write(new Event { Step = fromStep, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });
                }

                return file;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GraftException(Failure.Runtime, $"Cannot write TensorBoard events into {folder}: {error.Message}", "Check space and permissions, or set train.tensorboard=false.", error);
        }
    }

    /// <summary>Writes numbers; those that are not finite are left out.</summary>
    /// <param name="step">The step.</param>
    /// <param name="values">By tag, such as <c>train/box_loss</c>.</param>
    public void Scalars(long step, IEnumerable<(string Tag, double Value)> values)
    {
        Summary summary = new();
        summary.Value.AddRange(values.Where(one => double.IsFinite(one.Value)).Select(one => new Summary.Types.Value { Tag = one.Tag, SimpleValue = (float)one.Value }));
        if (summary.Value.Count > 0)
        {
            Write(new Event { Step = step, Summary = summary });
        }
    }

    /// <summary>Writes the distribution of values in thirty buckets of equal width; those that are not finite are left out.</summary>
    /// <param name="step">The step.</param>
    /// <param name="tag">Such as <c>adapters/neck.top_down.0</c>.</param>
    /// <param name="values">The values.</param>
    public void Histogram(long step, string tag, IReadOnlyCollection<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        if (finite.Length == 0)
        {
            return;
        }

        double low = finite.Min(), high = finite.Max(), width = Math.Max((high - low) / Buckets, 1e-12 + (Math.Abs(high) * 1e-12));
        double[] counts = new double[Buckets];
        foreach (double value in finite)
        {
            counts[Math.Clamp((int)((value - low) / width), 0, Buckets - 1)]++;
        }

        Histogram histogram = new() { Min = low, Max = high, Num = finite.Length, Sum = finite.Sum(), SumSquares = finite.Sum(value => value * value) };
        histogram.BucketLimit.AddRange(Enumerable.Range(1, Buckets).Select(i => i < Buckets ? low + (i * width) : Math.Max(high, low + (i * width))));
        histogram.Bucket.AddRange(counts);
        Write(new Event { Step = step, Summary = new Summary { Value = { new Summary.Types.Value { Tag = tag, Histo = histogram } } } });
    }

    /// <summary>Writes an image.</summary>
    /// <param name="step">The step.</param>
    /// <param name="tag">Such as <c>val/predictions</c>.</param>
    /// <param name="encoded">A JPEG or PNG file.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public void Image(long step, string tag, byte[] encoded, int width, int height)
    {
        Summary.Types.Image image = new() { Width = width, Height = height, Colorspace = 3, EncodedImageString = ByteString.CopyFrom(encoded) };
        Write(new Event { Step = step, Summary = new Summary { Value = { new Summary.Types.Value { Tag = tag, Image = image } } } });
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Write(Event written)
    {
        if (_ended)
        {
            return;
        }

        written.WallTime = _clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        byte[] data = written.ToByteArray(), record = new byte[data.Length + 16];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Checksum(record.AsSpan(0, 8)));
        data.CopyTo(record, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + data.Length), Checksum(data));
        try
        {
            _file.Write(record);
        }
        catch (IOException error)
        {
            _ended = true;
            _note($"{Path} cannot be written ({error.Message.TrimEnd('.')}); it has no more events of this run.");
        }
    }

    /// <summary>CRC-32C, rotated and shifted as TFRecord wants it, so that data which contains checksums is told from them.</summary>
    private static uint Checksum(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in data)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }
}
