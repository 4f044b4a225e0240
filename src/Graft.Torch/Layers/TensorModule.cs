using System.Diagnostics.CodeAnalysis;

namespace Graft.Torch.Layers;

/// <summary>A module whose output is one tensor, so that a layer can be attached behind it (see <see cref="Module.Follower"/>).</summary>
public abstract class TensorModule : Module
{
    /// <inheritdoc/>
    public sealed override bool TakesFollower => true;

    /// <summary>Begins a run of this module; <see cref="ModuleRun.Leave"/> ends it.</summary>
    protected ModuleRun Enter() => new(this);

    /// <summary>One run of a module, as recorders see it.</summary>
    [SuppressMessage("Performance", "CA1815", Justification = "Runs are never compared.")]
    protected readonly struct ModuleRun
    {
        private readonly TensorModule _module;
        private readonly RecordedCall _call;

        internal ModuleRun(TensorModule module)
        {
            _module = module;
            _call = module.Record();
        }

        /// <summary>Ends the run: applies the follower, if one is attached, and returns the module's output.</summary>
        public Tensor Leave(Tensor output)
        {
            if (_module.Follower is not { } follower)
            {
                _call.End(output);
                return output;
            }

            _call.BeforeFollower(output);
            Tensor result = follower.Forward(output);
            _call.End(result);
            return result;
        }
    }
}
