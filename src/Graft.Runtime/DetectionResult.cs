using System.Collections;

namespace Graft.Runtime;

/// <summary>The detections of one image, best first.</summary>
public sealed class DetectionResult : IReadOnlyList<Detection>
{
    private readonly Detection[] _detections;

    internal DetectionResult(Detection[] detections, int width, int height, DetectionTimings timings)
        => (_detections, Width, Height, Timings) = (detections, width, height, timings);

    /// <summary>Columns of the image.</summary>
    public int Width { get; }

    /// <summary>Rows of the image.</summary>
    public int Height { get; }

    /// <summary>Time of each stage.</summary>
    public DetectionTimings Timings { get; }

    /// <summary>Number of detections.</summary>
    public int Count => _detections.Length;

    /// <summary>One detection; 0 is the best.</summary>
    public Detection this[int index] => _detections[index];

    /// <summary>All detections, without a copy.</summary>
    public ReadOnlySpan<Detection> AsSpan() => _detections;

    /// <summary>Goes through the detections without an allocation.</summary>
    public Enumerator GetEnumerator() => new(_detections);

    IEnumerator<Detection> IEnumerable<Detection>.GetEnumerator() => ((IEnumerable<Detection>)_detections).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _detections.GetEnumerator();

    /// <summary>Goes through the detections.</summary>
    public struct Enumerator
    {
        private readonly Detection[] _detections;
        private int _index;

        internal Enumerator(Detection[] detections) => (_detections, _index) = (detections, -1);

        /// <summary>The detection at which the enumerator stands.</summary>
        public readonly Detection Current => _detections[_index];

        /// <summary>Goes to the next detection; false at the end.</summary>
        public bool MoveNext() => ++_index < _detections.Length;
    }
}
