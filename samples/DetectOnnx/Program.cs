using Graft.Runtime;

// DetectOnnx MODEL.onnx IMAGE...
using OnnxDetector detector = OnnxDetector.Load(args[0]);
foreach (string file in args[1..])
{
    foreach (Detection found in detector.Detect(file))
    {
        Console.WriteLine($"{file}: {found}");
    }
}
