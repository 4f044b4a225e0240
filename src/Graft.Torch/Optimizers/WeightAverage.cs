using Graft.Torch.Interop;
using Graft.Torch.Layers;

namespace Graft.Torch.Optimizers;

/// <summary>A running average of a module's trained parameters and statistics (mmengine's ExpMomentumEMA); what is frozen is its own
/// average.</summary>
/// <remarks>After the first copy, share(t) = (1 - momentum)·e^(-(1+t)/steps) + momentum.</remarks>
public sealed class WeightAverage : IDisposable
{
    private readonly double _momentum, _steps;
    private readonly List<(string Name, Parameter Source, Tensor Value)> _entries = [];

    /// <summary>Copies the floating-point state that training changes.</summary>
    /// <param name="module">The module to average.</param>
    /// <param name="momentum">Long-run share of the newest weights.</param>
    /// <param name="steps">Time constant of the initial phase, in steps.</param>
    public WeightAverage(Module module, double momentum = 1e-4, double steps = 2000)
    {
        (_momentum, _steps) = (momentum, steps);
        using NoGrad off = NoGrad.Begin();
        foreach ((string path, Module part) in module.Modules())
        {
            foreach (Parameter parameter in part.Own.Where(own => own.Value.DType == DType.Float && (own.IsBuffer ? !part.Frozen : own.Trainable)))
            {
                _entries.Add((Module.Join(path, parameter.Name), parameter, parameter.Value.Detach().Clone().Unscoped()));
            }
        }
    }

    /// <summary>Number of updates so far; the first one copies. Part of the saved state.</summary>
    public long Updates { get; set; }

    /// <summary>The averaged tensors by name; for saving and restoring.</summary>
    public IEnumerable<(string Name, Tensor Value)> State() => _entries.Select(entry => (entry.Name, entry.Value));

    /// <summary>Share of the newest weights at update t (the first update is 0, a copy).</summary>
    public double ShareAt(long t) => t == 0 ? 1 : ((1 - _momentum) * Math.Exp(-(1 + t) / _steps)) + _momentum;

    /// <summary>Updates the average with the module's values.</summary>
    public void Update()
    {
        double share = ShareAt(Updates++);
        foreach ((string name, Parameter source, Tensor value) in _entries)
        {
            Native.Check(Native.graft_average(value, source.Value, share), $"average of {name}");
        }
    }

    /// <summary>Swaps the averaged values into the module until the result is disposed.</summary>
    public Swap Apply() => new(this);

    /// <inheritdoc/>
    public void Dispose() => _entries.ForEach(entry => entry.Value.Dispose());

    private void Exchange()
    {
        for (int i = 0; i < _entries.Count; i++)
        {
            (string name, Parameter source, Tensor value) = _entries[i];
            bool trainable = !source.IsBuffer && source.Trainable;
            Tensor own = source.Exchange(value);
            _entries[i] = (name, source, own);
            if (trainable)
            {
                own.RequiresGrad = false;
                value.RequiresGrad = true;
            }
        }
    }

    /// <summary>Until disposed, the module computes with the averaged values.</summary>
    public sealed class Swap : IDisposable
    {
        private WeightAverage? _average;

        internal Swap(WeightAverage average)
        {
            _average = average;
            average.Exchange();
        }

        /// <summary>Restores the module's own values.</summary>
        public void Dispose()
        {
            _average?.Exchange();
            _average = null;
        }
    }
}
