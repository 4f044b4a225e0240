using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Graft.Runtime;

namespace DetectService;

/// <summary>Counters of the service. Any listener of .NET metrics reads the meter; <see cref="ToText"/> is for Prometheus.</summary>
internal sealed class ServiceMetrics : IDisposable
{
    private readonly Meter _meter = new("Graft.DetectService");
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _sums = new(StringComparer.Ordinal);
    private readonly Counter<long> _images, _boxes, _refusals;
    private readonly Counter<double> _seconds;

    public ServiceMetrics()
    {
        _images = _meter.CreateCounter<long>("graft_images_total");
        _boxes = _meter.CreateCounter<long>("graft_boxes_total");
        _refusals = _meter.CreateCounter<long>("graft_refused_total");
        _seconds = _meter.CreateCounter<double>("graft_seconds_total");
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, tags, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, tags, value));
        _listener.Start();
    }

    /// <summary>Counts an image, its boxes, and the time of each stage.</summary>
    public void Record(DetectionResult result)
    {
        _images.Add(1);
        foreach (Detection found in result)
        {
            _boxes.Add(1, new KeyValuePair<string, object?>("name", found.Name));
        }

        _seconds.Add(result.Timings.Decode.TotalSeconds, new KeyValuePair<string, object?>("stage", "decode"));
        _seconds.Add(result.Timings.Preprocess.TotalSeconds, new KeyValuePair<string, object?>("stage", "preprocess"));
        _seconds.Add(result.Timings.Inference.TotalSeconds, new KeyValuePair<string, object?>("stage", "inference"));
        _seconds.Add(result.Timings.Postprocess.TotalSeconds, new KeyValuePair<string, object?>("stage", "postprocess"));
    }

    /// <summary>Counts a body that is not an image.</summary>
    public void RecordRefusal() => _refusals.Add(1);

    /// <summary>One line per series, in Prometheus' text format.</summary>
    public string ToText()
    {
        StringBuilder text = new();
        foreach ((string series, double sum) in _sums.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{series} {sum}\n");
        }

        return text.ToString();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private void Add(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags, double value)
    {
        string series = instrument.Name;
        foreach ((string key, object? label) in tags)
        {
            string quoted = $"{label}".Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            series += $"{{{key}=\"{quoted}\"}}";
        }

        _sums.AddOrUpdate(series, value, (_, sum) => sum + value);
    }
}
