using DetectService;
using Graft.Runtime;

// A web service on one detector: DetectService MODEL.onnx [--urls http://0.0.0.0:5000]
// POST /detect with an image file as the body gives its boxes; GET /health, GET /metrics (Prometheus' text format).

if (args.Length == 0)
{
    Console.Error.WriteLine("DetectService MODEL.onnx [--urls http://0.0.0.0:5000]");
    return 2;
}

using OnnxDetector detector = OnnxDetector.Load(args[0], new OnnxDetectorOptions { WarmUp = true });
using ServiceMetrics metrics = new();
WebApplication app = WebApplication.CreateBuilder(args[1..]).Build();

// More calls at once than cores only wait for each other and use memory.
using SemaphoreSlim turns = new(Environment.ProcessorCount);

app.MapGet("/health", () => new { status = "ok", model = args[0], names = detector.Names });
app.MapGet("/metrics", () => metrics.ToText());
app.MapPost("/detect", async (HttpRequest request, CancellationToken cancellation) =>
{
    using MemoryStream body = new();
    await request.Body.CopyToAsync(body, cancellation);
    await turns.WaitAsync(cancellation);
    try
    {
        DetectionResult result = detector.DetectEncoded(body.GetBuffer().AsSpan(0, (int)body.Length), cancellation: cancellation);
        metrics.Record(result);
        return Results.Ok(new
        {
            width = result.Width,
            height = result.Height,
            milliseconds = result.Timings.Total.TotalMilliseconds,
            boxes = result.Select(found => new { name = found.Name, score = found.Score, found.Box.X1, found.Box.Y1, found.Box.X2, found.Box.Y2 }),
        });
    }
    catch (OnnxDetectorException error) when (error.Kind == FailureKind.Data)
    {
        metrics.RecordRefusal();
        return Results.Problem(error.Message, statusCode: StatusCodes.Status400BadRequest);
    }
    finally
    {
        turns.Release();
    }
});
await app.RunAsync();
return 0;
