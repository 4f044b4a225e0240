using System.ComponentModel.DataAnnotations;
using Graft.Configuration;

namespace Graft.Tests.Configuration;

public sealed record SampleConfig
{
    public required SampleModel Model { get; init; }

    public SampleAdapter? Adapter { get; init; }

    public IReadOnlyList<SampleAdapter> Adapters { get; init; } = [];

    public SampleTraining Train { get; init; } = new() { Epochs = 7 };

    public IReadOnlyDictionary<string, double> Rates { get; init; } = new Dictionary<string, double>();
}

public sealed record SampleModel
{
    public required double WidenFactor { get; init; }

    public int LastStageOutChannels { get; init; } = 1024;

    public IReadOnlyList<int> Heads { get; init; } = [4, 8, 8];

    public string Name { get; init; } = "";
}

public sealed record SampleTraining
{
    [Range(1, 1000)]
    public int Epochs { get; init; } = 60;

    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Lr { get; init; } = 2e-3;

    public bool Amp { get; init; }

    public SampleFit Fit { get; init; } = SampleFit.KeepRatio;

    public IReadOnlyList<string> Classes { get; init; } = [];

    public int? Patience { get; init; }
}

public enum SampleFit
{
    KeepRatio,
    Stretch,
}

[Kind("lora", typeof(SampleLora))]
[Kind("mona", typeof(SampleMona))]
public abstract record SampleAdapter
{
    public IReadOnlyList<string> Targets { get; init; } = [];
}

public sealed record SampleLora : SampleAdapter
{
    [Range(1, 256)]
    public int Rank { get; init; } = 8;
}

public sealed record SampleMona : SampleAdapter
{
    public int HiddenDim { get; init; } = 64;
}
