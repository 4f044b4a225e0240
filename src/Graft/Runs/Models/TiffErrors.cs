using System.Globalization;
using BitMiracle.LibTiff.Classic;

namespace Graft.Runs;

/// <summary>Collects the first error of LibTiff on this thread, instead of its lines on standard error.</summary>
internal sealed class TiffErrors : IDisposable
{
    private static readonly TiffErrorHandler Before = Tiff.SetErrorHandler(new Handler());

    [ThreadStatic]
    private static TiffErrors? _active;

    /// <summary>What was wrong; null: nothing yet.</summary>
    internal string? First { get; private set; }

    /// <summary>Starts to collect until it is disposed.</summary>
    internal static TiffErrors Collect()
    {
        // The handler is installed when the field is read first.
        GC.KeepAlive(Before);
        return _active = new TiffErrors();
    }

    public void Dispose() => _active = null;

    /// <summary>Errors of other users of the library go to their handler.</summary>
    private sealed class Handler : TiffErrorHandler
    {
        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
        {
            if (_active is { } active)
            {
                active.First ??= string.Format(CultureInfo.InvariantCulture, format, args);
            }
            else
            {
                Before.ErrorHandler(tif, method, format, args);
            }
        }

        public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
            if (_active is null)
            {
                Before.ErrorHandlerExt(tif, clientData, method, format, args);
            }
        }

        public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
        {
            if (_active is null)
            {
                Before.WarningHandler(tif, method, format, args);
            }
        }

        public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
            if (_active is null)
            {
                Before.WarningHandlerExt(tif, clientData, method, format, args);
            }
        }
    }
}
