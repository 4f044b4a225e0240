using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Graft.Torch.Images;
using Graft.Torch.Interop;

namespace Graft.Torch.Tests.Interop;

/// <summary>A tensor without other references lives until the native call that uses it returns.</summary>
public class TensorLifetimeTests
{
    private const int Operators = 100_000, Workers = 8, Many = 200_000;

    /// <summary>Takes or returns bare handles on purpose: the finaliser's own call, and handles without an object yet.</summary>
    private static readonly string[] Bare =
    [
        "graft_tensor_free", "graft_image_free", "graft_image_info", "graft_image_turn",
    ];

    [Fact]
    public void Imports_TakeTensorsAndImages_AndNoBareHandleOfOne()
    {
        Dictionary<string, MethodInfo> imports = typeof(Native).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(method => method.Name.StartsWith("graft_", StringComparison.Ordinal)).ToDictionary(method => method.Name);
        int checkedParameters = 0;
        foreach ((string name, string[] parameters) in Declarations())
        {
            ParameterInfo[] found = imports[name].GetParameters();
            for (int i = 0; i < parameters.Length && !Bare.Contains(name); i++)
            {
                Type? expected = Regex.IsMatch(parameters[i], @"^graft_tensor\b") ? typeof(Tensor)
                    : Regex.IsMatch(parameters[i], @"^graft_image \w") ? typeof(Image) : null;
                if (expected is not null)
                {
                    Assert.True(expected == (found[i].ParameterType.GetElementType() ?? found[i].ParameterType), $"{name}: {parameters[i]}");
                    checkedParameters++;
                }
            }
        }

        Assert.InRange(checkedParameters, 45, 100);
    }

    [Fact]
    public void MemoryThatIsRead_OutlivesACollection()
    {
        bool freed = true;
        Read(tensor =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            freed = !tensor.TryGetTarget(out Tensor? alive) || alive.IsDisposed;
        });
        Assert.False(freed);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Read(Action<WeakReference<Tensor>> during)
        {
            Tensor tensor = New(1);
            WeakReference<Tensor> weak = new(tensor);
            tensor.Read<float>(_ => during(weak));
        }
    }

    [Fact]
    public void OperatorsOutsideAnyScope_SurviveCollectionsOnAnotherThread()
    {
        using CancellationTokenSource done = new();
        Thread collector = new(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            // More threads than cores: they are often interrupted during a call, when no managed reference holds its tensors.
            Thread[] workers = [.. Enumerable.Range(0, Workers).Select(seed => new Thread(() => Work(seed)))];
            Array.ForEach(workers, worker => worker.Start());
            Array.ForEach(workers, worker => worker.Join());
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }

        Assert.Equal(0, _wrong);
    }

    private static int _wrong;

    /// <summary>Every native call on tensors without other references; each result is known.</summary>
    private static void Work(int seed)
    {
        for (int i = 0; i < Operators / Workers / 10; i++)
        {
            float value = seed + i;
            float[] expected = [value + 1, value + 1, value + 1];
            bool right = New(value).Shape is [3]
                && New(value).IsContiguous()
                && (New(value) + New(1)).ToArray<float>().AsSpan().SequenceEqual(expected)
                && Tensor.Cat([New(value), New(value)], 0).Size(0) == 6
                && (i % 2 != 0 || Sum(Tensor.Full([Many], value)) == Many * (double)value)
                && New(value).Grad is null
                && !New(value).RequiresGrad
                && New(value).Device == "cpu"
                && Slope(value) == 2 * value
                && New(value).Reshape(1, 3, 1, 1).MomentsPerImage()!.Value.Mean.ToArray<float>()[0] == value;
            if (!right)
            {
                Interlocked.Increment(ref _wrong);
            }
        }
    }

    private static Tensor New(float value) => Tensor.From([value, value, value]);

    /// <summary>Reads memory long enough for a collection to happen meanwhile.</summary>
    private static double Sum(Tensor tensor)
    {
        double sum = 0;
        tensor.Read<float>(values =>
        {
            foreach (float value in values)
            {
                sum += value;
            }
        });
        return sum;
    }

    private static float Slope(float value)
    {
        Tensor x = New(value);
        x.RequiresGrad = true;
        (x * x).Backward(New(1));
        return x.Grad!.ToArray<float>()[2];
    }

    /// <summary>The native functions of the header with their parameters.</summary>
    private static IEnumerable<(string Name, string[] Parameters)> Declarations()
    {
        string header = File.ReadAllText(Path.Combine(Shared.Checkout, "native", "include", "graft.h"));
        foreach (Match match in Regex.Matches(header, @"GRAFT_API [\w *]+?\b(graft_\w+)\(([^)]*)\);"))
        {
            yield return (match.Groups[1].Value, [.. match.Groups[2].Value.Split(',').Select(text => text.Trim())]);
        }
    }
}
